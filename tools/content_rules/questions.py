"""What is asked: one question at most, and last; the microphone is open exactly then."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill.rules import ssml
from tools.content_rules.book import Book, Finding, Piece, UnspeakableError
from tools.content_rules.code import said_together

#: What a title holds for the eye: where it stands in print, or the year, which is said anyway.
UNSPEAKABLE = re.compile(r"\b(page|part|version|volume) \d|\d\.\d|\b(19|20)\d\d\b", re.IGNORECASE)
#: What is pending after a safety answer.
SAFETY = "safety"


def answers_ask_nothing(book: Book) -> Iterator[Finding]:
    """An answer, a step and a name ask nothing; the one question comes after them."""
    for piece in [*book.pieces, *book.labels]:
        if piece.kind in {"say", "more", "stop", "name", "title"} and "?" in piece.template:
            yield piece.finding(
                "An answer asks nothing: the guide asks one question, by itself, at the end.",
                'Make it a statement. A line for the doctor can end in "Please tell me how".',
            )


def one_question_last(book: Book) -> Iterator[Finding]:
    """A dialog line or a reprompt holds one question at most, and it comes last."""
    for piece in book.pieces:
        if piece.kind not in {"line", "reprompt"}:
            continue
        count = piece.template.count("?")
        if count > 1:
            yield piece.finding(f"It asks {count} questions; a listener can answer one.", "Keep one of them.")
        elif count and not piece.template.rstrip().endswith("?"):
            yield piece.finding("Its question is not last, so Alexa listens too late.", "Move it to the end.")


def open_when_asked(book: Book) -> Iterator[Finding]:
    """A dialog line asks if and only if it has a reprompt, and says in `asks` which question it is.

    After a crisis the microphone stays open although nothing is asked: such a line says `asks = "safety"`.
    """
    for piece in book.pieces:
        if piece.kind != "line":
            continue
        line = book.content.lines[piece.key]
        waits = "?" in line.say or line.asks == SAFETY
        if line.reprompt and not (waits and line.asks):
            yield piece.finding(
                "It has a reprompt, so Alexa listens after it, but it does not ask or does not name the question.",
                "Ask in `say` and name the question in `asks`, or take the reprompt out.",
            )
        elif not line.reprompt and (waits or line.asks):
            yield piece.finding(
                "It asks, but without a reprompt Alexa does not listen.",
                "Add a reprompt and `asks`, or ask nothing.",
            )


def composed(book: Book) -> Iterator[Finding]:
    """A whole reply, an answer with its offer or lines said together in code, asks once at most, and last."""
    told: set[tuple[str, ...]] = set()
    groups = [(f"{book.path('answers.toml')}, [{topic}]", keys, who) for topic, keys, who in book.replies()]
    have = set(book.content.lines) | set(book.content.answers)
    groups += [(where, keys, "") for where, keys in said_together(book.code) if set(keys) <= have]
    for where, keys, who in groups:
        try:
            speech = ssml.plain(book.markup(keys, who)[0])
        except (UnspeakableError, SyntaxError):
            continue  # the markup and missing-key rules report it
        count = speech.count("?")
        if tuple(keys) in told or (count <= 1 and ("?" not in speech or speech.endswith("?"))):
            continue
        told.add(tuple(keys))
        yield Finding(
            where,
            f"Said together ({' and '.join(keys)}), this asks {count} questions, or not at the end.",
            "Leave the question to the last line.",
            speech,
        )


def spoken_titles(book: Book) -> Iterator[Finding]:
    """A source's title is spoken in "who says so?", so it asks nothing and names no page, version or year."""
    for piece in source_titles(book):
        if "?" in piece.template:
            yield piece.finding('"Who says so?" speaks this title, which asks a question of its own.', "Reword it.")
        elif found := UNSPEAKABLE.search(piece.template):
            yield piece.finding(
                f'"Who says so?" speaks this title to everybody, and {found[0]!r} is hard to follow by ear.',
                "Add `spoken`, a plainer title; the card keeps this one.",
            )


def source_titles(book: Book) -> list[Piece]:
    """List titles and names of the sources that "who says so?" may speak: the first source of each cited fact."""
    cited = {fact for answer in book.content.answers.values() for fact in answer.cited}
    cited |= {fact for line in book.content.lines.values() for fact in line.facts}
    first = {f.sources[0].id: f.sources[0] for key, f in book.content.facts.items() if key in cited and f.sources}
    pieces = []
    for source in first.values():
        title = "spoken" if source.spoken else "title"
        for part, text in (("organisation", source.organisation), (title, source.said)):
            pieces.append(Piece("content/facts.toml", f"source.{source.id}", part, text, "", "name"))
    return pieces
