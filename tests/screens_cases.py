"""Replies to draw: every reply the content holds, and one conversation for each kind of screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import content
from simulator.device import Heard
from simulator.devices import BY_ID
from simulator.rehearsal import Rehearsal
from skill import names, screens
from skill.say import Reply, Voice
from skill.turn import Memory, Turn

LOCALE = "en-US"
#: Values of the kind that code fills in, for lines that need some.
VALUES = {
    "readback": "2 0 2, 5 5 5, 0 1 4 3",
    "so_far": "2 0 2",
    "last_two": "4 3",
    "first": "when a second opinion matters",
    "second": "what to say to your doctor",
    "third": "the helpline number",
    "organisation": "CancerCare & friends",
    "title": "When to Get a <Second> Opinion",
    "date": "October 11, 2022",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One reply with its screen."""

    name: str
    reply: Reply
    directive: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        """Give the data on the screen."""
        found: dict[str, Any] = self.directive["datasources"]["screen"]["properties"]
        return found


def _placeholders(voice: Voice, keys: tuple[str, ...], who: str) -> dict[str, str]:
    lines = [voice.entry(key, who) for key in keys]
    wanted = {name for line in lines for text in (line.say, line.reprompt) for name in re.findall(r"\{(\w+)\}", text)}
    known = {*voice.content.phones, *(f"{p}_letters" for p in voice.content.phones), "who", "they", "They", "them"}
    return {name: VALUES.get(name, "ten") for name in wanted - known - {"their", "Their"}}


def case(name: str, *keys: str, who: str = "", **memory: Any) -> Case:
    """Say some keys on a device with a screen."""
    voice = Voice(content.load(LOCALE))
    turn = Turn(names.INTENT, LOCALE, Memory(who=who, **memory), has_screen=True)
    reply = voice.say(turn, *keys, **_placeholders(voice, keys, who))
    directive = screens.render(turn, voice, reply)
    assert directive is not None
    return Case(name, reply, directive)


def every_reply() -> Iterator[Case]:
    """Give every line on its own, with every question after it that may follow, and every answer and step."""
    words = content.load(LOCALE)
    choices = ["when_needed", "what_to_say", "get_number"]
    for key, line in words.lines.items():
        yield case(key, key, choices=choices)
        if not line.reprompt:
            for ask in ("ask_text", "ask_another", "ask_phone", "ask_choice", "ask_question"):
                yield case(f"{key}+{ask}", key, ask, choices=choices)
    for topic, answer in words.answers.items():
        for who in ("", "mother") if answer.for_other else ("",):
            parts = [topic, *(f"{topic}.more.{n}" for n in range(1, len(answer.worded_for(who).more) + 1))]
            for part in parts:
                asks = [] if answer.safety in {"crisis", "urgent"} else ["ask_text", "ask_more", "ask_another"]
                for ask in [[], *([each] for each in asks)]:
                    yield case("+".join([part, *ask, who]), part, *ask, who=who)
        if answer.stop:
            yield case(f"{topic}.stop", topic, f"{topic}.stop", "ask_first_step")


#: One conversation for each kind of screen: what is said (!: an intent, sent as it is), last the one that is drawn.
CONVERSATIONS: dict[str, list[str]] = {
    "help": ["(open)"],
    "answer": ["should i get a second opinion"],
    "choice": ["(open)", "!AMAZON.FallbackIntent", "!AMAZON.FallbackIntent"],
    "number": ["give me the number"],
    "another-number": ["!OtherHelplinesIntent"],
    "consent": ["text me the number"],
    "confirm": ["my number is two oh two five five five oh one four three"],
    "sent": ["text me the number", "yes"],
    "distress": ["!DistressIntent"],
    "urgent": ["!UrgentSymptomIntent"],
    "suicide": ["!SuicideIntent"],
    "emergency": ["!EmergencyIntent"],
}


def talk(steps: list[str], device: str = "hubLandscapeMedium") -> tuple[Rehearsal, Heard]:
    """Have a conversation on a device with a screen; gives the rehearsal and the last turn."""
    rehearsal = Rehearsal()
    rehearsal.device.screen = BY_ID[device].viewport
    for step in steps:
        if step == "(open)":
            heard = rehearsal.device.open()
        elif step.startswith("!"):
            heard = rehearsal.device.intend(step[1:])
        else:
            heard = rehearsal.device.say(step)
    return rehearsal, heard
