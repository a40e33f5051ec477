"""What a rehearsal is set to: the device, the permission, whose phone, what goes wrong; and the choices for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import content
from simulator import devices
from simulator.rehearsal import Rehearsal
from skill.contacts import State
from skill.texts import Outcome

OWN_NUMBER = "+12025550142"
RELATIVES_NUMBER = "+12025550177"
SPEAKERS_NUMBER = "+12025550108"
PERSON = "amzn1.ask.person.rehearsal"

PERMISSIONS: dict[str, str] = {
    "granted": "given",
    "denied": "not given",
    "none": "given, but there is no number",
    "unavailable": "Alexa cannot be asked just now",
}
CONSENTS = {"ACCEPTED": "yes", "DENIED": "no", "NOT_ANSWERED": "nothing"}
ACCOUNTS = {
    OWN_NUMBER: "the speaker’s, ending in 42",
    RELATIVES_NUMBER: "somebody else’s, ending in 77",
}
SPEAKERS = {
    "": "not recognized",
    SPEAKERS_NUMBER: "recognized, with a number of their own ending in 08",
    "none": "recognized, without a number of their own",
}
#: What the texting service does, in a visitor's words; one that is new here is called by its own name.
OUTCOMES = {
    "sent": "sends the text",
    "later": "is too busy, and the text waits its turn",
    "opted_out": "says this phone opted out",
    "not_verified": "is still a trial that does not know this phone",
    "blocked": "may not text this phone",
    "bad_number": "says this is no number it can text",
    "limit": "has spent its limit",
    "throttled": "is too busy",
    "outage": "is down for a while",
    "not_ready": "is not set up",
    "refused": "refuses the text",
    "unknown": "does not answer in time",
    "failed": "is down",
    "again": "is sending the same text already",
    "number_limit": "is not asked: this phone had its text today",
    "person_limit": "is not asked: this person had their texts today",
    "day_limit": "is not asked: all texts of today are sent",
    "unchecked": "is not asked: our own records cannot be reached",
}


class SituationError(ValueError):
    """A setting that there is not."""


def choices() -> dict[str, list[dict[str, str]]]:
    """List what can be set, and what to, for the page to offer."""
    offered: dict[str, Mapping[str, str]] = {
        "device": {devices.NO_SCREEN: "Speaker without a screen", **{d.id: d.name for d in devices.SCREENS}},
        "permission": PERMISSIONS,
        "consent": CONSENTS,
        "account": ACCOUNTS,
        "speaker": SPEAKERS,
        "outcome": {o.value: OUTCOMES.get(o.value, o.value.replace("_", " ")) for o in Outcome},
        "locale": {locale: locale for locale in content.locales()},
    }
    return {name: [{"id": key, "name": label} for key, label in table.items()] for name, table in offered.items()}


DEFAULTS: dict[str, str] = {
    "device": devices.USUAL,
    "permission": "granted",
    "consent": "ACCEPTED",
    "account": OWN_NUMBER,
    "speaker": "",
    "outcome": "sent",
    "locale": content.DEFAULT_LOCALE,
}


def checked(wanted: Any) -> dict[str, str]:
    """Read settings somebody sent. Raises `SituationError` that names the setting."""
    if not isinstance(wanted, Mapping):
        raise SituationError("the settings are not an object")
    offered = choices()
    for name, value in wanted.items():
        if name not in offered or value not in [choice["id"] for choice in offered[name]]:
            raise SituationError(f"there is no such setting: {str(name)[:40]} = {str(value)[:40]}")
    return dict(wanted)


def apply(rehearsal: Rehearsal, wanted: Mapping[str, str]) -> None:
    """Set what is named in `wanted` (see `checked`); the locale belongs to a new rehearsal."""
    device, account = rehearsal.device, rehearsal.account
    for name, value in wanted.items():
        if name == "device":
            device.screen = devices.BY_ID[value].viewport if value in devices.BY_ID else None
        elif name == "permission":
            account.state = cast("State", "number" if value == "granted" else value)
        elif name == "consent":
            device.consent = value
        elif name == "account":
            account.account = value
        elif name == "speaker":
            device.person_id = PERSON if value else ""
            account.person = value if value.startswith("+") else ""
        elif name == "outcome":
            rehearsal.outbox.outcome = Outcome(value)


def of(rehearsal: Rehearsal, device: str) -> dict[str, str]:
    """Read a rehearsal's settings back: what is asked of Alexa on the way may have changed the permission."""
    account = rehearsal.account
    speaker = (account.person or "none") if rehearsal.device.person_id else ""
    return {
        "device": device,
        "permission": "granted" if account.state == "number" else account.state,
        "consent": rehearsal.device.consent,
        "account": account.account,
        "speaker": speaker,
        "outcome": rehearsal.outbox.outcome.value,
        "locale": rehearsal.locale,
    }
