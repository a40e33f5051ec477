"""Alexa's side of the endpoint: requests as Alexa writes and signs them, and the address of its chain."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from selfhosted.certificates import Authority, sign

from simulator.verifier import VerificationException
from skill.app import Skill, build
from skill.contacts import KnownContacts
from skill.settings import Settings
from skill.texts import Outbox

OURS = "amzn1.ask.skill.00000000-0000-4000-8000-000000000001"
FOREIGN = "amzn1.ask.skill.00000000-0000-4000-8000-000000000002"
URL = "https://s3.amazonaws.com/echo.api/echo-api-cert-99.pem"
NAMES = ("SignatureCertChainUrl", "Signature-256")


def make_skill(skill_id: str = OURS) -> Skill:
    return build(Settings(skill_id=skill_id), texts=Outbox(), contacts=KnownContacts())


def event(kind: str = "LaunchRequest", *, skill_id: str = OURS, age_s: float = 0, **request: Any) -> dict[str, Any]:
    moment = datetime.now(UTC) - timedelta(seconds=age_s)
    application = {"application": {"applicationId": skill_id}, "user": {"userId": "amzn1.ask.account.TEST"}}
    return {
        "version": "1.0",
        "session": {"new": True, "sessionId": "amzn1.echo-api.session.1", "attributes": {}, **application},
        "context": {"System": {**application, "device": {"deviceId": "d", "supportedInterfaces": {}}}},
        "request": {
            "type": kind,
            "requestId": "amzn1.echo-api.request.1",
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": "en-US",
            **request,
        },
    }


def intent(name: str, **slots: str) -> dict[str, Any]:
    values = {k: {"name": k, "value": v, "confirmationStatus": "NONE"} for k, v in slots.items()}
    return {"name": name, "confirmationStatus": "NONE", "slots": values}


def raw(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


@dataclass
class Amazon:
    """Signs as Alexa does and serves the chain, so that a test can spoil one thing at a time."""

    ca: Authority
    chains: dict[str, bytes | Exception] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        served = self.chains.get(url, VerificationException("answered 404"))
        if isinstance(served, Exception):
            raise served
        return served

    def headers(self, body: bytes, url: str = URL, signer: Any = None) -> dict[str, str]:
        return {NAMES[0]: url, NAMES[1]: sign(signer or self.ca.leaf_key, body)}


@dataclass
class Post:
    """Posts to the app the way Alexa would."""

    app: Any
    amazon: Amazon

    def __call__(self, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> Any:
        headers = self.amazon.headers(body) if headers is None else headers
        more.setdefault("content_type", "application/json; charset=utf-8")
        return self.app.test_client().post("/", data=body, headers=headers, **more)


def assert_spoken(reply: Any) -> str:
    assert reply.status_code == 200, reply.get_data(as_text=True)
    assert reply.is_json
    speech = reply.get_json()["response"]["outputSpeech"]
    words: str = speech.get("ssml") or speech["text"]
    assert len(words) > 20
    return words


#: Bodies that are no request at all, whoever sends them.
NOT_REQUESTS: dict[str, bytes] = {
    "not JSON": b"hello",
    "empty": b"",
    "cut off": b'{"request": ',
    "not UTF-8": b'{"request": "\xff\xfe"}',
    "UTF-16": '{"request": {}}'.encode("utf-16"),
    "deep nesting": b"[" * 60_000 + b"]" * 60_000,
    "deep nesting never closed": b'{"a":' * 20_000,
    "a list": b"[]",
    "a string": b'"LaunchRequest"',
    "a number": b"7",
    "null": b"null",
    "an empty object": b"{}",
    "a request that is a list": b'{"request": []}',
    "a number of ten thousand digits": b'{"request": ' + b"9" * 10_000 + b"}",
}
