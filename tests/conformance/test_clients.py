"""The same conversations with other people's test clients: what they find wrong, and that they can find anything."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from conformance import clients, replay
from conformance.clients import IN_PROCESS, NODE, Report
from conformance.plants import PLANTS, Plant
from conformance.replay import Told
from dialogs_player import Player

from skill import names

#: Each client runs once for all of its tests; the groups keep a second worker from waiting for it.
CLIENTS = [pytest.param(c, marks=[pytest.mark.node, pytest.mark.xdist_group(c)]) for c in (*NODE, IN_PROCESS)]
MUSTS = {c["name"]: c for c in replay.must()}
STARTED = "the text taken, sent to the number of the account"

Played = Callable[[str], Report]


@pytest.fixture(scope="session")
def told() -> dict[str, Told]:
    return replay.read()


@pytest.fixture(scope="session")
def played(told: dict[str, Told], tmp_path_factory: pytest.TempPathFactory) -> Played:
    planted = [plant.planted_in(told) for plant in PLANTS]
    everything = told | {p.name: p for p in planted}
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    reports: dict[str, Report] = {}

    def by(client: str) -> Report:
        kept = shared / f"{client}.report.json"
        if client not in reports:
            with (shared / f"{client}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not kept.exists():
                    report = clients.play(client, everything, tmp_path_factory.mktemp(client))
                    kept.write_text(json.dumps(asdict(report)), encoding="utf-8")
            reports[client] = Report(**json.loads(kept.read_text(encoding="utf-8")))
        return reports[client]

    return by


@pytest.mark.parametrize("name", MUSTS)
@pytest.mark.parametrize("client", CLIENTS)
def test_client_lives_through(client: str, name: str, played: Played, told: dict[str, Told]) -> None:
    report = played(client)
    assert report.wrong[name] == []
    assert report.texts[name] == told[name].texts


@pytest.mark.parametrize("client", CLIENTS)
def test_client_lives_through_every_dialog(client: str, played: Played, told: dict[str, Told]) -> None:
    report = played(client)
    assert {name: report.wrong[name] for name in told if report.wrong[name]} == {}
    assert {n: report.texts[n] for n in told if report.texts[n] != told[n].texts} == {}


@pytest.mark.parametrize("plant", PLANTS, ids=[p.name for p in PLANTS])
@pytest.mark.parametrize("client", CLIENTS)
def test_client_catches(client: str, plant: Plant, played: Played) -> None:
    wrong = played(client).wrong[f"planted: {plant.name}"]
    if client in plant.clients:
        assert plant.caught_by(wrong), wrong
    else:
        assert wrong == [], "it has no such rule, yet it complains"


@pytest.mark.parametrize("client", CLIENTS)
def test_client_reaches_for_nothing_but_loopback(client: str, played: Played) -> None:
    assert played(client).strayed == []


@pytest.mark.node
@pytest.mark.parametrize(
    "attempt",
    [
        # Names this machine in another way, so that not even a broken guard would let anything out.
        "net.connect(9, '0.0.0.0')",
        "net.connect({port: 9, host: '0.0.0.0'})",
        "new net.Socket().connect(9, '0.0.0.0')",
        "http.get('http://0.0.0.0:9/')",
        "https.get('https://0.0.0.0:9/')",
        "dns.lookup('0.0.0.0', () => {})",
        "dns.promises.lookup('0.0.0.0')",
        "dgram.createSocket('udp4').send('x', 9, '0.0.0.0')",
        "fetch('http://0.0.0.0:50009/')",
    ],
)
def test_the_guard_of_the_node_clients_refuses(attempt: str, tmp_path: Path) -> None:
    clients.need_node()
    modules = "".join(f"const {m} = require('{m}');" for m in ("net", "http", "https", "dns", "dgram"))
    strayed = tmp_path / "strayed"
    done = subprocess.run(
        ["node", "--require", str(replay.HERE / "loopback_only.js"), "-e", f"{modules} {attempt}"],
        env=clients.environment(CONFORMANCE_ATTEMPTS=str(strayed)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert strayed.exists(), f"it was not the guard that refused: {done.stderr}"


@pytest.mark.node
@pytest.mark.parametrize(
    "attempt", ["create_connection(('0.0.0.0', 9))", "getaddrinfo('0.0.0.0', 9)", "gethostbyname('0.0.0.0')"]
)
def test_the_guard_of_the_python_client_refuses(attempt: str) -> None:
    clients.need_python()
    lines = ["import socket, sys", "from conformance.python_client import alone", "sys.addaudithook(alone)"]
    done = subprocess.run(
        [clients.PYTHON, "-c", "\n".join([*lines, f"socket.{attempt}"])],
        env=clients.environment(PYTHONPATH=clients.PATHS),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert "refused: socket." in done.stderr


@pytest.mark.parametrize("name", MUSTS)
def test_must_on_our_own_device(name: str) -> None:
    Player(MUSTS[name].get("given")).play(MUSTS[name]["turns"])


def test_musts_hold_what_they_are_for(told: dict[str, Told]) -> None:
    steps = [s for name in MUSTS for session in told[name].sessions for s in session]
    sent = {s["intent"] or s["type"] for s in steps}
    assert sent >= {
        names.LAUNCH, names.SESSION_ENDED, names.SESSION_RESUMED, names.PHONE_NUMBER, names.TEXT_ME,
        "ShouldIGetSecondOpinionIntent", "EmergencyIntent", "SuicideIntent", "MoreIntent",
        *(f"AMAZON.{name}Intent" for name in ("Yes", "No", "Help", "Repeat", "Stop", "Cancel", "Fallback")),
    }  # fmt: skip
    statuses = {
        scope["status"]
        for s in steps
        if s["type"] == names.SESSION_RESUMED
        for scope in s["extra"]["cause"]["result"]["permissionScopes"]
    }
    assert statuses == {"ACCEPTED", "DENIED"}
    exempt = [s for s in steps if not s["expect"]["question_rule"]]
    assert exempt
    assert all(s["expect"]["said"][0].partition(".")[0] in {"emergency", "suicide"} for s in exempt)


@pytest.mark.node
def test_the_endpoint_as_people_start_it(told: dict[str, Told], tmp_path: Path) -> None:
    clients.need_node()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "simulator", "--endpoint", "--port", str(port)]
    served = subprocess.Popen(command, env=clients.environment(PYTHONPATH=clients.PATHS), cwd=clients.ROOT)
    try:
        _until_it_listens(port, served)
        asked: dict[str, Any] = {"id": "one", "url": f"http://127.0.0.1:{port}/", "sessions": told[STARTED].sessions}
        wrong, strayed = clients.run_node("virtual-alexa", [asked], tmp_path)
    finally:
        served.terminate()
        served.wait(60)
    assert wrong == {"one": []}
    assert strayed == []


def test_the_lock_names_no_server() -> None:
    lock = (replay.HERE / "package-lock.json").read_text(encoding="utf-8")
    assert "integrity" in lock
    assert "://" not in lock, 'npm writes addresses of sponsors under "funding"; take them out'


def _until_it_listens(port: int, served: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert served.poll() is None, "the endpoint did not start"
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the endpoint does not listen")
