"""Threads, a true server, and what is imported where."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from selfhosted.amazon import URL, Amazon, Post, assert_spoken, event, intent, make_skill, raw
from waitress.wasyncore import close_all

import content
from simulator import certvalidator_standin as standin
from simulator import endpoint, verifier
from simulator.device import SKILL_ID

ROOT = Path(__file__).parents[2]


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
        start.wait(60)
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
    begun: list[int] = []
    everyone = threading.Event()

    def slow(url: str) -> bytes:
        everyone.wait(60)
        time.sleep(0.5)  # from there it is a few steps to the door
        return amazon.fetch(url)

    def client(number: int) -> int:
        begun.append(number)
        if len(begun) == 8:
            everyone.set()
        return int(Post(app, amazon)(body, signed).status_code)

    monkeypatch.setattr(verifier, "fetch", slow)
    body = raw(event())
    signed = amazon.headers(body)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(client, range(8)))
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
        thread.join(60)
        server.task_dispatcher.shutdown()
        assert not thread.is_alive()


def ask(
    where: tuple[str, int], body: Any, headers: dict[str, str], method: str = "POST", chunked: bool = False
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*where, timeout=60)
    try:
        connection.request(method, "/", body, {"Content-Type": "application/json", **headers}, encode_chunked=chunked)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def ask_too_much(where: tuple[str, int], announced: bool) -> tuple[int, bytes]:
    """Send one byte too many, its size announced or not, and no more than the server takes before it answers."""
    connection = http.client.HTTPConnection(*where, timeout=60)
    try:
        connection.putrequest("POST", "/")
        if announced:
            connection.putheader("Content-Length", str(endpoint.MAX_BODY_BYTES + 1))
            connection.endheaders()
        else:
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            connection.send(b"%x\r\n" % (endpoint.MAX_BODY_BYTES + 1) + b" " * (endpoint.MAX_BODY_BYTES + 1))
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
        padded = body.ljust(endpoint.MAX_BODY_BYTES)
        assert ask(where, padded, amazon.headers(padded))[0] == 200
        # Refused by the server itself, which would else keep up to a gigabyte on disk for us to refuse.
        for announced in (True, False):
            status, reply = ask_too_much(where, announced)
            assert (status, b"exceeds max_body" in reply) == (413, True)
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
