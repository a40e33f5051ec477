"""Whatever fails, for whomever: the person hears what happened, in time, and the number itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from texting_world import CELL_E164, FAULTS, LONGEST_REPLY_S, NUMBER_ALOUD, World

from simulator.loopback.profile import ANSWERS
from simulator.loopback.server import Answer, Misbehaviour, Service
from skill.texts import MAY_HAVE_LEFT, PASSING, Outcome

WHO = ("account", "own", "spoken")
#: Every fault for the account's number; for the others one fault of each meaning.
ONE_OF_EACH = {meaning: fault for fault, meaning in reversed(FAULTS.items())}.values()
MATRIX = [
    *[("account", fault) for fault in FAULTS],
    *[(who, fault) for who in ("own", "spoken") for fault in ONE_OF_EACH],
]
#: What the profile says, what the person says to Alexa's question (if it comes to one), and what fails then.
NO_NUMBER = [
    *[(answer, "ACCEPTED", "") for answer in ANSWERS],
    *[(a, c, "") for a in ("denied", "denied, empty", "denied, html") for c in ("DENIED", "NOT_ANSWERED")],
    *[(a, "DENIED", f) for a in ("denied", "null", "error") for f in ("ThrottlingException", "AccessDeniedException")],
]


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(set(MATRIX)) + len(set(NO_NUMBER)) >= 30


@pytest.mark.parametrize(("who", "fault"), MATRIX)
def test_a_fault_of_the_service_ends_with_its_sentence_and_the_number(world: World, who: str, fault: str) -> None:
    world.to_the_question(who)
    world.loop.texting.fault = fault
    heard = world.say("yes")
    expected = Outcome.LATER if FAULTS[fault] in PASSING else FAULTS[fault]
    assert heard.keys == [f"text_{expected.value}", "ask_another"]
    assert heard.speech.count(NUMBER_ALOUD) == 2
    assert "800-813-4673" in str((heard.card or {})["content"])
    assert len(world.loop.texting.requests) == 1, "never a second attempt by itself"
    (kept,) = world.records("person#")
    assert kept["state"] == expected.value
    counted = [row for row in world.records("") if "members" in row]
    assert bool(counted) == (expected in MAY_HAVE_LEFT | {Outcome.LATER}), "only what may have left counts"


@pytest.mark.parametrize(("account", "consent", "fault"), NO_NUMBER)
def test_without_the_accounts_number_a_spoken_one_does(world: World, account: str, consent: str, fault: str) -> None:
    world.loop.profile.account = account
    world.device.consent = consent
    world.loop.texting.fault = fault
    ended = world.to_the_end("text me the number")
    assert ended.keys[0] in {"text_sent", "text_later", "text_refused"}
    assert NUMBER_ALOUD in ended.speech
    assert world.texts == ([] if fault else [CELL_E164])


@pytest.mark.parametrize("own", ["null", "denied", "forbidden", "error", "not json"])
def test_without_the_speakers_own_number_the_accounts_does(world: World, own: str) -> None:
    world.loop.profile.person = own
    world.device.person_id = "amzn1.ask.person.of-this-test"
    world.to_the_end("text me the number")
    assert world.texts == ["+12025550142"]


class Unwell(Service):
    """A service that does one thing wrong, always."""

    way = "hang"

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if self.way.isdigit():
            return Answer(int(self.way), b"{}", "application/x-amz-json-1.0")
        raise Misbehaviour(self.way)


@pytest.fixture
def unwell() -> Iterator[Unwell]:
    server = Unwell()
    yield server
    server.close()


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("way", ["500", "400", "drop"])
def test_without_the_store_nothing_is_sent(world: World, unwell: Unwell, who: str, way: str) -> None:
    unwell.way = way
    world.deploy(store_at=unwell.url)
    world.to_the_question(who)
    heard = world.say("yes")
    assert heard.keys == ["text_unchecked", "ask_another"]
    assert heard.speech.count(NUMBER_ALOUD) == 2
    assert not world.loop.texting.requests


@pytest.mark.parametrize("fault", ["ThrottlingException", "InternalServerException"])
@pytest.mark.parametrize("way", ["500", "400"])
def test_without_the_queue_the_text_is_given_up(world: World, unwell: Unwell, fault: str, way: str) -> None:
    unwell.way = way
    world.deploy(queue_at=unwell.url)
    world.to_the_question("spoken")
    world.loop.texting.fault = fault
    heard = world.say("yes")
    assert heard.keys == [f"text_{FAULTS[fault].value}", "ask_another"]
    assert heard.speech.count(NUMBER_ALOUD) == 2
    assert not [row for row in world.records("") if "members" in row]


def test_without_a_queue_at_all_the_text_is_given_up(world: World) -> None:
    world.deploy(queue_url="")
    world.to_the_question("spoken")
    world.loop.texting.fault = "ThrottlingException"
    assert world.say("yes").keys == ["text_throttled", "ask_another"]


# -- hanging services: every reply in time --------------------------------------------------------------------------

#: What hangs, as the attributes of the servers that are set to it.
HANGING = {
    "account's profile": [("profile", "account", "{}")],
    "both profiles": [("profile", "account", "{}"), ("profile", "person", "{}")],
    "texts": [("texting", "fault", "{}")],
    "texts, taken": [("texting", "fault", "taken, then {}")],
}
WAYS = [
    ("account's profile", "hang"),
    ("both profiles", "hang"),
    ("both profiles", "drip"),
    ("texts", "hang"),
    ("texts", "drip"),
    ("texts, taken", "hang"),
]


@pytest.mark.parametrize(("what", "way"), WAYS)
def test_with_a_hanging_service_every_reply_is_in_time(world: World, what: str, way: str) -> None:
    world.hurry("profile" if "profile" in what else "texts")
    if what == "both profiles":
        world.device.person_id = "amzn1.ask.person.of-this-test"
    for server, attribute, shape in HANGING[what]:
        setattr(getattr(world.loop, server), attribute, shape.format(way))
    ended = world.to_the_end("text me the number")  # each reply in it is timed
    assert NUMBER_ALOUD in ended.speech
    if "profile" in what:
        assert world.texts == [CELL_E164]
    else:
        assert ended.keys[0] == "text_unknown"
        assert len(world.loop.texting.requests) == 1


@pytest.mark.parametrize("way", ["drip"])
def test_with_a_hanging_profile_at_the_last_moment_the_reply_is_in_time(world: World, way: str) -> None:
    world.to_the_question("account")
    world.hurry("profile")
    world.loop.profile.account = way
    assert world.say("yes").keys[0] == "text_lost"


@pytest.mark.parametrize("way", ["hang", "drip"])
def test_with_a_hanging_store_the_reply_is_in_time_and_nothing_is_sent(world: World, unwell: Unwell, way: str) -> None:
    unwell.way = way
    world.to_the_question("account")
    world.hurry("store", store_at=unwell.url)
    heard = world.say("yes")
    assert heard.keys[0] == "text_unchecked"
    assert NUMBER_ALOUD in heard.speech
    assert not world.loop.texting.requests


@pytest.mark.parametrize("way", ["hang", "drip"])
def test_with_a_hanging_queue_the_reply_is_in_time_and_honest(world: World, unwell: Unwell, way: str) -> None:
    unwell.way = way
    world.to_the_question("account")
    world.hurry("queue", queue_at=unwell.url)
    world.loop.texting.fault = "ThrottlingException"
    heard = world.say("yes")
    assert heard.keys[0] in {"text_throttled", "text_unknown"}
    assert NUMBER_ALOUD in heard.speech


def test_with_everything_slow_at_once_the_reply_is_in_time(world: World) -> None:
    """Nothing hangs for ever here; each service takes nearly all the time it may."""
    world.to_the_question("account")
    world.hurry("texts")
    world.loop.profile.slow_s, world.loop.texting.slow_s = 0.6, 2.2
    heard = world.say("yes")  # timed
    assert heard.keys[0] in {"text_sent", "text_unknown"}
    assert NUMBER_ALOUD in heard.speech


def test_the_longest_reply_is_what_the_bar_says() -> None:
    assert LONGEST_REPLY_S <= 4.0
