"""The real client of AWS End User Messaging against a server that fails in every documented way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from texting_world import FAULTS, LONGEST_REPLY_S, PATIENCE

import content
from simulator.loopback import TextingServer
from simulator.loopback_aws import Loopback
from skill.settings import Settings
from skill.texts import AwsTexts, Outcome, outcome_of

TO, BODY = "+12025550143", "Second Opinion Guide: a test"

SETTINGS = Settings(
    origination_identity="phone-number-loopback",
    configuration_set="loopback",
    protect_configuration="protect-loopback",
)


@pytest.fixture
def service(loop: Loopback) -> Iterator[TextingServer]:
    loop.texting.reset()
    yield loop.texting
    loop.texting.let_go()


@pytest.fixture(scope="module")
def texts(loop: Loopback) -> AwsTexts:
    return AwsTexts(SETTINGS, endpoint=loop.texting.url, patience=PATIENCE)


def test_a_text_leaves_as_it_should(service: TextingServer, texts: AwsTexts) -> None:
    assert texts.send(TO, BODY) is Outcome.SENT
    assert service.sent == [(TO, BODY)]
    assert service.requests == [
        {
            "DestinationPhoneNumber": TO,
            "OriginationIdentity": "phone-number-loopback",
            "MessageBody": BODY,
            "MessageType": "TRANSACTIONAL",
            "TimeToLive": 900,
            "ConfigurationSetName": "loopback",
            "ProtectConfigurationId": "protect-loopback",
        }
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_every_way_to_fail_has_its_meaning_and_is_tried_once(
    service: TextingServer, texts: AwsTexts, fault: str
) -> None:
    service.fault = fault
    assert texts.send(TO, BODY) is FAULTS[fault]
    assert len(service.requests) == 1, "a second attempt could send a second text"


@pytest.mark.parametrize("fault", ["hang", "taken, then hang"])
def test_no_answer_may_mean_that_it_was_sent(service: TextingServer, fault: str) -> None:
    texts = AwsTexts(SETTINGS, endpoint=service.url, patience=0.3)
    texts.client.get()
    service.fault = fault
    began = time.monotonic()
    assert texts.send(TO, BODY) is Outcome.UNKNOWN
    assert time.monotonic() - began < LONGEST_REPLY_S
    assert len(service.requests) == 1


def test_where_nobody_listens_nothing_left() -> None:
    assert AwsTexts(SETTINGS, endpoint="http://127.0.0.1:9").send(TO, BODY) is Outcome.OUTAGE


def test_without_a_sender_nothing_is_tried(service: TextingServer) -> None:
    assert AwsTexts(Settings(), endpoint=service.url).send(TO, BODY) is Outcome.NOT_READY
    assert not service.requests


def test_without_credentials_nothing_leaves(service: TextingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert AwsTexts(SETTINGS, endpoint=service.url).send(TO, BODY) is Outcome.REFUSED
    assert not service.requests


def _documented() -> Iterator[tuple[str, str]]:
    operation = (
        botocore.session.get_session().get_service_model("pinpoint-sms-voice-v2").operation_model("SendTextMessage")
    )
    for shape in operation.error_shapes:
        reason = shape.members.get("Reason")
        for name in [*(reason.enum if reason else []), ""]:
            yield shape.name, name


@pytest.mark.parametrize(("code", "reason"), list(_documented()))
def test_no_documented_error_is_taken_for_a_text_that_left(code: str, reason: str) -> None:
    answer: dict[str, Any] = {"Error": {"Code": code}, "Reason": reason, "ResponseMetadata": {"HTTPStatusCode": 400}}
    outcome = outcome_of(answer)
    assert outcome not in {Outcome.SENT, Outcome.UNKNOWN, Outcome.LATER}


@pytest.mark.parametrize("locale", content.locales())
def test_every_outcome_has_a_sentence_with_the_number_and_the_failures_say_it_twice(locale: str) -> None:
    lines = content.load(locale).lines
    said = [lines[f"text_{outcome.value}"].say for outcome in Outcome]
    assert len(set(said)) == len(said), "every reason has a sentence of its own"
    for outcome, say in zip(Outcome, said, strict=True):
        assert say.count("{hopeline}") == (1 if outcome is Outcome.SENT else 2), outcome
