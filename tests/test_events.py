"""Whole envelopes, as devices of today send them: every field they carry, not only those we read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.rehearsal import Rehearsal

EVENTS = {p.stem: p for p in sorted((Path(__file__).parent / "events").glob("*.json"))}
SAID = {
    "launch_echo_dot": ["welcome"],
    "launch_echo_show_with_person": ["welcome"],
    "one_shot_question": ["when_needed", "ask_text"],
    "free_question": ["doctor_refuses", "ask_text"],
    "yes_in_session": ["when_needed.more.1", "ask_more"],
    "consent_refused": ["no_permission", "ask_phone"],
}
SILENT = {"session_ended_by_silence", "session_ended_by_error", "skill_disabled", "permission_changed"}


def answer(name: str) -> dict[str, Any]:
    return Rehearsal().skill(json.loads(EVENTS[name].read_text(encoding="utf-8")))


def test_every_event_is_expected_to_do_something() -> None:
    assert set(EVENTS) == set(SAID) | SILENT


@pytest.mark.parametrize("name", sorted(SAID))
def test_event_is_answered(name: str) -> None:
    response = answer(name)
    assert response["sessionAttributes"]["said"] == SAID[name]
    assert response["response"]["outputSpeech"]["ssml"].startswith("<speak>")


@pytest.mark.parametrize("name", sorted(SILENT))
def test_event_is_met_with_silence(name: str) -> None:
    assert "outputSpeech" not in answer(name)["response"]


def test_a_session_that_has_just_begun_needs_nothing_from_a_launch() -> None:
    # A one-shot question must not rely on anything that only opening would have set up.
    launched = Rehearsal()
    launched.device.open()
    assert launched.device.say("am i allowed to get a second opinion").keys == ["right_to", "ask_text"]
    assert Rehearsal().device.say("am i allowed to get a second opinion").keys == ["right_to", "ask_text"]
