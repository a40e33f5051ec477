"""The self-hosted endpoint: what Alexa did not sign is refused, what it signed is answered, and nothing is a 500."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError

import certifi
import pytest
from cryptography.x509.verification import Store
from waitress.wasyncore import close_all

import content
from simulator import certvalidator_standin as standin
from simulator import endpoint, verifier
from simulator.device import SKILL_ID
from skill.app import Skill, build
from skill.contacts import KnownContacts
from skill.settings import Settings
from skill.texts import Outbox
from tests.endpoint_certificates import Authority, pem, sign
from tests.endpoint_certificates import key as new_key

# The order matters: only after simulator.endpoint can the SDK's web support be imported.
from ask_sdk_webservice_support.verifier import TimestampVerifier, VerificationException  # isort: skip

ROOT = Path(__file__).parents[1]
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


@pytest.fixture(scope="session")
def ca() -> Authority:
    return Authority("ours")


@pytest.fixture
def amazon(ca: Authority, monkeypatch: pytest.MonkeyPatch) -> Amazon:
    amazon = Amazon(ca, {URL: ca.chain()})
    monkeypatch.setattr(standin.CertificateValidator, "store", Store([ca.root]))
    monkeypatch.setattr(verifier, "fetch", amazon.fetch)
    return amazon


@dataclass
class Post:
    """Posts to the app the way Alexa would."""

    app: Any
    amazon: Amazon

    def __call__(self, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> Any:
        headers = self.amazon.headers(body) if headers is None else headers
        more.setdefault("content_type", "application/json; charset=utf-8")
        return self.app.test_client().post("/", data=body, headers=headers, **more)


@pytest.fixture
def post(amazon: Amazon) -> Post:
    return Post(endpoint.create_app(make_skill()), amazon)


def assert_spoken(reply: Any) -> str:
    assert reply.status_code == 200, reply.get_data(as_text=True)
    assert reply.is_json
    speech = reply.get_json()["response"]["outputSpeech"]
    words: str = speech.get("ssml") or speech["text"]
    assert len(words) > 20
    return words


# --- Thirty-three requests, one thing spoiled at a time ------------------------------------------------------------


def good(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = raw(event())
    return body, amazon.headers(body)


def changed(**headers: str | None) -> Callable[[Amazon], tuple[bytes, dict[str, str]]]:
    """A good request with headers replaced (or, with None, left out)."""

    def make(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
        body, sent = good(amazon)
        sent |= {k.replace("_", "-"): v for k, v in headers.items() if v is not None}
        for name in [k.replace("_", "-") for k, v in headers.items() if v is None]:
            del sent[name]
        return body, sent

    return make


def from_url(url: str) -> Callable[[Amazon], tuple[bytes, dict[str, str]]]:
    """A good request whose chain, a good one too, lies at another address."""

    def make(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
        good_chain = amazon.chains[URL]
        amazon.chains = _Anywhere(good_chain)
        body = raw(event())
        return body, amazon.headers(body, url)

    return make


class _Anywhere(dict[str, Any]):
    """Serves the same chain at every address."""

    def __init__(self, chain: Any) -> None:
        super().__init__()
        self.chain = chain

    def get(self, key: str, default: Any = None) -> Any:
        return self.chain


def chained(make_chain: Callable[[Authority], bytes | Exception]) -> Callable[[Amazon], tuple[bytes, dict[str, str]]]:
    """A good request for which Amazon's address serves something else."""

    def make(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
        amazon.chains[URL] = make_chain(amazon.ca)
        return good(amazon)

    return make


def utf8(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = raw(event("IntentRequest", intent=intent("AMAZON.FallbackIntent", question="¿Una segunda opinión? 二")))
    assert max(body) > 127
    return body, amazon.headers(body)


def lower_case(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body, sent = good(amazon)
    return body, {name.lower(): value for name, value in sent.items()}


def tampered(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body, sent = good(amazon)
    return body.replace(b"LaunchRequest", b"IntentRequest"), sent


def wrong_key(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = raw(event())
    return body, amazon.headers(body, signer=new_key())


def legacy_only(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body, sent = good(amazon)
    sent["Signature"] = sent.pop(NAMES[1])
    return body, sent


def old(amazon: Amazon) -> tuple[bytes, dict[str, str]]:
    body = raw(event(age_s=160))
    return body, amazon.headers(body)


ACCEPTED: dict[str, Callable[[Amazon], tuple[bytes, dict[str, str]]]] = {
    "valid": good,
    "valid from the cache": good,
    "utf-8 body": utf8,
    "lower-case header names": lower_case,
}
REFUSED: dict[str, Callable[[Amazon], tuple[bytes, dict[str, str]]]] = {
    "no headers": changed(SignatureCertChainUrl=None, Signature_256=None),
    "only the legacy header": legacy_only,
    "tampered body": tampered,
    "wrong key": wrong_key,
    "empty signature": changed(Signature_256=""),
    "signature without one base64 character": changed(Signature_256="!!!!"),
    "signature with bad base64 padding": changed(Signature_256="abcde"),
    "old timestamp": old,
    "wrong scheme": from_url("http://s3.amazonaws.com/echo.api/echo-api-cert-99.pem"),
    "wrong host": from_url("https://s3.amazonaws.example/echo.api/echo-api-cert-99.pem"),
    "wrong path": from_url("https://s3.amazonaws.com/echo.api/../elsewhere/echo-api-cert-99.pem"),
    "wrong port": from_url("https://s3.amazonaws.com:563/echo.api/echo-api-cert-99.pem"),
    "port that is no number": from_url("https://s3.amazonaws.com:abc/echo.api/echo-api-cert-99.pem"),
    "host that is no host": from_url("https://[bad"),
    "user and password": from_url("https://user:pw@s3.amazonaws.com/echo.api/echo-api-cert-99.pem"),
    "untrusted root": chained(lambda ca: Authority("untrusted", leaf_key=ca.leaf_key).chain()),
    "wrong name": chained(lambda ca: ca.chain(ca.leaf("echo-api.amazon.example"))),
    "no name": chained(lambda ca: ca.chain(ca.leaf(None))),
    "expired": chained(lambda ca: ca.chain(ca.leaf(begins_in_days=-301, days=300))),
    "not yet valid": chained(lambda ca: ca.chain(ca.leaf(begins_in_days=1))),
    "not meant for signing": chained(lambda ca: ca.chain(ca.leaf(usages=("key_encipherment",)))),
    "missing intermediate": chained(lambda ca: pem(ca.leaf())),
    "self-signed": chained(lambda ca: pem(ca.leaf(self_signed=True))),
    "chain answers 403": chained(lambda _: VerificationException("answered 403")),
    "chain answers 404": chained(lambda _: VerificationException("answered 404")),
    "chain cannot be reached": chained(lambda _: URLError("no route")),
    "chain is not PEM": chained(lambda _: b"\x30\x82\x01\x0a"),
    "chain is empty": chained(lambda _: b""),
    "chain is a web page": chained(lambda _: b"<html><body>404</body></html>"),
}


def test_the_table_has_the_thirty_three_requests() -> None:
    assert (len(ACCEPTED), len(REFUSED)) == (4, 29)


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_alexa_signed_is_answered(case: str, amazon: Amazon, post: Post) -> None:
    if "cache" in case:
        assert_spoken(post(*good(amazon)))
        amazon.chains.clear()  # from here on only what was kept can serve
    assert_spoken(post(*ACCEPTED[case](amazon)))
    assert amazon.fetched == [URL]


@pytest.mark.parametrize("case", REFUSED)
def test_what_alexa_did_not_sign_gets_400(case: str, amazon: Amazon, post: Post) -> None:
    reply = post(*REFUSED[case](amazon))
    assert reply.status_code == 400
    assert "failed verification" in reply.get_data(as_text=True)
    assert "Traceback" not in reply.get_data(as_text=True)
    # A good request afterwards still passes: nothing bad was kept.
    amazon.chains = {URL: amazon.ca.chain()}
    assert_spoken(post(*good(amazon)))


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/echo.api/echo-api-cert-99.pem?version=2",
        "https://s3.amazonaws.com/echo.api/echo-api-cert-99.pem#part",
        "https://s3.amazonaws.com/echo.api/%2e%2e/elsewhere/cert.pem",
        "https://s3.amazonaws.com/echo.api/..\\elsewhere\\cert.pem",
        "https://s3.amazonaws.com@s3.amazonaws.com/echo.api/cert.pem",
        "https://s3.amazonaws.com/EcHo.aPi/echo-api-cert-99.pem",
        "https://s3.amazonaws.com/echo.api/",
        "file:///echo.api/cert.pem",
        "",
    ],
)
def test_addresses_that_are_not_plainly_alexas_are_never_fetched(url: str, amazon: Amazon, post: Post) -> None:
    assert post(*from_url(url)(amazon)).status_code == 400
    assert amazon.fetched == []


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://S3.AMAZONAWS.COM:443/echo.api/echo-api-cert-99.pem",
        "https://s3.amazonaws.com/echo.api/../echo.api/./echo-api-cert-99.pem",
    ],
)
def test_one_chain_has_one_address_however_it_is_written(url: str, amazon: Amazon, post: Post) -> None:
    body = raw(event())
    assert_spoken(post(body))
    assert_spoken(post(body, amazon.headers(body, url)))
    assert amazon.fetched == [URL]


# --- What Alexa signed but nobody foresaw ---------------------------------------------------------------------------

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


NOT_REQUESTS: dict[str, bytes] = {
    "not JSON": b"hello",
    "empty": b"",
    "cut off": b'{"request": ',
    "not UTF-8": b'{"request": "\xff\xfe"}',
    "UTF-16": '{"request": {}}'.encode("utf-16"),
    "NaN": b'{"request": {"type": "LaunchRequest", "timestamp": NaN}}',
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


@pytest.mark.parametrize("what", NOT_REQUESTS)
@pytest.mark.parametrize("signed", [True, False])
def test_what_is_no_request_gets_400(what: str, signed: bool, post: Post) -> None:
    body = NOT_REQUESTS[what]
    assert post(body, None if signed else {}).status_code == 400


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


# --- Verification cannot be lost by accident ------------------------------------------------------------------------


def test_verification_is_on_unless_it_is_asked_off() -> None:
    app = endpoint.create_app(make_skill())
    assert app.test_client().post("/", json=event()).status_code == 400


def test_the_environment_cannot_switch_verification_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ASK_SDK_VERIFY_SIGNATURE", "FLASK_ASK_SDK_VERIFY_SIGNATURE", "VERIFY", endpoint.VERIFIED):
        monkeypatch.setenv(name, "False")
    app = endpoint.create_app(make_skill())
    app.config.from_prefixed_env()
    app.config[endpoint.VERIFIED] = False
    assert app.test_client().post("/", json=event()).status_code == 400


def test_the_adapter_itself_verifies_on_whatever_route_it_is_put(amazon: Amazon) -> None:
    app = endpoint.create_app(make_skill())
    adapter = app.extensions["ASK_SDK_SKILL_ADAPTER"][OURS]
    adapter.register(app, "/elsewhere", endpoint="elsewhere")
    assert app.test_client().post("/elsewhere", json=event()).status_code == 400
    body = raw(event())
    assert_spoken(
        app.test_client().post(
            "/elsewhere", data=body, headers=amazon.headers(body) | {"Content-Type": "application/json"}
        )
    )


def test_the_sdks_own_timestamp_check_is_on() -> None:
    for verify in (True, False):
        app = endpoint.create_app(make_skill(), verify=verify)
        handler = app.extensions["ASK_SDK_SKILL_ADAPTER"][OURS]._webservice_handler
        assert [type(v) for v in handler._verifiers] == [TimestampVerifier]


def test_a_skill_without_an_id_is_not_served_to_the_world() -> None:
    with pytest.raises(endpoint.UnsafeError, match="SKILL_ID"):
        endpoint.create_app(make_skill(""))


def test_unverified_answers_this_machine() -> None:
    client = endpoint.create_app(make_skill(), verify=False).test_client()
    for near in ("127.0.0.1", "::1"):
        assert_spoken(client.post("/", json=event(), environ_base={"REMOTE_ADDR": near}))


@pytest.mark.parametrize("far", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "0.0.0.0", "", "junk"])
def test_unverified_refuses_everybody_else(far: str) -> None:
    client = endpoint.create_app(make_skill(), verify=False).test_client()
    assert client.post("/", json=event(), environ_base={"REMOTE_ADDR": far}).status_code == 403


@pytest.mark.parametrize("name", endpoint.FORWARDED)
def test_unverified_refuses_what_came_through_a_proxy(name: str) -> None:
    client = endpoint.create_app(make_skill(), verify=False).test_client()
    assert client.post("/", json=event(), headers={name: "127.0.0.1"}).status_code == 403


def test_unverified_refuses_a_web_page_that_names_this_machine_as_its_own() -> None:
    client = endpoint.create_app(make_skill(), verify=False).test_client()
    assert client.post("/", json=event(), headers={"Host": "rebound.example"}).status_code == 403
    # A page elsewhere can post plain text without asking the browser; it is not answered.
    assert client.post("/", data=raw(event()), content_type="text/plain").status_code == 415


@pytest.mark.parametrize("what", NOT_REQUESTS)
def test_unverified_still_refuses_what_is_no_request(what: str) -> None:
    client = endpoint.create_app(make_skill(), verify=False).test_client()
    reply = client.post("/", data=NOT_REQUESTS[what], content_type="application/json")
    assert reply.status_code == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::", "localhost", "192.0.2.7"])
def test_unverified_is_never_bound_to_more_than_loopback(host: str) -> None:
    app = endpoint.create_app(make_skill(), verify=False)
    with pytest.raises(endpoint.UnsafeError):
        endpoint.serve(app, host, 0)


def test_an_app_that_does_not_say_whether_it_verifies_counts_as_unverified() -> None:
    app = endpoint.create_app(make_skill())
    del app.config[endpoint.VERIFIED]
    with pytest.raises(endpoint.UnsafeError):
        endpoint.create_server(app, "0.0.0.0", 0)


def test_main_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SKILL_ID", raising=False)
    assert endpoint.main(0) == 2
    assert "SKILL_ID" in capsys.readouterr().err
    assert endpoint.main(0, host="0.0.0.0", verify=False) == 2
    assert "not verified" in capsys.readouterr().err


# --- The chain: fetched once, kept only when good -------------------------------------------------------------------


def test_a_kept_chain_that_fails_is_fetched_once_more(amazon: Amazon, ca: Authority, post: Post) -> None:
    assert_spoken(post(raw(event())))
    signatures = post.app.extensions["ASK_SDK_SKILL_ADAPTER"][OURS]._signatures
    expired = ca.chain(ca.leaf(begins_in_days=-301, days=300))
    signatures._cert_cache[URL] = expired
    assert_spoken(post(raw(event())))
    assert amazon.fetched == [URL, URL]
    assert signatures._cert_cache[URL] == amazon.chains[URL]
    # And when Amazon serves the expired one too, it is refused and not kept.
    signatures._cert_cache[URL] = amazon.chains[URL] = expired
    assert post(raw(event())).status_code == 400
    assert amazon.fetched == [URL, URL, URL]
    assert not signatures._cert_cache


def test_junk_cannot_push_out_the_good_chain(amazon: Amazon, post: Post) -> None:
    assert_spoken(post(raw(event())))
    for number in range(3 * verifier.MAX_KEPT_CHAINS):
        body = raw(event())
        url = URL.replace("99", f"junk-{number}")
        amazon.chains[url] = b"junk"
        assert post(body, amazon.headers(body, url)).status_code == 400
    assert_spoken(post(raw(event())))
    assert amazon.fetched.count(URL) == 1


def test_the_number_of_kept_chains_is_bounded(amazon: Amazon, post: Post) -> None:
    body = raw(event())
    for number in range(verifier.MAX_KEPT_CHAINS + 3):
        url = URL.replace("99", str(number))
        amazon.chains[url] = amazon.chains[URL]
        assert_spoken(post(body, amazon.headers(body, url)))
    signatures = post.app.extensions["ASK_SDK_SKILL_ADAPTER"][OURS]._signatures
    assert len(signatures._cert_cache) == verifier.MAX_KEPT_CHAINS
    assert URL.replace("99", "0") not in signatures._cert_cache


def test_the_leaf_that_is_trusted_is_the_leaf_whose_key_is_used(amazon: Amazon, ca: Authority, post: Post) -> None:
    """A true leaf under a false label, then a forger's: two readers would each take another one for the first."""
    forger = Authority("forger")
    true_leaf = pem(ca.leaf()).replace(b" CERTIFICATE-", b" ATTESTATION-")
    amazon.chains[URL] = true_leaf + pem(forger.leaf(self_signed=True), ca.middle)
    body = raw(event())
    assert post(body, amazon.headers(body, signer=forger.leaf_key)).status_code == 400


def test_a_chain_without_end_is_refused(amazon: Amazon, ca: Authority, post: Post) -> None:
    amazon.chains[URL] = ca.chain() + pem(ca.middle) * verifier.MAX_CERTIFICATES
    assert post(raw(event())).status_code == 400


@dataclass
class Served:
    """What the small web server answers next."""

    status: int = 200
    body: bytes = b"chain"
    location: str = ""
    wait_s: float = 0
    paths: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.paths.append(self.path)
            time.sleep(served.wait_s)
            self.send_response(served.status)
            if served.location:
                self.send_header("Location", served.location)
            self.send_header("Content-Length", str(len(served.body)))
            self.end_headers()
            try:
                self.wfile.write(served.body)
            except OSError:
                self.close_connection = True  # the client has heard enough

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        served.address = f"http://127.0.0.1:{server.server_port}/echo.api/cert.pem"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


def test_fetch_takes_what_is_there(served: Served) -> None:
    served.body = b"x" * verifier.MAX_CHAIN_BYTES
    assert verifier.fetch(served.address) == served.body


def test_fetch_takes_no_more_than_64_kib(served: Served) -> None:
    served.body = b"x" * (verifier.MAX_CHAIN_BYTES + 1)
    with pytest.raises(VerificationException, match="larger"):
        verifier.fetch(served.address)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_fetch_follows_no_redirect(status: int, served: Served) -> None:
    served.status, served.location = status, served.address.replace("cert", "other")
    with pytest.raises(VerificationException, match=str(status)):
        verifier.fetch(served.address)
    assert served.paths == ["/echo.api/cert.pem"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_fetch_takes_no_error_page(status: int, served: Served) -> None:
    served.status = status
    with pytest.raises(VerificationException, match=str(status)):
        verifier.fetch(served.address)


def test_fetch_does_not_wait_for_ever(served: Served) -> None:
    served.wait_s = 0.5
    begun = time.monotonic()
    with pytest.raises(OSError, match="timed out"):
        verifier.fetch(served.address, timeout_s=0.1)
    assert time.monotonic() - begun < 0.4
    assert verifier.fetch.__kwdefaults__["timeout_s"] == verifier.FETCH_TIMEOUT_S == 2.0


# --- The roots ------------------------------------------------------------------------------------------------------


def test_amazons_roots_are_trusted() -> None:
    names = {root.subject.rfc4514_string() for root in standin.ROOTS}
    for wanted in (
        "CN=Amazon Root CA 1,",
        "CN=Amazon Root CA 2,",
        "CN=Amazon Root CA 3,",
        "CN=Amazon Root CA 4,",
        "CN=Starfield Services Root Certificate Authority - G2,",
        "CN=Starfield Root Certificate Authority - G2,",
    ):
        assert any(name.startswith(wanted) for name in names), wanted


def test_no_root_of_the_bundle_is_left_out() -> None:
    blocks = Path(certifi.where()).read_text(encoding="utf-8").count("BEGIN CERTIFICATE")
    assert (len(standin.ROOTS), standin.SKIPPED) == (blocks, 0)


def test_a_root_is_dropped_for_an_error_but_not_for_a_warning() -> None:
    bundle = Path(certifi.where()).read_bytes()
    blocks = re.findall(rb"-----BEGIN CERT.+?-----END CERTIFICATE-----", bundle, re.DOTALL)
    from cryptography import x509

    def warns(block: bytes) -> bool:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            x509.load_pem_x509_certificate(block)
        return bool(caught)

    warned = [block for block in blocks if warns(block)]
    assert warned, "no root draws a warning any more: this test has lost its subject"
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    roots, skipped = standin.load_roots(b"\n".join([warned[0], broken, blocks[0]]))
    assert (len(roots), skipped) == (2, 1)


def test_the_stand_in_speaks_as_certvalidator_does(ca: Authority) -> None:
    for leaf in (None, b"", b"junk", "text"):
        with pytest.raises(standin.PathError):
            standin.CertificateValidator(leaf, [])  # type: ignore[arg-type]
    from cryptography.hazmat.primitives.serialization import Encoding

    der = ca.leaf().public_bytes(Encoding.DER)
    with pytest.raises(standin.ValidationError):  # its root is not among the world's
        standin.CertificateValidator(der, [ca.middle.public_bytes(Encoding.DER)]).validate_usage({"digital_signature"})


# --- Threads, and a true server -------------------------------------------------------------------------------------


def test_sixteen_clients_hear_their_own_answer_and_the_chain_is_fetched_once(
    amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = make_skill()
    app = endpoint.create_app(skill)
    intents = list(content.load("en-US").topic_by_intent)[:16]
    asked = [event("IntentRequest", intent=intent(name)) for name in intents]
    expected = [json.loads(json.dumps(skill(one))) for one in asked]
    assert len({json.dumps(one) for one in expected}) == len(intents) == 16

    def slow(url: str) -> bytes:
        time.sleep(0.2)  # long enough for all to stand before the same door
        return amazon.fetch(url)

    monkeypatch.setattr(verifier, "fetch", slow)
    start = threading.Barrier(16)

    def client(number: int) -> list[tuple[bool, Any, Any]]:
        post = Post(app, amazon)
        body = raw(asked[number])
        signed = amazon.headers(body)
        start.wait(5)
        heard = []
        for turn in range(10):
            forged = turn % 5 == 4
            reply = post(body + b" " if forged else body, signed)
            heard.append((forged, reply.status_code, reply.get_json(silent=True)))
        return heard

    with ThreadPoolExecutor(16) as pool:
        everybody = list(pool.map(client, range(16)))
    for number, heard in enumerate(everybody):
        for forged, status, answer in heard:
            assert (status, answer) == ((400, None) if forged else (200, expected[number]))
    assert amazon.fetched == [URL]


def test_when_the_one_fetch_fails_all_who_waited_are_refused_and_the_next_tries_again(
    amazon: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = endpoint.create_app(make_skill())
    chain, amazon.chains[URL] = amazon.chains[URL], URLError("no route")
    everyone_waits = threading.Event()

    def slow(url: str) -> bytes:
        everyone_waits.wait(0.3)
        return amazon.fetch(url)

    monkeypatch.setattr(verifier, "fetch", slow)
    body = raw(event())
    signed = amazon.headers(body)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: Post(app, amazon)(body, signed).status_code, range(8)))
    assert replies == [400] * 8
    assert amazon.fetched == [URL]
    amazon.chains[URL] = chain
    assert_spoken(Post(app, amazon)(body, signed))


@contextmanager
def running(app: Any) -> Iterator[tuple[str, int]]:
    server = endpoint.create_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield "127.0.0.1", int(server.effective_port)
    finally:
        server.trigger.pull_trigger(lambda: close_all(server._map))  # in the server's own thread, as it must be
        thread.join(5)
        server.task_dispatcher.shutdown()
        assert not thread.is_alive()


def ask(
    where: tuple[str, int], body: Any, headers: dict[str, str], method: str = "POST", chunked: bool = False
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*where, timeout=5)
    try:
        connection.request(method, "/", body, {"Content-Type": "application/json", **headers}, encode_chunked=chunked)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def test_a_true_server_answers_over_loopback(amazon: Amazon) -> None:
    body = raw(event())
    signed = amazon.headers(body)
    with running(endpoint.create_app(make_skill())) as where:
        status, reply = ask(where, body, signed)
        assert status == 200
        assert json.loads(reply)["response"]["outputSpeech"]
        assert ask(where, body, {})[0] == 400
        assert ask(where, None, {}, "GET")[0] == 405
        in_pieces = signed | {"Transfer-Encoding": "chunked"}
        assert ask(where, iter([body[:50], body[50:]]), in_pieces, chunked=True)[0] == 200
        large = b" " * (endpoint.MAX_BODY_BYTES + 1)
        assert ask(where, large, signed)[0] == 413
        assert ask(where, iter([large]), in_pieces, chunked=True)[0] == 413
        # What a proxy adds changes nothing where signatures are checked.
        assert ask(where, body, signed | {"X-Forwarded-For": "192.0.2.7"})[0] == 200


def test_a_true_unverified_server_sees_through_a_proxy() -> None:
    with running(endpoint.create_app(make_skill(), verify=False)) as where:
        assert ask(where, raw(event()), {})[0] == 200
        for name in endpoint.FORWARDED:
            assert ask(where, raw(event()), {name: "for=192.0.2.7"})[0] == 403


@pytest.mark.parametrize(("verify", "status"), [("True", 400), ("False", 200)])
def test_main_serves_and_tells_where(verify: str, status: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", f"from simulator.endpoint import main; main(0, verify={verify})"],
        cwd=ROOT,
        env={"PYTHONPATH": "lambda:.", "SKILL_ID": SKILL_ID},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.fullmatch(r"Listening on http://(127\.0\.0\.1):(\d+)/\n", said)
            assert found, said
            assert ask((found[1], int(found[2])), raw(event(skill_id=SKILL_ID)), {})[0] == status
        finally:
            process.terminate()


# --- What is imported where -----------------------------------------------------------------------------------------


def imported_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules, sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": "lambda:."},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_the_skill_itself_needs_nothing_of_self_hosting() -> None:
    extra = {"flask", "werkzeug", "waitress", "flask_ask_sdk", "ask_sdk_webservice_support", "cryptography", "certifi"}
    assert not imported_by("skill.app") & (extra | {"simulator"})


def test_the_endpoint_never_touches_the_library_that_breaks() -> None:
    imported = imported_by("simulator.endpoint")
    assert {"flask_ask_sdk", "ask_sdk_webservice_support", "certvalidator"} <= imported
    assert "oscrypto" not in imported


def test_the_stand_in_refuses_to_come_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("certvalidator", "certvalidator.errors"):
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(RuntimeError, match="before flask_ask_sdk"):
        standin.install()
