"""Alexa's understanding, stood in for: from what was typed to a request, over the compiled model.

Exact samples first, then near misses of them, then the carriers of free questions, then the fallback.
It is no evidence of how Alexa's own understanding does; it makes the skill's answers hearable on a laptop.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from skill import names
from skill.listening.words import unaccented
from skill.rules.phone import TENS, TIMES, WORDS

MODELS = Path(__file__).parent.parent / "skill-package" / "interactionModels" / "custom"

#: How alike a sentence must be to a sample to count as it (1 is the same): tuned by eye on the samples' own
#: neighbours so that a swapped filler word passes and another noun does not.
NEAR = 0.86
_OPENERS = r"(?:alexa )?(?:please )?(?:open|launch|start|begin|talk to|ask|tell|load|run|use) (?:the )?"
_FILLERS = frozenset(
    ["um", "uh", "er", "ah", "well", "so", "hmm", "please", "okay", "ok", "alexa", "hey", "oh", "hi", "hello"]
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What the stand-in made of a sentence: an intent with its slots, or a launch."""

    intent: str
    slots: dict[str, str] = field(default_factory=dict)
    #: Ids of list values, by slot.
    resolved: dict[str, str] = field(default_factory=dict)
    how: str = "exact"


def normal(text: str) -> str:
    """Write a sentence the way speech recognition hands it over: small letters, no accents, words and digits only."""
    text = unaccented(text.lower().replace("\u2019", "'").replace("-", " "))
    text = re.sub(r"\b2nd\b", "second", text)
    text = re.sub(r"\bdr\b\.?", "doctor", text)
    return " ".join(re.sub(r"[^a-z0-9' ]", " ", text).split())


class Ears:
    """The compiled model of one locale, ready to listen."""

    def __init__(self, model: dict[str, object]) -> None:
        """Index the samples of a compiled model (the JSON as a dictionary)."""
        language = model["interactionModel"]["languageModel"]  # type: ignore[index]
        self.invocation: str = language["invocationName"]
        self._exact: dict[str, str] = {}
        self._carriers: list[tuple[str, str]] = []
        self._values: dict[str, dict[str, str]] = {}
        types = {t["name"]: t for t in language.get("types", [])}
        for intent in language["intents"]:
            for slot in intent.get("slots", []):
                if slot["type"] in types:
                    self._values[slot["name"]] = {
                        said: value["id"]
                        for value in types[slot["type"]]["values"]
                        for said in (value["name"]["value"], *value["name"].get("synonyms", []))
                    }
            for sample in intent.get("samples", []):
                if sample.endswith(f" {{{names.QUESTION_SLOT}}}"):
                    self._carriers.append((sample.rsplit(" ", 1)[0], intent["name"]))
                else:
                    self._exact.setdefault(unaccented(sample), intent["name"])
        self._carriers.sort(key=lambda pair: -len(pair[0]))
        self._index()

    # -- listening ---------------------------------------------------------------------------------------

    def hear(self, text: str) -> Understood:
        """Make something of a sentence; what fits nothing is the fallback."""
        said = normal(text)
        invoked = re.fullmatch(
            rf"{_OPENERS}{re.escape(self.invocation)}(?: (?:to|about|for|if|and|that))?(?P<rest> .+)?", said
        )
        if invoked:
            said = (invoked["rest"] or "").strip()
            if not said:
                return Understood(names.LAUNCH)
        for candidate in (said, self._without_fillers(said)):
            if found := self._as_sample(candidate):
                return found
        if found := self._near(self._without_fillers(said)):
            return found
        for carrier, intent in self._carriers:
            if said.startswith(carrier + " "):
                return Understood(intent, {names.QUESTION_SLOT: said[len(carrier) + 1 :]}, how="carrier")
        return Understood(names.FALLBACK, how="none")

    def _as_sample(self, said: str) -> Understood | None:
        if intent := self._exact.get(said):
            return Understood(intent)
        for shape, slots, resolved in self._with_slots(said):
            if intent := self._exact.get(shape):
                return Understood(intent, slots, resolved)
        return None

    def _with_slots(self, said: str) -> list[tuple[str, dict[str, str], dict[str, str]]]:
        shapes = self._with_a_listed_value(said)
        for shape, slots, resolved in [(said, {}, {}), *shapes]:
            if number := self._number_span(shape.split()):
                before, digits, after = number
                filled = " ".join([*before, f"{{{names.PHONE_SLOT}}}", *after])
                shapes.append((filled, {**slots, names.PHONE_SLOT: digits}, resolved))
        return shapes

    def _with_a_listed_value(self, said: str) -> list[tuple[str, dict[str, str], dict[str, str]]]:
        shapes: list[tuple[str, dict[str, str], dict[str, str]]] = []
        # "My daughter's phone" holds "my daughter": Alexa takes the ending for a word of the sample.
        padded = f" {said} ".replace("'s ", " 's ")
        for slot, values in self._values.items():
            for value in sorted((v for v in values if f" {v} " in padded), key=len, reverse=True):
                shape = padded.replace(f" {value} ", f" {{{slot}}} ", 1).replace(" 's ", "'s ").strip()
                shapes.append((shape, {slot: value}, {slot: values[value]}))
        return shapes

    @staticmethod
    def _number_span(words: list[str]) -> tuple[list[str], str, list[str]] | None:
        """Find the longest run of spoken or written digits; words that also mean something else only inside it."""
        plain = {"to", "too", "for", "o", "won", "ate", "a", "area", "code"}
        is_digit = [w.isdigit() or w in WORDS or w in TENS or w in TIMES for w in words]
        best = (0, 0)
        start = 0
        while start < len(words):
            end = start
            while end < len(words) and is_digit[end]:
                end += 1
            lo, hi = start, end
            while lo < hi and words[lo] in plain:
                lo += 1
            while hi > lo and words[hi - 1] in plain:
                hi -= 1
            if hi - lo > best[1] - best[0]:
                best = (lo, hi)
            start = max(end, start + 1)
        lo, hi = best
        run = words[lo:hi]
        if not run or (len(run) < 2 and not any(len(w) > 1 and w.isdigit() for w in run)):
            return None
        return words[:lo], " ".join(run), words[hi:]

    @staticmethod
    def _without_fillers(said: str) -> str:
        kept = [w for w in said.split() if w not in _FILLERS]
        return " ".join(kept) or said

    # -- near misses -------------------------------------------------------------------------------------

    def _index(self) -> None:
        self._bags: list[tuple[str, Counter[str]]] = []
        self._posting: dict[str, list[int]] = defaultdict(list)
        seen: Counter[str] = Counter()
        for sample, intent in self._exact.items():
            if "{" in sample:
                continue
            bag = Counter(sample.split())
            seen.update(bag.keys())
            for word in bag:
                self._posting[word].append(len(self._bags))
            self._bags.append((intent, bag))
        total = len(self._bags) or 1
        self._weight = {word: math.log(1 + total / count) for word, count in seen.items()}
        self._unseen = math.log(1 + total)
        self._sizes = [sum(self._weight[w] * n for w, n in bag.items()) for _, bag in self._bags]

    def _near(self, said: str) -> Understood | None:
        bag = Counter(said.split())
        if len(bag) < 3:
            return None  # two words are said or not said; nothing is near them
        size = sum(self._weight.get(w, self._unseen) * n for w, n in bag.items())
        shared: dict[int, float] = defaultdict(float)
        for word, count in bag.items():
            weight = self._weight.get(word, self._unseen)
            for place in self._posting.get(word, ()):
                often = 1 if count == 1 else min(count, self._bags[place][1][word])
                shared[place] += weight * often
        best, score = "", 0.0
        for place, common in shared.items():
            alike = 2 * common / (size + self._sizes[place])
            if alike > score:
                best, score = self._bags[place][0], alike
        return Understood(best, how="near") if score >= NEAR else None


@cache
def ears(locale: str = "en-US") -> Ears:
    """Load the ears of a locale once."""
    return Ears(json.loads((MODELS / f"{locale}.json").read_text(encoding="utf-8")))
