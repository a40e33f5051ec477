"""A whole rehearsal: the skill as it ships, wired to the in-memory stand-ins, and a device to talk to it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import content
from simulator.device import SKILL_ID, Device, Heard
from skill import names
from skill.app import Skill, build
from skill.contacts import KnownContacts
from skill.settings import Settings
from skill.texts import Outbox


@dataclass(slots=True)
class Rehearsal:
    """The skill, the account and the phone of somebody trying it on a laptop."""

    locale: str = "en-US"
    account: KnownContacts = field(default_factory=KnownContacts)
    outbox: Outbox = field(default_factory=Outbox)
    settings: Settings = field(default_factory=lambda: Settings(skill_id=SKILL_ID))
    #: Seconds by which the skill's clock is ahead of the real one, for the limits on texts.
    ahead_s: float = 0.0
    skill: Skill = field(init=False)
    device: Device = field(init=False)

    def __post_init__(self) -> None:
        """Wire the skill and hand it to a device."""
        self.skill = build(self.settings, texts=self.outbox, contacts=self.account, clock=self.clock)
        self.device = Device(
            self.skill,
            outbox=self.outbox.sent,
            locale=self.locale,
            consent="ACCEPTED",
            on_consent=self._consent,
        )

    def through(self, skill: Skill, sent: list[tuple[str, str]], profile_url: str) -> None:
        """Talk to another skill, whose texts arrive in `sent` and whose account answers at `profile_url`."""
        self.skill = skill
        self.device = Device(skill, outbox=sent, locale=self.locale, consent="ACCEPTED", api_endpoint=profile_url)

    def clock(self) -> float:
        """Tell the skill the time, in seconds since 1970."""
        return time.time() + self.ahead_s

    def _consent(self, status: str) -> None:
        if status == "ACCEPTED" and self.account.state == "denied":
            self.account.state = "number"

    def say(self, text: str) -> dict[str, Any]:
        """Say one thing and give the reply as a record (see `record`)."""
        before = len(self.device.history)
        self.device.say(text)
        return record(text, self.device.history[before:], self.locale)


def topic_of(heard: Heard, locale: str = "en-US") -> str:
    """Name what was understood: a topic's id, a control's label, or `out_of_domain`."""
    intent = str(heard.attributes.get("heard", "")) or heard.understood.intent
    topics = content.load(locale).topic_by_intent
    if intent == names.LAUNCH:
        return "ctl_launch"
    return topics.get(intent) or names.LABELS.get(intent, names.LABELS[names.FALLBACK])


def record(said: str, turns: list[Heard], locale: str = "en-US") -> dict[str, Any]:
    """Write what came of one sentence as plain data, for scripts and other people's tools.

    Keys: heard (what was said), intent, topic, key, speech (plain words), reprompt, open, card, texts
    (each `to` and `body`), seconds (of speech), how (the way it was understood).
    """
    first, last = turns[0], turns[-1]
    return {
        "heard": said,
        "intent": first.understood.intent,
        "topic": topic_of(first, locale) if first.request else "",
        "key": "+".join(last.keys),
        "speech": " ".join(t.speech for t in turns if t.speech),
        "reprompt": last.reprompt,
        "open": last.open,
        "card": last.card,
        "texts": [{"to": to, "body": body} for t in turns for to, body in t.texts],
        "seconds": round(sum(t.seconds for t in turns), 1),
        "how": first.understood.how,
    }
