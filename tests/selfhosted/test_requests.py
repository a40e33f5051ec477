"""What Alexa signed but nobody foresaw is answered in speech; what is no request of ours is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from selfhosted.amazon import FOREIGN, NOT_REQUESTS, Amazon, Post, assert_spoken, event, intent, make_skill, raw

from simulator import endpoint
from skill.app import Skill

UNFORESEEN: dict[str, dict[str, Any]] = {
    "request type": {"kind": "Alexa.Something.New"},
    "confirmation status": {
        "kind": "IntentRequest",
        "intent": intent("AMAZON.HelpIntent") | {"confirmationStatus": "X"},
    },
    "dialog state": {"kind": "IntentRequest", "intent": intent("AMAZON.HelpIntent"), "dialogState": "SIDEWAYS"},
    "intent": {"kind": "IntentRequest", "intent": intent("NeverHeardOfIntent")},
    "locale": {"kind": "LaunchRequest", "locale": "xx-YY"},
    "a request key named like a Python attribute": {"kind": "LaunchRequest", "__class__": "x"},
    "no intent": {"kind": "IntentRequest"},
}


@pytest.mark.parametrize("what", UNFORESEEN)
def test_signed_and_unknown_is_answered_in_speech(what: str, post: Post) -> None:
    assert_spoken(post(raw(event(**UNFORESEEN[what]))))


@pytest.mark.parametrize("what", UNFORESEEN)
def test_unsigned_and_unknown_gets_400(what: str, post: Post) -> None:
    assert post(raw(event(**UNFORESEEN[what])), {}).status_code == 400


def test_a_viewport_of_tomorrow_is_answered(post: Post) -> None:
    body = event()
    body["context"]["Viewport"] = {"shape": "HEXAGON", "mode": "HOLOGRAM", "experiences": "?"}
    body["context"]["Viewports"] = [{"type": "SMELL"}]
    assert_spoken(post(raw(body)))


@pytest.mark.parametrize("what", NOT_REQUESTS)
@pytest.mark.parametrize("signed", [True, False])
def test_what_is_no_request_gets_400(what: str, signed: bool, post: Post) -> None:
    body = NOT_REQUESTS[what]
    assert post(body, None if signed else {}).status_code == 400


def test_what_only_python_calls_json_gets_400(post: Post) -> None:
    body = raw(event(score=float("nan")))
    assert b"NaN" in body
    assert post(body).status_code == 400


def test_nesting_that_json_can_read_but_the_skill_need_not(post: Post) -> None:
    body = event()
    deep: Any = "x"
    for _ in range(endpoint.MAX_DEPTH + 200):
        deep = [deep]
    body["session"]["attributes"] = {"values": {"a": deep}}
    assert post(raw(body)).status_code == 400


@pytest.mark.parametrize(
    "moment",
    [
        None,
        "",
        "yesterday",
        0,
        1_760_000_000,
        [],
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2020-02-02",
    ],
)
def test_a_time_that_cannot_be_read_or_is_far_off_gets_400(moment: Any, post: Post) -> None:
    assert post(raw(event(timestamp=moment))).status_code == 400


@pytest.mark.parametrize("kind", [[], {}, 5, None])
def test_a_type_that_is_no_text_with_an_old_time_gets_400(kind: Any, post: Post) -> None:
    assert post(raw(event(kind, age_s=160))).status_code == 400


def test_a_time_without_a_zone_is_utc(post: Post) -> None:
    assert_spoken(post(raw(event(timestamp=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")))))


def test_another_skills_request_gets_400_though_alexa_signed_it(post: Post) -> None:
    assert post(raw(event(skill_id=FOREIGN))).status_code == 400


@pytest.mark.parametrize(("age_s", "status"), [(140, 200), (160, 400), (-160, 400)])
def test_what_was_said_may_be_two_and_a_half_minutes_old(age_s: float, status: int, post: Post) -> None:
    assert post(raw(event(age_s=age_s))).status_code == status


@pytest.mark.parametrize(("age_s", "status"), [(3500, 200), (3700, 400)])
def test_a_skill_event_may_be_an_hour_old(age_s: float, status: int, post: Post) -> None:
    reply = post(raw(event("AlexaSkillEvent.SkillDisabled", age_s=age_s)))
    assert reply.status_code == status
    assert status == 400 or reply.get_json()["response"] == {}


def test_the_end_of_a_session_is_answered_without_speech(post: Post) -> None:
    reply = post(raw(event("SessionEndedRequest", reason="USER_INITIATED")))
    assert reply.status_code == 200
    assert "outputSpeech" not in reply.get_json()["response"]


@pytest.mark.parametrize("extra", [0, 1])
def test_the_largest_body_is_128_kib(extra: int, post: Post) -> None:
    body = raw(event("IntentRequest", intent=intent("AMAZON.FallbackIntent", question="")))
    padding = endpoint.MAX_BODY_BYTES - len(body) + extra
    body = body.replace(b'"value": ""', b'"value": "' + b"a" * padding + b'"')
    assert len(body) == endpoint.MAX_BODY_BYTES + extra
    assert post(body).status_code == (413 if extra else 200)


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_other_methods_get_405(method: str, post: Post) -> None:
    assert getattr(post.app.test_client(), method)("/").status_code == 405


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_another_content_type_gets_415_once_the_signature_holds(kind: str | None, post: Post) -> None:
    body = raw(event())
    assert post(body, content_type=kind).status_code == 415
    assert post(body, {}, content_type=kind).status_code == 400


def test_a_skill_that_fails_is_a_500_without_a_trace_or_a_word_of_what_was_said(
    amazon: Amazon, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Skill, event: Any) -> dict[str, Any]:
        raise LookupError("+12025550143")

    monkeypatch.setattr(Skill, "__call__", broken)
    post = Post(endpoint.create_app(make_skill()), amazon)
    reply = post(raw(event()))
    assert reply.status_code == 500
    assert "2025550143" not in reply.get_data(as_text=True) + caplog.text
    assert "LookupError" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_refusal_is_one_line_in_the_log(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    for body, headers in ((raw(event()), {}), (raw(event(age_s=160)), None), (raw(event(skill_id=FOREIGN)), None)):
        caplog.clear()
        assert post(body, headers).status_code == 400
        assert len(caplog.records) == 1
        assert len(caplog.text.splitlines()) == 1
