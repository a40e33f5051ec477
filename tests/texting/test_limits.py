"""How many texts leave: one a phone, three a person, and a ceiling for all, each day."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from texting_world import NUMBER_ALOUD, World

from simulator.device import Device
from skill.app import build
from skill.contacts import KnownContacts
from skill.rules import limits
from skill.settings import Settings, SettingsError
from skill.store import MemoryStore
from skill.texts import Outbox

KEY = "k" * 32


def numbers(count: int) -> list[str]:
    return [f"202 555 01{n:02d}" for n in range(10, 10 + count)]


def text(world: World, number: str) -> str:
    """Have one text sent to a number; gives the key of what was said about it."""
    world.say(f"my number is {number}")
    heard = world.say("yes")
    assert NUMBER_ALOUD in heard.speech
    return heard.keys[0]


def test_a_phone_gets_one_text_a_day_whoever_asks(world: World) -> None:
    (number,) = numbers(1)
    assert text(world, number) == "text_sent"
    assert text(world, number) == "text_number_limit"
    world.device.user_id = "amzn1.ask.account.somebody-else"
    assert text(world, number) == "text_number_limit"
    assert len(world.texts) == 1


def test_a_person_gets_three_texts_a_day(world: World) -> None:
    assert [text(world, n) for n in numbers(5)] == ["text_sent"] * 3 + ["text_person_limit"] * 2
    world.device.user_id = "amzn1.ask.account.somebody-else"
    assert text(world, numbers(4)[-1]) == "text_sent", "the refused ones do not count against the phone"


def test_the_skill_has_a_ceiling_for_a_day(world: World) -> None:
    world.deploy(limits=limits.Limits(everyone=2))
    for place, number in enumerate(numbers(3)):
        world.device.user_id = f"amzn1.ask.account.{place}"
        assert text(world, number) == ("text_sent" if place < 2 else "text_day_limit")
    assert len(world.texts) == 2


def test_a_limit_of_none_stops_all_texts(world: World) -> None:
    world.deploy(limits=limits.Limits(everyone=0))
    assert text(world, numbers(1)[0]) == "text_day_limit"
    assert not world.loop.texting.requests


def test_forget_me_does_not_lift_a_limit(world: World) -> None:
    for number in numbers(3):
        text(world, number)
    assert world.say("forget me").keys[0] == "forgotten"
    assert text(world, numbers(1)[0]) == "text_person_limit"
    world.device.user_id = "amzn1.ask.account.somebody-else"
    assert text(world, numbers(1)[0]) == "text_number_limit"


def test_what_was_not_sent_does_not_count(world: World) -> None:
    (number,) = numbers(1)
    world.loop.texting.faults = ["AccessDeniedException"] * 4
    for _ in range(4):
        assert text(world, number) == "text_refused"
    assert text(world, number) == "text_sent"


def test_counts_are_kept_for_two_days_at_most(world: World) -> None:
    text(world, numbers(1)[0])
    counts = [row for row in world.records("") if "members" in row]
    assert {row["who"].partition("#")[0] for row in counts} == {"all", "today", "number"}
    for row in counts:
        assert int(row["expires"]) <= time.time() + 2 * limits.DAY_S


def test_the_counts_of_one_text_cannot_be_joined(world: World) -> None:
    text(world, numbers(1)[0])
    members = [row["members"] for row in world.records("") if "members" in row]
    assert len(set(members)) == 3


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T08:59:59", "day#2026-11-21"),
        ("2026-11-22T09:00:00", "day#2026-11-22"),
        ("2026-11-23T00:00:00", "day#2026-11-22"),  # seven in the evening in New York
        ("2027-01-01T05:00:00", "day#2026-12-31"),
    ],
)
def test_a_day_begins_while_the_country_sleeps(moment: str, day: str) -> None:
    assert limits.day_of(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) == day


def test_the_next_day_a_phone_may_have_a_text_again() -> None:
    now = [datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()]
    outbox = Outbox()
    skill = build(
        Settings(), texts=outbox, contacts=KnownContacts(), store=MemoryStore(lambda: now[0]), clock=lambda: now[0]
    )
    device = Device(skill, outbox=outbox.sent)
    for expected, hours in ((1, 0), (1, 9), (2, 2)):
        now[0] += hours * 3600
        device.say("text me the number")
        device.say("yes")
        assert len(outbox.sent) == expected


def deployed(**changes: str) -> dict[str, str]:
    return {"SKILL_ID": "amzn1.ask.skill.x", "HASH_KEY": KEY, "TEXTS_TABLE": "texts", **changes}


@pytest.mark.parametrize("missing", [{"HASH_KEY": ""}, {"HASH_KEY": "short"}, {"TEXTS_TABLE": ""}, {"TEXTING": "off"}])
def test_without_a_secret_or_a_table_a_deployed_skill_does_not_text(missing: dict[str, str]) -> None:
    assert Settings.from_environment(deployed()).texting
    assert not Settings.from_environment(deployed(**missing)).texting


def test_the_limits_are_settings() -> None:
    changed = deployed(TEXTS_PER_NUMBER="2", TEXTS_PER_PERSON="4", TEXTS_PER_DAY="0", CONSENT_DAYS="30")
    settings = Settings.from_environment(changed)
    assert settings.limits == limits.Limits(2, 4, 0)
    assert settings.consent_days == 30
    for bad in ({"TEXTS_PER_DAY": "many"}, {"TEXTS_PER_PERSON": "-1"}, {"CONSENT_DAYS": "0"}):
        with pytest.raises(SettingsError, match=next(iter(bad))):
            Settings.from_environment(deployed(**bad))


def test_the_secret_is_not_shown_where_settings_are_printed() -> None:
    assert KEY not in repr(Settings.from_environment(deployed()))
