"""The spoken loop's bookkeeping, with a voice of tones and a recogniser that is told what to hear."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from voice_tones import Told, Tones

from simulator import voices
from simulator.voice import Talker, VoiceMissingError
from tools import hear
from tools.score import score

ROWS = [
    ("should i get a second opinion", "when_needed", "in_domain"),
    ("will my doctor be upset", "doctor_upset", "in_domain"),
    ("slower", "ctl_slower", "control"),
    ("what is the capital of france", "out_of_domain", "ood"),
]


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(hear, "OUT", tmp_path / "hear")
    file = tmp_path / "questions.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["utterance", "topic", "kind"])
        writer.writerows(ROWS)
    return file


def listening_to(monkeypatch: pytest.MonkeyPatch, *hears: str) -> tuple[Tones, list[str]]:
    voice, asked = Tones(seconds_a_character=0.001), list[str]()

    def talker(name: str) -> Talker:
        asked.append(name)
        return Talker(voice, Told(list(hears)))

    monkeypatch.setattr(voices, "talker", talker)
    return voice, asked


def test_a_longer_sample_begins_with_the_shorter_one() -> None:
    ten, twenty, whole = (hear.sample(hear.FROZEN, limit) for limit in (10, 20, 0))
    assert twenty[:10] == ten
    assert len(twenty) == 20
    assert ten != whole[:10]
    assert all(row in whole for row in twenty)


def test_what_was_heard_decides_and_typing_stands_beside_it(
    questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listening_to(monkeypatch, "Should I get a 2nd opinion?", "Slower!", "", "What is the cattle of France?")
    assert hear.main(["--questions", str(questions), "--voices", "tones"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "4 questions of questions.csv, heard by moonshine"
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in out[1:]]
    assert cells[2] == ["typing", "", "", "2 of 2", "2 of 2", "none", "none", "1 of 1", "0 of 1"]
    # 5 words of "will my doctor be upset" became 1 wrong one, "slower" was lost, "capital" was misheard: 7 of 18.
    assert cells[3] == ["tones", "38.9%", "1 of 4", "1 of 2", "1 of 2", "none", "none", "0 of 1", "0 of 1"]
    with (hear.OUT / "tones.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["heard"], row["word_errors"], row["words"]) for row in rows] == [
        ("Should I get a 2nd opinion?", "0", "6"),
        ("Slower!", "5", "5"),
        ("", "1", "1"),
        ("What is the cattle of France?", "1", "6"),
    ]
    assert [row["spoken_right"] for row in rows] == ["True", "False", "False", "True"]
    assert [row["typed_right"] for row in rows] == ["True"] * 4


def test_what_was_spoken_before_is_not_spoken_again(questions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text, *_ in ROWS]
    file = questions.with_name("spoken.csv")
    voice, asked = listening_to(monkeypatch, "one", "two", "three", "four")
    assert hear.speak(texts[:2], "tones", file) == dict(zip(texts, ["one", "two"], strict=False))
    assert hear.speak(texts[:2], "tones", file) == hear.heard_before(file)
    assert asked == ["tones"]
    heard = hear.speak(texts, "tones", file)
    assert [said for said, _ in voice.said] == texts
    assert list(heard) == texts
    assert not list(file.parent.glob("*.half"))


def test_a_voice_that_is_missing_is_left_out_and_said(
    questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(name: str) -> Talker:
        raise VoiceMissingError("get it with: make run-voice")

    monkeypatch.setattr(voices, "talker", missing)
    assert hear.main(["--questions", str(questions), "--voices", "harp"]) == 2
    captured = capsys.readouterr()
    assert "harp is left out: get it with: make run-voice" in captured.err
    assert "harp" not in captured.out


def test_a_skill_that_fails_measures_nothing(
    questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listening_to(monkeypatch, *(text for text, *_ in ROWS))

    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("skill.hearing.settle", broken)
    monkeypatch.setattr("skill.app.settle", broken, raising=False)
    assert hear.main(["--questions", str(questions), "--voices", "tones"]) == 2
    assert "so this measures nothing" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["utterance,topic\nhello,about\n", None])
def test_questions_that_cannot_be_read_are_refused(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "questions.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert hear.main(["--questions", str(file)]) == 2
    assert "cannot read the questions" in capsys.readouterr().err


def test_typing_what_was_heard_is_what_is_scored() -> None:
    typed = [score(*ROWS[0])]
    (played,) = hear.judge([dict(zip(("utterance", "topic", "kind"), ROWS[0], strict=True))], {ROWS[0][0]: ""}, typed)
    assert played.errors == (6, 6)
    assert not played.spoken.right
