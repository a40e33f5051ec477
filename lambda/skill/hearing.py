"""From words to an intent: safety first, then the question's topic, before any handler sees the turn.

Every text the skill is given passes here: the words of a free question, and any other slot's words too, since
somebody may say "I want to die" where a telephone number was asked for. What was said is looked at and dropped.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from content import Content
from skill import names
from skill.counts import Count, Outcome
from skill.listening import Heard, listen
from skill.listening.safety import crisis
from skill.turn import Turn

CARRIERS = Path(__file__).parent / "listening" / "carriers"
#: Slots that hold a person's own words rather than an entry of one of our lists.
FREE_SLOTS = (names.QUESTION_SLOT, names.PHONE_SLOT, names.PART_SLOT, names.CHOICE_SLOT, names.WHO_SLOT)


@cache
def carriers(locale: str) -> dict[str, Any]:
    """Load what `make models` wrote for a locale: `prefixes` (intent to the words its carriers stand for) and
    `people` (phrase to the key of a person cared for)."""
    path = CARRIERS / f"{locale}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def sentence(turn: Turn, locale: str) -> str:
    """Rebuild what was said from the carrier's family and the slot: Alexa hands over only the slot."""
    prefix = str(carriers(locale)["prefixes"].get(turn.intent, ""))
    return f"{prefix} {turn.slot(names.QUESTION_SLOT)}".strip()


def person_in(text: str, locale: str) -> str:
    """Find the person cared for in a sentence, as a key of the content's people; the longest phrase wins."""
    padded = f" {text.lower()} "
    people: dict[str, str] = carriers(locale)["people"]
    found = [phrase for phrase in people if f" {phrase} " in padded]
    return people[max(found, key=len)] if found else ""


def person_meant(text: str, turn: Turn, locale: str) -> str:
    """Find the person cared for in a sentence; "she" or "he" is whoever the answer before was worded for."""
    if who := person_in(text, locale):
        return who
    spoken_of = set(carriers(locale)["pronouns"]) & set(text.lower().split())
    return turn.memory.who if spoken_of else ""


def settle(turn: Turn, content: Content) -> Count | None:
    """Settle what a spoken turn means, by rewriting its intent in place; a turn without free words stays as it is.

    Gives what is to be counted; nothing for a turn in which nobody spoke.
    """
    turn.memory.heard = ""
    if not turn.is_intent:
        return None
    free = turn.intent in carriers(content.locale)["prefixes"]
    said = sentence(turn, content.locale) if free else " ".join(filter(None, map(turn.slot, FREE_SLOTS)))
    if not said:
        if free:
            _hear_as(turn, names.FALLBACK)
        return _counted(turn, content, "direct")
    if free:
        _question(turn, content, said)
        return _counted(turn, content, "sure")
    # A slot that is no sentence ("my mom", a telephone number) is looked at by the recogniser alone. A safety intent
    # that Alexa itself chose is never overruled by a milder one of ours.
    topic = crisis(said)
    if topic and not _is_safety(turn, content):
        _hear_as(turn, content.answers[topic].intent)
    return _counted(turn, content, "direct")


def _counted(turn: Turn, content: Content, outcome: Outcome) -> Count:
    if turn.intent == names.FALLBACK:
        return Count("none")
    if turn.intent == names.DID_YOU_MEAN:
        return Count("unsure", "|".join(sorted(turn.memory.choices)))
    return Count(outcome, content.topic_by_intent.get(turn.intent) or names.LABELS.get(turn.intent, ""))


def _is_safety(turn: Turn, content: Content) -> bool:
    topic = content.topic_by_intent.get(turn.intent)
    return topic is not None and content.answers[topic].safety != "none"


def _question(turn: Turn, content: Content, said: str) -> None:
    heard: Heard = listen(said, content.locale)
    if heard.outcome == "sure":
        intent = content.answers[heard.label].intent if heard.label in content.answers else heard.label
        _hear_as(turn, intent)
        # The slots belong to the intent it came in as; the words are handed on only where an intent reads them.
        turn.slots = {names.PHONE_SLOT: said} if intent in {names.PHONE_NUMBER, names.FIX_NUMBER} else {}
        who = person_meant(said, turn, content.locale)
        turn.resolved = {names.WHO_SLOT: who} if who else {}
        return
    choices = [c for c in heard.choices if c in content.answers]
    if heard.outcome == "unsure" and len(choices) > 1:
        turn.memory.choices = choices[:3]
        turn.memory.who = person_meant(said, turn, content.locale)
        _hear_as(turn, names.DID_YOU_MEAN)
        return
    _hear_as(turn, names.FALLBACK)


def _hear_as(turn: Turn, intent: str) -> None:
    turn.intent = intent
    turn.memory.heard = intent
