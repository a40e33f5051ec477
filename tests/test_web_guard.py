"""Who may use the rehearsal page, what it makes of bad input, and how it is served."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import web_client
from flask.testing import FlaskClient
from web_client import QUESTION, enter, say

from simulator.web.rooms import MAX_SAID_CHARACTERS, MAX_STEPS
from simulator.web.serving import create_server

client = web_client.client
ROOT = Path(__file__).parent.parent


# ---- who may come in -----------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "localhost", "[::1]:8765"])
def test_this_machine_is_let_in(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8765", "localhost.evil.example", "10.0.0.7", "["]
)
@pytest.mark.parametrize("path", ["/", "/editors", "/static/app.js", "/api/hear/when_needed"])
def test_another_name_for_this_machine_is_not(client: FlaskClient, host: str, path: str) -> None:
    assert client.get(path, headers={"Host": host}).status_code in {400, 403}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_only_the_page_itself_may_change_anything(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/api/rooms", json={}, headers=headers).status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/rooms", json={}, headers=own).status_code == 200


@pytest.mark.parametrize("path", ["/", "/editors", "/static/app.js", "/api/hear/when_needed", "/nowhere"])
def test_the_rules_go_with_everything(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
        "frame-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    ):  # fmt: skip
        assert rule in policy.split("; "), policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


# ---- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"not json", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"text": "yes"}', "text/plain", 415),
        (b"text=yes", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 400),
        (b'{"text": 7}', "application/json", 400),
        (b'{"text": null}', "application/json", 400),
        (b'{"text": "   "}', "application/json", 400),
        (b'{"text": "' + b"a" * (MAX_SAID_CHARACTERS + 1) + b'"}', "application/json", 400),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', "application/json", 413),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(client: FlaskClient, body: bytes, kind: str, code: int) -> None:
    room = enter(client)
    refused = client.post(f"/api/rooms/{room}/say", data=body, content_type=kind)
    assert refused.status_code == code
    assert refused.json["error"]
    assert "Traceback" not in refused.text
    say(client, room, QUESTION)


@pytest.mark.parametrize(
    "kept",
    [
        {"given": {"permission": "everything"}},
        {"given": {"nothing": "at all"}},
        {"given": {"permission": ["granted"]}},
        {"given": []},
        {"steps": "all"},
        {"steps": [1]},
        {"steps": [{"say": 1}]},
        {"steps": [{"say": "yes", "set": {}}]},
        {"steps": [{"set": None}]},
        {"steps": [{"touch": "x"}]},
        {"steps": [{"say": "yes"}] * (MAX_STEPS + 1)},
    ],
)
def test_a_broken_link_is_refused_in_words(client: FlaskClient, kept: dict[str, Any]) -> None:
    refused = client.post("/api/rooms", json=kept)
    assert refused.status_code == 400
    assert refused.json["error"]


@pytest.mark.parametrize(
    "said", ["<img src=x onerror=alert(1)>", "\u202eabc", "\x00\x07", "{phone}", "٣٣٣", "😀" * 50, "a" * 500]
)
def test_odd_sentences_are_answered(client: FlaskClient, said: str) -> None:
    room = enter(client)
    [turn] = say(client, room, said)["turns"]
    assert turn["speech"]


def test_unknown_paths_and_methods_are_refused(client: FlaskClient) -> None:
    assert client.get("/../pyproject.toml").status_code == 404
    assert client.get("/static/../../pyproject.toml").status_code == 404
    assert client.get("/apl-frame/../app.js").status_code == 404
    assert client.delete("/api/rooms", json={}).status_code == 405
    assert client.post("/api/rooms/no-such-room/say", json={"text": "yes"}).status_code == 410
    assert client.get("/api/hear/no_such_answer").status_code == 404
    assert client.get("/api/hear/when_needed.more.99").status_code == 404


# ---- serving -------------------------------------------------------------------------------------


def test_it_serves_this_machine_only_and_takes_any_port_when_the_usual_is_taken() -> None:
    first = create_server(0)
    second = create_server(0)
    try:
        assert first.effective_host == second.effective_host == "127.0.0.1"
        assert first.effective_port != second.effective_port
        with pytest.raises(OSError, match=r"[Aa]ddress"):
            create_server(int(first.effective_port))
    finally:
        first.close()
        second.close()


def test_it_tells_where_it_is_and_stops_when_told() -> None:
    ran = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--web"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": "lambda:.", "PATH": "/usr/bin:/bin"},
        # What a shell runs in the background is deaf to Ctrl+C, and so is all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert ran.stdout
        told = ran.stdout.readline() + ran.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert address, told
        assert "should I get a second opinion?" in told
        with urllib.request.urlopen(address.group(0), timeout=60) as page:
            assert b"<h1>" in page.read()
    finally:
        ran.send_signal(signal.SIGINT)
        rest, trouble = ran.communicate(timeout=60)
    assert ran.returncode == 0
    assert rest.endswith("Stopped.\n")
    assert trouble == ""


def test_the_page_is_light() -> None:
    static = ROOT / "simulator" / "static"
    for page in ("index.html", "style.css", "app.js", "dom.js", "screen.js", "share.js", "voice.js"):
        assert (static / page).is_file()
    # The bar is 300 KB for what a page loads; all files of all pages together, talking included, stay far below it.
    assert sum(f.stat().st_size for f in static.iterdir() if f.is_file()) < 100_000


def test_no_file_of_the_page_names_another_place() -> None:
    for file in (ROOT / "simulator" / "static").iterdir():
        found = re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", file.read_text(encoding="utf-8"))
        assert not found, f"{file.name}: {found}"
