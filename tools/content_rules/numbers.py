"""Telephone numbers: filled in from phones.toml, never typed, and never in letters alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from content import Phone
from tools.content_rules.book import Book, Finding, Piece

KEYPAD = {letter: digit for digit, group in zip(
    "23456789", ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"), strict=True
) for letter in group}  # fmt: skip

YEAR = re.compile(r"(19|20)\d\d")
#: Three digits and more with what people put between them; letters may stand among them.
DIGITS = re.compile(r"\d[\d ().-]*\d[\d ().-]*\d")
LETTERED = re.compile(r"\b\d[\d -]*[- ][A-Z]{3,}\b|\b[A-Z]{3,}[- ]\d{3,}\b")
SPELLED = re.compile(
    r"\b(nine[ -]one[ -]one|nine[ -]eight[ -]eight|(eight|five|three)[ -](hundred|oh[ -]oh|zero[ -]zero))\b",
    re.IGNORECASE,
)


#: Files whose words are listed one by one; every other file of a locale is read for whatever text it holds.
LISTED = frozenset({"answers.toml", "dialog.toml", "texts.toml", "words.toml"})


def written(book: Book) -> list[Piece]:
    """List everything with words in it: what is spoken, titles, names, text messages, words of cards and screens."""
    content = book.content
    texts = [Piece(book.path("texts.toml"), key, "text", text, "", "text") for key, text in content.texts.items()]
    words = [(key, value) for key, value in content.words.items() if isinstance(value, str)]
    cards = [Piece(book.path("dialog.toml"), f"words.{key}", "text", value, "", "text") for key, value in words]
    others = sorted(path.name for path in book.folder.glob("*.toml") if path.name not in LISTED)
    shown = [
        Piece(book.path(name), path, "text", text, "", "text")
        for name in others
        for path, text in _texts(book.table(name))
    ]
    return [*book.pieces, *book.labels, *texts, *cards, *shown]


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _texts(inner, f"{path}, {number}")


def typed(book: Book) -> Iterator[Finding]:
    """No telephone number is typed into a sentence, in digits or in words; a year may be."""
    for piece in written(book):
        found = [m[0].strip() for m in DIGITS.finditer(piece.template) if not YEAR.fullmatch(m[0].strip(" .-"))]
        found += [m[0] for m in SPELLED.finditer(piece.template)]
        for number in found:
            yield piece.finding(
                f"The number {number!r} is typed in. Telephone numbers live in content/phones.toml alone.",
                "Write its placeholder, such as {hopeline}. Write any other number in words.",
            )


def letters(book: Book) -> Iterator[Finding]:
    """A number is never given in letters alone: not every phone shows letters, and not everybody can find them."""
    for piece in written(book):
        if found := LETTERED.search(piece.template):
            yield piece.finding(
                f"{found[0]!r} is a number in letters.",
                "Write the placeholders {hopeline} and, after it, {hopeline_letters}.",
            )
        for name in re.findall(r"\{(\w+)_letters\}", piece.template):
            phone = book.content.phones.get(name)
            if f"{{{name}}}" not in piece.template:
                yield piece.finding(
                    "It gives the number in letters alone.", f"Say {{{name}}}, in digits, in the same line."
                )
            if phone is None or not _stand_for_last_group(phone):
                yield piece.finding(
                    f"The letters of {name!r} do not stand for the last digits, so they would be read out wrongly.",
                    f"Say {{{name}}} only.",
                )


def _stand_for_last_group(phone: Phone) -> bool:
    return "".join(KEYPAD.get(letter, "?") for letter in phone.letters) == phone.groups[-1]


def phone_book(book: Book) -> Iterator[Finding]:
    """Each number's digits, groups and letters agree, and it rests on a fact."""
    for key, phone in book.content.phones.items():
        where = f"content/phones.toml, [{key}]"
        if not re.fullmatch(r"\d{3}|\d{10}", phone.digits) or "".join(phone.groups) != phone.digits:
            yield Finding(where, "Its digits and groups do not agree.", "Write the same digits in both, without the 1.")
        keyed = "".join(KEYPAD.get(letter, letter) for letter in phone.letters.replace(" ", ""))
        if keyed and not any(phone.digits.endswith(keyed[:size]) for size in range(4, len(keyed) + 1)):
            yield Finding(where, f"The letters {phone.letters!r} are other digits on a phone.", "Correct one of them.")
        if phone.fact not in book.content.facts:
            yield Finding(where, f"It rests on the fact {phone.fact!r}, which is not there.", "Name the fact.")
