"""Is somebody in danger? What the written recogniser says and what was learned, weighed together.

The recogniser's lexicon (`safety/`) says why it heard what it heard, hears idioms it was never told of, and misses
wordings nobody thought of; a machine that has learned from many hands misses others. Two judges weigh the signs of
both: one for grave danger, one for anything of ring 3. How much each sign counts was fitted to sentences by hands
that the machine had not seen (tools/train.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

GRAVE = ("emergency", "suicide", "suicide_other", "urgent_symptom")
MILD = ("med_advice", "distress")
SAFETY = (*GRAVE, *MILD)
#: What the second index calls everything that is no danger.
OTHER = "other"
#: What the recogniser's word counts when the graver of several names is looked for, in scores of the machines.
ITS_WORD = 1.0


def signs(recognised: str, topics: Mapping[str, float], second: Mapping[str, float]) -> list[float]:
    """List the signs the judges weigh: how far grave and mild lead in either index, and what the recogniser heard."""
    ordinary = max(score for label, score in topics.items() if label not in SAFETY)
    return [
        max(topics[name] for name in GRAVE) - ordinary,
        max(topics[name] for name in MILD) - ordinary,
        max(second[name] for name in GRAVE) - second[OTHER],
        max(second[name] for name in MILD) - second[OTHER],
        float(recognised in GRAVE),
        float(recognised in MILD),
    ]


def named(
    seen: Sequence[float],
    judges: Mapping[str, Sequence[float]],
    recognised: str,
    topics: Mapping[str, float],
    second: Mapping[str, float],
) -> str:
    """Name the ring-3 topic that the signs speak for, or give an empty string."""

    def weighed(judge: Sequence[float]) -> float:
        return judge[-1] + sum(weight * sign for weight, sign in zip(judge, seen, strict=False))

    def likeliest(names: Sequence[str]) -> str:
        return max(names, key=lambda name: topics[name] + second[name] + ITS_WORD * (name == recognised))

    if weighed(judges["grave"]) > 0:
        return likeliest(GRAVE)
    if weighed(judges["any"]) > 0:
        return likeliest(MILD)
    return ""
