"""From words to an intent: safety first, then the question's topic, before any handler sees the turn.

Every text the skill is given passes here: the words of a free question, and any other slot's words too, since
somebody may say "I want to die" where a telephone number was asked for. What was said is looked at and dropped.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from content import Content
from skill import names
from skill.counts import Count, Outcome
from skill.listening import Heard, listen
from skill.listening.safety import changes_treatment, crisis
from skill.rules import offers
from skill.rules.whom import NOBODY, Meant, Whom
from skill.turn import Turn

CARRIERS = Path(__file__).parent / "listening" / "carriers"
#: Slots that hold a person's own words rather than an entry of one of our lists.
FREE_SLOTS = (names.QUESTION_SLOT, names.PHONE_SLOT, names.PART_SLOT, names.CHOICE_SLOT, names.WHO_SLOT)

#: The topic that is about somebody else by its nature: of two people, the one who is named.
DANGER_OF_ANOTHER = "suicide_other"


@cache
def carriers(locale: str) -> dict[str, Any]:
    """Load what `make models` wrote for a locale: `prefixes` (intent to the words its carriers stand for), `people`
    (phrase to the key of a person cared for), `whom` (words that tell which of the people named is meant) and `spanish`
    (words that only a Spanish sentence holds)."""
    path = CARRIERS / f"{locale}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def sentence(turn: Turn, locale: str) -> str:
    """Rebuild what was said from the carrier's family and the slot: Alexa hands over only the slot."""
    prefix = str(carriers(locale)["prefixes"].get(turn.intent, ""))
    return f"{prefix} {turn.slot(names.QUESTION_SLOT)}".strip()


def in_spanish(said: str, locale: str) -> bool:
    """Tell whether a sentence is in Spanish: by two words of Spanish, or one where no more than three were said."""
    heard = re.findall(r"\w+", said.lower())
    return len(set(heard) & set(carriers(locale)["spanish"])) >= (2 if len(heard) > 3 else 1)


@cache
def whom(locale: str) -> Whom:
    """Make ready what tells whom a sentence of a locale is about."""
    made = carriers(locale)
    return Whom(made["people"], made["whom"])


def patient(turn: Turn, content: Content, topic: str, said: str = "") -> str:
    """Settle whom a question is about, and whom the conversation is about from here on (`Memory.patient`).

    Of a sentence Alexa knows we get no words: it is about whoever its slot names, else about whom the conversation is
    about. An answer for grave danger or of care is worded for somebody else only where the sentence itself speaks of
    them: in a conversation about a mother, "I have a fever" may be said of oneself. Nothing outlasts the session.
    """
    memory, before = turn.memory, turn.memory.patient
    known = turn.resolved.get(names.WHO_SLOT, "")
    if said:
        found = whom(content.locale).meant(said, before)
        if topic == DANGER_OF_ANOTHER:
            found = Meant(found.who or whom(content.locale).named(said, before), found.lasting)
    else:
        found = Meant(known, lasting=True) if known in content.people else NOBODY
    if found.lasting:
        memory.patient = found.who or ""
    if found.who is None:
        return "" if content.answers[topic].safety != "none" else before
    return found.who


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
        _word_for(turn, content)
        return _counted(turn, content, "direct")
    turn.spanish = in_spanish(said, content.locale)
    if free:
        _question(turn, content, said)
        return _counted(turn, content, "sure")
    # A slot that is no sentence ("my mom", a telephone number) is looked at by the recogniser alone. A safety intent
    # that Alexa itself chose is never overruled by a milder one of ours.
    topic = crisis(said)
    if topic and not _is_safety(turn, content):
        _hear_as(turn, content.answers[topic].intent)
    _word_for(turn, content)
    return _counted(turn, content, "direct")


def _word_for(turn: Turn, content: Content, said: str = "") -> None:
    """Put the person an answer is to be worded for where handlers look; a control is worded for nobody."""
    if topic := content.topic_by_intent.get(turn.intent):
        who = patient(turn, content, topic, said)
        turn.resolved = {names.WHO_SLOT: who} if who else {}


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
    if heard.label == names.YES and turn.memory.pending in offers.SENDS and turn.intent != names.OPEN_QUESTION:
        # "Wait, yes, um ..." is not the clear yes that a text needs; it is asked for once more.
        _hear_as(turn, names.FALLBACK)
        return
    turn.guessed = not heard.plain
    if heard.outcome == "sure":
        entry = content.answers.get(heard.label)
        intent = entry.intent if entry else heard.label
        if entry and entry.stop_intent and changes_treatment(said):
            intent = entry.stop_intent
        _hear_as(turn, intent)
        # The slots belong to the intent it came in as; the words are handed on only where an intent reads them.
        turn.slots = {names.PHONE_SLOT: said} if intent in {names.PHONE_NUMBER, names.FIX_NUMBER} else {}
        turn.resolved = {}
        _word_for(turn, content, said)
        return
    choices = [c for c in heard.choices if c in content.answers]
    if heard.outcome == "unsure" and len(choices) > 1:
        turn.memory.choices = choices[:3]
        turn.memory.who = patient(turn, content, choices[0], said)
        _hear_as(turn, names.DID_YOU_MEAN)
        return
    _hear_as(turn, names.FALLBACK)


def _hear_as(turn: Turn, intent: str) -> None:
    turn.intent = intent
    turn.memory.heard = intent
