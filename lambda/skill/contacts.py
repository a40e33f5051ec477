"""The mobile number Alexa knows for the person speaking or for the account: asked each time, never kept."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from skill.aws import keep_quiet
from skill.deadline import TooLateError, within
from skill.turn import Turn

log = logging.getLogger(__name__)

#: Seconds. Alexa's services answer in a tenth of this; a reply must be out in four.
CONNECT_TIMEOUT_S = 0.5
READ_TIMEOUT_S = 0.7
#: Seconds for one question, whatever the sockets do (a name that does not resolve, one byte now and then).
ASK_S = 1.0
MAX_BODY_BYTES = 4096

PERSON_PATH = "/v2/persons/~current/profile/mobileNumber"
ACCOUNT_PATH = "/v2/accounts/~current/settings/Profile.mobileNumber"
#: In Amazon's 403, the reason that no consent can cure: the skill itself lacks the permission.
NOT_CONFIGURED = "FORBIDDEN"

State = Literal["number", "none", "denied", "unavailable"]
Whose = Literal["person", "account"]


@dataclass(frozen=True, slots=True)
class Mobile:
    """What Alexa said when asked for a mobile number; `raw` is country code and number as Alexa writes them."""

    state: State
    raw: str = field(default="", repr=False)
    whose: Whose = "account"


class Contacts(Protocol):
    """Who can tell a mobile number."""

    def mobile(self, turn: Turn, whose: Whose | None = None) -> Mobile:
        """Ask for the recognised speaker's own number, else the account's; or for one of the two. Never raises."""


class AlexaContacts:
    """Alexa's profile service.

    Made by hand because the SDK's client has no timeout and cannot tell "access denied" from a broken answer
    (its error enumeration lacks the code that Alexa sends for a missing permission).
    """

    def __init__(self, patience: float = 1.0) -> None:
        """Take how far to stretch the timeouts; the endpoint and the token come with each request."""
        self._patience = patience
        self._pool: Any = None

    def mobile(self, turn: Turn, whose: Whose | None = None) -> Mobile:
        """Ask for the recognised speaker's own number, then for the account's; or for the one that is named."""
        if not turn.api_endpoint or not turn.api_token:
            return Mobile("unavailable")
        if whose != "account" and turn.person_id:
            own = self._ask(turn, PERSON_PATH, "person")
            if own.state == "number" or whose == "person":
                return own
        return self._ask(turn, ACCOUNT_PATH, "account")

    def _ask(self, turn: Turn, path: str, whose: Whose) -> Mobile:
        try:
            answer = within(ASK_S * self._patience, lambda: self._get(turn, path, whose))
        except Exception as error:  # the pool's own errors, or too late: either way there is no number
            kind = "TooLate" if isinstance(error, TooLateError) else type(error).__name__
            log.warning("profile: %s: error=%s", whose, kind)
            return Mobile("unavailable", whose=whose)
        log.info("profile: %s: %s", whose, answer.state)
        return answer

    def _connected(self) -> Any:
        if self._pool is None:
            import urllib3  # imported when first needed: most conversations never text

            keep_quiet()
            timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S * self._patience, read=READ_TIMEOUT_S * self._patience)
            self._pool = urllib3.PoolManager(timeout=timeout, retries=False)
        return self._pool

    def _get(self, turn: Turn, path: str, whose: Whose) -> Mobile:
        answer = self._connected().request(
            "GET",
            turn.api_endpoint.rstrip("/") + path,
            headers={"Authorization": f"Bearer {turn.api_token}", "Accept": "application/json"},
            redirect=False,  # the token is for Alexa alone
            preload_content=False,
        )
        try:
            body = answer.read(MAX_BODY_BYTES)
        finally:
            answer.close()  # not kept for the next: what was not read to the end cannot be used again
        if answer.status == 403:
            return Mobile(_denied(body), whose=whose)
        if answer.status == 204:
            return Mobile("none", whose=whose)
        return _number(body, whose) if answer.status == 200 else Mobile("unavailable", whose=whose)


def _denied(body: bytes) -> State:
    """Tell a permission the person has not given from one the skill never asked Amazon for."""
    if NOT_CONFIGURED.encode() in body:
        log.error("profile: the skill's manifest lacks the permission for mobile numbers")
        return "unavailable"
    return "denied"


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
    international = f"+{country} {number}" if country.isdecimal() and not number.startswith("+") else number
    return Mobile("number", international, whose)


@dataclass(slots=True)
class KnownContacts:
    """The stand-in: an account whose permission and number the rehearsal sets."""

    state: State = "number"
    account: str = "+12025550142"
    person: str = ""

    def mobile(self, turn: Turn, whose: Whose | None = None) -> Mobile:
        """Answer the way the profile service would for this account."""
        if self.state != "number":
            return Mobile(self.state)
        if whose != "account" and turn.person_id and self.person:
            return Mobile("number", self.person, "person")
        if whose == "person":
            return Mobile("none", whose="person")
        return Mobile("number", self.account) if self.account else Mobile("none")
