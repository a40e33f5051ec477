"""The compiled lexicon says what its files say, about any text; it is fresh, the same everywhere, and read in part."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skill.listening import safety
from skill.listening.safety import COMPILED, crisis, mended, people, recognise
from skill.listening.safety.phrases import Lexicon, Phrase, Word
from skill.listening.safety.spoken import words
from skill.listening.safety.stored import Stored
from tools import lexicon, train

ROOT = Path(__file__).parent.parent
SAMPLE = 3000


@cache
def parsed() -> lexicon.Parsed:
    return lexicon.Parsed(lexicon.FOLDER)


def everything(known: Lexicon, text: str) -> list[object]:
    """Say all that can be made of a text: names, words, and each phrase's places in the order they are found."""
    with patch.object(safety, "lexicon", lambda: known):
        said = mended(words(text))
        found: list[object] = [crisis(text), recognise(text), said]
    for kind in parsed().phrases:
        view = known.text(said)
        found.append([(kind, span, [*phrase.to]) for phrase in known.of(kind, view) for span in view.find(phrase)])
    return found


def by_hands() -> list[str]:
    rows = [phrase.text for path in train.hands("en-US") for phrase in train.by_hand(path)]
    return random.Random(11).sample(rows, SAMPLE)


def tuned() -> list[str]:
    with train.TUNED.open(encoding="utf-8", newline="") as file:
        return [row["utterance"] for row in csv.DictReader(file)]


EXAMPLES = ["", " ", "\x00", "é" * 5000, "die " * 3000, "i want to die", "no quiero morir", "sue a side all", "like"]


@pytest.mark.parametrize("source", [tuned, by_hands, lambda: EXAMPLES], ids=["tuned", "hands", "examples"])
def test_the_compiled_lexicon_hears_what_its_files_hear(source: object) -> None:
    assert callable(source)
    texts = source()
    heard = {text: everything(safety.lexicon(), text) for text in texts}
    assert [text for text in texts if heard[text] != everything(parsed(), text)] == []
    if len(texts) > len(EXAMPLES):  # else all of it might be silence
        assert {"emergency", "suicide", "suicide_other", "urgent_symptom", ""} <= {str(h[0]) for h in heard.values()}


def spoken(phrase: Phrase, chance: random.Random) -> list[str]:
    """Say a phrase in one of its ways, now and then with a word too many."""
    out: list[str] = []
    for step in phrase.steps:
        if step.kind == "gap":
            out += [chance.choice(vocabulary()) for _ in range(chance.randint(0, step.reach + 1))]
        elif step.kind == "one" or (step.kind in {"maybe", "many"} and chance.random() < 0.5):
            out += alternative(step.word, chance)
    return out


def alternative(word: Word, chance: random.Random) -> list[str]:
    choices: list[str | Phrase] = [*sorted(word.words), *word.phrases]
    chosen = chance.choice(choices) if choices else ""
    if isinstance(chosen, Phrase):
        return spoken(chosen, chance)
    return [chosen.replace("~", chance.choice(["", "s", "ing"]))]


@cache
def vocabulary() -> list[str]:
    firsts = {tag for phrases in parsed().phrases.values() for p in phrases for s in p.steps for tag in s.word.firsts}
    return sorted(tag.rstrip("~") for tag in firsts)


@cache
def all_phrases() -> list[Phrase]:
    top = [phrase for phrases in parsed().phrases.values() for phrase in phrases]
    return [*top, *(guard for phrase in top for _, guard in phrase.guards)]


@st.composite
def mixtures(draw: st.DrawFn) -> str:
    chance = draw(st.randoms(use_true_random=False))
    out: list[str] = []
    for _ in range(chance.randint(1, 4)):
        out += spoken(chance.choice(all_phrases()), chance)
        out += [chance.choice(vocabulary()) for _ in range(chance.randint(0, 3))]
    return " ".join(out)


@settings(max_examples=400, deadline=None)
@given(mixtures())
@example("my friend said i want to die and not that it is killing me")
def test_it_hears_the_same_in_any_mixture_of_its_words(text: str) -> None:
    assert everything(safety.lexicon(), text) == everything(parsed(), text)


def test_mixtures_do_hold_phrases() -> None:
    chance = random.Random(3)
    named = [crisis(" ".join(spoken(chance.choice(all_phrases()), chance))) for _ in range(300)]
    assert len({*named}) == 7
    assert named.count("") < 200


def test_lists_are_the_same() -> None:
    known = Stored(COMPILED)
    assert {name: known.single(name) for name in parsed().lists} == {n: w.words for n, w in parsed().lists.items()}
    people.People(known)  # names five of them


@pytest.mark.parametrize(
    ("text", "life", "everyday"),
    [
        ("i'm afraid of dying", True, False),
        ("i want to die", False, False),
        ("i'm dying to know", False, True),
        ("the wait is killing me and i'm not ready to die", True, True),
        ("", False, False),
    ],
)
def test_love_of_life_and_everyday_sayings(text: str, life: bool, everyday: bool) -> None:
    said = recognise(text)
    assert (said.wants_to_live, said.saying) == (life, everyday)


@pytest.mark.parametrize(
    "said", ["i want to dye my hair before chemo", "my wife wants to die her hair", "dying my roots"]
)
def test_hair_is_colored_and_nobody_dies_of_it(said: str) -> None:
    assert crisis(said) not in {"suicide", "suicide_other", "emergency"}
    assert "color hair" in recognise(said).meant
    assert crisis("i want to dye") == "suicide"


def test_only_what_a_text_may_hold_is_read_and_it_is_kept() -> None:
    known = Stored(COMPILED)
    with patch.object(safety, "lexicon", lambda: known):
        assert crisis("i want to kill myself because the chemo is not working") == "suicide"
        read = len(known._words) + len(known._phrases)
        assert 0 < read < 0.15 * len(known._lines)
        crisis("i want to kill myself because the chemo is not working")
    assert len(known._words) + len(known._phrases) == read
    view = known.text(["suicidal"])
    assert known.of("suicide", view)
    assert all(a is b for a, b in zip(known.of("suicide", view), known.of("suicide", view), strict=True))


# -- the file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_it_is_fresh_and_the_same_bytes_whatever_the_hash_seed(seed: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tools.lexicon", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"lambda{os.pathsep}."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_a_stale_one_is_noticed_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    (folder / "words.txt").write_text("SELF: me, myself\n", encoding="utf-8")
    (folder / "suicide.txt").write_text("kill SELF\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "FOLDER", folder)
    monkeypatch.setattr(lexicon, "ROOT", tmp_path)
    monkeypatch.setattr(lexicon, "COMPILED", tmp_path / "lexicon.jsonl")
    assert lexicon.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert lexicon.main([]) == 0
    assert lexicon.main(["--check"]) == 0
    (folder / "suicide.txt").write_text("kill SELF\nend SELF\n", encoding="utf-8")
    assert lexicon.main(["--check"]) == 1
    assert lexicon.main([]) == 0
    known = Stored(tmp_path / "lexicon.jsonl")
    view = known.text(["end", "myself"])
    assert view.has(known.of("suicide", view))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("kill NOBODY_KNOWS", "no list is called NOBODY_KNOWS"),
        ("kill (me", "parenthesis"),
        ("me? ..", "no word that must be there"),
        ("A: x\nA: y", "already the name"),
        ("A: x, A y", "no list is called A"),  # a list that holds itself would never end
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, why: str
) -> None:
    (tmp_path / "words.txt").write_text("# fine\n", encoding="utf-8")
    (tmp_path / "suicide.txt").write_text(f"kill me\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(lexicon, "FOLDER", tmp_path)
    monkeypatch.setattr(lexicon, "COMPILED", tmp_path / "never.jsonl")
    assert lexicon.main([]) == 1
    said = capsys.readouterr().err
    assert f"suicide.txt:{2 + line.count(chr(10))}:" in said
    assert why in said
    assert not (tmp_path / "never.jsonl").exists()
