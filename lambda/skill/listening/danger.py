"""Is somebody in danger? What the written recogniser says and what was learned, weighed together.

The recogniser's lexicon (`safety/`) says why it heard what it heard, hears idioms it was never told of, and misses
wordings nobody thought of; a machine that has learned from many hands misses others. Two judges weigh the signs of
both: one for grave danger, one for anything of ring 3. How much each sign counts was fitted to sentences by hands
that the machine had not seen (tools/train.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill.listening.safety import crisis, saying, wants_to_live

GRAVE = ("emergency", "suicide", "suicide_other", "urgent_symptom")
BODILY = ("emergency", "urgent_symptom")
MILD = ("med_advice", "distress")
SAFETY = (*GRAVE, *MILD)
#: What the second index calls everything that is no danger.
OTHER = "other"
#: What the recogniser's word counts when the graver of several names is looked for, in scores of the machines.
ITS_WORD = 0.6
#: A written line holds unless the topics' machine is at least this far from hearing danger.
CLEARLY_NOT = -0.4
FEW_WORDS, MANY_WORDS = 3, 25


@dataclass(frozen=True, slots=True)
class Written:
    """What the written recogniser says of a text."""

    topic: str
    wants_to_live: bool = False
    saying: bool = False


def written(text: str) -> Written:
    """Ask the written recogniser."""
    topic = crisis(text)
    return Written(topic, wants_to_live(text), saying(text))


def signs(said: Written, words: int, topics: Mapping[str, float], second: Mapping[str, float]) -> list[float]:
    """List the signs the judges weigh: how far each danger leads in either index, what stands against it, what the
    recogniser heard, and how many words were said (a word or two prove little)."""
    ordinary = sorted((score for label, score in topics.items() if label not in SAFETY), reverse=True)
    first = {name: topics[name] - ordinary[0] for name in SAFETY}
    other = {name: second[name] - second[OTHER] for name in SAFETY}
    return [
        *first.values(),
        *other.values(),
        *(max(lead[name] for name in group) for lead in (first, other) for group in (GRAVE, MILD)),
        *ordinary[:3],
        second[OTHER],
        *(float(said.topic == name) for name in SAFETY),
        float(said.wants_to_live),
        float(said.saying),
        min(words, MANY_WORDS) / MANY_WORDS,
        float(words <= FEW_WORDS),
    ]


def named(
    seen: Sequence[float],
    judges: Mapping[str, Sequence[float]],
    said: Written,
    topics: Mapping[str, float],
    second: Mapping[str, float],
) -> str:
    """Name the ring-3 topic that the signs speak for, or give an empty string."""

    def weighed(judge: Sequence[float]) -> float:
        return judge[-1] + sum(weight * sign for weight, sign in zip(judge, seen, strict=False))

    def likeliest(names: Sequence[str]) -> str:
        return max(names, key=lambda name: topics[name] + second[name] + ITS_WORD * (name == said.topic))

    ordinary = max(score for label, score in topics.items() if label not in SAFETY)
    heard = said.topic in GRAVE and max(topics[name] for name in GRAVE) - ordinary > CLEARLY_NOT
    if heard or weighed(judges["grave"]) > 0:
        # "I don't want to die" holds all the words of its opposite; distress is met with 988 too.
        life = said.wants_to_live and said.topic not in GRAVE
        name = likeliest((*BODILY, *MILD) if life else GRAVE)
        # An emergency may be said to an urgent symptom, never the other way round.
        return said.topic if name == "urgent_symptom" and said.topic in GRAVE else name
    if weighed(judges["any"]) > 0:
        # Something is wrong; where both machines put grave danger first, the graver answer is the safer one.
        graver = all(max(by[name] for name in GRAVE) > max(by[name] for name in MILD) for by in (topics, second))
        return likeliest(SAFETY if graver and not said.wants_to_live else MILD)
    return ""
