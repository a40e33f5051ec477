"""The little language of the lexicon: files a clinician can read, turned into phrases that find themselves in a text.

How a line is written:

    BODY: chest, heart           a list of words and phrases with a name in capitals, for use in any line below it
    my? BODY .. hurts            words in order; `?` may be missing, `*` any number up to five
    he/she/WHO                   one of these words or lists
    (go on|be here|WHO)          one of these phrases; `(...)?` and `(...)*` as above
    ..  ...  ....                up to two, four, eight words of any kind between
    suicid~                      any word that begins so
    ^ stop $                     the beginning and the end of what was said
    x  unless before y           not when y follows within four words
    x  unless after y            not when y stands within five words before
    x  unless right after y      not when y stands directly before
    x  unless with y             not when y is anywhere in the same clause

Small words (a, the, just, really, um ...) are dropped on both sides, and contractions written out, so a line may be
written as people speak. A line that breaks is indented on the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from skill.listening.safety.spoken import MARK, tokens

GAPS = {"..": 2, "...": 4, "....": 8}
AFTER, BEFORE = 5, 4  # how many words a guard looks back and ahead
NEW_CLAUSE = frozenset({"and", "but", "because", "wait", "oh", "y", "pero", "porque", MARK})
REPEATS = 5
BARRIER = "BARRIER"  # the list of words that no gap of its file reaches across
GUARD = re.compile(r"\bunless (before|after|right after|with) ")
NAME = re.compile(r"([A-Z][A-Z_]*):(?:\s|$)")


class LexiconError(ValueError):
    """A line of the lexicon that cannot be read, with its file and number."""


@dataclass(slots=True)
class Word:
    """A set of alternatives for one place in a phrase: single words, stems, and whole phrases."""

    words: set[str] = field(default_factory=set)
    phrases: list[Phrase] = field(default_factory=list)
    firsts: set[str] = field(default_factory=set)
    may_end: bool = False  # whether the end of the text is one of the alternatives

    def add(self, phrase: Phrase) -> None:
        """Take one more alternative."""
        if not phrase.firsts:
            self.may_end |= any(step.kind == "end" for step in phrase.steps)
            return
        self.firsts |= phrase.firsts
        if len(phrase.steps) == 1 and phrase.steps[0].kind == "one" and not phrase.steps[0].word.phrases:
            self.words |= phrase.steps[0].word.words
        else:
            self.phrases.append(phrase)


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a phrase: `one` word, `maybe` one, `many`, a `gap` (the word being its barrier), `start` or `end`."""

    kind: str
    word: Word = field(default_factory=Word)
    reach: int = 0


@dataclass(slots=True)
class Phrase:
    """Steps in order, with what must not stand near them."""

    steps: list[Step]
    firsts: set[str]
    needs: list[set[str]]
    guards: list[tuple[str, Phrase]] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    line: str = ""

    @property
    def anchored(self) -> bool:
        """Tell whether it can only stand at the beginning."""
        return self.steps[0].kind == "start"


class Text:
    """The words of one utterance, and what has been found in them so far."""

    def __init__(self, words: list[str], stems: Callable[[str], list[str]]) -> None:
        """Take the words and a function that names the stems a word begins with."""
        self.words = words
        self.tags = [{word, *stems(word)} for word in words]
        self.all = set().union(*self.tags)
        self._found: dict[tuple[int, int], set[int]] = {}

    def ends(self, word: Word, at: int) -> set[int]:
        """Give the places where one of the alternatives that begins here may end."""
        if at >= len(self.words):
            return {at} if word.may_end else set()
        if word.firsts.isdisjoint(self.tags[at]):
            return set()
        key = (id(word), at)
        if key not in self._found:
            self._found[key] = set()
            found = {at + 1} if not word.words.isdisjoint(self.tags[at]) else set()
            for phrase in word.phrases:
                if not phrase.firsts.isdisjoint(self.tags[at]):
                    found |= self.run(phrase, at)
            self._found[key] = found
        return self._found[key]

    def run(self, phrase: Phrase, at: int) -> set[int]:
        """Give the places where a phrase that begins here may end."""
        places = {at}
        for step in phrase.steps:
            if step.kind == "one":
                places = {end for place in places for end in self.ends(step.word, place)}
            elif step.kind == "maybe":
                places |= {end for place in places for end in self.ends(step.word, place)}
            elif step.kind == "many":
                fresh = places
                for _ in range(REPEATS):
                    fresh = {end for place in fresh for end in self.ends(step.word, place)} - places
                    places |= fresh
            elif step.kind == "gap":
                places = {end for place in places for end in self._gap(place, step)}
            elif step.kind == "start":
                places = {place for place in places if place == 0}
            else:
                places = {place for place in places if place == len(self.words)}
            if not places:
                return places
        return places

    def _gap(self, place: int, step: Step) -> Iterator[int]:
        yield place
        for end in range(place, min(place + step.reach, len(self.words))):
            if self.words[end] == MARK or not step.word.firsts.isdisjoint(self.tags[end]):
                return
            yield end + 1

    def find(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """Give every place where a phrase stands and none of its guards holds."""
        for need in phrase.needs:
            if need.isdisjoint(self.all):
                return
        for start in range(len(self.words)):
            if phrase.anchored:
                if start:
                    return
            elif phrase.firsts.isdisjoint(self.tags[start]):
                continue
            ends = self.run(phrase, start)
            if ends and not self._guarded(phrase, start, max(ends)):
                yield start, max(ends)

    def _guarded(self, phrase: Phrase, start: int, end: int) -> bool:
        for side, guard in phrase.guards:
            if side == "with":
                places = range(*self._clause(start, end))
            elif side == "before":
                places = range(end, min(end + BEFORE, len(self.words)))
            else:
                places = range(max(0, start - AFTER), start)
            for place in places:
                ends = self.run(guard, place)
                if start in ends if side == "right after" else ends:
                    return True
        return False

    def _clause(self, start: int, end: int) -> tuple[int, int]:
        while start > 0 and self.words[start - 1] not in NEW_CLAUSE:
            start -= 1
        while end < len(self.words) and self.words[end] not in NEW_CLAUSE:
            end += 1
        return start, end

    def has(self, phrases: list[Phrase]) -> bool:
        """Tell whether any of these phrases stands in the text."""
        return any(True for phrase in phrases for _ in self.find(phrase))


class Lexicon:
    """The named lists and the phrases of a folder of files."""

    def __init__(self, folder: Path, shared: str = "words") -> None:
        """Read every file; the lists of the shared one may be used in all."""
        self._stems: dict[str, list[str]] = {}
        self._shared: dict[str, Word] = {}
        self._literals: dict[str, Word] = {}
        self.phrases: dict[str, list[Phrase]] = {}
        paths = sorted(folder.glob("*.txt"), key=lambda path: (path.stem != shared, path.stem))
        for path in paths:
            names = self._shared if path.stem == shared else dict(self._shared)
            self.phrases[path.stem] = [*self._read(path, names)]

    def text(self, words: list[str]) -> Text:
        """Make words ready to be searched."""
        return Text(words, self._stems_of)

    def single(self, name: str) -> set[str]:
        """Give the single words of a list of the shared file."""
        return self._shared[name].words

    def _stems_of(self, word: str) -> list[str]:
        return [stem for stem in self._stems.get(word[:3], ()) if word.startswith(stem[:-1])]

    def _read(self, path: Path, names: dict[str, Word]) -> Iterator[Phrase]:
        for number, line in _lines(path):
            try:
                if name := NAME.match(line):
                    if name[1] in names:
                        raise LexiconError(f"{name[1]} is already the name of a list")
                    word = names[name[1]] = Word()
                    for member in _split(line[name.end() :], ","):
                        word.add(self._phrase(member, names))
                    continue
                yield self._line(line, names)
            except LexiconError as error:
                raise LexiconError(f"{path.name}:{number}: {error}") from error

    def _line(self, line: str, names: dict[str, Word]) -> Phrase:
        line, _, meant = line.partition(" -> ")
        core, *guards = GUARD.split(line)
        phrase = self._phrase(core, names)
        while phrase.steps and phrase.steps[-1].kind == "gap":
            phrase.steps.pop()
        if not phrase.needs:
            raise LexiconError(f"{line!r} holds no word that must be there")
        phrase.line, phrase.to = " ".join(line.split()), meant.split()
        phrase.guards = [
            (side, self._phrase(text, names)) for side, text in zip(guards[::2], guards[1::2], strict=True)
        ]
        return phrase

    def _phrase(self, text: str, names: dict[str, Word]) -> Phrase:
        steps = [step for part in _split(text, " ") for step in self._steps(part, names)]
        firsts: set[str] = set()
        for step in steps:
            firsts |= step.word.firsts
            if step.kind == "one":
                break
        needs = sorted((step.word.firsts for step in steps if step.kind == "one" and not step.word.may_end), key=len)
        return Phrase(steps, firsts, needs)

    def _steps(self, part: str, names: dict[str, Word]) -> Iterator[Step]:
        if part in GAPS:
            yield Step("gap", names.get(BARRIER, Word()), GAPS[part])
        elif part in {"^", "$"}:
            yield Step("start" if part == "^" else "end")
        elif part[-1] in "?*":
            yield Step("maybe" if part[-1] == "?" else "many", self._word(part[:-1], names))
        elif part[0] == "(" or "/" in part or part.isupper():
            yield Step("one", self._word(part, names))
        else:
            for word in self._literal(part):
                yield Step("one", word)

    def _word(self, part: str, names: dict[str, Word]) -> Word:
        if part[0] == "(":
            word = Word()
            for phrase in _split(part[1:-1], "|"):
                word.add(self._phrase(phrase, names))
            return word
        pieces = part.split("/")
        if len(pieces) == 1 and part.isupper():
            if part not in names:
                raise LexiconError(f"no list is called {part}")
            return names[part]
        word = Word()
        for piece in pieces:
            if piece.isupper():
                word.add(Phrase([Step("one", self._word(piece, names))], self._word(piece, names).firsts, []))
            elif literal := self._literal(piece):
                steps = [Step("one", one) for one in literal]
                word.add(Phrase(steps, steps[0].word.firsts, []))
        return word

    def _literal(self, part: str) -> list[Word]:
        out = []
        for text in [part] if part.endswith("~") or part == "like" else tokens(part):
            if text.endswith("~"):
                self._stems.setdefault(text[:3], [])
                if text not in self._stems[text[:3]]:
                    self._stems[text[:3]].append(text)
            out.append(self._literals.setdefault(text, Word({text}, [], {text})))
        return out


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
