"""How long things are: before the offer, to a sentence, to a step, and in Alexa's own terms."""

from __future__ import annotations

from collections.abc import Iterator

from skill.rules import ssml
from tools.content_rules.book import Book, Finding, Piece, UnspeakableError, sentences

MAX_FIRST_WORDS = 30
MAX_SENTENCE_WORDS = 18
MAX_STEP_WORDS = 45
MAX_FIRST_SECONDS = 20.0
MAX_TITLE_CHARACTERS = 40
MAX_NAME_WORDS = 7


def first_answer(book: Book) -> Iterator[Finding]:
    """An answer has at most 30 words before the offer, a number read out counting digit by digit."""
    for piece in book.pieces:
        if piece.kind == "say" and (count := len(book.heard(piece).split())) > MAX_FIRST_WORDS:
            yield _too_long(piece, count)
        if piece.kind == "stop":
            before = next(p for p in book.pieces if p.answer is piece.answer and p.kind == "say")
            count = len(f"{book.heard(before)} {book.heard(piece)}".split())
            if count > MAX_FIRST_WORDS:
                yield piece.finding(
                    f"With `say` before it, as it is heard, this makes {count} words; {MAX_FIRST_WORDS} are the most.",
                    "Shorten one of the two.",
                )


def _too_long(piece: Piece, count: int) -> Finding:
    return piece.finding(
        f"It has {count} words as it is heard; {MAX_FIRST_WORDS} are the most before anything is offered.",
        "Keep what answers the question and move the rest into a step of `more`.",
    )


def steps(book: Book) -> Iterator[Finding]:
    """A step of `more` has at most 45 words."""
    for piece in book.pieces:
        count = len(book.heard(piece).split())
        if piece.kind == "more" and count > MAX_STEP_WORDS:
            yield piece.finding(
                f"This step has {count} words as it is heard; {MAX_STEP_WORDS} are the most.",
                "Make two steps of it.",
            )


def long_lines(book: Book) -> Iterator[Finding]:
    """A dialog line of more than 45 words is worth a second look."""
    for piece in book.pieces:
        count = len(book.heard(piece).split())
        if piece.kind in {"line", "reprompt"} and count > MAX_STEP_WORDS:
            yield piece.finding(f"This line has {count} words as it is heard.", "See what can go.", warning=True)


def sentence(book: Book) -> Iterator[Finding]:
    """A sentence has at most 18 words; a telephone number, set off by rests, counts as one."""
    for piece in book.pieces:
        for part in sentences(piece.template):
            if (count := len(part.split())) > MAX_SENTENCE_WORDS:
                yield piece.finding(
                    f"This sentence has {count} words; a listener loses the thread after {MAX_SENTENCE_WORDS}.",
                    "Cut it in two.",
                    part,
                )


def speech_size(book: Book) -> Iterator[Finding]:
    """No reply is longer than the 8,000 characters Alexa takes, markup included."""
    seen = set()
    for topic, keys, who in book.replies():
        try:
            speech, reprompt = book.markup(keys, who, "slow")
        except UnspeakableError:
            continue  # the markup rule reports it
        size = max(len(speech), len(reprompt))
        if size > ssml.MAX_SPEECH_CHARACTERS and (topic, keys[0]) not in seen:
            seen.add((topic, keys[0]))
            yield Finding(
                f"{book.path('answers.toml')}, [{topic}], {keys[0]}",
                f"The reply has {size} characters with its markup; Alexa takes {ssml.MAX_SPEECH_CHARACTERS}.",
                "Shorten it.",
            )


def seconds(book: Book) -> Iterator[Finding]:
    """A first answer with its offer takes about twenty seconds at most."""
    for topic, keys, who in book.replies():
        if keys[0] != topic:
            continue
        try:
            length = ssml.seconds(book.markup(keys, who)[0])
        except (UnspeakableError, SyntaxError):
            continue  # the markup rule reports it
        if length > MAX_FIRST_SECONDS:
            yield Finding(
                f"{book.path('answers.toml')}, [{topic}{'.for_other' if who else ''}], say",
                f"With {keys[-1]} it takes about {length:.0f} seconds to say; {MAX_FIRST_SECONDS:.0f} are plenty.",
                "Say less first.",
                warning=True,
            )


def labels(book: Book) -> Iterator[Finding]:
    """A title fits a card, 40 characters, and a name fits into "Did you mean", 7 words."""
    for piece in book.labels:
        if piece.kind == "title" and len(piece.template) > MAX_TITLE_CHARACTERS:
            size = len(piece.template)
            yield piece.finding(f"The title has {size} characters; {MAX_TITLE_CHARACTERS} fit.", "Shorten it.")
        words = len(piece.template.split())
        if piece.kind == "name" and words > MAX_NAME_WORDS:
            yield piece.finding(f"The name has {words} words; {MAX_NAME_WORDS} fit.", "Shorten it.")
