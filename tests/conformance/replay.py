"""Our own dialogs as plain data: what is sent, and what must come back, for clients that know nothing of us.

A dialog is played here once with our own device, which holds it against the dialog file and the invariants. What the
device sent and heard is then what another client must send, in an envelope of its own making, and hear.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialogs_player import DIALOGS, Player, conversations, prompts, topics
from invariants import OPEN_WITHOUT_QUESTION

from simulator.device import Heard
from simulator.rehearsal import Rehearsal
from skill import names

HERE = Path(__file__).parent
OURS = HERE / "conversations.yaml"
MEETINGS = ("yes", "no", "help", "repeat", "stop", "silence", "nonsense")
#: What the clients' own request makers can make, or can be handed.
KINDS = {names.LAUNCH, names.INTENT, names.SESSION_RESUMED, names.SESSION_ENDED}


@dataclass(frozen=True, slots=True)
class Told:
    """One dialog as our own device lived through it."""

    name: str
    given: dict[str, Any]
    #: Requests with what must come of each, one list a session.
    sessions: list[list[dict[str, Any]]]
    #: Where texts went, in order.
    texts: list[str]


def must() -> list[dict[str, Any]]:
    """Read the conversations of this folder."""
    return conversations(OURS)


def read() -> dict[str, Told]:
    """Play all dialogs; keyed by name."""
    told = [_told(c["name"], c) for c in must()]
    told += [_told(f"{path.stem}: {c['name']}", c) for path in DIALOGS for c in conversations(path)]
    told += [_told(f"topics: {said}", {"turns": [{"say": said}]}) for row in topics() for said in row["ask"]]
    told += list(_met())
    made = {t.name: t for t in told}
    assert len(made) == len(told), "two dialogs of one name"
    return made


def _told(name: str, conversation: dict[str, Any]) -> Told:
    player = _speaker(conversation.get("given"))
    for row in conversation["turns"]:
        # What the dialog asks of the skill is held where it belongs, in test_dialogs.py and test_musts.py. Here the
        # skill is taken as it is, so that one wrong answer does not hide what the clients find.
        with suppress(AssertionError):
            player.turn(row)
    return _recorded(name, conversation.get("given"), player)


def _met() -> Iterator[Told]:
    for prompt in prompts():
        for how in MEETINGS:
            player = _speaker(prompt.get("given"))
            with suppress(AssertionError):
                player.meet(prompt, how)
            yield _recorded(f"prompts: {prompt['prompt']}, met with {how}", prompt.get("given"), player)


def _speaker(given: Mapping[str, Any] | None) -> Player:
    # The clients' envelopes name no screen, so neither do ours: what is drawn is held in test_screens.py.
    return Player(dict(given or {}), screen=False)


def _recorded(name: str, given: dict[str, Any] | None, player: Player) -> Told:
    heard = [h for h in player.rehearsal.device.history if h.request]  # a first silence stays between person and device
    sessions: list[list[dict[str, Any]]] = []
    for turn in heard:
        if turn.request["session"]["new"]:
            sessions.append([])
        sessions[-1].append(_step(turn))
    texts = [to for h in heard for to, _ in h.texts]
    return Told(name, copy.deepcopy(given or {}), sessions, texts)


def _step(heard: Heard) -> dict[str, Any]:
    request = heard.request["request"]
    assert request["type"] in KINDS, f"no client can send {request['type']}"
    intent = request.get("intent", {})
    slots = {n: {"value": s["value"], "id": _id(s)} for n, s in intent.get("slots", {}).items()}
    extra = {k: v for k, v in request.items() if k in {"cause", "reason"}}
    return {
        "said": heard.said,
        "exact": heard.understood.how == "exact",
        "type": request["type"],
        "intent": intent.get("name", ""),
        "slots": slots,
        "extra": extra,
        "person": heard.request["context"]["System"].get("person"),
        "expect": _expected(heard),
    }


def _id(slot: Mapping[str, Any]) -> str:
    if "resolutions" not in slot:
        return ""
    return str(slot["resolutions"]["resolutionsPerAuthority"][0]["values"][0]["value"]["id"])


def _expected(heard: Heard) -> dict[str, Any]:
    elicit = next((d for d in heard.directives if d["type"] == "Dialog.ElicitSlot"), {})
    card = heard.card or {}
    pending = str(heard.attributes.get("pending", ""))
    return {
        "said": heard.keys,
        "pending": pending,
        "speech": heard.ssml.removeprefix("<speak>").removesuffix("</speak>"),
        "reprompt": ((heard.body.get("reprompt") or {}).get("outputSpeech") or {})
        .get("ssml", "")
        .removeprefix("<speak>")
        .removesuffix("</speak>"),
        # true: the session ends; false: it stays open; None: Alexa takes it over, or it is over already.
        "ends": heard.body.get("shouldEndSession"),
        "elicits": elicit.get("slotToElicit", ""),
        "elicits_for": (elicit.get("updatedIntent") or {}).get("name", ""),
        "card": {"type": card.get("type", ""), "title": card.get("title", ""), "content": card.get("content", "")},
        "directives": [d["type"] for d in heard.directives],
        # The clients' rule: open if and only if a question is asked. A crisis answer is the one that need not ask.
        "question_rule": not (pending in OPEN_WITHOUT_QUESTION and heard.open and "?" not in heard.ssml),
    }


def prepared(given: Mapping[str, Any]) -> Rehearsal:
    """Make the skill with the account that a dialog needs."""
    return _speaker(given).rehearsal


def consent_heard(rehearsal: Rehearsal, event: Any) -> None:
    """Open the stand-in account when the envelope brings consent, as Alexa's own account would be by then."""
    request = event.get("request") if isinstance(event, dict) else None
    if not isinstance(request, dict) or request.get("type") != names.SESSION_RESUMED:
        return
    for scope in request["cause"]["result"]["permissionScopes"]:
        if scope["status"] == "ACCEPTED" and rehearsal.account.state == "denied":
            rehearsal.account.state = "number"
