"""Alexa's profile service: whose number, and every way in which there is none."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from texting_world import LONGEST_REPLY_S, PATIENCE

from simulator.loopback.profile import ANSWERS, ProfileServer
from simulator.loopback_aws import Loopback
from skill.contacts import ACCOUNT_PATH, ASK_S, PERSON_PATH, AlexaContacts, Contacts, KnownContacts, Mobile
from skill.turn import Memory, Turn

#: What each answer of the service means to us.
STATES = {
    "null": "none",
    "no content": "none",
    "empty": "none",
    "denied": "denied",
    "denied, empty": "denied",
    "denied, html": "denied",
    "forbidden": "unavailable",
    "bad token": "unavailable",
    "throttled": "unavailable",
    "error": "unavailable",
    "away": "unavailable",
    "not json": "unavailable",
    "a list": "unavailable",
    "huge": "unavailable",
    "elsewhere": "unavailable",
    "drop": "unavailable",
    "half": "unavailable",
    "hang": "unavailable",
    "drip": "unavailable",
}


@pytest.fixture
def profile(loop: Loopback) -> Iterator[ProfileServer]:
    loop.profile.reset()
    yield loop.profile
    loop.profile.let_go()


def turn(profile: ProfileServer, person: bool = False) -> Turn:
    return Turn(
        type="IntentRequest",
        locale="en-US",
        memory=Memory(),
        person_id="amzn1.ask.person.of-this-test" if person else "",
        api_endpoint=profile.url + "/",
        api_token="token-of-this-test",
    )


def test_every_answer_of_the_service_has_a_meaning() -> None:
    assert set(ANSWERS) <= set(STATES) | {"not a number"}


@pytest.mark.parametrize("answer", STATES)
def test_no_number(profile: ProfileServer, answer: str) -> None:
    profile.account = answer
    hangs = answer in {"hang", "drip"}  # only there is time measured, and only there is it short
    began = time.monotonic()
    assert AlexaContacts(1.0 if hangs else PATIENCE).mobile(turn(profile)).state == STATES[answer]
    assert time.monotonic() - began < LONGEST_REPLY_S or not hangs


def test_the_accounts_number(profile: ProfileServer) -> None:
    assert AlexaContacts(PATIENCE).mobile(turn(profile)) == Mobile("number", "+1 2025550142", "account")
    assert profile.asked == [ACCOUNT_PATH]


@pytest.mark.parametrize(
    ("told", "raw"),
    [
        (("+1", "2025550142"), "+1 2025550142"),
        (("1", "(202) 555-0142"), "+1 (202) 555-0142"),
        (("", "2025550142"), "2025550142"),
        (("US", "2025550142"), "2025550142"),
        (("+1", "+12025550142"), "+12025550142"),
    ],
)
def test_a_number_as_alexa_writes_it(profile: ProfileServer, told: tuple[str, str], raw: str) -> None:
    profile.account_number = told
    assert AlexaContacts(PATIENCE).mobile(turn(profile)).raw == raw


def test_the_speakers_own_number_comes_first_and_the_accounts_is_not_asked_for(profile: ProfileServer) -> None:
    profile.person = "number"
    assert AlexaContacts(PATIENCE).mobile(turn(profile, person=True)) == Mobile("number", "+1 2025550177", "person")
    assert profile.asked == [PERSON_PATH]


@pytest.mark.parametrize("own", ["null", "no content", "denied", "forbidden", "error", "not json", "hang"])
def test_without_the_speakers_own_number_the_accounts_is_told(profile: ProfileServer, own: str) -> None:
    profile.person = own
    assert AlexaContacts(3.0 if own == "hang" else PATIENCE).mobile(turn(profile, person=True)) == Mobile(
        "number", "+1 2025550142", "account"
    )
    assert profile.asked == [PERSON_PATH, ACCOUNT_PATH]


def test_only_the_one_that_was_agreed_on_is_asked_for_again(profile: ProfileServer) -> None:
    contacts = AlexaContacts(PATIENCE)
    assert contacts.mobile(turn(profile, person=True), "account").whose == "account"
    assert contacts.mobile(turn(profile, person=True), "person").state == "none"
    assert profile.asked == [ACCOUNT_PATH, PERSON_PATH]


def test_nothing_is_remembered_from_one_question_to_the_next(profile: ProfileServer) -> None:
    contacts = AlexaContacts(PATIENCE)
    contacts.mobile(turn(profile))
    profile.account_number = ("+1", "2025550155")
    assert contacts.mobile(turn(profile)).raw == "+1 2025550155"
    profile.account = "denied"
    assert contacts.mobile(turn(profile)).state == "denied"


def test_both_hanging_still_leaves_time_for_a_reply(profile: ProfileServer) -> None:
    profile.person = profile.account = "drip"
    began = time.monotonic()
    assert AlexaContacts().mobile(turn(profile, person=True)).state == "unavailable"
    assert time.monotonic() - began < LONGEST_REPLY_S
    assert 2 * ASK_S + 1 <= LONGEST_REPLY_S


@pytest.mark.parametrize("missing", ["api_endpoint", "api_token"])
def test_without_a_place_or_a_token_nothing_is_asked(profile: ProfileServer, missing: str) -> None:
    asking = turn(profile)
    setattr(asking, missing, "")
    assert AlexaContacts().mobile(asking).state == "unavailable"
    assert not profile.asked


def test_a_place_where_nobody_listens(profile: ProfileServer) -> None:
    asking = turn(profile)
    asking.api_endpoint = "http://127.0.0.1:9"
    assert AlexaContacts().mobile(asking).state == "unavailable"


@pytest.mark.parametrize(
    ("known", "whose", "expected"),
    [
        (KnownContacts(), None, Mobile("number", "+12025550142")),
        (KnownContacts(person="+12025550177"), None, Mobile("number", "+12025550177", "person")),
        (KnownContacts(person="+12025550177"), "account", Mobile("number", "+12025550142")),
        (KnownContacts(), "person", Mobile("none", whose="person")),
        (KnownContacts(account=""), None, Mobile("none")),
        (KnownContacts(state="denied"), None, Mobile("denied")),
    ],
)
def test_the_stand_in_answers_alike(profile: ProfileServer, known: Contacts, whose: str, expected: Mobile) -> None:
    assert known.mobile(turn(profile, person=True), whose) == expected  # type: ignore[arg-type]


def test_a_number_is_not_shown_where_an_object_is_printed() -> None:
    assert "202" not in repr(Mobile("number", "+12025550142"))
