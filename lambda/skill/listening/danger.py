"""Is somebody in danger? What the written recogniser says and what was learned, weighed together, in one or two looks.

The recogniser's lexicon (`safety/`) says why it heard what it heard, hears idioms it was never told of, and misses
wordings nobody thought of; machines that have learned from many hands miss others. The first look weighs the signs of
the recogniser and of two linear machines, costs next to nothing, and tells most questions from danger for good. What
it cannot be sure of gets a closer look: the encoder reads the sentence whole, and a judge weighs all of it once more.
How much each sign counts was fitted to sentences by hands that the machines had not seen (tools/train.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skill.listening.safety import Recognised

GRAVE = ("emergency", "suicide", "suicide_other", "urgent_symptom")
CRISES = GRAVE[:3]
BODILY = ("emergency", "urgent_symptom")
MILD = ("med_advice", "distress")
SAFETY = (*GRAVE, *MILD)
#: What the second index and the encoder call everything that is no danger.
OTHER = "other"
#: What the recogniser's word counts when the graver of several names is looked for, in scores of the machines.
ITS_WORD = 0.6
#: A written line holds in the first look unless the topics' machine is at least this far from hearing danger, and in
#: the closer one unless danger is at least this unlikely.
CLEARLY_NOT, HARDLY = -0.4, 0.2
#: What the body's and life's dangers count beside advice and distress: of two that are about as likely, the answer to
#: the graver one is the safer. An emergency's answer is right for an urgent symptom and the lifeline for distress,
#: never the other way round; so an emergency need only be this much as likely as an urgent symptom to be named.
BODY, LIFE, AN_EMERGENCY = 3.0, 3.0, 0.2
#: What the body's danger counts where the lexicon heard an emergency: pills already taken are one, whatever they were
#: taken for.
WRITTEN_EMERGENCY = 15.0
FEW_WORDS, MANY_WORDS = 3, 25


@dataclass(slots=True)
class Evidence:
    """All that speaks for or against danger in one text at first look."""

    said: Recognised
    #: How many words were said.
    words: int
    #: Scores of the topics' index and of the second one, by label.
    topics: Mapping[str, float]
    second: Mapping[str, float]
    #: The signs the judges weigh: how far each danger leads in either index, what stands against it, what the
    #: recogniser heard, and how many words were said (a word or two prove little).
    signs: list[float] = field(init=False)
    _ordinary: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the signs up."""
        ordinary = sorted((score for label, score in self.topics.items() if label not in SAFETY), reverse=True)
        self._ordinary = ordinary
        first = {name: self.topics[name] - ordinary[0] for name in SAFETY}
        other = {name: self.second[name] - self.second[OTHER] for name in SAFETY}
        self.signs = [
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

    def doubtful(self, judges: Mapping[str, Sequence[float]]) -> bool:
        """Tell whether danger cannot be ruled out at first look."""
        return weighed(judges["doubt"], self.signs) > 0

    def named(self, judges: Mapping[str, Sequence[float]]) -> str:
        """Name the ring-3 topic that the signs speak for at first look, or give an empty string."""
        said = self.said
        if self._holds() or weighed(judges["grave"], self.signs) > 0:
            # "I don't want to die" holds all the words of its opposite; distress is met with 988 too.
            life = said.wants_to_live and said.topic not in GRAVE
            name = self._likeliest((*BODILY, *MILD) if life else GRAVE)
            # An emergency may be said to an urgent symptom, never the other way round.
            return said.topic if name == "urgent_symptom" and said.topic in GRAVE else name
        if weighed(judges["any"], self.signs) > 0:
            # Something is wrong; where both machines put grave danger first, the graver answer is the safer one.
            graver = all(max(by[n] for n in GRAVE) > max(by[n] for n in MILD) for by in (self.topics, self.second))
            return self._likeliest(SAFETY if graver and not said.wants_to_live else MILD)
        return ""

    def _holds(self) -> bool:
        """Tell whether a written line for grave danger was heard, and the topics' machine is not clearly against."""
        lead = max(self.topics[name] for name in GRAVE) - self._ordinary[0]
        return self.said.topic in GRAVE and lead > CLEARLY_NOT

    def _likeliest(self, names: Sequence[str]) -> str:
        return max(names, key=lambda n: self.topics[n] + self.second[n] + ITS_WORD * (n == self.said.topic))


@dataclass(frozen=True, slots=True)
class Judge:
    """Weighs the closer look: the signs of the first one, and what the encoder made of the whole sentence."""

    #: For each of `SAFETY` and `OTHER`, a weight for each sign and a bias last.
    weights: list[list[float]]
    #: How likely grave danger has to be, or danger of any kind, to be met as danger.
    grave: float
    any: float

    @classmethod
    def from_header(cls, stored: Mapping[str, Any]) -> Judge:
        """Take a judge out of the second index's header."""
        return cls(stored["weights"], stored["grave"], stored["any"])

    def likelihoods(self, signs: Sequence[float]) -> dict[str, float]:
        """Give how likely each of `SAFETY` and `OTHER` is; together they make one."""
        by = [weighed(weights, signs) for weights in self.weights]
        most = max(by)
        powers = [math.exp(score - most) for score in by]
        total = sum(powers)
        return {name: power / total for name, power in zip((*SAFETY, OTHER), powers, strict=True)}

    def named(self, evidence: Evidence, read: Mapping[str, float]) -> str:
        """Name the ring-3 topic that all of it speaks for, or give an empty string. `read`: the encoder's scores."""
        likely = self.likelihoods(closer_signs(evidence, read))
        said, danger = evidence.said, 1 - likely[OTHER]
        written = said.topic in GRAVE and danger > HARDLY
        if not (written or danger > self.any or sum(likely[name] for name in GRAVE) > self.grave):
            return ""
        body, life = likely["emergency"] + likely["urgent_symptom"], likely["suicide"] + likely["suicide_other"]
        if said.wants_to_live and said.topic not in GRAVE:
            life = 0.0  # "I don't want to die" holds all the words of its opposite; distress is met with 988 too
        kinds = {"body": body * (WRITTEN_EMERGENCY if said.topic == "emergency" else BODY), "life": life * LIFE}
        if said.topic not in CRISES:
            # What the lexicon has a line of crisis for is never taken for mere fear, or for a question.
            kinds |= {name: likely[name] for name in MILD}
        kind = max(kinds, key=lambda name: kinds[name])
        if kind == "life":
            return max(("suicide", "suicide_other"), key=lambda name: likely[name])
        if kind == "body" and likely["emergency"] <= AN_EMERGENCY * likely["urgent_symptom"]:
            # An emergency may be said to an urgent symptom, never the other way round.
            return said.topic if said.topic in CRISES else "urgent_symptom"
        return "emergency" if kind == "body" else kind


def decided(
    evidence: Evidence,
    judges: Mapping[str, Sequence[float]],
    closer: Mapping[str, Any],
    read: Callable[[str], Mapping[str, float]],
) -> str:
    """Name the ring-3 topic, or give an empty string: at first look, or at a closer one where danger is not ruled out.

    `closer`: a stored judge, empty where there is none. `read`: gives the encoder's scores of a text, and is asked
    about doubtful ones only; where it gives none, the first look decides.
    """
    if closer and evidence.doubtful(judges) and (found := read(evidence.said.meant)):
        return Judge.from_header(closer).named(evidence, found)
    return evidence.named(judges)


def closer_signs(evidence: Evidence, read: Mapping[str, float]) -> list[float]:
    """List what the judge of the closer look weighs; `read` holds the encoder's logarithms of likelihood by label."""
    ahead = {name: read[name] - read[OTHER] for name in SAFETY}
    groups = (max(ahead[name] for name in group) for group in (GRAVE, MILD))
    return [*evidence.signs, *(read[name] for name in SAFETY), read[OTHER], *groups]


def weighed(weights: Sequence[float], signs: Sequence[float]) -> float:
    """Add up signs by their weights, which end in a bias."""
    *each, bias = weights
    return bias + sum(weight * sign for weight, sign in zip(each, signs, strict=True))
