"""Thirty-three requests, one thing spoiled at a time: what Alexa signed is answered, all else gets 400."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.error import URLError

import pytest
from selfhosted.amazon import NAMES, URL, Amazon, Post, assert_spoken, event, intent, raw
from selfhosted.certificates import Authority, pem
from selfhosted.certificates import key as new_key

from simulator.verifier import VerificationException


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
