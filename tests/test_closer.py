"""The closer look: what the encoder reads, how long it takes, and what happens where it cannot be loaded."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from skill import listening
from skill.listening import closer, listen
from skill.listening.danger import OTHER, SAFETY, Judge
from skill.listening.encoder import MAX_PIECES, Encoder, encoder
from skill.listening.index import index
from tools import teach, train


@pytest.fixture(scope="module")
def read() -> Encoder:
    return encoder("en-US")


def test_it_was_taught_the_way_words_are_written_now(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert teach.main(["--check"]) == 0
    monkeypatch.setattr(teach, "digest", lambda: "another")
    assert teach.main(["--check"]) == 1
    assert "make teach" in capsys.readouterr().err


def test_likelihoods_add_up_to_one_and_name_every_danger(read: Encoder) -> None:
    scores = read.scores("i want to die")
    assert set(scores) == {*SAFETY, OTHER}
    assert sum(map(math.exp, scores.values())) == pytest.approx(1, abs=1e-4)
    assert max(scores, key=scores.__getitem__) == "suicide"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("my husband just slid off his chair and he won't answer me", "emergency"),
        ("the thermometer says a hundred and two and i had chemo monday", "urgent_symptom"),
        ("my wife says she doesn't want to be here anymore", "suicide_other"),
        ("what would you take the pill or the infusion", "med_advice"),
        ("i sit in the car and cry before i go in", "distress"),
        ("that surgeon is drop dead gorgeous but is he any good", OTHER),
        ("can another lab read my slides", OTHER),
    ],
)
def test_it_reads_what_is_meant(read: Encoder, said: str, meant: str) -> None:
    scores = read.scores(said)
    assert max(scores, key=scores.__getitem__) == meant


def test_words_are_cut_into_pieces_that_make_the_words_again(read: Encoder) -> None:
    named = {number: piece for piece, number in read._pieces.items()}
    pieces = [named[number] for number in read.pieces("My oncologist's chemotherapy, at 2 p.m.")]
    assert (pieces[0], pieces[-1]) == ("[CLS]", "[SEP]")
    assert " ".join(pieces[1:-1]).replace(" ##", "") == "my oncologist ' s chemotherapy at two pm"


@pytest.mark.parametrize("said", ["", " ", "\x00", "?!", "é" * 1000, "word " * 100_000, "x" * 5000, "# # #"])
def test_any_text_is_read_quickly_and_bounded(read: Encoder, said: str) -> None:
    began = time.perf_counter()
    assert len(read.pieces(said)) <= MAX_PIECES
    assert all(math.isfinite(score) for score in read.scores(said).values())
    assert time.perf_counter() - began < 1


def test_without_numpy_the_first_look_decides_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    closer.reader.cache_clear()
    monkeypatch.setitem(sys.modules, "skill.listening.encoder", None)
    try:
        assert closer.reader("en-US") is None
        assert listen("i want to die").label == "suicide"
        assert listen("my chest hurts and my arm is numb").label == "emergency"
        assert listen("will my doctor be mad").label == "doctor_upset"
    finally:
        closer.reader.cache_clear()


def test_without_its_file_the_first_look_decides_alone() -> None:
    assert closer.reader("xx-XX") is None


def _reader(seed: int, width: int = 8) -> dict[str, Any]:
    """Make a reader of one layer out of chance, by the names that `teach` gives its tables."""
    import numpy as np

    chance = np.random.default_rng(seed)
    dense = {"0.attend": (width, 3 * width), "0.join": (width, width), "0.widen": (width, 16), "0.narrow": (16, width)}
    shapes = {**dense, "danger": (width, len(teach.LABELS))}
    out: dict[str, Any] = {"words": np.random.default_rng(0).normal(size=(4, width))}
    out["places"] = chance.normal(size=(MAX_PIECES, width))
    for name, shape in shapes.items():
        out[name], out[f"{name}.bias"] = chance.normal(size=shape), chance.normal(size=shape[1])
    for name in ("ends", "0.join", "0.narrow"):
        out[f"{name}.norm"], out[f"{name}.norm.bias"] = np.ones(width), np.zeros(width)
    return out


def test_what_several_readers_find_likely_is_averaged(tmp_path: Path) -> None:
    def scores(name: str, *readers: dict[str, Any]) -> dict[str, float]:
        (tmp_path / name).write_bytes(teach.written(readers, ["[CLS]", "[SEP]", "[UNK]", "die"], heads=2))
        return Encoder(tmp_path / name).scores("i want to die")

    first, second = _reader(1), _reader(2)
    one, two, both = scores("one", first), scores("two", second), scores("both", first, second)
    assert one != pytest.approx(two, abs=0.1)
    for label in teach.LABELS:
        assert math.exp(both[label]) == pytest.approx((math.exp(one[label]) + math.exp(two[label])) / 2, abs=1e-4)


def test_plain_questions_never_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counting(_: str) -> object:
        return lambda text: asked.append(text) or encoder("en-US").scores(text)

    monkeypatch.setattr(listening, "reader", counting)
    for question in (
        "should i get a second opinion",
        "will my doctor be mad",
        "does medicare pay for a second opinion",
        "what records do i bring",
        "repeat that",
    ):
        listen(question)
    assert asked == []
    listen("i don't see the point of waking up tomorrow")
    assert asked


def test_the_judge_weighs_everything_and_its_likelihoods_make_one() -> None:
    judge = Judge.from_header(index("danger-en-US").closer)
    assert len(judge.weights) == len(SAFETY) + 1
    likely = judge.likelihoods([0.0] * (len(judge.weights[0]) - 1))
    assert sum(likely.values()) == pytest.approx(1)
    assert 0 < judge.grave < 1
    assert 0 < judge.any < 1


def test_what_the_judge_was_fitted_to_is_there() -> None:
    taught = train.taught("en-US")
    assert len(taught) > 20_000
    assert train.taught("xx-XX") == {}
