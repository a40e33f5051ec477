"""Play every dialog file and write what was said as a play, so that people review words as a diff.

What no conversation comes to, such as every way a text can fail, is spoken by its key in lines.md: no word an editor
can change is left out.

`python -m tools.transcripts` writes tests/transcripts/<locale>/*.md; `--check` fails when one is stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import content
from skill import names
from skill.rules import ssml
from skill.say import Voice
from skill.turn import Memory, Turn
from tools.content_rules.book import Book
from tools.content_rules.numbers import written

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from dialogs_player import (  # noqa: E402 - the player lives with the tests that use it
    DIALOGS,
    LOCALE,
    Player,
    conversations,
    prompts,
    topics,
)

OUT = ROOT / "tests" / "transcripts" / LOCALE
HEAD = "<!-- Written by tools/transcripts.py from tests/dialogs/{locale}: change the words in content/, not here. -->\n"
WAYS = ("yes", "no", "help", "repeat", "stop", "silence", "nonsense")


def play(log: list[dict[str, Any]]) -> str:
    """Write one conversation as lines of a play, texts and cards included."""
    lines: list[str] = []
    for turn in log:
        lines += [f"- **You:** {turn['say']}", *_heard("Guide", turn)]
    return "\n".join(lines) + "\n"


def _heard(who: str, turn: dict[str, Any]) -> Iterator[str]:
    yield f"- **{who}:** {turn['speech'] or '(says nothing)'} *({turn['seconds']} s)*"
    if turn["open"]:
        yield f"  - *after a silence:* {turn['reprompt']}"
    for text in turn["texts"]:
        yield f"  - *text message to {text['to']}:* {text['body']}"
    if card := turn["card"]:
        words = str(card.get("content", "asks for permission in the Alexa app")).replace("\n\n", " / ")
        yield f"  - *card:* {card.get('title', card['type'])}: {words}"


def _conversation(path: Path) -> str:
    parts = [HEAD.format(locale=LOCALE), f"# {path.stem}\n"]
    for row in conversations(path):
        player = Player(row.get("given"))
        player.play(row["turns"])
        parts.append(f"## {row['name']}\n\n{play(player.log)}")
    return "\n".join(parts)


def _prompts() -> str:
    parts = [HEAD.format(locale=LOCALE), "# Every question, met with everything\n"]
    for row in prompts():
        for how in WAYS:
            player = Player(row.get("given"))
            player.meet(row, how)
            parts.append(f"## {row['prompt']}: {how}\n\n{play(player.log[-1:])}")
    return "\n".join(parts)


def _topics() -> str:
    parts = [HEAD.format(locale=LOCALE), "# Every topic, to its end, for oneself and for one's mother\n"]
    for row in topics():
        answer = content.load(LOCALE).answer(row["topic"])
        player = Player()
        steps = max(3, len(answer.wording.more))
        heard = player.turn({"say": row["ask"][0]})
        _play_on(player, ["no", *["tell me more"] * steps, "who says so"])
        parts.append(f"## {row['topic']}\n\n{play(player.log)}")
        if heard.attributes.get("who"):  # it is asked for somebody in these words; so once more for nobody
            alone = Player()
            alone.intend(answer.intent, f"({row['topic']})")
            _play_on(alone, ["no", *["tell me more"] * len(answer.wording.more)])
            parts.append(play(alone.log))
        cared = Player()
        cared.intend(answer.intent, f"({row['topic']}, for my mom)", for_mother=True)
        if answer.for_other and answer.for_other.more:
            _play_on(cared, ["no", *["tell me more"] * len(answer.for_other.more)])
        parts.append(play(cared.log))
    return "\n".join(parts)


def _play_on(player: Player, said: list[str]) -> None:
    """Say one sentence after the other until the guide no longer listens."""
    for sentence in said:
        if not player.log[-1]["open"]:
            break
        player.turn({"say": sentence})


def _lines() -> str:
    book = Book(LOCALE, date.today())
    held = book.content
    parts = [HEAD.format(locale=LOCALE), "# Every line by its key, with an example for each value\n"]
    for key in held.lines:
        parts += _heard(key, _by_key(book, key))
    parts.append("\n# Every safety answer by its key\n")
    for topic, answer in held.answers.items():
        if answer.safety != "none":
            parts += _heard(topic, _by_key(book, topic))
            parts += _heard(f"{topic}, for my mom", _by_key(book, topic, "mother"))
        if answer.stop:
            parts += _heard(f"{topic}.stop", _by_key(book, f"{topic}.stop"))
    parts.append("\n# What is only read, and the names and titles of answers\n")
    read = [p for p in written(book) if p.kind in {"text", "name", "title"} and ".does, " not in p.table]
    parts += [f"- *{p.where}:* {p.template}" for p in read]
    return "\n".join(parts) + "\n"


def _by_key(book: Book, key: str, who: str = "") -> dict[str, Any]:
    reply = Voice(book.content).say(Turn(names.INTENT, LOCALE, Memory(who=who)), key, **book.values)
    return {
        "speech": ssml.plain(reply.body),
        "seconds": ssml.seconds(ssml.spoken(reply.body)),
        "open": bool(reply.reprompt),
        "reprompt": ssml.plain(reply.reprompt),
        "texts": [],
        "card": {"type": "Simple", "title": reply.card_title, "content": reply.card_text} if reply.card_title else None,
    }


def transcripts() -> dict[Path, str]:
    """Play everything; gives each file's text by its path."""
    made = {OUT / f"{path.stem}.md": _conversation(path) for path in DIALOGS}
    made[OUT / "prompts.md"] = _prompts()
    made[OUT / "topics.md"] = _topics()
    made[OUT / "lines.md"] = _lines()
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write or check the transcripts; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a committed transcript is stale")
    options = parser.parse_args(arguments)
    made = transcripts()
    stale = [p for p, text in made.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    stale += [p for p in OUT.glob("*.md") if p not in made]
    if options.check:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: run `make transcripts` and read the difference", file=sys.stderr)
        return 1 if stale else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path in made:
            path.write_text(made[path], encoding="utf-8")
        else:
            path.unlink()
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
