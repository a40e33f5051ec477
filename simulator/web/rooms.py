"""Rooms: each page that is open rehearses in one of its own, in memory, and the oldest make way."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from simulator.device import SILENCE, Heard
from simulator.rehearsal import Rehearsal, topic_of
from simulator.web import situation, suggestions
from simulator.web.turns import text_row, view
from skill.turn import Memory

MAX_ROOMS = 64
MAX_SAID_CHARACTERS = 500
MAX_STEPS = 200
MAX_ARGUMENTS = 20
MAX_WAIT_HOURS = 24 * 31
KEPT_TURNS = 20
OPEN = "(open)"


class RoomError(ValueError):
    """Something that cannot be done in a room; the message is for whoever asked."""


class Room:
    """One person's rehearsal, and what was done in it from the start."""

    def __init__(self, wanted: Mapping[str, str] | None = None) -> None:
        """Set the room up with checked settings."""
        given = {**situation.DEFAULTS, **(wanted or {})}
        self.given = given
        self.steps: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self._device = given["device"]
        self.rehearsal = Rehearsal(locale=given["locale"])
        self._memory = Memory()
        self._asked: set[str] = set()
        self._texts: list[dict[str, str]] = []
        situation.apply(self.rehearsal, given)

    def say(self, text: str) -> list[dict[str, Any]]:
        """Say something, or `(silence)`, or `(open)` the skill; gives the turns that came of it."""
        said = " ".join(text.split())
        if not said:
            raise RoomError("Type something to say first.")
        if len(said) > MAX_SAID_CHARACTERS:
            raise RoomError(f"That is too long to say in one go: {MAX_SAID_CHARACTERS} characters at most.")
        device = self.rehearsal.device
        if said == SILENCE and device.session is None:
            raise RoomError("No conversation is open, so there is nothing to stay silent to.")
        self._remember({"say": said})
        before = len(device.history)
        if said == OPEN:
            device.open()
        else:
            device.say(said)
        return self._came(device.history[before:])

    def touch(self, arguments: Any, source: Any = None) -> list[dict[str, Any]]:
        """Touch something on the screen; gives the turns that came of it."""
        if not isinstance(arguments, list) or len(arguments) > MAX_ARGUMENTS:
            raise RoomError("what was touched says nothing")
        self._remember({"touch": arguments})
        device = self.rehearsal.device
        before = len(device.history)
        device.touch(arguments, source if isinstance(source, dict) else {})
        return self._came(device.history[before:])

    def wait(self, hours: Any) -> None:
        """Let time pass for the limits on texts."""
        if not isinstance(hours, int) or isinstance(hours, bool) or not 0 < hours <= MAX_WAIT_HOURS:
            raise RoomError(f"Time passes in whole hours, {MAX_WAIT_HOURS} at most.")
        self._remember({"wait": hours})
        self.rehearsal.ahead_s += hours * 3600

    def set(self, wanted: Any) -> None:
        """Change settings. Raises `SituationError`."""
        found = situation.checked(wanted)
        if "locale" in found:
            raise RoomError("The language belongs to a new conversation.")
        self._device = found.get("device", self._device)
        situation.apply(self.rehearsal, found)
        if self.steps:
            self._remember({"set": found})
        else:
            self.given.update(found)

    def replay(self, steps: Any) -> list[dict[str, Any]]:
        """Do again what was done in another room. Raises `RoomError` and `SituationError`."""
        if not isinstance(steps, list) or len(steps) > MAX_STEPS:
            raise RoomError("The link does not hold a conversation.")
        turns: list[dict[str, Any]] = []
        for step in steps:
            if not isinstance(step, dict) or len(step) != 1:
                raise RoomError("The link does not hold a conversation.")
            if isinstance(step.get("say"), str):
                turns += self.say(step["say"])
            elif "touch" in step:
                turns += self.touch(step["touch"])
            elif "wait" in step:
                self.wait(step["wait"])
            else:
                self.set(step.get("set"))
        return turns

    def state(self) -> dict[str, Any]:
        """Give what the page shows beside the turns."""
        rehearsal = self.rehearsal
        return {
            "situation": situation.of(rehearsal, self._device),
            "open": rehearsal.device.session is not None,
            "suggestions": suggestions.suggest(rehearsal.locale, self._memory, self._asked),
            "texts": self._texts,
            "hours_ahead": round(rehearsal.ahead_s / 3600),
            "given": self.given,
            "steps": self.steps,
        }

    def _remember(self, step: dict[str, Any]) -> None:
        if len(self.steps) >= MAX_STEPS:
            raise RoomError("This conversation has become very long. Start again to go on.")
        self.steps.append(step)

    def _came(self, turns: list[Heard]) -> list[dict[str, Any]]:
        rehearsal = self.rehearsal
        self._memory = Memory.from_attributes(turns[-1].attributes if turns[-1].open else {})
        self._asked |= {topic_of(turn, rehearsal.locale) for turn in turns if turn.request}
        self._texts += [text_row(rehearsal.account, to, body) for turn in turns for to, body in turn.texts]
        views = [view(rehearsal, turn) for turn in turns]
        # The device looks back for the last reply and the last screen only; the page has the others.
        del rehearsal.device.history[:-KEPT_TURNS]
        return views


class Rooms:
    """All rooms, by the name only their page knows; the one unused longest goes when there are too many."""

    def __init__(self, most: int = MAX_ROOMS) -> None:
        """Take the number of rooms kept."""
        self._most = most
        self._rooms: OrderedDict[str, Room] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, room: Room) -> str:
        """Keep a room; gives its name."""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._rooms[name] = room
            while len(self._rooms) > self._most:
                self._rooms.popitem(last=False)
        return name

    def find(self, name: str) -> Room | None:
        """Give a room, or None when it is gone."""
        with self._lock:
            room = self._rooms.get(name)
            if room is not None:
                self._rooms.move_to_end(name)
            return room

    def __len__(self) -> int:
        """Count the rooms."""
        return len(self._rooms)
