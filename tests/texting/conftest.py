"""A world for texts: the skill with its real clients, Amazon's services on loopback, and somebody talking."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from invariants import check
from log_scan import LogScan

from simulator.device import Device, Heard
from simulator.loopback_aws import Loopback
from skill import names
from skill.app import Skill
from skill.rules import ssml

NUMBER_ALOUD = "8 0 0, 8 1 3, 4 6 7 3"
#: The longest a person may wait for a reply, whatever hangs (seconds).
LONGEST_REPLY_S = 4.0
CELL = "202 555 0143"
CELL_E164 = "+12025550143"


@dataclass
class World:
    """One person, one device, one Lambda; the services are shared and emptied between tests."""

    loop: Loopback
    scan: LogScan
    skill: Skill = field(init=False)
    device: Device = field(init=False)

    def __post_init__(self) -> None:
        self.deploy()

    def deploy(self, **changes: Any) -> None:
        """Build the skill anew; `changes` are settings, or where services are (`store_url`, `queue_url`)."""
        where = {name: changes.pop(name) for name in ("store_url", "queue_url") if name in changes}
        self.skill = self.loop.skill(self.loop.settings(**changes), **where)
        self.device = Device(
            self.skill,
            outbox=self.loop.texting.sent,
            api_endpoint=self.loop.profile.url,
            api_token="token-of-this-test",
            watch=self.watch,
            consent="ACCEPTED",
        )

    def watch(self, heard: Heard) -> None:
        """Hold every turn against the rules of all tests."""
        check(heard)

    def say(self, *sentences: str) -> Heard:
        """Say sentences, one after the other; gives the last reply. None may take long."""
        heard = None
        for sentence in sentences:
            began = time.monotonic()
            heard = self.device.say(sentence)
            took = time.monotonic() - began
            assert took < LONGEST_REPLY_S, f"{took:.1f} s for the reply to {sentence!r}"
        assert heard is not None
        return heard

    def to_the_question(self, who: str) -> Heard:
        """Talk until "Shall I send it?" is asked about the account's, the speaker's own or a spoken number."""
        if who == "own":
            self.loop.profile.person = "number"
            self.device.person_id = "amzn1.ask.person.of-this-test"
        if who == "spoken":
            heard = self.say(f"my number is {CELL}")
        else:
            heard = self.say("text me the number")
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

    @property
    def texts(self) -> list[str]:
        """List the numbers that got a text."""
        return [to for to, _ in self.loop.texting.sent]

    def records(self, who: str) -> list[dict[str, str]]:
        """List the records whose key begins so, as plain values."""
        rows = [{k: str(next(iter(v.values()))) for k, v in item.items()} for item in self.loop.aws.items()]
        return [row for row in rows if row["who"].startswith(who)]


@pytest.fixture(scope="session")
def loop() -> Iterator[Loopback]:
    made = Loopback()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def log_scan() -> Iterator[LogScan]:
    """No test of texting may log a number, an id, or what somebody said."""
    with LogScan() as scan:
        yield scan
    scan.check()


@pytest.fixture
def world(loop: Loopback, log_scan: LogScan) -> Iterator[World]:
    loop.reset()
    made = World(loop, log_scan)
    yield made
    loop.texting.let_go()
    loop.profile.let_go()
    log_scan.check([h.said for h in made.device.history if h.request.get("request", {}).get("type") == names.INTENT])


def plain(response: dict[str, Any]) -> str:
    """Give the words of a raw response."""
    return ssml.plain(response["response"]["outputSpeech"]["ssml"])
