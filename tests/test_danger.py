"""What is graver, what is held back, and what the words of a free question settle beside its topic."""

from __future__ import annotations

import pytest

import content
from simulator.rehearsal import Rehearsal
from skill.hearing import in_spanish
from skill.listening import Heard
from skill.listening.danger import OTHER, SAFETY, Evidence, Judge, closer_signs
from skill.listening.safety import Recognised, changes_treatment
from skill.rules.danger import GRAVITY, answered_instead, gravest


@pytest.mark.parametrize(
    ("before", "heard", "holds"),
    [
        ("", "suicide", "suicide"),
        ("", "distress", ""),
        ("suicide", "urgent_symptom", "suicide"),
        ("urgent_symptom", "suicide", "suicide"),
        ("emergency", "suicide", "suicide"),
        ("suicide", "emergency", "emergency"),
        ("emergency", "urgent_symptom", "emergency"),
    ],
)
def test_a_milder_danger_never_takes_the_place_of_a_graver_one(before: str, heard: str, holds: str) -> None:
    assert gravest(before, heard) == holds


@pytest.mark.parametrize(
    ("before", "heard", "answer"),
    [
        ("", "distress", "distress"),
        ("suicide", "distress", "suicide"),
        ("suicide", "med_advice", "suicide"),
        ("emergency", "urgent_symptom", "emergency"),
        ("suicide", "urgent_symptom", "urgent_symptom"),
        ("urgent_symptom", "emergency", "emergency"),
    ],
)
def test_fear_and_medicine_in_a_danger_are_met_with_the_danger(before: str, heard: str, answer: str) -> None:
    assert answered_instead(before, heard) == answer


def test_gravity_names_the_answers_that_are_a_crisis_or_urgent() -> None:
    answers = content.load("en-US").answers.values()
    assert set(GRAVITY) == {a.topic for a in answers if a.safety in {"crisis", "urgent"}}


@pytest.mark.parametrize(
    ("confidence", "lead", "plain"), [(2.9, 2.6, True), (0.8, 0.2, False), (2.2, 0.9, False), (1.2, 1.9, False)]
)
def test_a_topic_is_plain_only_when_it_is_far_ahead(confidence: float, lead: float, plain: bool) -> None:
    assert Heard("sure", "medicare", (), confidence, lead).plain is plain


@pytest.mark.parametrize(
    "said",
    [
        "i'm thinking of stopping my chemo because it makes me so sick",
        "is it okay if i take half my pills from now on",
        "should i double my dose of morphine",
        "i'm going to skip tomorrow's treatment",
        "my husband wants to stop chemo",
        "puedo dejar la quimio",
    ],
)
def test_stopping_skipping_and_dosing_are_heard(said: str) -> None:
    assert changes_treatment(said)


@pytest.mark.parametrize("said", ["which treatment is best for me", "how long do i have", "is this lump cancer"])
def test_what_changes_nothing_gets_no_plea(said: str) -> None:
    assert not changes_treatment(said)


@pytest.mark.parametrize("said", ["no quiero vivir más", "me duele el pecho", "no puedo respirar", "ayuda por favor"])
def test_spanish_is_known(said: str) -> None:
    assert in_spanish(said, "en-US")


@pytest.mark.parametrize("said", ["i can't breathe", "no me gusta", "el paso is where i live now", "de nada"])
def test_a_word_of_spanish_makes_no_spanish_sentence(said: str) -> None:
    assert in_spanish(said, "en-US") is (said in {"de nada"})


def _evidence(said: Recognised) -> Evidence:
    topics = dict.fromkeys([*SAFETY, "out_of_domain", "medicare", "records"], -1.0)
    return Evidence(said, 5, topics, dict.fromkeys([*SAFETY, OTHER], -1.0))


def _judge(grave: float = 0.3, any_: float = 0.6) -> tuple[Judge, int]:
    """Make a judge that believes the encoder alone; also gives how many signs there are."""
    blank = _evidence(Recognised("", False, False, ""))
    signs = len(closer_signs(blank, dict.fromkeys([*SAFETY, OTHER], 0.0)))
    first = len(blank.signs)
    weights = [[0.0] * (signs + 1) for _ in (*SAFETY, OTHER)]
    for place in range(len(SAFETY) + 1):
        weights[place][first + place] = 1.0
    return Judge(weights, grave, any_), signs


def _read(**likely: float) -> dict[str, float]:
    import math

    rest = (1 - sum(likely.values())) / (len(SAFETY) + 1 - len(likely))
    return {name: math.log(likely.get(name, rest) or 1e-9) for name in (*SAFETY, OTHER)}


@pytest.mark.parametrize(
    ("likely", "named"),
    [
        ({"other": 0.97}, ""),
        ({"other": 0.55, "suicide": 0.4}, "suicide"),
        ({"other": 0.55, "distress": 0.42}, ""),
        ({"other": 0.2, "distress": 0.75}, "distress"),
        ({"other": 0.1, "emergency": 0.3, "urgent_symptom": 0.58}, "emergency"),
        ({"other": 0.1, "emergency": 0.05, "urgent_symptom": 0.83}, "urgent_symptom"),
        ({"other": 0.05, "suicide": 0.2, "suicide_other": 0.25, "distress": 0.45}, "suicide_other"),
    ],
)
def test_of_two_dangers_the_graver_answer_wins(likely: dict[str, float], named: str) -> None:
    judge, _ = _judge()
    assert judge.named(_evidence(Recognised("", False, False, "")), _read(**likely)) == named


def test_love_of_life_is_never_named_a_wish_to_die() -> None:
    judge, _ = _judge()
    read = _read(other=0.05, suicide=0.6, distress=0.3)
    assert judge.named(_evidence(Recognised("", False, False, "")), read) == "suicide"
    assert judge.named(_evidence(Recognised("distress", True, False, "")), read) == "distress"


def test_a_written_line_for_grave_danger_holds_unless_danger_is_hardly_likely() -> None:
    judge, _ = _judge()
    written = _evidence(Recognised("emergency", False, False, ""))
    assert judge.named(written, _read(other=0.75, emergency=0.2)) == "emergency"
    assert judge.named(written, _read(other=0.97, emergency=0.02)) == ""


@pytest.mark.parametrize("said", ["should i go to the hospital", "it's getting worse", "are you there", "will it hurt"])
def test_what_may_be_about_the_danger_is_held_back_once(rehearsal: Rehearsal, said: str) -> None:
    rehearsal.device.say("i can't breathe")
    heard = rehearsal.device.say(said)
    assert heard.keys[0].startswith("emergency"), heard.speech
    assert heard.open
