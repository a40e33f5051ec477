"""The crisis recogniser: sees any text the skill is given, before anything else does.

`crisis` is asked about every text. The words it knows are in `lexicon/`, in files a clinician can read; what is read
here is `lexicon.jsonl`, which `make models` compiles from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from skill.listening.safety.people import People
from skill.listening.safety.phrases import Lexicon, Text
from skill.listening.safety.spoken import MARK, words
from skill.listening.safety.stored import Stored

COMPILED = Path(__file__).parent / "lexicon.jsonl"


@cache
def lexicon() -> Lexicon:
    """Read the lexicon when it is first needed."""
    return Stored(COMPILED)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the lexicon says of a text."""

    #: The ring-3 topic it belongs to, or empty.
    topic: str
    #: Somebody says that they love life or fear death.
    wants_to_live: bool
    #: An everyday saying stands in it.
    saying: bool
    #: The text as it was probably meant, where recognition damaged a word that matters; else as it was said.
    meant: str


def crisis(text: str) -> str:
    """Name the ring-3 topic a text belongs to, or give an empty string."""
    return _topic(mended(words(text)))


def recognise(text: str) -> Recognised:
    """Say all the lexicon knows of a text, for whoever weighs it with other signs."""
    known, spoken = lexicon(), words(text)
    heard = mended(spoken)
    view = known.text(heard)
    life, sayings = view.has(known.of("life", view)), view.has(known.of("sayings", view))
    return Recognised(_topic(heard), life, sayings, " ".join(heard) if heard != spoken else text)


def changes_treatment(text: str) -> bool:
    """Tell whether a text speaks of stopping, skipping or changing a treatment or a dose."""
    known = lexicon()
    view = known.text(mended(words(text)))
    return view.has(known.of("change", view))


def _topic(heard: list[str]) -> str:
    if not heard:
        return ""
    known = lexicon()
    plain = hidden(hidden(heard, "sayings"), "life")
    view = known.text(plain)
    if view.has(known.of("emergency", view)):
        return "emergency"
    if whose := suicidal(view):
        return whose
    if view.has(known.of("urgent_symptom", view)):
        return "urgent_symptom"
    whole = known.text(heard)
    if whole.has(known.of("med_advice", whole)):
        return "med_advice"
    if whole.has(known.of("life", whole)) or whole.has(known.of("distress", whole)):
        return "distress"
    return ""


def mended(spoken: list[str]) -> list[str]:
    """Put right what speech recognition commonly makes of the words that matter most."""
    known = lexicon()
    view = known.text(spoken)
    found = [(start, -end, phrase.to) for phrase in known.of("heard", view) for start, end in view.find(phrase)]
    out: list[str] = []
    done = 0
    for start, end, meant in sorted(found, key=lambda one: one[:2]):
        if start >= done:
            out += [*spoken[done:start], *meant]
            done = -end
    return out + spoken[done:]


def hidden(spoken: list[str], kind: str) -> list[str]:
    """Hide everyday sayings, so that what else was said is still heard."""
    known = lexicon()
    view = known.text(spoken)
    out = list(spoken)
    for phrase in known.of(kind, view):
        for start, end in view.find(phrase):
            out[start:end] = [MARK] * (end - start)
    return out


def suicidal(view: Text) -> str:
    """Name the topic of suicide, the speaker's own or another's, or give an empty string."""
    known = lexicon()
    if view.has(known.of("suicide_other", view)):
        return "suicide_other"
    found = [span for phrase in known.of("suicide", view) for span in view.find(phrase)]
    if not found:
        return ""
    people = People(known)
    found = [span for span in found if not any(_within(span, other) for other in found)]
    return "suicide_other" if sum(people.weigh(view.words, *span) for span in found) > 0 else "suicide"


def _within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]
