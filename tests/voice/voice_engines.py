"""The real voice and recogniser: what is said can be heard back, at the pace asked for. Run by `make test-voice`."""

from __future__ import annotations

import shutil
import socket
from typing import Any

import numpy as np
import pytest

import content
from simulator import voices
from simulator.rehearsal import Rehearsal
from simulator.voice import Sound, Talker, as_alexa_hears, word_errors
from simulator.web.spoken import pieces
from skill.rules import ssml

SENTENCES = (
    "Should I get a second opinion?",
    "Will my doctor be upset if I ask somebody else?",
    "Does Medicare pay for a second opinion?",
    "I feel like nobody is listening to my mother.",
)


@pytest.fixture(scope="session")
def talker() -> Talker:
    return voices.talker()


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may look for a model elsewhere."""

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the voice asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


def test_it_hears_what_it_says(talker: Talker) -> None:
    for sentence in SENTENCES:
        heard = talker.hear(talker.speak([{"say": sentence, "rate": 1.0}]))
        assert heard == as_alexa_hears(sentence)


@pytest.mark.parametrize("hz", [16_000, 44_100, 48_000])
def test_it_hears_at_the_rates_that_browsers_record(talker: Talker, hz: int) -> None:
    said = talker.speak([{"say": SENTENCES[0], "rate": 1.0}])
    beats = np.arange(round(said.seconds * hz)) / hz
    again = Sound.of(np.interp(beats, np.arange(len(said.samples)) / said.hz, said.samples), hz)
    assert talker.hear(again) == as_alexa_hears(SENTENCES[0])


def test_a_faint_voice_is_heard(talker: Talker) -> None:
    said = talker.speak([{"say": SENTENCES[0], "rate": 1.0}])
    assert talker.hear(Sound.of(said.samples * 0.05, said.hz)) == as_alexa_hears(SENTENCES[0])


@pytest.mark.parametrize("loudness", [0.0, 0.0005, 0.01])
def test_an_empty_room_says_nothing(talker: Talker, loudness: float) -> None:
    hiss = np.random.default_rng(3).normal(0, loudness, 3 * 16_000)
    assert talker.hear(Sound.of(hiss, 16_000)) == ""


@pytest.mark.parametrize("rate", [0.85, 1.2])
def test_the_pace_is_the_one_that_was_asked_for(talker: Talker, rate: float) -> None:
    def lasts(at: float) -> float:
        return sum(talker.speak([{"say": s, "rate": at}]).seconds for s in SENTENCES)

    assert lasts(1.0) / lasts(rate) == pytest.approx(rate, rel=0.08)


def test_a_number_can_be_written_down_digit_by_digit(talker: Talker) -> None:
    said = ssml.spoken(f"The number is {ssml.number_aloud(content.load('en-US').phones['hopeline'].groups)}.")
    heard = talker.hear(talker.speak(pieces(said)))
    digits = "eight zero zero eight one three four six seven three"
    assert heard.endswith(digits), heard


def test_the_same_words_give_the_same_sound(talker: Talker) -> None:
    one, other = (talker.speak([{"say": SENTENCES[0], "rate": 1.0}]) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("name", ["pico", "flite"])
def test_the_other_voices_are_understood_too(talker: Talker, name: str) -> None:
    if name == "flite" and shutil.which("flite") is None:
        pytest.skip("no flite: apt-get install flite")
    voice = voices.voice(name)
    errors = words = 0
    for sentence in SENTENCES:
        missed, said = word_errors(sentence, talker.recogniser.hear(voice.say(sentence)))
        errors, words = errors + missed, words + said
    assert errors / words < 0.25
    slow, usual = (voice.say(SENTENCES[1], rate).trimmed().seconds for rate in (0.85, 1.0))
    assert usual / slow == pytest.approx(0.85, rel=0.08)


def test_a_whole_reply_is_heard_back(talker: Talker) -> None:
    rehearsal = Rehearsal()
    heard = rehearsal.device.say("should i get a second opinion")
    errors, words = word_errors(heard.speech, talker.hear(talker.speak(pieces(heard.ssml))))
    assert words > 20
    assert errors / words <= 0.1
