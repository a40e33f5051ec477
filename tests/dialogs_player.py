"""Plays dialog files; shared by the tests and by tools/transcripts.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from invariants import check

from simulator.device import Heard
from simulator.devices import BY_ID, USUAL
from simulator.rehearsal import Rehearsal, record
from skill.texts import Outcome

LOCALE = "en-US"
FOLDER = Path(__file__).parent / "dialogs" / LOCALE
SPECIAL = {"prompts", "topics", "invited"}
DIALOGS = sorted(p for p in FOLDER.glob("*.yaml") if p.stem not in SPECIAL)
NONSENSE = "purple monkey dishwasher"
SAID = {"repeat": "repeat that", "silence": "(silence)", "nonsense": NONSENSE}


def _read(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return rows


def conversations(path: Path) -> list[dict[str, Any]]:
    """Read the conversations of one file."""
    return _read(path)


def prompts() -> list[dict[str, Any]]:
    """Read how every question is met."""
    return _read(FOLDER / "prompts.yaml")


def topics() -> list[dict[str, Any]]:
    """Read how every topic is asked for."""
    return _read(FOLDER / "topics.yaml")


def invited_to() -> list[dict[str, Any]]:
    """Read what each line invites to, and what must come of it."""
    return _read(FOLDER / "invited.yaml")


class Player:
    """One rehearsal, set up as a dialog's `given` says, whose every turn is held."""

    def __init__(self, given: dict[str, Any] | None = None, *, screen: bool = True) -> None:
        given = dict(given or {})
        self.rehearsal = Rehearsal()
        device = self.rehearsal.device
        device.screen = BY_ID[USUAL].viewport if screen else None
        device.watch = check
        permission = given.pop("permission", "granted")
        self.rehearsal.account.state = "number" if permission == "granted" else permission
        if "account" in given:
            self.rehearsal.account.account = given.pop("account")
        if "person" in given:
            self.rehearsal.account.person = given.pop("person")
            device.person_id = "amzn1.ask.person.rehearsal"
        device.consent = given.pop("consent", "DENIED")
        self.rehearsal.outbox.outcome = Outcome(given.pop("outcome", "sent"))
        assert not given, f"unknown in given: {given}"
        self.log: list[dict[str, Any]] = []

    def turn(self, row: dict[str, Any]) -> Heard:
        """Play one turn and hold what it names."""
        device = self.rehearsal.device
        before = len(device.history)
        if row["say"] == "(open)":
            device.open()
        else:
            device.say(row["say"])
        turns = device.history[before:]
        heard, rec = turns[-1], record(row["say"], turns)
        self.log.append({"say": row["say"], **rec})
        where = f"{row['say']!r} -> {'+'.join(heard.keys)}: {rec['speech']}"
        if "hear" in row:
            assert heard.keys == row["hear"], where
        if "topic" in row:
            assert rec["topic"] == row["topic"], where
        if "says_topic" in row:
            assert row["says_topic"] in heard.keys, where
        for name in ("says", "says_too"):
            if name in row:
                assert row[name] in rec["speech"], where
        if "pending" in row:
            assert heard.attributes.get("pending", "") == row["pending"], where
        if "not_asked" in row:
            assert heard.attributes.get("pending") != row["not_asked"], where
        if "open" in row:
            assert heard.open == row["open"], where
        if "card" in row:
            assert bool(heard.card) == bool(row["card"]), where
            if isinstance(row["card"], str):
                assert (heard.card or {}).get("type") == row["card"], where
        if "ssml" in row:
            assert row["ssml"] in heard.ssml, heard.ssml
        if "no_ssml" in row:
            assert row["no_ssml"] not in heard.ssml, heard.ssml
        if "texts" in row:
            assert [t["to"] for t in rec["texts"]] == row["texts"], where
        else:
            assert not rec["texts"], f"a text left that no dialog named: {where}"
        if unknown := set(row) - KNOWN:
            raise AssertionError(f"a turn names what no one holds: {unknown}")
        return heard

    def intend(self, intent: str, said: str, *, for_mother: bool = False) -> None:
        """Ask something for oneself or for one's mother, as Alexa would hand it over."""
        slots = ({"who": "my mom"}, {"who": "mother"}) if for_mother else ()
        heard = self.rehearsal.device.intend(intent, *slots, said=said)
        self.log.append({"say": said, **record(said, [heard])})

    def play(self, turns: list[dict[str, Any]]) -> None:
        """Play all turns."""
        for row in turns:
            self.turn(row)

    def meet(self, prompt: dict[str, Any], how: str) -> Heard:
        """Reach a question and meet it in one of the seven ways."""
        for said in prompt["reach"]:
            reached = self.turn({"say": said})
        asked = prompt["prompt"].split(" ")[0]
        assert reached.attributes.get("pending") == asked, f"{asked} was not reached: {reached.speech}"
        expected = prompt[how]
        if expected == "reprompt":
            heard = self.turn({"say": "(silence)", "open": True})
            assert heard.speech == reached.reprompt
            return heard
        row: dict[str, Any] = expected if isinstance(expected, dict) else {"hear": expected}
        return self.turn({"say": SAID.get(how, how), **row})


KNOWN = {
    "say", "hear", "topic", "says_topic", "says", "says_too", "pending", "not_asked", "open", "card", "ssml", "no_ssml",
    "texts",
}  # fmt: skip
