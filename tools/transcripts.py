"""Play every dialog file and write what was said as a play, so that people review words as a diff.

`python -m tools.transcripts` writes tests/transcripts/<locale>/*.md; `--check` fails when one is stale.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

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
        lines.append(f"- **You:** {turn['say']}")
        spoken = turn["speech"] or "(says nothing)"
        lines.append(f"- **Guide:** {spoken} *({turn['seconds']} s)*")
        if turn["open"]:
            lines.append(f"  - *after a silence:* {turn['reprompt']}")
        lines += [f"  - *text message to {t['to']}:* {t['body']}" for t in turn["texts"]]
        if turn["card"]:
            card = turn["card"]
            words = str(card.get("content", "asks for permission in the Alexa app")).replace("\n\n", " / ")
            lines.append(f"  - *card:* {card.get('title', card['type'])}: {words}")
    return "\n".join(lines) + "\n"


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
        player = Player()
        for said in (*row["ask"][:1], "no", "tell me more", "tell me more", "tell me more", "who says so"):
            player.turn({"say": said})
            if not player.log[-1]["open"]:
                break
        parts.append(f"## {row['topic']}\n\n{play(player.log)}")
        intent = player.rehearsal.skill.voice(LOCALE).content.answer(row["topic"]).intent
        cared = Player()
        device = cared.rehearsal.device
        device.intend(intent, {"who": "my mom"}, {"who": "mother"}, said=f"({row['topic']}, for my mom)")
        heard = device.history[-1]
        parts.append(f"- **You:** {heard.said}\n- **Guide:** {heard.speech} *({heard.seconds} s)*\n")
    return "\n".join(parts)


def transcripts() -> dict[Path, str]:
    """Play everything; gives each file's text by its path."""
    made = {OUT / f"{path.stem}.md": _conversation(path) for path in DIALOGS}
    made[OUT / "prompts.md"] = _prompts()
    made[OUT / "topics.md"] = _topics()
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
