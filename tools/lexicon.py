"""Compile the crisis recogniser's lexicon: from files a clinician can read to one that Lambda reads in no time.

`python -m tools.lexicon` writes `lambda/skill/listening/safety/lexicon.jsonl`; `--check` fails when it is stale. The
files stay the source; how a line of them is written stands in `skill/listening/safety/phrases.py`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from skill.listening.safety import COMPILED
from skill.listening.safety.phrases import Lexicon, Phrase, Step, Text, Word
from skill.listening.safety.spoken import tokens

ROOT = Path(__file__).parent.parent
FOLDER = COMPILED.with_suffix("")
GAPS = {"..": 2, "...": 4, "....": 8}
BARRIER = "BARRIER"  # the list of words that no gap of its file reaches across
GUARD = re.compile(r"\bunless (before|after|right after|with) ")
NAME = re.compile(r"([A-Z][A-Z_]*):(?:\s|$)")
NOTHING = Word(set(), set())


class LexiconError(ValueError):
    """A line of the lexicon that cannot be read, with its file and number."""


class Parsed(Lexicon):
    """The lexicon as its files say it, every line read at once."""

    def __init__(self, folder: Path, shared: str = "words") -> None:
        """Read every file; the lists of the shared one may be used in all."""
        self.stems = {}
        self.lists: dict[str, Word] = {}
        self._literals: dict[str, Word] = {}
        self.phrases: dict[str, list[Phrase]] = {}
        paths = sorted(folder.glob("*.txt"), key=lambda path: (path.stem != shared, path.stem))
        for path in paths:
            names = self.lists if path.stem == shared else dict(self.lists)
            self.phrases[path.stem] = [*self._read(path, names)]

    def of(self, kind: str, view: Text) -> list[Phrase]:
        """Give all phrases of a file, whatever the text."""
        return self.phrases[kind]

    def single(self, name: str) -> set[str]:
        """Give the single words of a list of the shared file."""
        return self.lists[name].words

    def _read(self, path: Path, names: dict[str, Word]) -> Iterator[Phrase]:
        for number, line in _lines(path):
            try:
                if name := NAME.match(line):
                    if name[1] in names:
                        raise LexiconError(f"{name[1]} is already the name of a list")
                    members = _split(line[name.end() :], ",")
                    names[name[1]] = _any_of([self._phrase(member, names) for member in members])
                    continue
                yield self._line(line, names)
            except LexiconError as error:
                raise LexiconError(f"{path.name}:{number}: {error}") from error

    def _line(self, line: str, names: dict[str, Word]) -> Phrase:
        line, _, meant = line.partition(" -> ")
        core, *guards = GUARD.split(line)
        steps = self._phrase(core, names).steps
        while steps and steps[-1].kind == "gap":
            steps.pop()
        sides = [(side, self._phrase(text, names)) for side, text in zip(guards[::2], guards[1::2], strict=True)]
        phrase = Phrase(steps, sides, meant.split())
        if not phrase.needs:
            raise LexiconError(f"{line!r} holds no word that must be there")
        return phrase

    def _phrase(self, text: str, names: dict[str, Word]) -> Phrase:
        return Phrase([step for part in _split(text, " ") for step in self._steps(part, names)])

    def _steps(self, part: str, names: dict[str, Word]) -> Iterator[Step]:
        if part in GAPS:
            yield Step("gap", names.get(BARRIER, NOTHING), GAPS[part])
        elif part in {"^", "$"}:
            yield Step("start" if part == "^" else "end", NOTHING)
        elif part[-1] in "?*":
            yield Step("maybe" if part[-1] == "?" else "many", self._word(part[:-1], names))
        elif part[0] == "(" or "/" in part or part.isupper():
            yield Step("one", self._word(part, names))
        else:
            for word in self._literal(part):
                yield Step("one", word)

    def _word(self, part: str, names: dict[str, Word]) -> Word:
        if part[0] == "(":
            return _any_of([self._phrase(phrase, names) for phrase in _split(part[1:-1], "|")])
        pieces = part.split("/")
        if len(pieces) == 1 and part.isupper():
            if part not in names:
                raise LexiconError(f"no list is called {part}")
            return names[part]
        found = []
        for piece in pieces:
            words = [self._word(piece, names)] if piece.isupper() else self._literal(piece)
            if words:
                found.append(Phrase([Step("one", word) for word in words]))
        return _any_of(found)

    def _literal(self, part: str) -> list[Word]:
        out = []
        for text in [part] if part.endswith("~") or part == "like" else tokens(part):
            if text.endswith("~") and text not in self.stems.setdefault(text[:3], []):
                self.stems[text[:3]].append(text)
            out.append(self._literals.setdefault(text, Word({text}, {text})))
        return out


def _any_of(phrases: Iterable[Phrase]) -> Word:
    """Make one word of alternatives; those of a single word need no phrase."""
    words: set[str] = set()
    firsts: set[str] = set()
    longer = []
    may_end = False
    for phrase in phrases:
        if not phrase.firsts:
            may_end |= any(step.kind == "end" for step in phrase.steps)
            continue
        firsts |= phrase.firsts
        if len(phrase.steps) == 1 and phrase.steps[0].kind == "one" and not [*phrase.steps[0].word.phrases]:
            words |= phrase.steps[0].word.words
        else:
            longer.append(phrase)
    return Word(words, firsts, longer, may_end)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    begun, held = 0, ""
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = row.split("#")[0].rstrip()
        if text[:1].isspace() and held:
            held += " " + text.strip()
            continue
        if held:
            yield begun, held
        begun, held = number, text
    if held:
        yield begun, held


def _split(text: str, mark: str) -> list[str]:
    """Split at a mark that stands in no parentheses."""
    out, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == mark and not depth:
            out.append("")
        else:
            out[-1] += char
    if depth:
        raise LexiconError(f"{text!r} opens or closes a parenthesis too many")
    return [part for part in map(str.strip, out) if part]


class Rows:
    """Numbers for words and phrases, the same number for the same content; one row of JSON for each."""

    def __init__(self, lexicon: Parsed) -> None:
        """Number everything, beginning with the phrases of the files in their order."""
        self.words: list[str] = []
        self.phrases: list[str] = [""] * sum(len(phrases) for phrases in lexicon.phrases.values())
        self.kinds: dict[str, dict[str, list[int]]] = {}
        self._seen: dict[int, int] = {}
        self._numbers: dict[str, int] = {}
        number = 0
        for kind, phrases in lexicon.phrases.items():
            needing: dict[str, list[int]] = {}
            for phrase in phrases:
                for tag in sorted(phrase.needs[0].firsts):
                    needing.setdefault(tag, []).append(number)
                self.phrases[number] = self._row(phrase)
                number += 1
            self.kinds[kind] = dict(sorted(needing.items()))
        self.lists = {name: self._word(word) for name, word in sorted(lexicon.lists.items())}

    def _row(self, phrase: Phrase) -> str:
        needs = [self._word(word) for word in phrase.needs]
        steps = [[step.kind, self._word(step.word), step.reach] for step in phrase.steps]
        return _json([needs, steps, [[side, self._phrase(guard)] for side, guard in phrase.guards], phrase.to])

    def _phrase(self, phrase: Phrase) -> int:
        return self._number(f"phrase {(row := self._row(phrase))}", row, self.phrases)

    def _word(self, word: Word) -> int:
        if id(word) not in self._seen:
            more = sorted(word.firsts - word.words)
            phrases = [self._phrase(phrase) for phrase in word.phrases]
            row = _json([sorted(word.words), more, phrases, word.may_end])
            self._seen[id(word)] = self._number(f"word {row}", row, self.words)
        return self._seen[id(word)]

    def _number(self, key: str, row: str, rows: list[str]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(rows)
            rows.append(row)
        return self._numbers[key]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def compiled(folder: Path) -> bytes:
    """Give the compiled lexicon of a folder; the same files give the same bytes. Raises `LexiconError`."""
    lexicon = Parsed(folder)
    rows = Rows(lexicon)
    header = {
        "generated": "by tools/lexicon.py from the files of lexicon/",
        "words": len(rows.words),
        "stems": lexicon.stems,
        "lists": rows.lists,
        "kinds": rows.kinds,
    }
    return "\n".join([_json(header), *rows.words, *rows.phrases, ""]).encode("ascii")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the compiled lexicon; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the compiled lexicon is stale")
    options = parser.parse_args(arguments)
    try:
        made = compiled(FOLDER)
    except LexiconError as error:
        print(f"lexicon/{error}", file=sys.stderr)
        return 1
    if not options.check:
        COMPILED.write_bytes(made)
        print(f"{COMPILED.relative_to(ROOT)}: {len(made)} bytes")
    elif not COMPILED.exists() or COMPILED.read_bytes() != made:
        print(f"{COMPILED.relative_to(ROOT)} is stale: run `make models`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
