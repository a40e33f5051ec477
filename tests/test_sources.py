"""Who says so: every answer, and every step of one, names who says it and when, on the card too, and nobody else."""

from __future__ import annotations

import re

import pytest

import content
from simulator.device import Heard
from simulator.rehearsal import Rehearsal
from skill import names
from skill.say import Voice

WORDS = content.load()
TOPICS = sorted(WORDS.answers)
STEPS = [(topic, n) for topic in TOPICS for n in range(1, len(WORDS.answers[topic].wording.more) + 1)]
#: What nobody should have to listen to.
FOR_THE_EYE = re.compile(r"\bpage \d|\bversion\b|\d\.\d|https?:")


def reach(rehearsal: Rehearsal, topic: str, steps: int = 0) -> Heard:
    """Ask about a topic, and for so many steps more."""
    heard = rehearsal.device.intend(WORDS.answers[topic].intent)
    for _ in range(steps):
        heard = rehearsal.device.intend(names.MORE)
    return heard


def who_says_so(rehearsal: Rehearsal) -> str:
    return rehearsal.device.intend(names.WHO_SAYS_SO).speech


def organisations(facts: tuple[str, ...]) -> list[str]:
    """List who says these facts, each once, in order."""
    return list(dict.fromkeys(WORDS.facts[key].sources[0].organisation for key in facts))


def held_to(said: str, facts: tuple[str, ...]) -> None:
    """Hold what was said to the sources of these facts: organisation, title, date; three organisations at most."""
    source = WORDS.facts[facts[0]].sources[0]
    assert f"That comes from {source.organisation}: {source.said}" in said
    if source.date:
        assert f"dated {Voice(WORDS).date(source.date)}." in said
    else:
        assert "The page shows no date. We read it in November 2026." in said
    own = organisations(facts)
    for organisation in own[:3]:
        assert organisation in said
    everybody = {source.organisation for fact in WORDS.facts.values() for source in fact.sources}
    rest = said.partition(source.said)[2]
    assert [o for o in everybody if o in rest and not any(o in mine for mine in own[:3])] == []
    assert not FOR_THE_EYE.search(said)


def test_all_of_the_answers_are_asked_about() -> None:
    assert len(TOPICS) >= 47


@pytest.mark.parametrize("topic", TOPICS)
def test_every_answer_names_an_organisation_and_a_date(topic: str, rehearsal: Rehearsal) -> None:
    reach(rehearsal, topic)
    held_to(who_says_so(rehearsal), WORDS.answers[topic].facts)


@pytest.mark.parametrize(("topic", "step"), STEPS)
def test_every_step_names_its_own_source_aloud_and_on_the_card(topic: str, step: int, rehearsal: Rehearsal) -> None:
    facts = WORDS.answers[topic].facts_of(step)
    source = WORDS.facts[facts[0]].sources[0]
    card = reach(rehearsal, topic, step).card or {}
    assert f"Source: {source.organisation}, {source.title}, " in card["content"]
    assert source.date or "no date, read in November 2026." in card["content"]
    held_to(who_says_so(rehearsal), facts)


@pytest.mark.parametrize(("topic", "step"), [("first_step", 3), ("where_find", 2), ("clinical_trials", 3)])
def test_a_step_the_fact_sheet_does_not_have_is_not_credited_to_it(topic: str, step: int, rehearsal: Rehearsal) -> None:
    card = reach(rehearsal, topic, step).card or {}
    assert "When to Get a Second Opinion" not in card["content"]
    assert "When to Get a Second Opinion" not in who_says_so(rehearsal)


@pytest.mark.parametrize(
    ("topic", "first"),
    [
        ("urgent_symptom", "the American Society of Clinical Oncology: When to call the doctor"),
        ("no_insurance", "the website About dot com"),
        ("financial_help", "CancerCare: Financial assistance"),
        ("records", "the National Comprehensive Cancer Network: guidelines for patients, dated 2013"),
        ("suicide", "the Substance Abuse and Mental Health Services Administration"),
    ],
)
def test_the_source_named_first_says_what_was_heard(topic: str, first: str, rehearsal: Rehearsal) -> None:
    reach(rehearsal, topic)
    assert f"That comes from {first}" in who_says_so(rehearsal)


def test_three_organisations_are_named_with_their_years(rehearsal: Rehearsal) -> None:
    reach(rehearsal, "how_long_wait")
    said = who_says_so(rehearsal)
    assert "That comes from the American Cancer Society" in said
    assert (
        "Parts of it are from the National Comprehensive Cancer Network in 2013, and OncoLink, from Penn Medicine in 2022."
    ) in said


@pytest.mark.parametrize("before", ["", "how_long_wait"])
@pytest.mark.parametrize("intent", [names.SAY_NUMBER, names.TALK_TO_PERSON, names.NO_CELL])
def test_after_the_number_the_source_of_the_number_is_named(before: str, intent: str, rehearsal: Rehearsal) -> None:
    if before:
        reach(rehearsal, before)
    rehearsal.device.intend(intent)
    for _ in range(2):  # asked twice, it is still about the number
        held_to(who_says_so(rehearsal), ("S43",))


def test_the_line_in_spanish_is_not_credited_to_a_sheet_that_says_nothing_of_languages() -> None:
    assert Voice(WORDS).rests_on("spanish")[0] == "E54"


def test_help_in_between_does_not_change_what_it_is_about(rehearsal: Rehearsal) -> None:
    reach(rehearsal, "first_step", 3)
    rehearsal.device.intend(names.HELP)
    held_to(who_says_so(rehearsal), WORDS.answers["first_step"].facts_of(3))


def test_the_card_keeps_the_title_as_it_is_written(rehearsal: Rehearsal) -> None:
    card = reach(rehearsal, "records").card or {}
    assert "Guidelines for patients: ovarian cancer, version 1.2013, page 80, 2013." in card["content"]


def test_before_any_answer_it_says_that_it_can_be_asked_after_each(rehearsal: Rehearsal) -> None:
    rehearsal.device.open()
    assert "Ask me that after any answer" in who_says_so(rehearsal)
