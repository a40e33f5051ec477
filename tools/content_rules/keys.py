"""Keys: those the code names and those content holds are the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import content
from skill.rules import danger, offers, phone, ssml
from skill.texts import Outcome
from tools.content_rules.book import PROJECT, Book, Finding
from tools.content_rules.code import literals, named, prefixes
from tools.content_rules.safety import MUST_SAY

#: The text messages the code sends.
TEXTS = {"helpline"}


def families(book: Book) -> dict[str, tuple[set[str], bool]]:
    """Give the keys that code puts together: beginning to its members, and whether each of them must be there."""
    answers = book.content.answers.values()
    asked = {line.asks for line in book.content.lines.values() if line.asks}
    safe = {answer.topic for answer in answers if answer.safety != "none"}
    after = {answer.yes for answer in answers if answer.yes} | set(get_args(offers.Offer))
    return {
        "ask_": (after | asked - {"safety"}, True),
        "help_": (asked, False),
        "text_": ({outcome.value for outcome in Outcome}, True),
        "phone_": ({problem for problem in get_args(phone.Problem) if problem}, True),
        "pace_": (set(ssml.RATES), True),
        "beside_": (set(danger.GRAVITY), True),
        "goodbye_": ({*danger.GRAVITY, "distress"}, True),
        "yes_": (safe, False),
        "no_": (safe, False),
        "did_you_mean_": ({"2", "3"}, True),
        "spanish_": (set(MUST_SAY), True),
    }


def missing(book: Book) -> Iterator[Finding]:
    """Every key the code names is there, one by one and as families such as `text_` and each outcome of a text."""
    have = set(book.content.lines) | set(book.content.answers)
    for key, place in named(book.code).items():
        if key not in have:
            yield Finding(
                f"{book.path('dialog.toml')}, [line.{key}]", f"The code says this line ({place}).", "Write the line."
            )
    used = prefixes(book.code)
    for prefix, (members, needed) in families(book).items():
        for member in sorted(members) if needed and prefix in used else ():
            if prefix + member not in have:
                where = f"{book.path('dialog.toml')}, [line.{prefix}{member}]"
                yield Finding(where, f"The code can say this line, as one of `{prefix}...`.", "Write the line.")
    for name in sorted(TEXTS - set(book.content.texts)):
        yield Finding(book.path("texts.toml"), f"The text message {name!r} is missing.", "Write it.")


def unused(book: Book) -> Iterator[Finding]:
    """Nothing stands in the files that no code ever says."""
    texts, starts = literals(book.code), prefixes(book.code)
    known = families(book)
    members = {prefix + member for prefix, (all_, _) in known.items() if prefix in starts for member in all_}
    for key in book.content.lines:
        # A family this check does not know is the code's own affair: its lines count as used.
        strange = any(key.startswith(prefix) for prefix in starts - set(known))
        if key not in texts and key not in members and not strange:
            yield Finding(f"{book.path('dialog.toml')}, [line.{key}]", "Nothing ever says this line.", "Take it out.")
    for key in sorted(set(book.content.words) - texts):
        yield Finding(f"{book.path('dialog.toml')}, [words], {key}", "Nothing uses this.", "Take it out.")
    for key in sorted(set(book.content.texts) - texts):
        yield Finding(f"{book.path('texts.toml')}, {key}", "Nothing sends this text.", "Take it out.")
    written = " ".join(p.template for p in book.pieces) + " ".join(book.content.texts.values())
    written += " ".join(str(value) for value in book.content.words.values())
    for key in book.content.phones:
        if f"{{{key}}}" not in written:
            yield Finding(f"content/phones.toml, [{key}]", "Nothing says this number.", "Take it out, or say it.")


def people(book: Book) -> Iterator[Finding]:
    """The people one can ask for have both pronouns, in dialog.toml, and phrases, in the model's types.toml."""
    phrases = content.read_toml(PROJECT / "interactionModels" / book.locale / "types.toml")["PERSON_CARED_FOR"]
    for key in sorted(set(phrases) ^ set(book.content.people)):
        lacking = book.path("dialog.toml") if key in phrases else f"interactionModels/{book.locale}/types.toml"
        yield Finding(f"{lacking}, {key}", "This person is known in one of the two files only.", "Add it here.")
