"""Everything the skill says, by locale and key: the answers, the dialog lines, the facts they rest on.

The words live in TOML files beside this module; an editor changes those and nothing else.
This module only finds an entry. It imports the standard library alone and ships in the Lambda package.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
DEFAULT_LOCALE = "en-US"


class ContentError(LookupError):
    """A key, a locale or a fact that the content does not hold."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from: one page of one organisation."""

    id: str
    organisation: str
    title: str
    url: str
    date: str
    grade: str
    #: The title as it is said, where the written one is hard to say.
    spoken: str = ""

    @property
    def said(self) -> str:
        """Give the title as it is said aloud."""
        return self.spoken or self.title


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that may be said, in our own words, with where it comes from and until when it holds."""

    id: str
    text: str
    sources: tuple[Source, ...]
    read: str
    speak: bool = True
    time_sensitive: bool = False
    state: str = ""
    review_by: str = ""
    confirmed_by: str = ""
    confirmed_on: str = ""
    note: str = ""
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phone:
    """One telephone number: digits as dialled, groups as read aloud, letters where it has them."""

    id: str
    name: str
    digits: str
    groups: tuple[str, ...]
    letters: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said on a topic to one kind of asker: short first, then step by step."""

    say: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry of content: what is said about one topic and what it rests on."""

    topic: str
    intent: str
    title: str
    name: str
    #: What `say` rests on, and each step that names no facts of its own.
    facts: tuple[str, ...]
    wording: Wording
    for_other: Wording | None = None
    #: What each step rests on, in order; an empty one rests on `facts`.
    more_facts: tuple[tuple[str, ...], ...] = ()
    helpline: bool = False
    care_team: bool = False
    safety: str = "none"
    reprompt: str = ""
    stop: str = ""
    #: The intent for asking to stop, skip or change treatment, which adds `stop` to the answer.
    stop_intent: str = ""
    #: For a safety answer whose reprompt asks: the topic that "yes" leads to.
    yes: str = ""

    def worded_for(self, who: str) -> Wording:
        """Give the wording for somebody the asker cares for (`who`), or for the asker when `who` is empty."""
        return self.for_other if who and self.for_other else self.wording

    def facts_of(self, step: int) -> tuple[str, ...]:
        """Give the facts that a step of `more` rests on, counted from 1; 0 is what is said first."""
        own = self.more_facts[step - 1] if 0 < step <= len(self.more_facts) else ()
        return own or self.facts

    @property
    def cited(self) -> tuple[str, ...]:
        """List every fact the answer rests on, its steps included, each once."""
        return tuple(dict.fromkeys([*self.facts, *(fact for step in self.more_facts for fact in step)]))


@dataclass(frozen=True, slots=True)
class Line:
    """One dialog line. With a reprompt it asks the question named `asks` and keeps the microphone open."""

    key: str
    say: str
    reprompt: str = ""
    asks: str = ""
    #: Title of the card that goes with it; empty: no card.
    card: str = ""
    #: What its words rest on; a line that gives a telephone number rests on the number's fact.
    facts: tuple[str, ...] = ()
    #: The language it is in ("es-US") where that is not the locale's, so that a voice of that language says it.
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the asker cares for, as content names and refers to them."""

    id: str
    who: str
    they: str
    them: str
    their: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something to touch on a screen: its label, which can also be said, and what it does."""

    label: str
    #: ("topic", id of an answer) or ("intent", name in the interaction model).
    does: tuple[str, str]
    gives_number: bool = False


@dataclass(frozen=True, slots=True)
class Screens:
    """The words that stand on a screen and are not those spoken with it."""

    ordinals: tuple[str, ...]
    #: The buttons under each question, by the name of the question.
    under: Mapping[str, tuple[Button, ...]]
    #: Examples of what to ask.
    examples: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All words of one locale with the facts and numbers shared by every locale."""

    locale: str
    answers: Mapping[str, Answer]
    lines: Mapping[str, Line]
    words: Mapping[str, Any]
    people: Mapping[str, Person]
    texts: Mapping[str, str]
    facts: Mapping[str, Fact]
    phones: Mapping[str, Phone]
    screens: Screens
    topic_by_intent: Mapping[str, str] = field(default_factory=dict)

    def answer(self, topic: str) -> Answer:
        """Find the answer for a topic id. Raises `ContentError` when there is none."""
        try:
            return self.answers[topic]
        except KeyError:
            raise ContentError(f"no answer for the topic {topic!r} in {self.locale}") from None

    def line(self, key: str) -> Line:
        """Find a dialog line by its key. Raises `ContentError` when there is none."""
        try:
            return self.lines[key]
        except KeyError:
            raise ContentError(f"no dialog line {key!r} in {self.locale}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file. Raises `ContentError` that names the file and line when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"{path.relative_to(ROOT.parent)}: {error}") from error


def locales() -> tuple[str, ...]:
    """List the locales that have words."""
    return tuple(sorted(p.name for p in (ROOT / "locales").iterdir() if p.is_dir()))


def _facts(table: Mapping[str, Any]) -> dict[str, Fact]:
    sources = {key: Source(id=key, **row) for key, row in table.get("source", {}).items()}
    facts = {}
    for key, row in table.get("fact", {}).items():
        names = row.get("sources") or [row.get("source", "")]
        unknown = [name for name in names if name not in sources]
        if unknown:
            raise ContentError(f"content/facts.toml: fact {key} names a source that is not there: {unknown}")
        facts[key] = Fact(
            id=key,
            text=row["fact"],
            sources=tuple(sources[name] for name in names),
            read=row.get("read", ""),
            speak=row.get("speak", True),
            time_sensitive=row.get("time_sensitive", False),
            state=row.get("state", ""),
            review_by=row.get("review_by", ""),
            confirmed_by=row.get("confirmed_by", ""),
            confirmed_on=row.get("confirmed_on", ""),
            note=row.get("note", ""),
            forbidden=tuple(row.get("forbidden", ())),
        )
    return facts


def _wording(row: Mapping[str, Any]) -> Wording:
    return Wording(say=row["say"], more=tuple(row.get("more", ())))


def _answer(topic: str, row: Mapping[str, Any]) -> Answer:
    other = row.get("for_other")
    return Answer(
        topic=topic,
        intent=row["intent"],
        title=row["title"],
        name=row["name"],
        facts=tuple(row["facts"]),
        wording=_wording(row),
        for_other=_wording(other) if other else None,
        more_facts=tuple(tuple(step) for step in row.get("more_facts", ())),
        helpline=row.get("helpline", False),
        care_team=row.get("care_team", False),
        safety=row.get("safety", "none"),
        reprompt=row.get("reprompt", ""),
        stop=row.get("stop", ""),
        stop_intent=row.get("stop_intent", ""),
        yes=row.get("yes", ""),
    )


def _line(key: str, row: Mapping[str, Any], phones: Mapping[str, Phone]) -> Line:
    given = [phone.fact for phone in phones.values() if f"{{{phone.id}}}" in row["say"]]
    return Line(**{"key": key, **row, "facts": tuple(row.get("facts", given))})


def _button(row: Mapping[str, Any]) -> Button:
    kind, name = row["does"]
    return Button(label=row["label"], does=(kind, name), gives_number=row.get("gives_number", False))


def _screens(table: Mapping[str, Any]) -> Screens:
    buttons = {key: _button(row) for key, row in table["button"].items()}
    under = table["under"]
    unknown = {name for row in under.values() for name in row} - buttons.keys()
    if unknown:
        raise ContentError(f"screens.toml: [under] names a button that is not there: {sorted(unknown)}")
    return Screens(
        ordinals=tuple(table["ordinals"]),
        under={question: tuple(buttons[name] for name in row) for question, row in under.items()},
        examples=tuple(_button(row) for row in table.get("example", ())),
    )


@cache
def load(locale: str = DEFAULT_LOCALE) -> Content:
    """Load all words of a locale, once. Raises `ContentError` when a file is missing or malformed."""
    folder = ROOT / "locales" / locale
    dialog = read_toml(folder / "dialog.toml")
    answers = {topic: _answer(topic, row) for topic, row in read_toml(folder / "answers.toml").items()}
    phones = {
        key: Phone(
            id=key,
            name=row["name"],
            digits=row["digits"],
            groups=tuple(row["groups"]),
            letters=row.get("letters", ""),
            fact=row.get("fact", ""),
        )
        for key, row in read_toml(ROOT / "phones.toml").items()
    }
    return Content(
        locale=locale,
        answers=answers,
        lines={key: _line(key, row, phones) for key, row in dialog["line"].items()},
        words=dialog["words"],
        people={key: Person(id=key, **row) for key, row in dialog.get("person", {}).items()},
        texts=read_toml(folder / "texts.toml"),
        facts=_facts(read_toml(ROOT / "facts.toml")),
        phones=phones,
        screens=_screens(read_toml(folder / "screens.toml")),
        topic_by_intent={
            intent: topic
            for topic, answer in answers.items()
            for intent in (answer.intent, answer.stop_intent)
            if intent
        },
    )


def best_locale(asked: str) -> str:
    """Choose the locale to speak for the one Alexa names: itself, one of its language, or the default."""
    have = locales()
    if asked in have:
        return asked
    language = asked.split("-")[0]
    return next((name for name in have if name.split("-")[0] == language), DEFAULT_LOCALE)
