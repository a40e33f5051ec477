"""One turn as the page shows it: the words and how to say them, the screen, the card, what was understood."""

from __future__ import annotations

import logging
from typing import Any

import content
from simulator.device import SILENCE, Heard
from simulator.ears import normal
from simulator.rehearsal import Rehearsal, topic_of
from simulator.web.screenwords import EXECUTE, RENDER, words
from simulator.web.spoken import pieces
from skill import hearing, names
from skill.contacts import KnownContacts
from skill.listening import listen
from skill.turn import read

log = logging.getLogger(__name__)

KINDS = {names.LAUNCH: "opened", names.SESSION_RESUMED: "alexa", names.USER_EVENT: "touched"}


def view(rehearsal: Rehearsal, heard: Heard) -> dict[str, Any]:
    """Write a turn as plain data for the page."""
    locale = rehearsal.locale
    kind = str(heard.request.get("request", {}).get("type", ""))
    reprompt = ((heard.body.get("reprompt") or {}).get("outputSpeech") or {}).get("ssml", "")
    topic = topic_of(heard, locale) if kind in {names.INTENT, names.LAUNCH} else ""
    return {
        "said": heard.said,
        "kind": "silence" if heard.said == SILENCE else KINDS.get(kind, "said"),
        "speech": heard.speech,
        "aloud": pieces(heard.ssml),
        "reprompt": heard.reprompt,
        "reprompt_aloud": pieces(str(reprompt)),
        "seconds": heard.seconds,
        "open": heard.open,
        "asks_alexa": any(d.get("type") == "Connections.StartConnection" for d in heard.directives),
        "keys": heard.keys,
        "understood": {
            "topic": topic,
            "name": _called(topic, locale),
            "intent": heard.understood.intent,
            "how": heard.understood.how,
            "slots": heard.understood.slots,
        },
        "listening": _listening(heard, locale) if kind == names.INTENT and heard.understood.how != "direct" else None,
        "card": heard.card,
        "texts": [text_row(rehearsal.account, to, body) for to, body in heard.texts],
        "screen": _screen(heard),
        "commands": [d for d in heard.directives if d.get("type") == EXECUTE],
        "request": heard.request,
        "response": heard.response,
    }


def text_row(account: KnownContacts, to: str, body: str) -> dict[str, str]:
    """Write a text for the phone: its number, whose that is, and the words."""
    whose = "speaker" if to == account.person else "account" if to == account.account else "other"
    shown = f"{to[2:5]}-{to[5:8]}-{to[8:]}" if to.startswith("+1") and len(to) == 12 else to
    return {"to": to, "shown": shown, "whose": whose, "body": body}


def _called(topic: str, locale: str) -> str:
    answers = content.load(locale).answers
    return answers[topic].name if topic in answers else topic.removeprefix("ctl_").replace("_", " ")


def _screen(heard: Heard) -> dict[str, Any] | None:
    drawn = next((d for d in heard.directives if d.get("type") == RENDER), None)
    if drawn is None:
        return None
    document, sources = drawn.get("document"), drawn.get("datasources") or {}
    return {
        "token": str(drawn.get("token", "")),
        "document": document,
        "datasources": sources,
        "words": words(document, sources),
    }


def _listening(heard: Heard, locale: str) -> dict[str, Any] | None:
    """Ask our own listening what it makes of the words the skill got; None when it cannot say."""
    turn = read(heard.request)
    free = turn.intent in hearing.carriers(locale)["prefixes"]
    said = hearing.sentence(turn, locale) if free else normal(heard.said)
    try:
        found = listen(said, locale)
    except Exception as error:  # the page explains; it must not break a reply that was given
        log.warning("listening could not be asked: %s", type(error).__name__)
        return None
    return {
        "words": said,
        "free": free,
        "outcome": found.outcome,
        "label": found.label,
        "name": _called(names.LABELS.get(found.label, found.label), locale),
        "confidence": round(found.confidence, 2),
        "lead": round(found.lead, 2),
        "runner_up": found.runner_up,
        "choices": list(found.choices),
    }
