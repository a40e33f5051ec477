"""The rules every turn of every test keeps, whatever the conversation."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import content
from simulator.device import Heard
from skill import names
from skill.rules import ssml

MAX_RESPONSE_BYTES = 120_000
MAX_CARD_CHARACTERS = 8000
#: Speech-markup elements Alexa knows, of those we use.
KNOWN_TAGS = {"speak", "prosody", "break", "say-as", "lang", "p", "s"}
#: Questions whose reply is open although it asks nothing aloud: a crisis answer waits to be said again.
OPEN_WITHOUT_QUESTION = {"safety"}


def check(heard: Heard) -> None:
    """Raise AssertionError when a turn breaks a rule; the message says which and shows the speech."""
    kind = heard.request.get("request", {}).get("type", "")
    size = len(json.dumps(heard.response).encode())
    assert size < MAX_RESPONSE_BYTES, f"{size} bytes in one response"
    if kind == names.SESSION_ENDED:
        assert not heard.ssml, "speech after the session ended"
        return
    assert heard.speech, f"nothing was said to {heard.said!r}"
    assert len(heard.ssml) <= ssml.MAX_SPEECH_CHARACTERS
    tags = set(re.findall(r"</?([a-z:-]+)", heard.ssml))
    assert tags <= KNOWN_TAGS, f"markup Alexa does not know: {tags - KNOWN_TAGS}"
    pending = str(heard.attributes.get("pending", ""))
    connection = any(d.get("type") == "Connections.StartConnection" for d in heard.directives)
    asks = heard.speech.rstrip().endswith("?")
    assert heard.speech.count("?") <= 1, f"more than one question: {heard.speech}"
    assert "?" not in heard.speech or asks, f"the question is not last: {heard.speech}"
    if connection:
        assert "shouldEndSession" not in heard.body, "a connection leaves the session to Alexa"
        assert not asks
    elif pending in OPEN_WITHOUT_QUESTION:
        assert heard.open, f"a safety answer closed: {heard.speech}"
    else:
        assert heard.open == asks, (
            f"open={heard.open} but the speech {'asks' if asks else 'asks nothing'}: {heard.speech}"
        )
    if heard.open:
        assert heard.reprompt, "open without a reprompt"
        assert heard.reprompt != heard.speech, "the reprompt adds nothing"
        assert heard.reprompt.count("?") <= 1
        assert pending, "open without a pending question"
    else:
        assert not heard.reprompt, "closed with a reprompt"
    card = heard.card or {}
    if card.get("type") == "Simple":
        text = str(card.get("title", "")) + str(card.get("content", ""))
        assert len(text) < MAX_CARD_CHARACTERS
        assert "800-813-4673" in text or is_safety(heard), "a card without the number"
    if screen := drawn(heard):
        shown = screen["datasources"]["screen"]["properties"]
        assert not (silent := unspoken(shown, heard.ssml)), f"on the screen, but not spoken: {silent}"
    for to, body in heard.texts:
        assert re.fullmatch(r"\+1\d{10}", to)
        assert len(body) <= 160


def is_safety(heard: Heard) -> bool:
    """Tell whether the turn spoke a crisis or urgent answer."""
    answers = content.load("en-US").answers
    topics = [key.partition(".")[0] for key in heard.keys]
    return any(answers[t].safety in {"crisis", "urgent"} for t in topics if t in answers)


def drawn(heard: Heard) -> dict[str, Any] | None:
    """Give the screen of a turn, or None."""
    return next((d for d in heard.directives if d.get("type") == names.RENDER_DOCUMENT), None)


def bare(text: str) -> str:
    """Strip plain words to their letters and digits, so that what is written can be compared with what is said."""
    return re.sub(r"[\W_]+", "", text.lower())


def bare_shown(text: str) -> str:
    """Strip a text of a screen, with its markup, to its letters and digits."""
    return bare(html.unescape(re.sub(r"</?b>", "", text)))


def shown_texts(properties: Mapping[str, Any]) -> Iterator[str]:
    """Give every sentence of a screen, and every number with the words around it, but not what is on buttons."""
    for text in properties["text"]:
        yield from re.split(r"(?<=[.?!])\s+", text)
    yield properties["question"]
    for number in properties["numbers"]:
        yield from (number["lead"], number["text"], number["tail"])


def unspoken(properties: Mapping[str, Any], markup: str) -> list[str]:
    """List what stands on a screen, buttons aside, and is not said word for word in some speech."""
    said = bare(ssml.plain(markup)) if markup else ""
    return [text for text in shown_texts(properties) if bare_shown(text) not in said]
