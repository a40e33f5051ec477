"""A world for texts: the skill with its real clients, Amazon's services on loopback, and somebody talking."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from invariants import check
from log_scan import LogScan

from simulator.device import Device, Heard
from simulator.loopback_aws import Loopback
from skill import names
from skill.app import Skill
from skill.contacts import AlexaContacts
from skill.queue import WaitingRoom
from skill.rules import ssml
from skill.store import MemoryStore
from skill.texts import AwsTexts, Outcome

NUMBER_ALOUD = "8 0 0, 8 1 3, 4 6 7 3"
#: How far timeouts are stretched where no time is measured: two cores play every part, and others run beside.
PATIENCE = 20.0
#: The longest a person may wait for a reply, whatever hangs (seconds).
LONGEST_REPLY_S = 4.0
CELL = "202 555 0143"
CELL_E164 = "+12025550143"


#: Every way a send may fail, and what it means to the person.
FAULTS = {
    "ConflictException: DESTINATION_PHONE_NUMBER_OPTED_OUT": Outcome.OPTED_OUT,
    "ConflictException: DESTINATION_PHONE_NUMBER_NOT_VERIFIED": Outcome.NOT_VERIFIED,
    "ConflictException: DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": Outcome.BLOCKED,
    "ConflictException: DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": Outcome.BLOCKED,
    "ConflictException: REGISTRATION_NOT_COMPLETE": Outcome.NOT_READY,
    "ConflictException: NO_ORIGINATION_IDENTITIES_FOUND": Outcome.NOT_READY,
    "ConflictException: RESOURCE_NOT_ACTIVE": Outcome.NOT_READY,
    "ConflictException: NUMBER_CAPABILITIES_MISMATCH": Outcome.NOT_READY,
    "ConflictException: MESSAGE_TYPE_MISMATCH": Outcome.NOT_READY,
    "ValidationException: COUNTRY_NOT_ENABLED": Outcome.BLOCKED,
    "ValidationException: DESTINATION_COUNTRY_BLOCKED": Outcome.BLOCKED,
    "ValidationException: INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": Outcome.BLOCKED,
    "ValidationException: INTERNATIONAL_SENDING_NOT_SUPPORTED": Outcome.BLOCKED,
    "ValidationException: PRICE_OVER_THRESHOLD": Outcome.BLOCKED,
    "ValidationException: CANNOT_PARSE": Outcome.BAD_NUMBER,
    "ValidationException: FIELD_VALIDATION_FAILED": Outcome.FAILED,
    "ServiceQuotaExceededException: MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": Outcome.LIMIT,
    "ResourceNotFoundException": Outcome.NOT_READY,
    "AccessDeniedException": Outcome.REFUSED,
    "AccessDeniedException: INSUFFICIENT_ACCOUNT_REPUTATION": Outcome.REFUSED,
    "AccessDeniedException: ACCOUNT_DISABLED": Outcome.REFUSED,
    "UnrecognizedClientException": Outcome.REFUSED,
    "ThrottlingException": Outcome.THROTTLED,
    "429": Outcome.THROTTLED,
    "InternalServerException": Outcome.OUTAGE,
    "ServiceUnavailableException": Outcome.OUTAGE,
    "500": Outcome.OUTAGE,
    "503": Outcome.OUTAGE,
    "502": Outcome.UNKNOWN,
    "504": Outcome.UNKNOWN,
    "drop": Outcome.UNKNOWN,
    "half": Outcome.UNKNOWN,
    "taken, then drop": Outcome.UNKNOWN,
    "taken, then half": Outcome.UNKNOWN,
    "SomethingNewException": Outcome.FAILED,
}


@dataclass
class World:
    """One person, one device, one Lambda; the services are shared and emptied between tests."""

    loop: Loopback
    scan: LogScan
    skill: Skill = field(init=False)
    device: Device = field(init=False)
    #: Whether every reply is timed: only where something hangs.
    timed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.deploy()

    def deploy(self, **changes: Any) -> None:
        """Build the skill anew; `changes` are settings, or where services are (`store_at`, `queue_at`)."""
        changes.setdefault("patience", PATIENCE)
        where = {name: changes.pop(name) for name in ("store_at", "queue_at") if name in changes}
        self.skill = self.loop.skill(self.loop.settings(**changes), **where)
        self.device = Device(
            self.skill,
            outbox=self.loop.texting.sent,
            api_endpoint=self.loop.profile.url,
            api_token="token-of-this-test",
            watch=self.watch,
            consent="ACCEPTED",
        )

    def hurry(self, *hanging: str, **where: str) -> None:
        """Let a Lambda with the real budget for a reply take the next turns, and time them.

        `hanging` names what may hang: "profile", "texts", "store" or "queue". These keep their real timeouts. What is
        well is given all the time it needs, or is a stand-in that needs none, so that what comes of it does not
        depend on how quick this machine is just now.
        """
        settings = self.loop.settings(patience=1.0)
        others: dict[str, Any] = {}
        if "profile" not in hanging:
            others["contacts"] = AlexaContacts(PATIENCE)
        if "texts" not in hanging:
            others["texts"] = AwsTexts(settings, endpoint=self.loop.texting.url, patience=PATIENCE)
        if "store" not in hanging:
            others["store"] = MemoryStore()
        if "queue" not in hanging:
            others["queue"] = WaitingRoom()
        self.skill = self.device.skill = self.loop.skill(settings, others=others, **where)
        # Made in the shadow of a question, as in life; how long it takes is the machine's affair.
        self.skill.desk.delivery.make_clients()
        self.timed = True

    def watch(self, heard: Heard) -> None:
        """Hold every turn against the rules of all tests."""
        check(heard)

    def say(self, *sentences: str) -> Heard:
        """Say sentences, one after the other; gives the last reply. Where something hangs, none takes long."""
        heard = None
        for sentence in sentences:
            began = time.monotonic()
            heard = self.device.say(sentence)
            took = time.monotonic() - began
            assert took < LONGEST_REPLY_S or not self.timed, f"{took:.1f} s for the reply to {sentence!r}"
        assert heard is not None
        return heard

    def to_the_question(self, who: str) -> Heard:
        """Talk until "Shall I send it?" is asked about the account's, the speaker's own or a spoken number."""
        if who == "own":
            self.loop.profile.person = "number"
            self.device.person_id = "amzn1.ask.person.of-this-test"
        heard = self.say(f"my number is {CELL}" if who == "spoken" else "text me the number")
        assert heard.attributes["pending"] == who, heard.speech
        return heard

    def to_the_end(self, *first: str) -> Heard:
        """Talk on, agreeing to whatever is asked, until no question about the text is open any more."""
        heard = self.say(*first)
        for _ in range(6):
            pending = heard.attributes.get("pending")
            if pending not in {"account", "own", "spoken", "phone", "text"}:
                return heard
            heard = self.say(CELL if pending == "phone" else "yes")
        raise AssertionError(f"no end: {heard.speech}")

    def sentences(self) -> list[str]:
        """List what was said aloud, which no log may hold."""
        return [heard.said for heard in self.device.history if heard.understood.how not in {"direct", ""}]

    @property
    def texts(self) -> list[str]:
        """List the numbers that got a text."""
        return [to for to, _ in self.loop.texting.sent]

    def records(self, who: str) -> list[dict[str, str]]:
        """List the records whose key begins so, as plain values."""
        rows = [{k: str(next(iter(v.values()))) for k, v in item.items()} for item in self.loop.aws.items()]
        return [row for row in rows if row["who"].startswith(who)]


def plain(response: dict[str, Any]) -> str:
    """Give the words of a raw response."""
    return ssml.plain(response["response"]["outputSpeech"]["ssml"])


def people(skill: Skill, profile_url: str, count: int) -> dict[str, dict[str, Any]]:
    """Bring so many people, each with a number of their own, to the question; gives each one's yes by number."""
    asked = {}
    for n in range(count):
        number = f"{['202', '212', '310', '415'][n // 100]}5550{100 + n % 100}"
        device = Device(skill, api_endpoint=profile_url, user_id=f"amzn1.ask.account.load-{n}")
        heard = device.intend(names.PHONE_NUMBER, {names.PHONE_SLOT: number})
        assert heard.attributes["pending"] == "spoken", heard.speech
        asked[f"+1{number}"] = device.envelope({"type": names.INTENT, "intent": {"name": names.YES, "slots": {}}})
    return asked
