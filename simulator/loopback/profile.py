"""Alexa's profile service on loopback: a person's and an account's mobile number, given, withheld or broken."""

from __future__ import annotations

import json
import threading

from simulator.loopback.server import Answer, Misbehaviour, Service
from skill.contacts import ACCOUNT_PATH, PERSON_PATH

NOT_ASKED = {"code": "ACCESS_DENIED", "message": "Access denied with reason: ACCESS_NOT_REQUESTED"}
NOT_CONFIGURED = {"code": "ACCESS_DENIED", "message": "Access denied with reason: FORBIDDEN"}

#: Every answer the service is known to give, by name; "number" and the ways to misbehave are not in it.
ANSWERS = {
    "null": Answer(200, b"null"),
    "no content": Answer(204),
    "denied": Answer(403, json.dumps(NOT_ASKED).encode()),
    "forbidden": Answer(403, json.dumps(NOT_CONFIGURED).encode()),
    "denied, empty": Answer(403),
    "denied, html": Answer(403, b"<html><body>403 Forbidden</body></html>".replace(b"Forbidden", b"no"), "text/html"),
    "bad token": Answer(401, b'{"code":"INVALID_TOKEN","message":"the token is not valid"}'),
    "throttled": Answer(429, b'{"code":"TOO_MANY_REQUESTS","message":"slow down"}'),
    "error": Answer(500),
    "away": Answer(503, b"<html>Service Unavailable</html>", "text/html"),
    "not json": Answer(200, b"{phoneNumber: "),
    "not a number": Answer(200, b'{"countryCode":"+1","phoneNumber":"call me"}'),
    "empty": Answer(200, b'{"countryCode":"+1","phoneNumber":""}'),
    "a list": Answer(200, b"[]"),
    "huge": Answer(200, b'{"phoneNumber":"' + b"1" * 100_000 + b'"}'),
    "elsewhere": Answer(302, b"", location="http://127.0.0.1:9/"),
}
WAYS = frozenset({"hang", "drip", "drop", "half"})


class ProfileServer(Service):
    """Tells mobile numbers to whoever brings a token."""

    def __init__(self) -> None:
        """Start to listen, with a number on the account and none for a person."""
        self._lock = threading.Lock()
        self.asked: list[str] = []
        self.reset()
        super().__init__()

    def reset(self) -> None:
        """Go back to an account with a number."""
        if hasattr(self, "closing"):
            self.let_go()
        self.slow_s = 0.0
        self.account, self.person = "number", "null"
        self.account_number, self.person_number = ("+1", "2025550142"), ("+1", "2025550177")
        self.asked.clear()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Tell a number, or what is set instead of it."""
        with self._lock:
            self.asked.append(path)
        if method != "GET" or path not in {PERSON_PATH, ACCOUNT_PATH}:
            return Answer(404)
        if not headers.get("authorization", "").startswith("Bearer "):
            return ANSWERS["bad token"]
        own = path == PERSON_PATH
        state = self.person if own else self.account
        if state in WAYS:
            raise Misbehaviour(state)
        if state == "number":
            country, number = self.person_number if own else self.account_number
            return Answer(200, json.dumps({"countryCode": country, "phoneNumber": number}).encode())
        return ANSWERS[state]
