"""Check everything the skill says, and tell editors in their words what to mend.

`python -m tools.content` checks all languages; `--show TOPIC` prints an answer as it is heard and what it rests on.
The rules are in tools/content_rules/.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from datetime import date

import content
from content import ContentError
from skill.rules import ssml
from tools.content_rules import check, reading
from tools.content_rules.book import Book, Finding, Piece
from tools.content_rules.facts import grade_of


def report(findings: list[Finding]) -> str:
    """Write findings as an editor reads them: warnings first, what must be mended last, next to the total."""
    ordered = sorted(findings, key=lambda finding: not finding.warning)
    wrong = sum(not finding.warning for finding in findings)
    warned = len(findings) - wrong
    total = f"{_counted(wrong, 'thing')} to mend, {_counted(warned, 'warning')}."
    return "\n\n".join([*map(str, ordered), total])


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def show(book: Book, topic: str) -> str:
    """Write one answer as it is heard, with its facts, their sources, dates and states. Raises `ContentError`."""
    answers = book.content.answers
    if topic not in answers:
        near = difflib.get_close_matches(topic, answers, n=3) or sorted(answers)
        raise ContentError(f"There is no answer with the id {topic!r}. Did you mean: {', '.join(near)}?")
    answer = answers[topic]
    lines = [f"{answer.title}   [{topic}]", ""]
    for other in (False, True):
        pieces = [p for p in book.pieces if p.answer is answer and bool(p.who) == other]
        if pieces and other:
            lines += ["", f"Asked about somebody else, here {book.content.people[book.somebody].who}:"]
        for piece in pieces:
            lines += _heard(book, piece)
    lines += ["", "It rests on:"]
    for key in answer.cited:
        lines += ["", *rests_on(book, key)]
    return "\n".join(lines)


def _heard(book: Book, piece: Piece) -> Iterator[str]:
    words = book.heard(piece)
    markup = book.markup([piece.key], piece.who)[1 if piece.kind == "reprompt" else 0]
    measured = [f"{len(words.split())} words", f"about {ssml.seconds(markup):.0f} seconds"]
    if book.english:
        grade = reading.grade(reading.plain(book, piece.template, piece.who), reading.unavoidable(book))
        measured.append(f"reading grade {max(grade, 0):.1f}")
    measured.append(f"rests on {', '.join(book.facts_of(piece))}")
    yield f"  {piece.part}: {words}"
    yield f"      ({', '.join(measured)})"


def rests_on(book: Book, key: str) -> Iterator[str]:
    """Write one fact with its sources, grade, state and days, a line each."""
    fact = book.content.facts[key]
    yield f"  {key}  {fact.text}"
    for source in fact.sources:
        shown = source.date or "the page shows no date"
        yield f"      {source.organisation}: {source.title} ({shown}), grade {source.grade}"
        yield f"      {source.url}"
    yield f"      grade {grade_of(book, key)}, read {fact.read}, review by {fact.review_by}, {standing(book, key)}"
    if fact.note:
        yield f"      Note: {fact.note}"


def standing(book: Book, key: str) -> str:
    """Say in words where a fact's review stands."""
    fact = book.content.facts[key]
    if not fact.time_sensitive:
        return "not expected to change soon"
    if fact.state == "confirmed":
        return f"confirmed by {fact.confirmed_by} on {fact.confirmed_on}"
    return "still to be confirmed on the live page"


def main(arguments: list[str] | None = None) -> int:
    """Check the words, or show one answer; gives the exit code."""
    parser = argparse.ArgumentParser(description="Check everything the skill says.")
    parser.add_argument("--show", "--who-says", metavar="TOPIC", dest="topic", help="print an answer and its sources")
    parser.add_argument("--locale", help="one language only, such as en-US")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="the day to check for")
    options = parser.parse_args(arguments)
    failed = False
    for locale in [options.locale] if options.locale else content.locales():
        book = Book(locale, options.today)
        try:
            if options.topic:
                print(show(book, options.topic))
                continue
            findings = check(book)
        except ContentError as error:
            print(error, file=sys.stderr)
            return 1
        print(report(findings))
        if any(not finding.warning for finding in findings):
            failed = True
            continue
        held = book.content
        print(f"{locale}: {len(held.answers)} answers, {len(held.lines)} lines, {len(held.facts)} facts checked.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
