"""What a voice can say: markup that parses in every pace, placeholders that are known, no symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill.rules import ssml
from tools.content_rules.book import PACES, PERSONS, PLACEHOLDER, Book, Finding, UnspeakableError
from tools.content_rules.questions import source_titles

#: Letters of any language, digits, spaces, plain punctuation, straight quotes, placeholders.
SPEAKABLE = re.compile(r"[^\W_]|[ .,:?!'¿¡{}_]")
IN_WORD_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
ABBREVIATION = re.compile(
    r"\b(e\.?g|i\.?e|etc|vs|approx|appt|incl|dept|govt|hrs?|mins?|yrs?|Drs?|Mrs?|Ms|St|No)\.|\b([A-Za-z]\.){2,}|\bw/|\bc/o\b"
)
ADDRESS = re.compile(r"\bwww\b|https?:|@|\b[\w-]+\.(com|org|gov|net|edu)\b", re.IGNORECASE)
CAPITALS = re.compile(r"\b[A-Z]{2,}\b")


def parses(book: Book) -> Iterator[Finding]:
    """Every line becomes speech that parses, in every pace and for every person it is worded for."""
    for piece in book.pieces:
        persons = PERSONS & set(PLACEHOLDER.findall(piece.template))
        people = book.content.people if persons else [piece.who]
        for who, pace in ((who, pace) for who in people for pace in PACES):
            try:
                for markup in book.markup([piece.key], who, pace):
                    ssml.plain(markup)
            except UnspeakableError as error:
                yield piece.finding(
                    f"It cannot be spoken: {error}.", "Correct the placeholder; content/README.md lists them."
                )
                break
            except SyntaxError as error:  # ElementTree's ParseError
                yield piece.finding(f"Its speech markup is broken ({error}).", "Write plain words only.")
                break


def placeholders(book: Book) -> Iterator[Finding]:
    """An answer fills in numbers and persons; a line fills in numbers and what the code hands it."""
    phones = book.content.phones
    numbers = set(phones) | {f"{key}_letters" for key, phone in phones.items() if phone.letters}
    for piece in book.pieces:
        known = numbers | (PERSONS if piece.answer else set(book.values))
        for name in PLACEHOLDER.findall(piece.template):
            if name not in known:
                yield piece.finding(f"{{{name}}} stands for nothing.", "Correct it; content/README.md lists them.")


def speakable(book: Book) -> Iterator[Finding]:
    """Everything spoken is letters and plain punctuation: no symbol, markup, abbreviation or address."""
    for piece in [*book.pieces, *book.labels, *source_titles(book)]:
        text = PLACEHOLDER.sub("", piece.template)
        odd = sorted({c for c in IN_WORD_HYPHEN.sub("", text) if not SPEAKABLE.fullmatch(c) or c in "{}_"})
        if piece.file == "content/facts.toml":
            odd = [c for c in odd if c not in "-;"]  # a title is quoted as it stands, as long as a voice gets through
        if odd:
            shown = ", ".join(_called(c) for c in odd)
            yield piece.finding(f"A voice cannot read {shown}.", "Use words, full stops, commas and colons.")
        for found in filter(None, (ABBREVIATION.search(text), ADDRESS.search(text))):
            yield piece.finding(f"A voice stumbles over {found[0]!r}.", "Write it out, or leave it out.")


def _called(character: str) -> str:
    return {"\n": "a line break", "\t": "a tab", "\u00a0": "a fixed space"}.get(character, character)


def capitals(book: Book) -> Iterator[Finding]:
    """Capitals are for the few abbreviations that a voice says well."""
    allowed = set(book.listed("capitals"))
    for piece in book.pieces + book.labels:
        for found in CAPITALS.findall(PLACEHOLDER.sub("", piece.template)):
            if found not in allowed:
                yield piece.finding(
                    f"A voice may spell out or stumble over {found!r}.",
                    f"Write it out. If a voice says it well, add it to `capitals` in {book.path('words.toml')}.",
                )


def tidy(book: Book) -> Iterator[Finding]:
    """A spoken line is one line of text: no line breaks, no double spaces, and it ends like a sentence."""
    for piece in book.pieces:
        if piece.template != " ".join(piece.template.split()):
            yield piece.finding("It holds line breaks, double spaces or spaces at an end.", "Take them out.")
        if not piece.template.rstrip().endswith((".", "?", "!")):
            yield piece.finding("It does not end like a sentence, so the voice does not fall.", "Add a full stop.")
