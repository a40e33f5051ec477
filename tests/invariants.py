"""The rules every turn of every test keeps, whatever the conversation."""

from __future__ import annotations

import json
import re

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
    for to, body in heard.texts:
        assert re.fullmatch(r"\+1\d{10}", to)
        assert len(body) <= 160


def is_safety(heard: Heard) -> bool:
    """Tell whether the turn spoke a crisis or urgent answer."""
    answers = content.load("en-US").answers
    return any(answers[k].safety in {"crisis", "urgent"} for k in heard.keys if k in answers)
