"""Other people's clients: what each needs to run, and how its report is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conformance.replay import HERE, Told
from conformance.served import Served

from simulator.device import SKILL_ID, Device

ROOT = HERE.parents[1]
MODULES = HERE / "node_modules"
PYTHON = ROOT / "build" / "conformance-venv" / "bin" / "python"
MODEL = ROOT / "skill-package" / "interactionModels" / "custom" / "en-US.json"
PATHS = os.pathsep.join(str(ROOT / folder) for folder in ("lambda", ".", "tests"))
TIMEOUT_S = 240
#: A loopback port where nothing listens: whoever heeds a proxy ends there.
NOWHERE = "http://127.0.0.1:9"

#: Player of each client that runs in Node.
NODE = {
    "virtual-alexa": "virtual_alexa.js",
    "alexa-skill-test-framework": "alexa_skill_test_framework.js",
    "ask-sdk-test": "ask_sdk_test.js",
}
IN_PROCESS = "py_ask_sdk_test"


@dataclass(slots=True)
class Report:
    """What one client made of all conversations."""

    #: What it found wrong, by conversation.
    wrong: dict[str, list[str]]
    #: Where texts went, by conversation.
    texts: dict[str, list[str]]
    #: Hosts it tried to reach beyond loopback.
    strayed: list[str] = field(default_factory=list)


def play(client: str, told: dict[str, Told], folder: Path) -> Report:
    """Let a client play conversations, with a fresh skill and account for each. Skips when the client is missing."""
    return _in_process(told, folder) if client == IN_PROCESS else _over_http(client, told, folder)


def plan(conversations: list[dict[str, Any]]) -> dict[str, Any]:
    """Write what a player reads."""
    return {
        "skill": SKILL_ID,
        "user": Device.__dataclass_fields__["user_id"].default,
        "device": "amzn1.ask.device.conformance",
        "locale": "en-US",
        "model": str(MODEL),
        "conversations": conversations,
    }


def run_node(client: str, conversations: list[dict[str, Any]], folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Run a player; gives what it found wrong, by conversation, and where it strayed."""
    need_node()
    report, strayed = folder / f"{client}.json", folder / f"{client}.strayed"
    plan_file = folder / f"{client}.plan.json"
    plan_file.write_text(json.dumps(plan(conversations)), encoding="utf-8")
    command = ["node", "--require", str(HERE / "loopback_only.js")]
    under_mocha = client != "virtual-alexa"
    if under_mocha:
        command += [str(MODULES / "mocha" / "bin" / "_mocha"), "--no-config", "--no-package", "--exit"]
        command += ["--timeout", "10000", "--reporter", "json", "--reporter-option", f"output={report}"]
    paths = {"PLAN": plan_file, "REPORT": report, "ATTEMPTS": strayed}
    _, error = _run(
        [*command, str(HERE / NODE[client])],
        folder,
        environment(**{f"CONFORMANCE_{n}": str(p) for n, p in paths.items()}),
    )
    wrong = {c["id"]: [f"left out: {error[-2000:]}"] for c in conversations}
    if report.exists():
        found = json.loads(report.read_text(encoding="utf-8"))
        wrong |= _mocha(found, conversations) if under_mocha else found
    return wrong, strayed.read_text(encoding="utf-8").splitlines() if strayed.exists() else []


def _run(command: list[str], folder: Path, env: dict[str, str], given: str = "") -> tuple[str, str]:
    """Run a client with little time; gives what it wrote and what it complained of."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=env, input=given, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return "", f"not done after {TIMEOUT_S} s"
    return done.stdout, done.stderr


def need_node() -> None:
    """Skip when Node or its packages are missing."""
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    if not (MODULES / "virtual-alexa").is_dir():
        pytest.skip("the clients are not installed; run: make conformance")


def need_python() -> None:
    """Skip when the environment of the Python client is missing."""
    if not PYTHON.exists():
        pytest.skip("py_ask_sdk_test is not installed; run: make conformance")


def environment(**more: str) -> dict[str, str]:
    """Give a client next to nothing of our own environment, and proxies that lead nowhere."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE)
    return kept | proxies | {k.lower(): v for k, v in proxies.items()} | more


def _over_http(client: str, told: dict[str, Told], folder: Path) -> Report:
    need_node()
    served = Served()
    conversations = [{"id": n, "url": served.add(n, t.given), "sessions": t.sessions} for n, t in told.items()]
    with served.running():
        wrong, strayed = run_node(client, conversations, folder)
    return Report(wrong, {name: served.texts(name) for name in told}, strayed)


def _mocha(found: dict[str, Any], conversations: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Read mocha's own report: one test a session, under the conversation's name."""
    wrong: dict[str, list[str]] = {}
    for conversation in conversations:
        tests = [t for t in found["tests"] if t["fullTitle"] == f"{conversation['id']} session"]
        ran = len(tests) == len(conversation["sessions"])
        wrong[conversation["id"]] = [t["err"].get("message", "failed") for t in tests if t["err"]]
        if not ran:
            wrong[conversation["id"]].append(f"{len(tests)} of {len(conversation['sessions'])} sessions ran")
    return wrong


def _in_process(told: dict[str, Told], folder: Path) -> Report:
    need_python()
    conversations = [{"id": n, "given": t.given, "sessions": t.sessions} for n, t in told.items()]
    command = [str(PYTHON), "-m", "conformance.python_client"]
    written, error = _run(command, folder, environment(PYTHONPATH=PATHS), json.dumps(plan(conversations)))
    found = json.loads(written) if written else {}
    missing = ([f"left out: {error[-2000:]}"], [])
    strayed = [line for line in error.splitlines() if line.startswith("refused: ")]
    return Report({n: found.get(n, missing)[0] for n in told}, {n: found.get(n, missing)[1] for n in told}, strayed)
