"""One yes, one text: repeated, doubled, at once, late, and from the queue."""

from __future__ import annotations

import copy
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from texting_world import CELL_E164, PATIENCE, World, people, plain

from skill import names
from skill.app import deliveries
from skill.queue import Deletion, MessageError, QueueError, WaitingRoom, WaitingText, read, write
from skill.texts import AwsTexts, Outcome
from texts_consumer import body, consume

#: Of each kind of load a smaller one runs here and the whole one in bench/texting.py.
DUPLICATES, PEOPLE = 40, 40


def yes(world: World) -> dict[str, Any]:
    """Write the envelope of the yes that comes next."""
    return world.device.envelope({"type": names.INTENT, "intent": {"name": names.YES, "slots": {}}})


def test_a_repeated_request_sends_one_text_and_hears_the_same(world: World) -> None:
    world.to_the_question("account")
    request = yes(world)
    first, second = (world.skill(copy.deepcopy(request)) for _ in range(2))
    assert plain(first) == plain(second)
    assert len(world.texts) == 1


def test_a_double_yes_sends_one_text(world: World) -> None:
    world.to_the_question("account")
    one, other = yes(world), yes(world)
    assert one["request"]["requestId"] != other["request"]["requestId"]
    world.skill(one)
    world.skill(other)
    assert len(world.texts) == 1


def test_many_lambdas_at_once_send_one_text(world: World) -> None:
    world.to_the_question("account")
    request = yes(world)
    lambdas = [world.skill, *(world.loop.skill(world.loop.settings(patience=30.0)) for _ in range(3))]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda n: lambdas[n % 4](copy.deepcopy(request)), range(DUPLICATES)))
    assert len(world.texts) == 1
    keys = Counter(reply["sessionAttributes"]["said"][0] for reply in replies)
    assert set(keys) <= {"text_sent", "text_again"}
    assert keys["text_sent"] >= 1
    (kept,) = world.records("person#")
    assert kept["state"] == "sent"


def test_many_people_at_once_get_one_text_each(world: World) -> None:
    skill = world.loop.skill(world.loop.settings(patience=30.0))
    asked = people(skill, world.loop.profile.url, PEOPLE)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(skill, asked.values()))
    assert {reply["sessionAttributes"]["said"][0] for reply in replies} == {"text_sent"}
    assert Counter(world.texts) == Counter(dict.fromkeys(asked, 1))


@pytest.mark.parametrize("fault", ["taken, then hang", "drop", "504"])
def test_what_may_have_left_is_never_sent_again(world: World, fault: str) -> None:
    # A hanging sender is waited for only as long as it takes to see that; the rest has all the time it needs.
    settings = world.loop.settings(patience=PATIENCE)
    sender = AwsTexts(settings, endpoint=world.loop.texting.url, patience=0.3 if "hang" in fault else PATIENCE)
    world.skill = world.device.skill = world.loop.skill(settings, others={"texts": sender})
    world.to_the_question("account")
    request = yes(world)
    world.loop.texting.fault = fault
    assert world.skill(copy.deepcopy(request))["sessionAttributes"]["said"][0] == "text_unknown"
    world.loop.texting.reset()
    assert world.skill(copy.deepcopy(request))["sessionAttributes"]["said"][0] == "text_unknown"
    world.device.session = None
    world.to_the_question("account")
    assert world.say("yes").keys[0] == "text_number_limit", "it counts: the phone may have its text"
    assert world.loop.drain() == 0
    assert not world.loop.texting.requests


# -- the queue ---------------------------------------------------------------------------------------------------------


def wait(world: World, fault: str = "ThrottlingException") -> dict[str, Any]:
    """Let a text wait; gives the yes that was said."""
    world.to_the_question("spoken")
    request = yes(world)
    world.loop.texting.fault = fault
    assert world.skill(copy.deepcopy(request))["sessionAttributes"]["said"][0] == "text_later"
    return request


@pytest.mark.parametrize("fault", ["ThrottlingException", "InternalServerException", "503"])
def test_a_text_that_waits_is_sent_once_the_line_is_free(world: World, fault: str) -> None:
    request = wait(world, fault)
    assert plain(world.skill(copy.deepcopy(request))).startswith("I can't send it this minute")
    world.loop.texting.fault = ""
    assert world.loop.drain() == 1
    assert world.texts == [CELL_E164]
    assert world.loop.drain() == 0
    assert world.records("person#")[0]["state"] == "sent"
    assert "text_sent" in world.skill(request)["sessionAttributes"]["said"]
    assert world.texts == [CELL_E164]


def test_a_waiting_message_holds_no_more_than_its_work_needs(world: World) -> None:
    wait(world)
    (message,) = world.loop.aws.messages()
    held = json.loads(message["body"])
    assert set(held) == {"v", "kind", "to", "person", "ticket", "locale", "day", "until"}
    assert held["to"] == CELL_E164
    assert world.device.user_id not in message["body"]


def test_a_message_handed_out_twice_is_sent_once(world: World) -> None:
    wait(world)
    world.loop.texting.fault = ""
    records = world.loop.aws.messages() * 3
    deliveries = [world.loop.delivery() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda n: consume({"Records": [records[n]]}, deliveries[n]), range(3)))
    assert answers == [{"batchItemFailures": []}] * 3
    assert world.texts == [CELL_E164]


def test_a_line_still_busy_lets_the_message_wait_on(world: World) -> None:
    wait(world)
    (record,) = world.loop.aws.messages()
    again = {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert consume({"Records": [record]}, world.loop.delivery()) == again
    world.loop.texting.fault = ""
    assert consume({"Records": [record]}, world.loop.delivery()) == {"batchItemFailures": []}
    assert world.texts == [CELL_E164]


@pytest.mark.parametrize("fault", ["ConflictException: DESTINATION_PHONE_NUMBER_OPTED_OUT", "AccessDeniedException"])
def test_a_waiting_text_that_cannot_be_sent_is_given_up(world: World, fault: str) -> None:
    wait(world)
    world.loop.texting.fault = fault
    world.loop.drain()
    assert world.loop.drain() == 0
    assert not [row for row in world.records("") if "members" in row]


def test_a_waiting_text_that_may_have_left_is_not_sent_again(world: World) -> None:
    wait(world)
    (record,) = world.loop.aws.messages()
    world.loop.texting.fault = "taken, then drop"
    delivery = world.loop.delivery()
    assert consume({"Records": [record, record]}, delivery) == {"batchItemFailures": []}
    assert world.texts == [CELL_E164]
    assert world.records("person#")[0]["state"] == "unknown"


def test_a_consumer_that_dies_while_sending_leaves_no_second_text(world: World) -> None:
    wait(world)
    (record,) = world.loop.aws.messages()
    message = read(record["body"])
    assert isinstance(message, WaitingText)
    store = world.loop.services(world.loop.settings())["store"]
    assert store.move((f"person#{message.person}", f"text#{message.ticket}"), ("later",), "sending")
    world.loop.texting.fault = ""
    assert consume({"Records": [record]}, world.loop.delivery()) == {"batchItemFailures": []}
    assert not world.texts


def test_after_its_deadline_a_text_is_dropped_and_counts_no_more(world: World) -> None:
    wait(world)
    (record,) = world.loop.aws.messages()
    until = json.loads(record["body"])["until"]
    settings = world.loop.settings(patience=PATIENCE)
    assert 0 < until - time.time() <= settings.queue_minutes * 60
    services = world.loop.services(settings)
    just_in_time = deliveries(settings, clock=lambda: until, **services)
    assert len(consume({"Records": [record]}, just_in_time)["batchItemFailures"]) == 1, "the line is busy: it waits on"
    world.loop.texting.fault = ""
    too_late = deliveries(settings, clock=lambda: until + 1, **services)
    assert consume({"Records": [record]}, too_late) == {"batchItemFailures": []}
    assert not world.texts
    assert world.records("person#")[0]["state"] == "dropped"
    assert not [row for row in world.records("") if "members" in row]


def test_forget_me_takes_a_waiting_text_along(world: World) -> None:
    wait(world)
    assert world.say("forget me").keys[0] == "forgotten"
    world.loop.texting.fault = ""
    world.loop.drain()
    assert not world.texts


def test_with_the_store_away_the_message_waits_on(world: World) -> None:
    wait(world)
    (record,) = world.loop.aws.messages()
    away = world.loop.delivery(store_at="http://127.0.0.1:9")
    assert len(consume({"Records": [record]}, away)["batchItemFailures"]) == 1
    assert not world.texts


def test_what_fails_five_times_is_dead_and_what_is_strange_too(world: World) -> None:
    world.loop.aws.sqs.set_queue_attributes(QueueUrl=world.loop.aws.queue_url, Attributes={"VisibilityTimeout": "0"})
    world.loop.aws.sqs.send_message(QueueUrl=world.loop.aws.queue_url, MessageBody='{"v":1,"kind":"other"}')
    delivery = world.loop.delivery()
    for _ in range(7):
        world.loop.drain(delivery)
    assert len(world.loop.aws.messages(world.loop.aws.dead_url)) == 1
    assert world.loop.drain(delivery) == 0


@pytest.mark.parametrize(
    "strange",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"v":1}',
        '{"v":2,"kind":"deletion","person":"p","count_too":true}',
        '{"v":1,"kind":"deletion","person":7,"count_too":true}',
        '{"v":1,"kind":"deletion","person":"p","count_too":"yes"}',
        '{"v":1,"kind":"deletion","person":"p","count_too":true,"more":1}',
        '{"v":1,"kind":"text","to":"+12025550143"}',
        "[" * 100_000,
    ],
)
def test_a_message_that_is_not_ours_is_refused_without_a_word_of_it(strange: str) -> None:
    with pytest.raises(MessageError) as refused:
        read(strange)
    assert "2025550143" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_message_is_read_as_it_was_written() -> None:
    for message in (
        WaitingText(CELL_E164, "p", "t", "en-US", "day#2026-11-22", 17),
        Deletion("p", count_too=True),
    ):
        assert read(write(message)) == message


def test_the_text_that_waits_is_worded_when_it_is_sent() -> None:
    assert body("en-US") == body("xx-XX")
    assert "800-813-4673" in body("en-US")


def test_the_stand_in_for_the_queue_waits_and_breaks() -> None:
    room = WaitingRoom()
    room.put(Deletion("p", count_too=False))
    assert room.waiting == [Deletion("p", count_too=False)]
    room.broken = True
    with pytest.raises(QueueError):
        room.put(Deletion("p", count_too=False))


def test_no_outcome_is_lost_between_the_record_and_the_sentence() -> None:
    assert Outcome.LATER.value == "later", "records name outcomes by these words; changing one orphans what waits"
