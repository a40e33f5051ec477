"""Wording for somebody who asks about another person: there where it is needed, and right for she, he and they."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.content_rules.book import Book, Finding, sentences

PERSON = re.compile(r"\{([Ww]ho|[Tt]hey|[Tt]hem|[Tt]heir)\}")
AFTER_THEY = re.compile(r"\{[Tt]hey\}(['\w]*)((?: [\w']+){0,2})")


def worded_for_others(book: Book) -> Iterator[Finding]:
    """An answer that speaks to the patient also has a wording for somebody else, which does not."""
    patterns = book.patterns("speaks_to_patient")
    for topic, answer in book.content.answers.items():
        for wording in (answer.wording, answer.for_other):
            for text in [wording.say, *wording.more] if wording else []:
                found = next(filter(None, (pattern.search(text) for pattern in patterns)), None)
                if not found:
                    continue
                where = f"{book.path('answers.toml')}, [{topic}"
                if wording is answer.for_other:
                    wrong = f"{found[0]!r} speaks to the patient, but here somebody else is asking."
                    yield Finding(f"{where}.for_other]", wrong, "Write {their} instead.", text)
                elif answer.for_other is None:
                    wrong = f"{found[0]!r} speaks to the patient, and there is no wording for a caregiver."
                    yield Finding(f"{where}]", wrong, f"Add [{topic}.for_other].", text)


def same_steps(book: Book) -> Iterator[Finding]:
    """The wording for somebody else has as many steps as the other, so that "more" works the same."""
    for topic, answer in book.content.answers.items():
        if answer.for_other and len(answer.for_other.more) != len(answer.wording.more):
            mine, theirs = len(answer.wording.more), len(answer.for_other.more)
            yield Finding(
                f"{book.path('answers.toml')}, [{topic}.for_other], more",
                f"It has {theirs} steps; the wording above has {mine}.",
                "Write as many.",
            )


def persons_only_there(book: Book) -> Iterator[Finding]:
    """{who}, {they}, {them} and {their} stand only in wording for somebody else, and {who} begins no sentence."""
    for piece in book.pieces:
        if not piece.who and (found := PERSON.search(piece.template)):
            yield piece.finding(f"{found[0]} has nobody to stand for here.", "Use it in `for_other` only.")
        for part in sentences(piece.template) if piece.who else ():
            if part.lower().startswith("{who}"):
                yield piece.finding(
                    "A sentence cannot begin with {who}: it has no capital.", "Turn it round, or write {They}.", part
                )


def agrees(book: Book) -> Iterator[Finding]:
    """After {they} comes a verb that is the same for she, he and they."""
    allowed, between = set(book.listed("after_they")), set(book.listed("between"))
    for piece in book.pieces:
        for tail, words in AFTER_THEY.findall(piece.template):
            following = [word for word in words.split() if word not in between]
            if tail in {"'ll", "'d"} or (not tail and (not following or following[0] in allowed)):
                continue
            shown = tail or following[0]
            yield piece.finding(
                f'"{{they}} {shown}" would be wrong for "she" or for "they".'.replace("} '", "}'"),
                f"Use one of: {', '.join(sorted(allowed)[:8])} ...",
            )
