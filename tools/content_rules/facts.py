"""What answers rest on: facts with a source, still fresh, allowed to be spoken, and told without what is forbidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from content import ContentError
from tools.content_rules.book import Book, Finding
from tools.content_rules.numbers import written

WARN_DAYS = 30
GRADES = frozenset("ABCD")
STATES = frozenset({"to_confirm", "confirmed"})
#: The source that credit is most easily given to for what it never says.
FACT_SHEET = "cancercare_sheet"
DATE_SHOWN = re.compile(r"(\d{4}(-\d{2}(-\d{2})?)?)?")


def _where(fact: str) -> str:
    return f"content/facts.toml, [fact.{fact}]"


def day(text: Any) -> date | None:
    """Read a day written as 2026-11-22; None for anything else."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def sourced(book: Book) -> Iterator[Finding]:
    """Every fact names a source that is there, and says when it was read."""
    known = book.facts_file.get("source", {})
    for key, row in book.facts_file.get("fact", {}).items():
        named = row.get("sources") or [row.get("source", "")]
        if not any(named):
            yield Finding(_where(key), "It has no source.", "Add `source`, the id of a source in this file.")
        for name in named:
            if name and name not in known:
                yield Finding(_where(key), f"Its source {name!r} is not in this file.", "Add it, or correct the id.")
        if (read := day(row.get("read"))) is None or read > book.today:
            yield Finding(_where(key), "`read` is not a day that has been.", "Write it like 2026-11-22.")
        if not row.get("speak", True) and not row.get("why"):
            yield Finding(_where(key), "It may not be spoken, and does not say why.", "Add `why`.")


def complete_sources(book: Book) -> Iterator[Finding]:
    """Every source has an organisation, a title, an address, a grade, and the date its page shows, if it shows one."""
    for key, row in book.facts_file.get("source", {}).items():
        where = f"content/facts.toml, [source.{key}]"
        for name in ("organisation", "title"):
            if not str(row.get(name, "")).strip():
                yield Finding(where, f"Its {name} is empty.", 'Fill it in; it is spoken in "who says so?".')
        if not re.fullmatch(r"https?://\S+\.\S+", str(row.get("url", ""))):
            yield Finding(where, "It has no web address.", "Add `url`, where the page was read.")
        if row.get("grade") not in GRADES:
            yield Finding(where, "Its grade is none of A, B, C and D.", "Grade it; content/README.md says how.")
        shown = str(row.get("date", ""))
        if not DATE_SHOWN.fullmatch(shown) or (day(shown) or book.today) > book.today:
            yield Finding(where, f"{shown!r} is not a date it can show.", 'Write 2022-10-11, 2022-10, 2022 or "".')


def answers_rest_on_facts(book: Book) -> Iterator[Finding]:
    """Every answer names the facts it rests on, and they are there; so are those of a dialog line."""
    for topic, answer in book.content.answers.items():
        where = f"{book.path('answers.toml')}, [{topic}]"
        if not answer.facts:
            yield Finding(where, "It rests on no fact, so it has no source.", "Name its facts in `facts`.")
        steps = len(answer.wording.more)
        if answer.more_facts and len(answer.more_facts) != steps:
            yield Finding(
                f"{where}, more_facts", f"It lists facts for {len(answer.more_facts)} steps, and there are {steps}.",
                "Write one list for each step, [] where `facts` holds.",
            )  # fmt: skip
        for fact in answer.cited:
            if fact not in book.content.facts:
                yield Finding(where, f"The fact {fact!r} is not in content/facts.toml.", "Add the fact, or correct it.")
    for key, line in book.content.lines.items():
        for fact in (fact for fact in line.facts if fact not in book.content.facts):
            where = f"{book.path('dialog.toml')}, [line.{key}]"
            yield Finding(where, f"The fact {fact!r} is not in content/facts.toml.", "Add the fact, or correct it.")


def fresh(book: Book) -> Iterator[Finding]:
    """No fact is past its review date; thirty days before, there is a warning."""
    for key, row in book.facts_file.get("fact", {}).items():
        review = day(row.get("review_by"))
        if review is None:
            yield Finding(_where(key), "It has no day by which to look at it again.", "Add `review_by`.")
            continue
        spoken = [topic for topic, answer in book.content.answers.items() if key in answer.cited]
        used = f" Spoken in: {', '.join(spoken)}." if spoken else ""
        mend = "Open the source, see that it still says this, and move `review_by` on."
        if review < book.today:
            late = (book.today - review).days
            yield Finding(_where(key), f"It was to be reviewed by {review}, {late} days ago.{used}", mend)
        elif review <= book.today + timedelta(days=WARN_DAYS):
            left = (review - book.today).days
            yield Finding(_where(key), f"It is to be reviewed by {review}, in {left} days.{used}", mend, warning=True)


def state(book: Book) -> Iterator[Finding]:
    """A fact that changes with little warning says whether a person has confirmed it, who, and when."""
    for key, row in book.facts_file.get("fact", {}).items():
        if row.get("time_sensitive") and row.get("state") not in STATES:
            yield Finding(_where(key), "It changes with little warning and has no state.", 'Add state = "to_confirm".')
        if not row.get("time_sensitive") and "state" in row:
            yield Finding(
                _where(key), "It has a state but is not marked as changing with little warning.",
                "Add time_sensitive = true, or take `state` out.",
            )  # fmt: skip
        yield from confirmation(_where(key), row, book.today)


def checks(book: Book) -> Iterator[Finding]:
    """What is still to be looked into names facts and topics that are there, its state, and who confirmed it, when."""
    for key, row in book.facts_file.get("check", {}).items():
        where = f"content/facts.toml, [check.{key}]"
        for fact in row["facts"]:
            if fact not in book.content.facts:
                yield Finding(where, f"The fact {fact!r} is not in content/facts.toml.", "Add the fact, or correct it.")
        for topic in row["topics"]:
            if topic not in book.content.answers:
                yield Finding(where, f"There is no answer with the id {topic!r}.", "Correct it, or take it out.")
        if row["state"] not in STATES:
            yield Finding(where, f"{row['state']!r} is no state.", 'Write state = "to_confirm".')
        yield from confirmation(where, row, book.today)


def confirmation(where: str, row: Mapping[str, Any], today: date) -> Iterator[Finding]:
    """What is confirmed names the person who looked at the live page, and a day that has been."""
    by, on = str(row.get("confirmed_by", "")).strip(), row.get("confirmed_on", "")
    if row.get("state") != "confirmed":
        if by or on:
            yield Finding(where, "It names who confirmed it, but its state is not confirmed.", "Correct one.")
        return
    if not by:
        yield Finding(where, "It is confirmed, but by nobody.", "Add `confirmed_by`: the person who looked.")
    if (confirmed := day(on)) is None or confirmed > today:
        yield Finding(
            where, f"It is confirmed on {str(on)!r}, which is no day that has been.",
            "Add `confirmed_on`: the day the live page was looked at.",
        )  # fmt: skip


def grade_of(book: Book, fact: str) -> str:
    """Give a fact's grade: its own where the sources do not settle it, else its first source's."""
    own = book.facts_file["fact"][fact].get("grade")
    return str(own or book.content.facts[fact].sources[0].grade)


def may_be_spoken(book: Book) -> Iterator[Finding]:
    """No answer rests on a fact that is background, of grade D, or kept for other topics."""
    for topic, answer in book.content.answers.items():
        where = f"{book.path('answers.toml')}, [{topic}], facts"
        for key in answer.cited:
            fact, row = book.content.facts.get(key), book.facts_file["fact"].get(key, {})
            if fact is None:
                continue
            if not fact.speak:
                yield Finding(where, f"{key} may not be spoken: {row.get('why', 'background')}", f"Take {key} out.")
            if "D" in {grade_of(book, key), *(source.grade for source in fact.sources)}:
                yield Finding(where, f"{key} is of grade D: weak, background only.", "Find a better source.")
            if "only_in" in row and topic not in row["only_in"]:
                kept = ", ".join(row["only_in"])
                yield Finding(where, f"{key} may only be spoken in {kept}.", f"Take {key} out.")


def not_in_the_fact_sheet(book: Book) -> Iterator[Finding]:
    """What CancerCare's fact sheet never speaks of is not credited to it: another source is named first."""
    subjects = {name: book.patterns("not_in_fact_sheet", name) for name in book.listed("not_in_fact_sheet")}
    if not subjects:
        raise ContentError(f"{book.path('words.toml')}: not_in_fact_sheet is empty, so nothing would be checked")
    for piece in book.pieces:
        fact = next((held for key in book.facts_of(piece) if (held := book.content.facts.get(key))), None)
        if fact is None or fact.sources[0].id != FACT_SHEET:
            continue
        for name, patterns in subjects.items():
            if found := next((m for pattern in patterns if (m := pattern.search(piece.template))), None):
                yield piece.finding(
                    f"{found[0]!r} is about {name.replace('_', ' ')}, of which CancerCare's fact sheet says nothing, "
                    f"but {fact.id} comes first and is from it.",
                    "Put the fact that says it first: in `facts`, or for a step in `more_facts`.",
                )


def forbidden(book: Book) -> Iterator[Finding]:
    """What the notes forbid is said nowhere: a figure, a word, a sentence of the source."""
    for key, row in book.facts_file.get("fact", {}).items():
        for text in row.get("forbidden", ()):
            try:
                pattern = re.compile(text, re.IGNORECASE)
            except re.error as error:
                raise ContentError(f"{_where(key)}: forbidden: {error}") from error
            for piece in written(book):
                if piece.table.split(".")[0] in row.get("only_in", ()):
                    continue
                if found := pattern.search(piece.template):
                    note = row.get("note") or row.get("why") or ""
                    yield piece.finding(f"{found[0]!r} is not to be said ({key}). {note}".strip(), "Reword it.")
