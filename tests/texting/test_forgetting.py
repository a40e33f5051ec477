"""Forgetting: asked aloud, the skill disabled, the permission taken away; once, twice, and with the store away."""

from __future__ import annotations

from typing import Any

import pytest
from texting_world import CELL, World

from skill import names
from skill.handlers.events import NotForgottenError

AWAY = "http://127.0.0.1:9"
SCOPE = names.MOBILE_NUMBER_SCOPE


def event(world: World, kind: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Write a skill event as Alexa sends it: no session."""
    envelope = world.device.envelope(
        {"type": f"AlexaSkillEvent.{kind}", **({"body": body} if body is not None else {})}
    )
    del envelope["session"]
    return envelope


@pytest.fixture
def known(world: World) -> World:
    """Somebody who got a text, and somebody else who did too."""
    for user, number in (("amzn1.ask.account.other", "202 555 0155"), ("amzn1.ask.account.rehearsal", CELL)):
        world.device.user_id = user
        world.say(f"my number is {number}", "yes")
    assert len(world.records("person#")) == 2
    return world


def test_forget_me_deletes_the_persons_records_and_nobody_elses(known: World) -> None:
    assert known.say("forget me").keys == ["forgotten", "ask_another"]
    assert len(known.records("person#")) == 1
    assert known.say("forget me").keys == ["forget_me", "ask_another"]
    assert len(known.records("person#")) == 1


def test_forget_me_in_the_middle_of_a_text_drops_it(world: World) -> None:
    world.to_the_question("spoken")
    heard = world.say("forget me")
    assert heard.keys == ["forget_me", "ask_another"]
    assert "2025550143" not in str(heard.response)
    assert "2 0 2" not in str(heard.attributes)
    world.say("yes")
    assert not world.texts


def test_forget_me_drops_the_conversation_but_not_the_pace(world: World) -> None:
    world.say("should my mom get a second opinion", "slower")
    heard = world.say("forget me")
    assert not {"topic", "who", "trail", "step"} & set(heard.attributes)
    assert heard.attributes["pace"] == "slow"


def test_what_is_kept_is_told_with_its_days(world: World) -> None:
    world.deploy(consent_days=30)
    heard = world.say("what do you keep about me")
    assert heard.keys[0] == "privacy"
    assert "30 days" in heard.speech
    # Topics stand in the log for a while, and a text that waits holds the real number: both are told.
    assert "topics" in heard.speech
    assert "waits" in heard.speech


def test_asking_what_is_kept_does_not_lose_the_question(world: World) -> None:
    world.to_the_question("spoken")
    assert world.say("what do you keep about me").keys == ["privacy", "ask_spoken"]
    world.say("yes")
    assert len(world.texts) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_disabling_the_skill_deletes_all_of_the_person(known: World, times: int) -> None:
    for _ in range(times):
        assert known.skill(event(known, "SkillDisabled")) == {"version": "1.0", "response": {}}
    assert len(known.records("person#")) == 1
    assert len(known.records("today#")) == 1


#: Bodies of a permission event after which the number's permission is gone, and after which it is not.
GONE: list[dict[str, Any] | None] = [
    None,
    {},
    {"acceptedPermissions": []},
    {"acceptedPermissions": None},
    {"acceptedPermissions": [{"scope": "alexa::profile:email:read"}]},
    {"acceptedPermissions": ["odd", {"scope": 7}]},
]
STAYS = [
    {"acceptedPermissions": [{"scope": SCOPE}]},
    {"acceptedPermissions": [{"scope": "alexa::profile:email:read"}, {"scope": SCOPE}]},
    {"acceptedPersonPermissions": [{"scope": SCOPE}]},
]


@pytest.mark.parametrize("kind", ["SkillPermissionChanged", "SkillPermissionAccepted"])
@pytest.mark.parametrize("body", GONE, ids=str)
def test_the_permission_taken_away_deletes_twice_as_well_as_once(
    known: World, kind: str, body: dict[str, Any] | None
) -> None:
    for _ in range(2):
        known.skill(event(known, kind, body))
        assert len(known.records("person#")) == 1


@pytest.mark.parametrize("body", STAYS, ids=str)
def test_the_permission_given_or_kept_deletes_nothing(known: World, body: dict[str, Any]) -> None:
    known.skill(event(known, "SkillPermissionChanged", body))
    known.skill(event(known, "SkillEnabled", body))
    assert len(known.records("person#")) == 2


def test_the_permission_taken_away_does_not_lift_a_limit(known: World) -> None:
    known.skill(event(known, "SkillPermissionChanged", {}))
    known.say(f"my number is {CELL}")
    assert known.say("yes").keys[0] == "text_number_limit"


@pytest.mark.parametrize("how", ["aloud", "event"])
def test_with_the_store_away_the_wish_waits_in_the_queue(known: World, how: str) -> None:
    known.deploy(store_at=AWAY)
    if how == "aloud":
        assert known.say("forget me").keys[0] == "forget_later"
    else:
        known.skill(event(known, "SkillDisabled"))
    assert len(known.records("person#")) == 2
    assert known.loop.drain() == 1
    assert len(known.records("person#")) == 1


def test_with_everything_away_the_person_is_told_and_the_event_fails(known: World) -> None:
    known.deploy(store_at=AWAY, queue_at=AWAY)
    assert known.say("forget me").keys[0] == "forget_failed"
    with pytest.raises(NotForgottenError):  # Lambda reports it, and Alexa sends the event again
        known.skill(event(known, "SkillDisabled"))


def test_another_skills_event_deletes_nothing(known: World) -> None:
    from skill.app import RefusedError

    foreign = event(known, "SkillDisabled")
    foreign["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.another"
    with pytest.raises(RefusedError):
        known.skill(foreign)
    assert len(known.records("person#")) == 2
