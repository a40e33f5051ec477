"""Speech between the page and the skill, with a voice of tones and a recogniser that is told what to hear."""

from __future__ import annotations

import importlib
import json
import shutil
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from voice_tones import Told, Tones

from simulator import voices
from simulator.__main__ import main
from simulator.voice import (
    LEAD_S,
    PEAK,
    SENTENCE_REST_S,
    TAIL_S,
    Sound,
    Talker,
    VoiceMissingError,
    aloud,
    as_alexa_hears,
    word_errors,
)
from simulator.web import create_app, serving, spoken
from simulator.web import voice as page_voice
from skill.rules import ssml

EDGES = LEAD_S + TAIL_S
SPEAK = "/api/voice/speak"
HEAR = "/api/voice/hear?hz=16000"


def client(talker: Talker | None) -> FlaskClient:
    return create_app(talker=talker).test_client()


def quiet(sound: Sound, from_s: float, to_s: float) -> bool:
    part = np.abs(sound.samples[round(from_s * sound.hz) : round(to_s * sound.hz)])
    return bool(part.size) and float(part.max()) == 0.0


# ---- what is said --------------------------------------------------------------------------------------------------


def test_a_rest_lasts_as_long_as_the_markup_says() -> None:
    voice = Tones()
    body = 'one<break time="700ms"/> two'
    sound = aloud(spoken.pieces(ssml.spoken(body)), voice)
    one, two = voice.lasts("one"), voice.lasts("two")
    assert sound.seconds == pytest.approx(one + 0.7 + two + EDGES, abs=0.01)
    began = LEAD_S + one
    assert quiet(sound, began + 0.01, began + 0.69)
    assert not quiet(sound, began - 0.05, began)
    assert not quiet(sound, began + 0.7, began + 0.75)


@pytest.mark.parametrize(("pace", "rate"), [("slow", 0.85), ("normal", 1.0), ("fast", 1.2)])
def test_the_pace_of_the_markup_reaches_the_voice(pace: str, rate: float) -> None:
    voice = Tones()
    sound = aloud(spoken.pieces(ssml.spoken("a few more words", pace)), voice)
    assert voice.said == [("a few more words", rate)]
    assert sound.seconds - EDGES == pytest.approx(voice.lasts("a few more words") / rate, abs=0.01)


def test_a_number_is_said_slowly_in_groups_and_an_emergency_number_digit_by_digit() -> None:
    voice = Tones()
    body = f"Call {ssml.number_aloud(['800', '813', '4673'])}. In danger, call {ssml.short_code('911')} now."
    sound = aloud(spoken.pieces(ssml.spoken(body)), voice)
    assert voice.said == [
        ("Call", 1.0),
        ("8 0 0,", 0.85),
        ("8 1 3,", 0.85),
        ("4 6 7 3", 0.85),
        ("In danger, call 9 1 1 now.", 1.0),
    ]
    words = sum(voice.lasts(said) / rate for said, rate in voice.said)
    assert sound.seconds == pytest.approx(words + 2 * 0.35 + SENTENCE_REST_S + 3 * EDGES, abs=0.01)


def test_the_voices_own_silence_does_not_add_to_a_rest() -> None:
    padded, plain = Tones(padding_s=0.7), Tones()
    pieces = spoken.pieces(ssml.spoken('one<break time="200ms"/> two'))
    assert aloud(pieces, padded).seconds == pytest.approx(aloud(pieces, plain).seconds, abs=0.01)


def test_every_reply_is_equally_loud() -> None:
    for loudness in (0.05, 0.9):
        sound = aloud([{"say": "hello", "rate": 1.0}], Tones(loudness=loudness))
        assert float(np.abs(sound.samples).max()) == pytest.approx(PEAK, abs=0.01)


def test_an_empty_room_is_not_made_loud() -> None:
    hiss = np.random.default_rng(1).normal(0, 0.0005, 16_000)
    assert float(np.abs(Sound.of(hiss, 16_000).loud().samples).max()) < 0.1
    assert Sound.rest(1, 16_000).loud() == Sound.rest(1, 16_000)


def test_nothing_to_say_is_no_sound() -> None:
    assert aloud([], Tones()).seconds == 0
    assert aloud([{"say": "", "rate": 1.0}, {"rest": 350}], Tones()).seconds == pytest.approx(0.2)


# ---- sound ---------------------------------------------------------------------------------------------------------


def test_sound_goes_through_a_wav_file_and_back() -> None:
    sound = Sound.of(np.sin(np.arange(800) / 7), 8000)
    again = Sound.from_wav(sound.wav())
    assert again == sound
    assert again.seconds == pytest.approx(0.1)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"not sound at all, but long enough to be a header of something"])
def test_what_is_not_a_wav_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a WAV file"):
        Sound.from_wav(data)


def test_samples_beyond_the_range_are_cut_not_wrapped() -> None:
    assert Sound.of(np.array([2.0, -2.0]), 8000).samples == pytest.approx([1.0, -1.0], abs=0.001)


# ---- what is heard -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ('"Gleason 6" can somebody recheck that number?', "gleason six can somebody recheck that number"),
        ("My number is 202-555-0143.", "my number is two zero two five five five zero one four three"),
        ("Call 911!", "call nine one one"),
        ("He's 65, and it's stage 4.", "he's sixty five and it's stage four"),
        ("The 2nd doctor, not the 1st", "the second doctor not the first"),
        ("80% of $50", "eighty percent of fifty dollars"),
        ("Is it the help line? The Hope Line.", "is it the helpline the hopeline"),
        ("Room 07", "room zero seven"),
        ("10 or 13 or 20", "ten or thirteen or twenty"),
        ("Dr. Smith’s", "doctor smith's"),
        ("", ""),
    ],
)
def test_words_are_handed_on_as_alexa_hands_them_on(written: str, heard: str) -> None:
    assert as_alexa_hears(written) == heard


@pytest.mark.parametrize(
    ("said", "heard", "errors", "words"),
    [
        ("should I ask", "Should I ask?", 0, 3),
        ("gleason six", "Gleason 6.", 0, 2),
        ("should I ask", "should ask", 1, 3),
        ("should I ask", "should I really ask", 1, 3),
        ("should I ask", "could I ask", 1, 3),
        ("should I ask", "", 3, 3),
        ("", "oh", 1, 0),
        ("a b c d", "b c d a", 2, 4),
    ],
)
def test_word_errors_are_counted(said: str, heard: str, errors: int, words: int) -> None:
    assert word_errors(said, heard) == (errors, words)


# ---- the engines ---------------------------------------------------------------------------------------------------


def test_without_the_extra_each_engine_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(importlib, "import_module", missing)
    for make in (*voices.VOICES.values(), voices.recogniser):
        with pytest.raises(VoiceMissingError, match=r"make run-voice|apt-get install flite"):
            make()
    with pytest.raises(VoiceMissingError, match="There is no voice harp"):
        voices.voice("harp")
    told: list[str] = []
    assert page_voice.ready(told.append) is None
    assert "make run-voice" in told[-1]
    assert "typing does everything" in told[-1]


# ---- the page's own service ----------------------------------------------------------------------------------------


def test_without_a_voice_the_page_is_told_how_to_get_one() -> None:
    off = client(None)
    found = off.get("/api/voice").get_json()
    assert found["on"] is False
    assert "make run-voice" in found["note"]
    assert off.post(SPEAK, json={"aloud": [{"say": "hello", "rate": 1}]}).status_code == 404
    answer = off.post(HEAR, data=b"\0\0", content_type=page_voice.SOUND)
    assert answer.status_code == 404
    assert "make run-voice" in answer.get_json()["error"]


def test_a_recording_comes_back_as_words_a_person_would_write() -> None:
    told = Told(["Will my doctor be upset if i ask 2?"])
    answer = client(Talker(Tones(), told)).post(HEAR, data=b"\1\0" * 1600, content_type=page_voice.SOUND)
    assert answer.get_json() == {"heard": "Will my doctor be upset if I ask two"}
    assert [(round(sound.seconds, 2), sound.hz) for sound in told.heard] == [(0.1, 16_000)]


def test_a_recording_is_as_long_as_a_person_talks() -> None:
    on = client(Talker(Tones(), Told(["yes"])))
    long = on.post("/api/voice/hear?hz=48000", data=bytes(2 * 48_000 * 20), content_type=page_voice.SOUND)
    assert long.status_code == 200
    longer = on.post("/api/voice/hear?hz=48000", data=bytes(2 * 48_000 * 22), content_type=page_voice.SOUND)
    assert longer.status_code == 413


@pytest.mark.parametrize(
    ("hz", "data", "kind", "code"),
    [
        ("16000", b"", page_voice.SOUND, 400),
        ("16000", b"\0", page_voice.SOUND, 400),
        ("", b"\0\0", page_voice.SOUND, 400),
        ("loud", b"\0\0", page_voice.SOUND, 400),
        ("7999", b"\0\0", page_voice.SOUND, 400),
        ("48001", b"\0\0", page_voice.SOUND, 400),
        ("16000", b"\0\0", "audio/wav", 415),
        ("16000", b"\0\0", "text/plain", 415),
        ("16000", b"{}", "application/json", 415),
    ],
)
def test_what_is_no_recording_is_refused(hz: str, data: bytes, kind: str, code: int) -> None:
    told = Told([])
    answer = client(Talker(Tones(), told)).post(f"/api/voice/hear?hz={hz}", data=data, content_type=kind)
    assert (answer.status_code, told.heard) == (code, [])


def test_words_come_back_as_sound() -> None:
    voice = Tones()
    pieces = spoken.pieces(ssml.spoken('Yes.<break time="1s"/> I can.', "slow"))
    answer = client(Talker(voice, Told([]))).post(SPEAK, json={"aloud": pieces})
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    assert voice.said == [("Yes.", 0.85), ("I can.", 0.85)]
    assert Sound.from_wav(answer.data).seconds > 1


@pytest.mark.parametrize(
    "aloud",
    [
        None,
        "hello",
        [],
        ["hello"],
        [{"say": "hello"}],
        [{"say": 5, "rate": 1}],
        [{"say": "hello", "rate": "fast"}],
        [{"say": "hello", "rate": 0.01}],
        [{"say": "hello", "rate": 100}],
        [{"rest": -1}],
        [{"rest": 10_001}],
        [{"rest": 10_000}] * 7,
        [{"say": "hello", "rate": 1}, {}],
        [{"say": "a" * 4001, "rate": 1}],
        [{"say": "a", "rate": 1}] * 201,
    ],
)
def test_what_cannot_be_said_is_refused(aloud: Any) -> None:
    voice = Tones()
    answer = client(Talker(voice, Told([]))).post(SPEAK, json={"aloud": aloud})
    assert (answer.status_code, voice.said) == (400, [])
    assert answer.get_json()["error"]


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}])
def test_another_page_may_neither_listen_nor_speak(headers: dict[str, str]) -> None:
    voice, told = Tones(), Told(["no"])
    on = client(Talker(voice, told))
    assert on.post(HEAR, data=b"\0\0", content_type=page_voice.SOUND, headers=headers).status_code == 403
    assert on.post(SPEAK, json={"aloud": [{"say": "hello", "rate": 1}]}, headers=headers).status_code == 403
    assert (voice.said, told.heard) == ([], [])


def test_sound_is_taken_where_there_is_a_use_for_it_and_nowhere_else() -> None:
    on = client(Talker(Tones(), Told([])))
    answer = on.post("/api/rooms", data=json.dumps({}), content_type=page_voice.SOUND)
    assert answer.status_code in {200, 415}
    assert on.post("/api/rooms", data=b"\0\1", content_type=page_voice.SOUND).status_code == 400


def test_the_page_has_a_voice_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    talker = Talker(Tones(), Told([]))
    asked: list[Talker | None] = []

    def create_server(port: int, with_talker: Talker | None = None) -> Any:
        asked.append(with_talker)
        raise OSError("far enough")

    monkeypatch.setattr(serving, "create_server", create_server)
    monkeypatch.setattr(page_voice, "ready", lambda tell: talker)
    assert main(["--web"]) == main(["--web", "--voice"]) == 2
    assert asked == [None, talker]
