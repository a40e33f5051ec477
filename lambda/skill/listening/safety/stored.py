"""The lexicon as `tools/lexicon.py` compiled it: one file, of which only what a text may hold is ever decoded.

Its first line says how many words follow, the stems, the named lists, and for each kind which phrases need which word.
Then comes one line for each word and one for each phrase; they name each other by number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from skill.listening.safety.phrases import Lexicon, Phrase, Step, Text, Word


class Later:
    """Phrases that are read when they are first looked at."""

    __slots__ = ("_numbers", "_read")

    def __init__(self, numbers: list[int], read: Callable[[int], Phrase]) -> None:
        """Take their numbers and what reads one."""
        self._numbers, self._read = numbers, read

    def __iter__(self) -> Iterator[Phrase]:
        """Read one after the other."""
        return map(self._read, self._numbers)


class Stored(Lexicon):
    """A compiled lexicon. What was decoded is kept, so that the same number is always the same object."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises `OSError` when it is not there, `ValueError` when it is not a lexicon."""
        self._lines = path.read_text(encoding="ascii").split("\n")
        header: dict[str, Any] = json.loads(self._lines[0])
        self.stems = header["stems"]
        self._lists: dict[str, int] = header["lists"]
        self._kinds: dict[str, dict[str, list[int]]] = header["kinds"]
        self._first_phrase: int = 1 + header["words"]
        self._words: dict[int, Word] = {}
        self._needs: dict[int, list[set[str]]] = {}
        self._phrases: dict[int, Phrase] = {}

    def of(self, kind: str, view: Text) -> list[Phrase]:
        """Give the phrases of a file whose every needed word has an alternative in the text, in their order."""
        needing = self._kinds[kind]
        numbers = {number for tag in view.all if tag in needing for number in needing[tag]}
        return [self._phrase(number) for number in sorted(numbers) if self._may_stand(number, view)]

    def single(self, name: str) -> set[str]:
        """Give the single words of a list of the shared file."""
        return self._word(self._lists[name]).words

    def _may_stand(self, number: int, view: Text) -> bool:
        if number not in self._needs:
            self._needs[number] = [self._word(word).firsts for word in self._row(number)[0]]
        return not any(need.isdisjoint(view.all) for need in self._needs[number])

    def _row(self, number: int) -> Any:
        return json.loads(self._lines[self._first_phrase + number])

    def _phrase(self, number: int) -> Phrase:
        if number not in self._phrases:
            _, steps, guards, to = self._row(number)
            self._phrases[number] = Phrase(
                [Step(kind, self._word(word), reach) for kind, word, reach in steps],
                [(side, self._phrase(guard)) for side, guard in guards],
                to,
            )
        return self._phrases[number]

    def _word(self, number: int) -> Word:
        if number not in self._words:
            words, more, phrases, may_end = json.loads(self._lines[1 + number])
            single = set(words)
            firsts = single.union(more) if more else single
            self._words[number] = Word(single, firsts, Later(phrases, self._phrase), may_end)
        return self._words[number]
