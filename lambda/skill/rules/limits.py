"""How many texts may leave, and which day they count for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

#: The hour (UTC) at which a day of limits begins: four or five in the morning in New York, one or two in Los Angeles.
#: At midnight UTC it is evening there, and a phone could be texted at five to seven and again at five past.
DAY_BEGINS_UTC_HOUR = 9
DAY_S = 24 * 60 * 60
#: A day's counts are kept until nothing can ask for them any more: the day, and one more for a text that waited.
KEEP_COUNTS_S = 2 * DAY_S


@dataclass(frozen=True, slots=True)
class Limits:
    """The most texts in one day: to one number, for one person, and by the whole skill."""

    number: int = 1
    person: int = 3
    everyone: int = 500


@dataclass(frozen=True, slots=True)
class Count:
    """One count a text goes into: whose it is, how high it may go, and what to say when it is full."""

    who: str
    limit: int
    refused: str


def day_of(now: float) -> str:
    """Name the day of limits that a moment (seconds since 1970) belongs to: "day#2026-11-22"."""
    return f"day#{datetime.fromtimestamp(now - DAY_BEGINS_UTC_HOUR * 3600, UTC).date().isoformat()}"


def counts(limits: Limits, person: str, number: str) -> tuple[Count, ...]:
    """List what one text counts against, given the hashes of the person and the number.

    The number comes last: where something breaks half way, it is the person's count that may be one too high, and a
    phone that got nothing is not said to have had its text.
    """
    return (
        Count("all", limits.everyone, "day_limit"),
        Count(f"today#{person}", limits.person, "person_limit"),
        Count(f"number#{number}", limits.number, "number_limit"),
    )
