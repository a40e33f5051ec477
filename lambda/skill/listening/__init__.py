"""From a free question to a crisis, to a topic, to a choice between two or three, or to none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skill.listening.closer import reader
from skill.listening.danger import SAFETY, Evidence, decided
from skill.listening.features import buckets
from skill.listening.index import index
from skill.listening.safety import recognise

NOT_OURS = "out_of_domain"
MAX_CHOICES = 3
#: Ahead of "not ours" and of the next by at least these, a topic is plain. After a crisis, nothing less counts as a
#: question about something else: "should I go to the hospital" is ahead by 0.8 and 0.2, "will Medicare pay" by 2.9.
PLAIN, PLAIN_LEAD = 1.5, 1.3


@dataclass(frozen=True, slots=True)
class Heard:
    """What listening made of a sentence. Labels are topic ids or the names of our controls' intents."""

    outcome: Literal["sure", "unsure", "none"]
    label: str = ""
    choices: tuple[str, ...] = ()
    #: How far the best label is ahead of "not ours", and of the next; differences of scores, not probabilities.
    confidence: float = 0.0
    lead: float = 0.0
    runner_up: str = ""

    @property
    def plain(self) -> bool:
        """Tell whether there was hardly a doubt."""
        return self.confidence >= PLAIN and self.lead >= PLAIN_LEAD


def listen(text: str, locale: str = "en-US") -> Heard:
    """Decide what a sentence is about: danger first, then the topic; unknown is never a guess.

    What is not ours was learned as a label of its own, which a topic has to beat. Topics that are close to each other
    are offered together.
    """
    known, second_look = index(locale), index(f"danger-{locale}")
    features = buckets(text)
    scored = known.scores(features)
    evidence = Evidence(recognise(text), len(text.split()), scored, second_look.scores(features))
    danger = decided(evidence, second_look.judges, second_look.closer, lambda text: _read(text, locale))
    not_ours = scored.pop(NOT_OURS)
    ranked = sorted(((score, name) for name, score in scored.items() if name not in SAFETY), reverse=True)
    (best, label), (second, runner_up) = ranked[0], ranked[1]
    ours, lead, limits = best - not_ours, best - second, known.limits

    def heard(outcome: Literal["sure", "unsure", "none"], name: str, choices: tuple[str, ...] = ()) -> Heard:
        return Heard(outcome, name, choices, round(ours, 3), round(lead, 3), runner_up)

    if danger:
        return Heard("sure", danger, (), round(scored[danger] - not_ours, 3), round(scored[danger] - best, 3), label)
    if ours < 0:
        return heard("none", NOT_OURS)
    if label.endswith("Intent"):
        return heard("sure", label)
    choices = tuple(name for _, name in ranked[:MAX_CHOICES] if not name.endswith("Intent"))
    if (ours < limits["ours"] or lead < limits["lead"]) and len(choices) > 1:
        return heard("unsure", label, choices)
    return heard("sure", label)


def _read(text: str, locale: str) -> Mapping[str, float]:
    read = reader(locale)
    return read(text) if read else {}
