"""Misheard sentences: they sound like what was said, are made of known words, and leave alone what has no sound."""

from __future__ import annotations

import random

import pytest

from tools import mishear
from tools.mishear import LETTER, Mishear, rough

#: Pronunciations as the dictionary gives them.
SOUNDS = {
    "suicide": ["s uw1 ah0 s ay2 d"],
    "sue": ["s uw1"],
    "a": ["ah0", "ey1"],
    "side": ["s ay1 d"],
    "chest": ["ch eh1 s t"],
    "chess": ["ch eh1 s"],
    "just": ["jh ah1 s t"],
    "dye": ["d ay1"],
    "die": ["d ay1"],
    "hear": ["hh iy1 r"],
    "ear": ["iy1 r"],
}


@pytest.fixture
def heard() -> Mishear:
    return Mishear(SOUNDS, SOUNDS)


def hearings(heard: Mishear, text: str, times: int = 200) -> set[str]:
    chance = random.Random(1)
    return {heard(text, chance) for _ in range(times)}


def test_sounds_that_are_taken_for_one_another_are_written_alike() -> None:
    assert rough("p ae1 d") == rough("b eh1 t")
    assert rough("hh iy1 r") == rough("iy1 r")
    assert rough("d ay1") != rough("d iy1")
    assert len(set(LETTER.values())) == len(mishear.ALIKE)


def test_a_word_becomes_words_that_sound_like_it(heard: Mishear) -> None:
    found = hearings(heard, "suicide")
    assert "sue a side" in found
    assert "dye" in hearings(heard, "die")
    assert "ear" in hearings(heard, "hear")


def test_a_sound_may_be_lost_or_a_vowel_be_another(heard: Mishear) -> None:
    assert {"chess", "just"} <= hearings(heard, "chest")


def test_only_known_words_come_out() -> None:
    found = hearings(Mishear(SOUNDS, ["sue", "a", "side"]), "suicide chest")
    assert "sue a side chest" in found
    assert all(set(one.split()) <= {"suicide", "sue", "a", "side", "chest"} for one in found)


def test_what_nobody_can_pronounce_stays_as_it_is(heard: Mishear) -> None:
    assert hearings(heard, "xylocaine", 20) == {"xylocaine"}
    assert hearings(heard, "", 5) == {""}


def test_the_same_chance_mishears_alike(heard: Mishear) -> None:
    text = "chest side suicide hear"
    assert [heard(text, random.Random(4)) for _ in range(3)] == [heard(text, random.Random(4))] * 3


def test_without_the_dictionary_one_is_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mishear, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="make teach"):
        mishear.sounds()
