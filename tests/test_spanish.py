"""Somebody speaks Spanish to the English skill: heard with and without accents, answered by a Spanish voice."""

from __future__ import annotations

import pytest

import content
from simulator.rehearsal import Rehearsal
from skill import names
from skill.listening.words import unaccented
from skill.rules import ssml
from skill.say import Voice
from skill.turn import Memory, Turn
from tools import models
from tools.content_rules.safety import MUST_SAY

SPEAKS_SPANISH = ["¿Hablan español?", "hablan espanol", "no hablo inglés", "no hablo ingles", "mi mamá tiene cáncer"]


@pytest.mark.parametrize("said", SPEAKS_SPANISH)
def test_spanish_is_heard_while_the_text_is_offered(said: str) -> None:
    device = Rehearsal().device
    device.say("should i get a second opinion")
    assert device.say(said).keys == ["spanish"]


@pytest.mark.parametrize("said", SPEAKS_SPANISH)
def test_spanish_is_heard_while_a_text_is_settled(said: str) -> None:
    device = Rehearsal().device
    device.say("text me the number")
    assert device.say(said).keys == ["spanish"]


def test_every_sample_stands_in_the_model_with_and_without_its_accents() -> None:
    samples = models.samples("en-US")[names.SPANISH]
    assert {"hablan español", "hablan espanol", "mi mamá tiene cáncer", "mi mama tiene cancer"} <= set(samples)
    assert {unaccented(sample) for sample in samples} <= set(samples)


def test_a_spanish_line_is_said_by_a_spanish_voice_and_written_without_markup() -> None:
    device = Rehearsal().device
    device.say("slower")
    heard = device.say("habla español")
    assert '<lang xml:lang="es-US">En la línea' in heard.ssml
    assert heard.ssml.endswith("</lang></prosody></speak>")
    assert "<" not in (heard.card or {})["content"]


@pytest.mark.parametrize("pace", ["slow", "normal", "fast"])
@pytest.mark.parametrize("topic", MUST_SAY)
def test_a_crisis_answer_in_spanish_gives_the_same_numbers_and_waits(topic: str, pace: str) -> None:
    words = content.load("en-US")
    turn = Turn(names.INTENT, "en-US", Memory(pace=pace))
    voice = Voice(words)
    response = voice.response(turn, voice.say(turn, f"spanish_{topic}"))
    for markup in (response.output_speech.ssml, response.reprompt.output_speech.ssml):
        assert '<lang xml:lang="es-US">' in markup
        said = ssml.plain(markup)
        assert "?" not in said
        for number in MUST_SAY[topic]:
            assert words.phones[number.strip("{}")].digits in said
    assert response.should_end_session is False
    assert turn.memory.pending == "safety"


def test_an_english_line_asked_after_a_spanish_one_stays_english() -> None:
    turn = Turn(names.INTENT, "en-US", Memory())
    reply = Voice(content.load("en-US")).say(turn, "spanish", "ask_another")
    assert reply.body.endswith("</lang> Is there anything else?")
    assert "<lang" not in reply.reprompt
