"""The little language of the lexicon, files a clinician can read, and how its phrases are found in a text.

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

`tools/lexicon.py` reads the files and compiles them; on Lambda `stored.py` reads what it made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from skill.listening.safety.spoken import MARK

AFTER, BEFORE = 5, 4  # how many words a guard looks back and ahead
NEW_CLAUSE = frozenset({"and", "but", "because", "wait", "oh", "y", "pero", "porque", MARK})
REPEATS = 5


class Word:
    """A set of alternatives for one place in a phrase: single words, stems, and whole phrases."""

    __slots__ = ("firsts", "may_end", "phrases", "words")

    def __init__(
        self, words: set[str], firsts: set[str], phrases: Iterable[Phrase] = (), may_end: bool = False
    ) -> None:
        """Take the alternatives, what they may begin with, and whether the end of the text is one of them."""
        self.words, self.firsts, self.phrases, self.may_end = words, firsts, phrases, may_end


class Step:
    """One place in a phrase: `one` word, `maybe` one, `many`, a `gap` (the word being its barrier), `start` or `end`."""

    __slots__ = ("kind", "reach", "word")

    def __init__(self, kind: str, word: Word, reach: int = 0) -> None:
        """Take the kind, the word, and for a gap how many words it may span."""
        self.kind, self.word, self.reach = kind, word, reach


class Phrase:
    """Steps in order, with what must not stand near them."""

    __slots__ = ("firsts", "guards", "needs", "steps", "to")

    def __init__(self, steps: list[Step], guards: Sequence[tuple[str, Phrase]] = (), to: Sequence[str] = ()) -> None:
        """Take the steps, the guards with their sides, and the words that were meant."""
        self.steps, self.guards, self.to = steps, guards, to
        self.firsts: set[str] = set()
        for step in steps:
            # The set itself where one is enough: most phrases begin with a word that must be there.
            self.firsts = self.firsts | step.word.firsts if self.firsts else step.word.firsts
            if step.kind == "one":
                break
        #: Of each of these words the text must hold an alternative; the rarest kind of word first.
        self.needs = sorted(
            (step.word for step in steps if step.kind == "one" and not step.word.may_end),
            key=lambda word: len(word.firsts),
        )

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
            if need.firsts.isdisjoint(self.all):
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

    def has(self, phrases: Iterable[Phrase]) -> bool:
        """Tell whether any of these phrases stands in the text."""
        return any(True for phrase in phrases for _ in self.find(phrase))


class Lexicon:
    """The named lists and the phrases of a folder of files, however they were read."""

    stems: dict[str, list[str]]

    def text(self, words: list[str]) -> Text:
        """Make words ready to be searched."""
        return Text(words, self._stems_of)

    def of(self, kind: str, view: Text) -> list[Phrase]:
        """Give the phrases of a file that may stand in a text, in their order; some may turn out not to."""
        raise NotImplementedError

    def single(self, name: str) -> set[str]:
        """Give the single words of a list of the shared file."""
        raise NotImplementedError

    def _stems_of(self, word: str) -> list[str]:
        return [stem for stem in self.stems.get(word[:3], ()) if word.startswith(stem[:-1])]
