"""Plays the plan with py_ask_sdk_test, in one process with the skill; run in the environment that has it.

python -m conformance.python_client < plan.json > report.json
"""

from __future__ import annotations

import datetime
import json
import sys
import traceback
from typing import Any

from ask_sdk_model import Person, SessionEndedReason, SessionResumedRequest, SupportedInterfaces
from ask_sdk_model.connection_completed import ConnectionCompleted
from ask_sdk_model.status import Status
from conformance.replay import consent_heard, prepared
from py_ask_sdk_test.alexa_test import AlexaTest
from py_ask_sdk_test.classes import SkillSettings, TestItem
from py_ask_sdk_test.request_builders.abstract_request_builder import AbstractRequestBuilder
from py_ask_sdk_test.request_builders.intent_request_builder import IntentRequestBuilder
from py_ask_sdk_test.request_builders.launch_request_builder import LaunchRequestBuilder
from py_ask_sdk_test.request_builders.session_ended_request_builder import SessionEndedRequestBuilder


class Resumed(AbstractRequestBuilder):  # type: ignore[misc]
    """The one request it has no maker for, made of the SDK's own model."""

    def __init__(self, cause: dict[str, Any], settings: SkillSettings) -> None:
        super().__init__(settings)
        self.cause = cause

    def build_request(self) -> SessionResumedRequest:
        return SessionResumedRequest(
            request_id=self.request_id,
            timestamp=datetime.datetime.now(datetime.UTC),
            locale=self.skill_settings.locale,
            cause=ConnectionCompleted(
                token=self.cause["token"],
                status=Status(**self.cause["status"]),
                result=self.cause["result"],
            ),
        )


def request(step: dict[str, Any], settings: SkillSettings) -> Any:
    """Let the client make the request of one step."""
    builder: AbstractRequestBuilder
    if step["type"] == "SessionEndedRequest":
        builder = SessionEndedRequestBuilder(SessionEndedReason(step["extra"]["reason"]), settings)
    elif step["type"] == "SessionResumedRequest":
        builder = Resumed(step["extra"]["cause"], settings)
    elif step["type"] == "LaunchRequest":
        builder = LaunchRequestBuilder(settings)
    else:
        builder = IntentRequestBuilder(step["intent"], settings)
        for name, slot in step["slots"].items():
            if slot["id"]:
                builder.with_slot_with_resolution(name, slot["value"], "LIST", slot["id"])
            else:
                builder.with_slot(name, slot["value"])
    envelope = builder.build()
    if step["person"]:
        envelope.context.system.person = Person(person_id=step["person"]["personId"])
    return envelope


def item(step: dict[str, Any], settings: SkillSettings) -> TestItem:
    """Say what the client shall hold of one step."""
    expect = step["expect"]
    simple = expect["card"]["type"] == "Simple"
    attributes = {"said": expect["said"]}
    if expect["pending"]:
        attributes["pending"] = expect["pending"]
    return TestItem(
        request(step, settings),
        expected_speech=expect["speech"],
        expected_repromt=expect["reprompt"],
        should_end_session=expect["ends"],
        check_question=expect["question_rule"],
        expected_slot_to_elicit=expect["elicits"] or None,
        expected_intent_for_elicitation=expect["elicits_for"] or None,
        expected_attributes=attributes,
        expected_card_title=expect["card"]["title"] if simple else None,
        expected_card_content=expect["card"]["content"] if simple else None,
    )


def play(conversation: dict[str, Any], settings: SkillSettings) -> tuple[list[str], list[str]]:
    """Play one conversation; gives what the client found wrong, and where texts went."""
    rehearsal = prepared(conversation["given"])

    def handler(event: Any, _context: Any) -> dict[str, Any]:
        event = json.loads(json.dumps(event))
        consent_heard(rehearsal, event)
        return rehearsal.skill(event)

    try:
        for session in conversation["sessions"]:
            AlexaTest(handler).test([item(step, settings) for step in session])
        wrong = []
    except Exception as error:
        # Its assertions mostly have no words: the line that failed says what they are about.
        where = traceback.extract_tb(error.__traceback__)[-1]
        wrong = [f"{type(error).__name__}: {error} ({where.filename.rpartition('/')[2]}: {where.line})"]
    return wrong, [to for to, _ in rehearsal.outbox.sent]


def alone(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse every way out of the process: all of this happens inside it."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}:
        print(f"refused: {event} {arguments[-1]}", file=sys.stderr)
        raise OSError("nothing leaves this process")


def main() -> None:
    """Read the plan, write the report."""
    sys.addaudithook(alone)
    plan = json.load(sys.stdin)
    settings = SkillSettings(plan["skill"], plan["user"], plan["device"], plan["locale"], SupportedInterfaces())
    json.dump({c["id"]: play(c, settings) for c in plan["conversations"]}, sys.stdout)


if __name__ == "__main__":
    main()
