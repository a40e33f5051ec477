"""What is checked: every sentence the skill may speak, where it stands, and how it sounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import content
from content import Answer, Content, ContentError, Wording
from skill import names
from skill.rules import ssml
from skill.rules.offers import Offer
from skill.say import Voice
from skill.turn import Memory, Turn
from tools.content_rules import code

PROJECT = Path(__file__).parent.parent.parent
PACES = ("normal", "slow", "fast")
PLACEHOLDER = re.compile(r"\{(\w*)\}")
PERSONS = frozenset({"who", "they", "They", "them", "their", "Their"})

#: What code fills in at run time, as long as it gets and with a character that markup must escape.
SAMPLE_VALUES: Mapping[str, str] = {
    "readback": "2 0 2, 5 5 5, 0 1 4 3",
    "so_far": "2 0 2, 5 5 5, 0 1 4",
    "days": "90",
    "last_two": "4 3",
    "first": "where to start",
    "second": "what to say to your doctor",
    "third": "the helpline number",
    "organisation": "the American Cancer Society & friends",
    "title": "Getting a second opinion",
    "date": "October 11, 2022",
    "also": "the National Cancer Institute",
}


class UnspeakableError(ValueError):
    """A sentence that cannot be turned into speech; says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, said to an editor: where, which sentence, what is wrong, what to do."""

    where: str
    wrong: str
    mend: str
    quote: str = ""
    warning: bool = False

    def __str__(self) -> str:
        """Say it over a few short lines."""
        head = f"{'(warning) ' if self.warning else ''}{self.where}"
        said = [f'    "{self.quote}"'] if self.quote else []
        return "\n".join([head, *said, f"    {self.wrong}", f"    To mend: {self.mend}"])


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that is spoken, as it is written in a file."""

    file: str
    table: str
    part: str
    template: str
    #: What `Voice.say` is asked for to hear it; its reprompt when `kind` is "reprompt"; empty: not said by key.
    key: str
    #: say, more, stop, reprompt, line, name, title, or text for what is only read.
    kind: str
    answer: Answer | None = None
    #: For wording about somebody else: the person it is heard for.
    who: str = ""

    @property
    def where(self) -> str:
        """Name the place the way an editor finds it."""
        return f"{self.file}, [{self.table}], {self.part}"

    def finding(self, wrong: str, mend: str, quote: str = "", *, warning: bool = False) -> Finding:
        """Make a finding about this piece; without a quote all of it is shown."""
        return Finding(self.where, wrong, mend, quote or self.template, warning)


def sentences(text: str) -> list[str]:
    """Split spoken text into sentences at full stops, question and exclamation marks."""
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part.strip()]


@dataclass
class Book:
    """The words of one locale, as files and as loaded, with the day they are checked on."""

    locale: str
    today: date
    #: Where the code that names keys lives; another folder in tests.
    code: Path = PROJECT / "lambda"
    _heard: dict[tuple[Piece, str], str] = field(default_factory=dict, repr=False)

    # -- files ---------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Give the folder of the locale's files."""
        return content.ROOT / "locales" / self.locale

    def table(self, name: str) -> dict[str, Any]:
        """Read one of the locale's files as it is written. Raises `ContentError`."""
        return content.read_toml(self.folder / name)

    def path(self, name: str) -> str:
        """Name one of the locale's files as an editor sees it."""
        return f"content/locales/{self.locale}/{name}"

    @cached_property
    def content(self) -> Content:
        """Load the words. Raises `ContentError`."""
        return content.load(self.locale)

    @cached_property
    def facts_file(self) -> dict[str, Any]:
        """Read facts.toml as it is written, with the keys that only editors need."""
        return content.read_toml(content.ROOT / "facts.toml")

    @cached_property
    def words(self) -> dict[str, Any]:
        """Read the locale's lists for these checks."""
        return self.table("words.toml")

    def listed(self, name: str) -> Any:
        """Give one entry of words.toml. Raises `ContentError` when it is not there."""
        if name not in self.words:
            raise ContentError(f"{self.path('words.toml')}: {name} is missing, so nothing would be checked")
        return self.words[name]

    def patterns(self, *path: str) -> list[re.Pattern[str]]:
        """Compile a list of patterns from words.toml. Raises `ContentError` for a bad pattern or an empty list."""
        found: Any = self.words
        for step in path:
            found = found.get(step, {})
        if not found:
            raise ContentError(f"{self.path('words.toml')}: {'.'.join(path)} is empty, so nothing would be checked")
        try:
            return [re.compile(pattern, re.IGNORECASE) for pattern in found]
        except re.error as error:
            raise ContentError(f"{self.path('words.toml')}: {'.'.join(path)}: {error}") from error

    @property
    def english(self) -> bool:
        """Tell whether this is an English locale."""
        return self.locale.split("-")[0] == "en"

    @cached_property
    def somebody(self) -> str:
        """Choose the person that wording for somebody else is heard for: the one with the longest name."""
        people = self.content.people
        return max(people, key=lambda key: len(people[key].who), default="")

    @cached_property
    def values(self) -> dict[str, str]:
        """Give a sample for every value that lines leave to the code, as far as the code fills it in."""
        asked = {name for line in self.content.lines.values() for name in PLACEHOLDER.findall(line.say + line.reprompt)}
        asked &= code.values(self.code)
        return {name: SAMPLE_VALUES.get(name, "one") for name in asked - set(self.content.phones) - PERSONS}

    # -- pieces --------------------------------------------------------------------------------------------

    @cached_property
    def pieces(self) -> list[Piece]:
        """List everything spoken by key: answers, their steps, reprompts, dialog lines."""
        return [*self._of_answers(), *self._of_lines()]

    def _of_answers(self) -> Iterator[Piece]:
        file = self.path("answers.toml")
        for topic, answer in self.content.answers.items():
            yield from self._of_wording(file, topic, answer, answer.wording, "")
            if answer.for_other:
                yield from self._of_wording(file, topic, answer, answer.for_other, self.somebody)
            if answer.stop:
                yield Piece(file, topic, "stop", answer.stop, f"{topic}.stop", "stop", answer)
            if answer.reprompt:
                yield Piece(file, topic, "reprompt", answer.reprompt, topic, "reprompt", answer)

    def _of_wording(self, file: str, topic: str, answer: Answer, wording: Wording, who: str) -> Iterator[Piece]:
        table = f"{topic}.for_other" if who else topic
        yield Piece(file, table, "say", wording.say, topic, "say", answer, who)
        for number, step in enumerate(wording.more, 1):
            yield Piece(file, table, f"more, step {number}", step, f"{topic}.more.{number}", "more", answer, who)

    def _of_lines(self) -> Iterator[Piece]:
        file = self.path("dialog.toml")
        for key, line in self.content.lines.items():
            yield Piece(file, f"line.{key}", "say", line.say, key, "line")
            if line.reprompt:
                yield Piece(file, f"line.{key}", "reprompt", line.reprompt, key, "reprompt")

    @cached_property
    def labels(self) -> list[Piece]:
        """List the titles and names of answers, which are shown and spoken inside other lines."""
        file = self.path("answers.toml")
        rows = self.content.answers.items()
        titles = [Piece(file, topic, "title", a.title, "", "title", a) for topic, a in rows]
        return titles + [Piece(file, topic, "name", a.name, "", "name", a) for topic, a in rows]

    def facts_of(self, piece: Piece) -> tuple[str, ...]:
        """Give the facts that the words of a piece rest on, as "who says so?" names them."""
        if piece.kind == "reprompt":
            return piece.answer.facts if piece.answer else ()
        return Voice(self.content).entry(piece.key).facts if piece.key else ()

    # -- hearing -------------------------------------------------------------------------------------------

    def markup(self, keys: Sequence[str], who: str = "", pace: str = "normal") -> tuple[str, str]:
        """Compose keys the way the skill does; gives the speech and the reprompt ("" for none) with their markup.

        Raises `UnspeakableError` when a placeholder is unknown or the template is broken.
        """
        turn = Turn(names.INTENT, self.locale, Memory(who=who, pace=pace))
        voice = Voice(self.content)
        try:
            response: Any = voice.response(turn, voice.say(turn, *keys, **self.values))
        except (ContentError, ValueError, IndexError, KeyError, AttributeError) as error:
            raise UnspeakableError(str(error)) from error
        reprompt = response.reprompt.output_speech.ssml if response.reprompt else ""
        return str(response.output_speech.ssml), str(reprompt)

    def heard(self, piece: Piece, who: str | None = None) -> str:
        """Give the plain words of a piece as they are heard; the template itself when it cannot be spoken."""
        who = piece.who if who is None else who
        if not piece.key:
            return piece.template
        if (piece, who) not in self._heard:
            try:
                speech, reprompt = self.markup([piece.key], who)
                words = ssml.plain(reprompt if piece.kind == "reprompt" else speech)
            except (UnspeakableError, SyntaxError):  # ParseError is a SyntaxError; the markup rule reports both
                words = piece.template
            self._heard[piece, who] = words
        return self._heard[piece, who]

    def replies(self) -> Iterator[tuple[str, list[str], str]]:
        """Give every reply an answer can be part of: topic, keys as code composes them, person."""
        offers = [f"ask_{offer}" for offer in get_args(Offer) if f"ask_{offer}" in self.content.lines]
        for topic, answer in self.content.answers.items():
            for who in ["", self.somebody] if answer.for_other else [""]:
                if answer.safety != "none":
                    ask = [f"ask_{answer.yes}"] if f"ask_{answer.yes}" in self.content.lines else []
                    yield topic, [topic, *ask], who
                    if answer.stop:
                        yield topic, [topic, f"{topic}.stop", *ask], who
                    continue
                steps = [f"{topic}.more.{n}" for n in range(1, len(answer.worded_for(who).more) + 1)]
                for key in [topic, *steps]:
                    for offer in offers:
                        yield topic, [key, offer], who
