"""Verification cannot be lost by accident, and where it is off only this machine is answered."""

from __future__ import annotations

from typing import Any

import pytest
import waitress.server
from selfhosted.amazon import NOT_REQUESTS, OURS, Amazon, assert_spoken, event, make_skill, raw

from simulator import endpoint


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
        assert [type(v).__name__ for v in handler._verifiers] == ["TimestampVerifier"]


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


@pytest.fixture
def no_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(*_: Any, **__: Any) -> None:
        raise AssertionError("a port was about to be opened")

    monkeypatch.setattr(waitress.server, "create_server", bind)


@pytest.mark.usefixtures("no_binding")
@pytest.mark.parametrize("host", ["0.0.0.0", "", "*", "::", "localhost", "192.0.2.7"])
def test_unverified_is_never_bound_to_more_than_loopback(host: str) -> None:
    app = endpoint.create_app(make_skill(), verify=False)
    with pytest.raises(endpoint.UnsafeError):
        endpoint.serve(app, host, 0)


@pytest.mark.usefixtures("no_binding")
def test_an_app_that_does_not_say_whether_it_verifies_counts_as_unverified() -> None:
    app = endpoint.create_app(make_skill())
    del app.config[endpoint.VERIFIED]
    with pytest.raises(endpoint.UnsafeError):
        endpoint.create_server(app, "0.0.0.0", 0)


@pytest.mark.usefixtures("no_binding")
def test_main_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SKILL_ID", raising=False)
    assert endpoint.main(0) == 2
    assert "SKILL_ID" in capsys.readouterr().err
    assert endpoint.main(0, host="0.0.0.0", verify=False) == 2
    assert "not verified" in capsys.readouterr().err
