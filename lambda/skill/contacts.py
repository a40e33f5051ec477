"""The mobile number Alexa knows for the person speaking or for the account: asked each time, never kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from skill.turn import Turn

#: Seconds. Two calls and a text must fit well inside Alexa's eight.
CONNECT_TIMEOUT_S = 0.7
READ_TIMEOUT_S = 1.0
MAX_BODY_BYTES = 4096

PERSON_PATH = "/v2/persons/~current/profile/mobileNumber"
ACCOUNT_PATH = "/v2/accounts/~current/settings/Profile.mobileNumber"

State = Literal["number", "none", "denied", "unavailable"]
Whose = Literal["person", "account"]


@dataclass(frozen=True, slots=True)
class Mobile:
    """What Alexa said when asked for a mobile number; `raw` is country code and number as Alexa writes them."""

    state: State
    raw: str = ""
    whose: Whose = "account"


class Contacts(Protocol):
    """Who can tell a mobile number."""

    def mobile(self, turn: Turn) -> Mobile:
        """Ask for the recognised speaker's own number, else the account's."""


class AlexaContacts:
    """Alexa's profile service.

    Made by hand because the SDK's client has no timeout and cannot tell "access denied" from a broken answer
    (its error enumeration lacks the code that Alexa sends for a missing permission).
    """

    def __init__(self) -> None:
        """Take nothing; the endpoint and the token come with each request."""
        self._pool: Any = None

    def mobile(self, turn: Turn) -> Mobile:
        """Ask for the recognised speaker's own number, then for the account's."""
        if not turn.api_endpoint or not turn.api_token:
            return Mobile("unavailable")
        if turn.person_id:
            own = self._get(turn, PERSON_PATH, "person")
            if own.state == "number":
                return own
        return self._get(turn, ACCOUNT_PATH, "account")

    def _get(self, turn: Turn, path: str, whose: Whose) -> Mobile:
        import urllib3  # imported when first needed: most conversations never text

        if self._pool is None:
            self._pool = urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S), retries=False
            )
        try:
            answer = self._pool.request(
                "GET",
                turn.api_endpoint.rstrip("/") + path,
                headers={"Authorization": f"Bearer {turn.api_token}", "Accept": "application/json"},
                redirect=False,
                preload_content=False,
            )
            try:
                body = answer.read(MAX_BODY_BYTES)
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, ValueError):
            return Mobile("unavailable", whose=whose)
        if answer.status in {401, 403}:
            return Mobile("denied", whose=whose)
        if answer.status == 204:
            return Mobile("none", whose=whose)
        if answer.status != 200:
            return Mobile("unavailable", whose=whose)
        return _number(body, whose)


def _number(body: bytes, whose: Whose) -> Mobile:
    try:
        profile = json.loads(body)
    except (ValueError, RecursionError):
        return Mobile("unavailable", whose=whose)
    if profile is None:  # Alexa sends the word null for an account without a number
        return Mobile("none", whose=whose)
    if not isinstance(profile, dict):
        return Mobile("unavailable", whose=whose)
    number = str(profile.get("phoneNumber") or "").strip()
    if not number:
        return Mobile("none", whose=whose)
    country = str(profile.get("countryCode") or "").strip().lstrip("+")
    return Mobile("number", f"+{country} {number}" if country and not number.startswith("+") else number, whose)


@dataclass(slots=True)
class KnownContacts:
    """The stand-in: an account whose permission and number the rehearsal sets."""

    state: State = "number"
    account: str = "+12025550142"
    person: str = ""

    def mobile(self, turn: Turn) -> Mobile:
        """Answer the way the profile service would for this account."""
        if self.state != "number":
            return Mobile(self.state)
        if turn.person_id and self.person:
            return Mobile("number", self.person, "person")
        return Mobile("number", self.account) if self.account else Mobile("none")
