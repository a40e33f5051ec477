"""The transcripts leave nothing out: whatever an editor changes shows in the play-script's difference."""

from __future__ import annotations

from datetime import date

import pytest
from dialogs_player import LOCALE

from tools import transcripts
from tools.content_rules.book import Book, Piece
from tools.content_rules.numbers import written


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return {path.stem: text for path, text in transcripts.transcripts().items()}


def not_there(pieces: list[Piece], book: Book, script: str) -> list[str]:
    """List the pieces whose words, as they are heard, are not in a script."""
    return [piece.where for piece in pieces if book.heard(piece, "mother" if piece.who else "") not in script]


def test_every_answer_and_every_line_stands_in_some_transcript(made: dict[str, str]) -> None:
    book = Book(LOCALE, date.today())
    words = [piece for piece in written(book) if ".does, " not in piece.table]  # what a button does is not words
    assert not_there(words, book, "\n".join(made.values())) == []


def test_an_answer_is_played_to_its_end_also_for_somebody_else(made: dict[str, str]) -> None:
    book = Book(LOCALE, date.today())
    answers = [piece for piece in book.pieces if piece.answer and piece.answer.safety == "none"]
    of_answers = [piece for piece in answers if piece.kind in {"say", "more"}]
    assert not_there(of_answers, book, made["topics"]) == []


def test_every_line_is_spoken_by_its_key(made: dict[str, str]) -> None:
    for key in Book(LOCALE, date.today()).content.lines:
        assert f"- **{key}:** " in made["lines"]
