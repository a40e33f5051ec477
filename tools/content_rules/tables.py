"""The tables in the files: the keys each needs, none that nothing reads, and the same in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import content
from tools.content_rules.book import Book, Finding

#: What must stand in each kind of table, and what may.
ANSWER = {"intent", "title", "name", "facts", "say"}
ANSWER_MAY = {"more", "more_facts", "for_other", "helpline", "care_team", "safety"}
SAFETY_MAY = {"reprompt", "stop", "stop_intent", "yes"}
LINE_MAY = {"reprompt", "asks", "card", "facts", "lang"}
PERSON = {"who", "they", "them", "their"}
FACT = {"fact", "read", "speak", "review_by"}
FACT_MAY = {"source", "sources", "grade", "note", "why", "forbidden", "only_in"}
STATE_MAY = {"time_sensitive", "state", "confirmed_by", "confirmed_on"}
CHECK = {"check", "facts", "topics", "state"}
CHECK_MAY = {"confirmed_by", "confirmed_on"}
SOURCE = {"organisation", "title", "url", "date", "grade"}
SOURCE_MAY = {"spoken"}
PHONE = {"name", "digits", "groups", "fact"}
#: What is not plain text.
LISTS = {"facts", "topics", "more", "sources", "forbidden", "only_in", "groups"}
SWITCHES = {"helpline", "care_team", "speak", "time_sensitive", "always_open"}
#: What is the same whatever the language.
SAME = ("intent", "facts", "more_facts", "helpline", "care_team", "safety", "yes", "stop_intent")


def shape(book: Book) -> Iterator[Finding]:
    """Every table has the keys it needs, of the right kind, and none that nothing reads."""
    for topic, row in book.table("answers.toml").items():
        where = f"{book.path('answers.toml')}, [{topic}]"
        is_safety = isinstance(row, Mapping) and row.get("safety", "none") != "none"
        yield from _row(where, row, ANSWER, ANSWER_MAY | (SAFETY_MAY if is_safety else set()))
        if isinstance(row, Mapping) and "for_other" in row:
            yield from _row(f"{where[:-1]}.for_other]", row["for_other"], {"say"}, {"more"})
    dialog = book.table("dialog.toml")
    for key, row in dialog.get("line", {}).items():
        yield from _row(f"{book.path('dialog.toml')}, [line.{key}]", row, {"say"}, LINE_MAY)
    for key, row in dialog.get("person", {}).items():
        yield from _row(f"{book.path('dialog.toml')}, [person], {key}", row, PERSON, set())
    for key, row in book.facts_file.get("fact", {}).items():
        yield from _row(f"content/facts.toml, [fact.{key}]", row, FACT, FACT_MAY | STATE_MAY)
    for key, row in book.facts_file.get("check", {}).items():
        yield from _row(f"content/facts.toml, [check.{key}]", row, CHECK, CHECK_MAY)
    for key, row in book.facts_file.get("source", {}).items():
        yield from _row(f"content/facts.toml, [source.{key}]", row, SOURCE, SOURCE_MAY)
    for key, row in content.read_toml(content.ROOT / "phones.toml").items():
        yield from _row(f"content/phones.toml, [{key}]", row, PHONE, {"letters", "always_open"})


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _row(where: str, row: Any, needed: set[str], optional: set[str]) -> Iterator[Finding]:
    if not isinstance(row, Mapping):
        yield Finding(where, "This is not a table.", "Write it like the tables around it.")
        return
    if missing := sorted(needed - set(row)):
        yield Finding(where, f"It lacks {', '.join(missing)}.", "Add it; content/README.md says what it means.")
    if unknown := sorted(set(row) - needed - optional):
        yield Finding(where, f"Nothing reads {', '.join(unknown)} here.", "Correct the spelling, or take it out.")
    for key, value in row.items():
        if key in LISTS and not _texts(value):
            yield Finding(f"{where}, {key}", "This is not a list of texts.", 'Write ["...", "..."], also for one.')
        elif key == "more_facts" and not (isinstance(value, list) and all(map(_texts, value))):
            yield Finding(f"{where}, {key}", "This is not a list for each step.", 'Write [["S1", "S2"], [], ["E3"]].')
        elif key in SWITCHES and not isinstance(value, bool):
            yield Finding(f"{where}, {key}", "This is neither true nor false.", "Write true or false, without quotes.")
        elif key not in LISTS | SWITCHES | {"for_other", "more_facts"} and not isinstance(value, str):
            yield Finding(f"{where}, {key}", "This is not text in quotes.", 'Write it in straight quotes, like "this".')


def locales_alike(book: Book) -> Iterator[Finding]:
    """Every language has the same files and the same keys as American English."""
    if book.locale == content.DEFAULT_LOCALE:
        return
    first = Book(content.DEFAULT_LOCALE, book.today)
    theirs, mine = ({path.name for path in one.folder.iterdir()} for one in (first, book))
    yield from _differ(f"content/locales/{book.locale}", "file", theirs, mine)
    for name in sorted((mine & theirs) - {"words.toml"}):
        there, here = first.table(name), book.table(name)
        yield from _differ(book.path(name), "table", set(there), set(here))
        for table in sorted(set(here) & set(there)):
            yield from _same(f"{book.path(name)}, [{table}]", there[table], here[table], deep=table == "line")


def _same(where: str, theirs: Any, mine: Any, *, deep: bool) -> Iterator[Finding]:
    if not isinstance(theirs, Mapping) or not isinstance(mine, Mapping):
        return
    yield from _differ(where, "key", set(theirs), set(mine))
    for key in sorted(set(theirs) & set(mine)):
        if deep:
            yield from _same(f"{where}, {key}", theirs[key], mine[key], deep=False)
        elif key in SAME and theirs[key] != mine[key]:
            yield Finding(where, f"`{key}` is not the same as in American English.", "Make it the same.")


def _differ(where: str, what: str, theirs: set[str], mine: set[str]) -> Iterator[Finding]:
    for name in sorted(theirs - mine):
        yield Finding(where, f"The {what} {name!r} is missing here; American English has it.", "Add it.")
    for name in sorted(mine - theirs):
        yield Finding(where, f"The {what} {name!r} stands here only.", "Take it out, or add it to every language.")
