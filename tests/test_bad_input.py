"""Whatever arrives, the person hears a calm answer or the caller is refused; nothing leaks into a log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from simulator.device import SKILL_ID
from simulator.rehearsal import Rehearsal
from skill import names
from skill.app import RefusedError

NUMBER = "8 0 0, 8 1 3, 4 6 7 3"
SECRET = "zebra umbrella confession"


def envelope(**request: Any) -> dict[str, Any]:
    return Rehearsal().device.envelope({"type": names.INTENT, "intent": {"name": "MoreIntent", "slots": {}}, **request})


def speech(response: dict[str, Any]) -> str:
    return str(response["response"]["outputSpeech"]["ssml"])


MEND: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("unknown intent", lambda e: e["request"]["intent"].update(name="NobodyNamedThisIntent")),
    ("no intent", lambda e: e["request"].pop("intent")),
    ("intent is a list", lambda e: e["request"].update(intent=[1])),
    ("null slots", lambda e: e["request"]["intent"].update(slots=None)),
    ("slots a list", lambda e: e["request"]["intent"].update(slots=[1, 2])),
    ("slot without value", lambda e: e["request"]["intent"].update(name="PhoneNumberIntent", slots={"phone": {"name": "phone"}})),
    ("slot value a number", lambda e: e["request"]["intent"].update(name="PhoneNumberIntent", slots={"phone": {"value": 5}})),
    ("unknown confirmation status", lambda e: e["request"]["intent"].update(confirmationStatus="PERHAPS")),
    ("unknown dialog state", lambda e: e["request"].update(dialogState="HALFWAY")),
    ("unknown resolution code", lambda e: e["request"]["intent"].update(slots={"who": {"name": "who", "value": "x", "resolutions": {"resolutionsPerAuthority": [{"status": {"code": "ER_NEW"}}]}}})),
    ("unknown slot value type", lambda e: e["request"]["intent"].update(slots={"who": {"name": "who", "slotValue": {"type": "Cloud"}}})),
    ("unknown request type", lambda e: e["request"].update(type="Alexa.Brand.NewRequest")),
    ("request type missing", lambda e: e["request"].pop("type")),
    ("request type a number", lambda e: e["request"].update(type=7)),
    ("unknown locale", lambda e: e["request"].update(locale="tlh-QO")),
    ("no locale", lambda e: e["request"].pop("locale")),
    ("bad timestamp", lambda e: e["request"].update(timestamp="yesterday")),
    ("epoch timestamp", lambda e: e["request"].update(timestamp=1_700_000_000)),
    ("a key named __class__", lambda e: e["request"].update(__class__="x")),
    ("no session", lambda e: e.pop("session")),
    ("null session", lambda e: e.update(session=None)),
    ("attributes a list", lambda e: e["session"].update(attributes=[1])),
    ("attributes of the wrong types", lambda e: e["session"].update(attributes={"pending": 5, "said": "x", "step": "two", "values": [1], "trail": {}})),
    ("said names keys that are gone", lambda e: (e["session"].update(attributes={"said": ["gone"]}), e["request"]["intent"].update(name=names.REPEAT))),
    ("pending is not a question", lambda e: (e["session"].update(attributes={"pending": "../etc"}), e["request"]["intent"].update(name=names.YES))),
    ("a yes to sending, with no number", lambda e: (e["session"].update(attributes={"pending": "account"}), e["request"]["intent"].update(name=names.YES))),
    ("a yes to sending to an emergency number", lambda e: (e["session"].update(attributes={"pending": "spoken", "phone": "911"}), e["request"]["intent"].update(name=names.YES))),
    ("a yes to sending to a foreign number", lambda e: (e["session"].update(attributes={"pending": "spoken", "phone": "+447700900123"}), e["request"]["intent"].update(name=names.YES))),
    ("unknown viewport", lambda e: e["context"].update(Viewport={"shape": "TRIANGLE", "mode": "SPACE"})),
    ("no supported interfaces", lambda e: e["context"]["System"].pop("device")),
    ("topic that is gone", lambda e: e["session"].update(attributes={"topic": "gone", "pending": "more"})),
    ("a megabyte in a slot", lambda e: e["request"]["intent"].update(name="AboutQuestionIntent", slots={"question": {"name": "question", "value": "x" * 1_000_000}})),
    ("a megabyte as a phone number", lambda e: e["request"]["intent"].update(name="PhoneNumberIntent", slots={"phone": {"name": "phone", "value": "5" * 1_000_000}})),
    ("control characters in a slot", lambda e: e["request"]["intent"].update(name="AboutQuestionIntent", slots={"question": {"name": "question", "value": "\x00\x1b[31m<speak>&"}})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mend"), MEND, ids=[m[0] for m in MEND])
def test_bad_input_is_met_with_a_calm_answer(
    name: str, mend: Callable[[dict[str, Any]], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rehearsal = Rehearsal()
    sent = envelope()
    mend(sent)
    response = rehearsal.skill(json.loads(json.dumps(sent)))
    assert speech(response).startswith("<speak>")
    assert len(json.dumps(response)) < 24_000
    assert rehearsal.outbox.sent == [], "a text left"
    assert "Traceback" not in caplog.text
    assert "turn failed" not in caplog.text, "the apology stood in for a handler"


@pytest.mark.parametrize("event", [None, [], "x", 7, {}, {"request": None}, {"request": []}, {"request": "x"}])
def test_what_is_no_request_is_refused(event: Any) -> None:
    with pytest.raises(RefusedError):
        Rehearsal().skill(event)


@pytest.mark.parametrize("where", ["session", "context", "both", "missing"])
def test_another_skills_id_is_refused(where: str) -> None:
    sent = envelope()
    if where in {"session", "both"}:
        sent["session"]["application"]["applicationId"] = "amzn1.ask.skill.another"
    if where in {"context", "both"}:
        sent["context"]["System"]["application"] = {"applicationId": "amzn1.ask.skill.another"}
    if where == "missing":
        del sent["session"]["application"], sent["context"]["System"]["application"]
    assert sent["version"]
    with pytest.raises(RefusedError):
        Rehearsal().skill(json.loads(json.dumps(sent)))
    assert SKILL_ID != "amzn1.ask.skill.another"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("five five five", "phone_so_far"),
        ("5550143", "phone_so_far"),
        ("purple", "phone_short"),
        ("202555014399887766", "phone_long"),
        ("4479460958123", "phone_long"),
        ("+447860019066", "phone_foreign"),
        ("9005550143", "phone_premium"),
        ("8005550143", "phone_toll_free"),
        # Whoever says these where a phone is asked for is met as somebody who may need them.
        ("911", "emergency"),
        ("nine one one", "emergency"),
        ("988", "suicide"),
        ("112", "phone_emergency"),
        ("8008134673", "phone_helpline"),
        ("1234567890", "phone_short"),
        ("0000000000", "phone_unreal"),
    ],
)
def test_a_number_that_may_not_be_texted_is_refused_with_a_reason(rehearsal: Rehearsal, said: str, key: str) -> None:
    heard = rehearsal.device.intend("PhoneNumberIntent", {"phone": said})
    assert heard.keys[0] == key, heard.speech
    assert rehearsal.outbox.sent == []


def test_skill_events_and_session_end_say_nothing() -> None:
    rehearsal = Rehearsal()
    for kind in ("AlexaSkillEvent.SkillDisabled", "AlexaSkillEvent.SkillAccountUnlinked"):
        sent = envelope()
        sent["request"] = {"type": kind, "requestId": "r", "timestamp": "2026-11-22T00:00:00Z"}
        del sent["session"]
        assert rehearsal.skill(sent)["response"] == {}
    sent = envelope()
    sent["request"] = {"type": names.SESSION_ENDED, "requestId": "r", "reason": "ERROR", "error": {"type": "NEW_ERROR"}}
    assert "outputSpeech" not in rehearsal.skill(sent)["response"]


def test_the_apology_is_spoken_when_a_handler_breaks(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from skill.handlers.conversation import Help

    def broken(*_: Any) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(Help, "act", broken)
    heard = rehearsal.device.say("help")
    assert heard.keys == ["apology"]
    assert NUMBER in heard.speech
    assert not heard.open
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text


def test_the_apology_is_spoken_even_when_the_apology_breaks(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skill.handlers.conversation import Help
    from skill.handlers.errors import Apologise

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Help, "act", broken)
    monkeypatch.setattr(Apologise, "handle", broken)
    heard = rehearsal.device.say("help")
    assert heard.keys == ["apology"]
    assert NUMBER in heard.speech


def test_no_utterance_number_or_user_id_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rehearsal = Rehearsal()
    rehearsal.account.state = "unavailable"
    for said in (
        f"what about {SECRET}",
        "text me the number",
        "my number is two oh two five five five oh one four three",
        "yes",
        "i want to die",
    ):
        rehearsal.device.say(said)
    assert [to for to, _ in rehearsal.outbox.sent] == ["+12025550143"]
    for word in (SECRET, "zebra", "2025550143", "202", "0143", "account.rehearsal", "want to die"):
        assert word not in caplog.text
    assert "request=" in caplog.text, "the turns were not logged at all"
