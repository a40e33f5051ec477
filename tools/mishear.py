"""Mishear a sentence as a recogniser does: other words that sound alike, split or run together elsewhere.

"I feel suicidal" reaches a skill as "i feel sue a sidle" from a poor microphone or out of a thick tongue. Writers think
of some such hearings; `make teach` meets a new one each time it reads a sentence. Innocent sentences are misheard as
often as dangerous ones, so that damage by itself is no sign of anything.

Sounds of words come from the CMU Pronouncing Dictionary (Carnegie Mellon University, BSD), as a package on the index
carries it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: The package that carries the dictionary, and where in it.
PACKAGE, PLACE = "eng_to_ipa", "resources/CMU_dict.json"
#: Sounds that are taken for one another; H is taken for nothing at all.
ALIKE = (
    "b p", "d t", "g k", "f v", "s z", "sh zh ch jh", "m", "n ng", "l", "r er", "th dh", "w", "y",
    "iy ih ey", "eh ae", "aa ao ah aw", "ow uh uw oy", "ay",
)  # fmt: skip
#: One letter for each group; vowels last.
LETTERS = "bdgfsxmnlrtwyieaoj"
VOWELS = "ieaoj"
LETTER = {sound: letter for group, letter in zip(ALIKE, LETTERS, strict=True) for sound in group.split()}
#: How often a sound is lost or a vowel taken for another besides.
LOST, TURNED = 0.25, 0.2
#: The most sounds that are misheard at once, the most words they may become, and how often a hearing is looked for.
MOST_SOUNDS, MOST_WORDS, TRIES = 14, 3, 6
SHORT = 3


def sounds() -> dict[str, list[str]]:
    """Read the dictionary: for a word, its pronunciations, sounds by their ARPAbet names ("s uw1 ah0 s ay2 d").

    Raises `SystemExit` where the package is not installed: it is in requirements/teach.txt only.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The dictionary of sounds is not here: run `make teach`, which fetches it.")
    found: dict[str, list[str]] = json.loads((Path(spec.submodule_search_locations[0]) / PLACE).read_text("utf-8"))
    return found


def rough(pronunciation: str) -> str:
    """Write a pronunciation as a string of letters, one for each sound, those that are taken for one another alike."""
    return "".join(LETTER.get(sound.rstrip("012"), "") for sound in pronunciation.split())


class Mishear:
    """Turns a text into one that sounds like it, out of words that are known."""

    def __init__(self, dictionary: Mapping[str, Sequence[str]], known: Iterable[str]) -> None:
        """Look the known words up. `dictionary`: as `sounds` gives it; words it does not hold stay as they are."""
        self._of = {word: [rough(said) for said in all_said] for word, all_said in dictionary.items()}
        words: dict[str, set[str]] = {}
        for word in known:
            if len(word) > 1 or word in {"a", "i"}:
                for heard in self._of.get(word, ()):
                    words.setdefault(heard, set()).add(word)
        words.pop("", None)
        self._words = {heard: sorted(some) for heard, some in words.items()}
        self._cuts = cache(self._cut)

    def __call__(self, text: str, chance: random.Random) -> str:
        """Mishear one or two places of a text of plain words; gives it back unchanged where nothing sounds alike."""
        said = text.split()
        for _ in range(chance.choice((1, 1, 2))):
            # What a sentence is about is in its longer words, and those are what a recogniser gets wrong.
            places = [i for i, word in enumerate(said) if len(word) > SHORT] or list(range(len(said)))
            if not places:
                return text
            many = chance.choice((1, 1, 2))
            first = max(0, chance.choice(places) - (many - 1) * chance.randrange(2))
            said[first : first + many] = self._heard(said[first : first + many], chance)
        return " ".join(said)

    def _heard(self, said: list[str], chance: random.Random) -> list[str]:
        if not all(word in self._of for word in said):
            return said
        heard = "".join(chance.choice(self._of[word]) for word in said)
        if not 2 <= len(heard) <= MOST_SOUNDS:
            return said
        for _ in range(TRIES):
            ways = self._cuts(self._worn(heard, chance), MOST_WORDS)
            if ways:
                fewest = min(map(len, ways)) + 1
                way = chance.choice([one for one in ways if len(one) <= fewest])
                found = [chance.choice(self._words[part]) for part in way]
                if found != said:
                    return found
        return said

    def _worn(self, heard: str, chance: random.Random) -> str:
        """Lose a sound, or take a vowel for another, now and then."""
        at = chance.random()
        if at < LOST and len(heard) > SHORT:
            lost = chance.randrange(len(heard))
            return heard[:lost] + heard[lost + 1 :]
        vowels = [i for i, letter in enumerate(heard) if letter in VOWELS]
        if at < LOST + TURNED and vowels:
            turned = chance.choice(vowels)
            return heard[:turned] + chance.choice(VOWELS) + heard[turned + 1 :]
        return heard

    def _cut(self, heard: str, most: int) -> list[tuple[str, ...]]:
        """Give every way to cut sounds into at most so many known words, by their sounds."""
        if not heard:
            return [()]
        if not most:
            return []
        return [
            (heard[:end], *rest)
            for end in range(1, len(heard) + 1)
            if heard[:end] in self._words
            for rest in self._cuts(heard[end:], most - 1)
        ]
