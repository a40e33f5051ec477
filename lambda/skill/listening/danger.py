"""Is somebody in danger? What the written recogniser says and what was learned, weighed together.

The recogniser's lexicon (`safety/`) says why it heard what it heard, hears idioms it was never told of, and misses
wordings nobody thought of; a machine that has learned from many hands misses others. Two judges weigh the signs of
both: one for grave danger, one for anything of ring 3. How much each sign counts was fitted to sentences by hands
that the machine had not seen (tools/train.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill.listening.safety import Recognised

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
class Evidence:
    """All that speaks for or against danger in one text."""

    said: Recognised
    #: How many words were said.
    words: int
    #: Scores of the topics' index and of the second one, by label.
    topics: Mapping[str, float]
    second: Mapping[str, float]

    def signs(self) -> list[float]:
        """List the signs the judges weigh: how far each danger leads in either index, what stands against it, what
        the recogniser heard, and how many words were said (a word or two prove little)."""
        ordinary = self._ordinary()
        first = {name: self.topics[name] - ordinary[0] for name in SAFETY}
        other = {name: self.second[name] - self.second[OTHER] for name in SAFETY}
        return [
            *first.values(),
            *other.values(),
            *(max(lead[name] for name in group) for lead in (first, other) for group in (GRAVE, MILD)),
            *ordinary[:3],
            self.second[OTHER],
            *(float(self.said.topic == name) for name in SAFETY),
            float(self.said.wants_to_live),
            float(self.said.saying),
            min(self.words, MANY_WORDS) / MANY_WORDS,
            float(self.words <= FEW_WORDS),
        ]

    def named(self, judges: Mapping[str, Sequence[float]]) -> str:
        """Name the ring-3 topic that the signs speak for, or give an empty string."""
        said, signs = self.said, self.signs()
        if self._holds() or _weighed(judges["grave"], signs) > 0:
            # "I don't want to die" holds all the words of its opposite; distress is met with 988 too.
            life = said.wants_to_live and said.topic not in GRAVE
            name = self._likeliest((*BODILY, *MILD) if life else GRAVE)
            # An emergency may be said to an urgent symptom, never the other way round.
            return said.topic if name == "urgent_symptom" and said.topic in GRAVE else name
        if _weighed(judges["any"], signs) > 0:
            # Something is wrong; where both machines put grave danger first, the graver answer is the safer one.
            graver = all(max(by[n] for n in GRAVE) > max(by[n] for n in MILD) for by in (self.topics, self.second))
            return self._likeliest(SAFETY if graver and not said.wants_to_live else MILD)
        return ""

    def _ordinary(self) -> list[float]:
        return sorted((score for label, score in self.topics.items() if label not in SAFETY), reverse=True)

    def _holds(self) -> bool:
        """Tell whether a written line for grave danger was heard, and the topics' machine is not clearly against."""
        lead = max(self.topics[name] for name in GRAVE) - self._ordinary()[0]
        return self.said.topic in GRAVE and lead > CLEARLY_NOT

    def _likeliest(self, names: Sequence[str]) -> str:
        return max(names, key=lambda n: self.topics[n] + self.second[n] + ITS_WORD * (n == self.said.topic))


def _weighed(judge: Sequence[float], signs: Sequence[float]) -> float:
    """Add up the signs by their weights; a judge ends in its bias."""
    *weights, bias = judge
    return bias + sum(weight * sign for weight, sign in zip(weights, signs, strict=True))
