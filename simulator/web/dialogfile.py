"""A conversation as a dialog test: the same steps, played afresh, with what came of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator import devices
from simulator.device import Heard
from simulator.rehearsal import Rehearsal, topic_of
from simulator.web import situation
from simulator.web.rooms import OPEN, RoomError

#: What a dialog's `given` leaves out means this.
UNSAID = {
    "permission": "granted",
    "consent": "DENIED",
    "account": situation.OWN_NUMBER,
    "speaker": "",
    "outcome": "sent",
}
LANGUAGES_FOLDER = "tests/dialogs"


def dialog(name: str, given: Mapping[str, str], steps: list[dict[str, Any]]) -> str:
    """Write a conversation as one entry of a dialog file (YAML, see tests/dialogs/README.md).

    Raises `RoomError` for what a dialog file cannot say: touches, time that passes, settings changed on the way.
    """
    if not steps:
        raise RoomError("Nothing was said yet, so there is nothing to keep.")
    if any("touch" in step for step in steps):
        raise RoomError("A test file cannot hold touches on the screen yet. The link can.")
    if any("wait" in step for step in steps):
        raise RoomError("A test file cannot let time pass yet. The link can.")
    if any("set" in step for step in steps):
        raise RoomError(
            "The situation was changed on the way, which a test file cannot say. Start again, set it first."
        )
    locale = given.get("locale", "")
    lines = [
        f"# Kept from the rehearsal page. It belongs in {LANGUAGES_FOLDER}/{locale}/. Each line of `hear` is what the",
        "# skill said when this was kept: read it once, and change what should have come instead.",
        f"- name: {_text(name)}",
    ]
    if told := _given(given):
        lines.append(f"  given: {{ {', '.join(told)} }}")
    lines.append("  turns:")
    # Without a screen, as the tests play it.
    rehearsal = Rehearsal(locale=locale)
    situation.apply(rehearsal, {**given, "device": devices.NO_SCREEN})
    for step in steps:
        before = len(rehearsal.device.history)
        if step["say"] == OPEN:
            rehearsal.device.open()
        else:
            rehearsal.device.say(step["say"])
        lines += _turn(step["say"], rehearsal.device.history[before:], locale)
    return "\n".join(lines) + "\n"


def _given(given: Mapping[str, str]) -> list[str]:
    told = []
    for key, unsaid in UNSAID.items():
        value = given.get(key, unsaid)
        if value == unsaid:
            continue
        if key == "speaker":
            told.append(f"person: {_text(value if value.startswith('+') else '')}")
        else:
            told.append(f"{key}: {_text(value)}")
    return told


def _turn(said: str, turns: list[Heard], locale: str) -> list[str]:
    first, last = turns[0], turns[-1]
    lines = [f"    - say: {_text(said)}", f"      hear: [{', '.join(last.keys)}]"]
    if first.understood.how != "silence" and (topic := topic_of(first, locale)):
        lines.append(f"      topic: {topic}")
    if pending := str(last.attributes.get("pending", "")):
        lines.append(f"      pending: {pending}")
    if sent := [to for turn in turns for to, _ in turn.texts]:
        lines.append(f"      texts: [{', '.join(map(_text, sent))}]")
    lines.append(f"      open: {str(last.open).lower()}")
    return lines


def _text(value: str) -> str:
    """Write a text as YAML reads it back; what JSON quotes, YAML does too."""
    return json.dumps(value, ensure_ascii=False)
