"""What the editors' page shows: every answer with the facts it rests on, and what is due for review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import content
from content import Answer, Content, Fact, Source
from simulator.device import SKILL_ID
from simulator.web.spoken import pieces
from simulator.web.suggestions import phrase, written
from skill import names
from skill.app import build
from skill.rules import ssml
from skill.say import Voice
from skill.settings import Settings
from skill.turn import Memory, Turn

#: How many days before the day itself a review is called due soon.
SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that is said: its words, how to say them, how long it takes."""

    key: str
    words: str
    aloud: list[dict[str, Any]]
    seconds: float


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as the page shows it."""

    answer: Answer
    said: list[Spoken]
    said_for_other: list[Spoken]
    facts: list[Fact]
    ask: str
    #: The worst state of its facts: "overdue", "to confirm", "soon", or "".
    state: str


@dataclass(frozen=True, slots=True)
class Due:
    """One fact that somebody must look at, and why."""

    fact: Fact
    state: str
    topics: list[str]


def standing(fact: Fact, today: date) -> str:
    """Tell how a fact stands: "overdue", "to confirm", "soon", or "" when nothing is due."""
    try:
        by = date.fromisoformat(fact.review_by) if fact.review_by else None
    except ValueError:
        return "overdue"  # a date that cannot be read is a date nobody keeps
    if by and by < today:
        return "overdue"
    if fact.state == "to_confirm":
        return "to confirm"
    return "soon" if by and by <= today + timedelta(days=SOON_DAYS) else ""


ORDER = ("overdue", "to confirm", "soon", "")


@cache
def _voice(locale: str) -> Voice:
    return build(Settings(skill_id=SKILL_ID)).voice(locale)


def spoken(locale: str, key: str, who: str = "") -> Spoken:
    """Compose one entry of content as the skill would say it. Raises `ContentError` for an unknown key."""
    turn = Turn(names.INTENT, locale, Memory(who=who))
    markup = ssml.spoken(_voice(locale).say(turn, key).body)
    return Spoken(key, ssml.plain(markup), pieces(markup), ssml.seconds(markup))


def somebody(locale: str) -> str:
    """Name one person cared for, to show the wording for others with."""
    return next(iter(content.load(locale).people), "")


def answers(locale: str, today: date) -> list[Shown]:
    """List every answer in the order of the file."""
    words = content.load(locale)
    someone = somebody(locale)
    return [_shown(words, answer, someone, today) for answer in words.answers.values()]


def _shown(words: Content, answer: Answer, someone: str, today: date) -> Shown:
    facts = [words.facts[f] for f in answer.cited if f in words.facts]
    states = {standing(fact, today) for fact in facts}
    other = answer.for_other
    ask = phrase(words.locale, answer.intent)
    return Shown(
        answer=answer,
        said=_said(words.locale, answer.topic, len(answer.wording.more)),
        said_for_other=_said(words.locale, answer.topic, len(other.more), someone) if other and someone else [],
        facts=facts,
        ask=written(ask) if ask else "",
        state=next(state for state in ORDER if state in states or not state),
    )


def _said(locale: str, topic: str, steps: int, who: str = "") -> list[Spoken]:
    keys = [topic, *(f"{topic}.more.{step}" for step in range(1, steps + 1))]
    return [spoken(locale, key, who) for key in keys]


def due(locale: str, today: date) -> list[Due]:
    """List the facts that may be spoken and must be looked at, the most pressing first."""
    words = content.load(locale)
    found = [
        Due(fact, state, [a.title for a in words.answers.values() if fact.id in a.cited])
        for fact in words.facts.values()
        if fact.speak and (state := standing(fact, today))
    ]
    return sorted(found, key=lambda d: (ORDER.index(d.state), d.fact.review_by))


def sources(locale: str) -> list[Source]:
    """List the sources of the facts that answers rest on, each once, by organisation."""
    words = content.load(locale)
    resting = {f for answer in words.answers.values() for f in answer.cited if f in words.facts}
    found = {source.id: source for fact in resting for source in words.facts[fact].sources}
    return sorted(found.values(), key=lambda s: (s.organisation.removeprefix("the ").lower(), s.title))
