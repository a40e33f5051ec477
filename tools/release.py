"""Say what stands between this copy and a store release: what nobody has confirmed, and placeholders.

`python -m tools.release` lists each fact still to be confirmed that would be spoken, the page to look at, and where
it is spoken, and each open check of facts.toml; it fails while there is one. It only reads: `confirmed` is written by
the person who saw the live page.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import content
from content import ContentError
from tools.content_rules.book import Book
from tools.content_rules.facts import confirmation, day
from tools.content_rules.numbers import written

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / "skill-package" / "skill.json"

#: What an operator replaces before a release: reserved addresses, an account of one repeated digit or of
#: Amazon's own examples, and words that say so.
PLACEHOLDERS = (
    re.compile(r"\bexample\.(org|com|net|edu)\b", re.IGNORECASE),
    re.compile(r"\b[\w-]+\.(example|invalid|test|localhost)\b", re.IGNORECASE),
    re.compile(r":(\d)\1{11}:|:(123456789012|111122223333|444455556666):"),
    re.compile(r"\b(TODO|FIXME|TBD|REPLACE[_-]?ME|CHANGE[_-]?ME|YOUR[_-][A-Z_-]+|x{4,})\b", re.IGNORECASE),
    re.compile(r"<[A-Za-z][\w -]*>|\$\{\w+\}"),
)


def spoken_where(book: Book) -> dict[str, list[str]]:
    """Map each fact to the places that speak it: answers that cite it, and lines and texts that give its number."""
    places: dict[str, list[str]] = {}
    for topic, answer in book.content.answers.items():
        for key in answer.cited:
            places.setdefault(key, []).append(topic)
    for line in book.content.lines.values():
        for key in line.facts:
            places.setdefault(key, []).append(f"line.{line.key}")
    for piece in written(book):
        for name in re.findall(r"\{(\w+?)(?:_letters)?\}", piece.template):
            phone = book.content.phones.get(name)
            place = piece.table if piece.kind != "text" else f"{Path(piece.file).name}: {piece.table}"
            if phone and place.removesuffix(".for_other") not in places.setdefault(phone.fact, []):
                places[phone.fact].append(place.removesuffix(".for_other"))
    return places


def unconfirmed(book: Book) -> Iterator[str]:
    """Say which facts would be spoken that no person has confirmed on the live page."""
    places = spoken_where(book)
    for key, fact in book.content.facts.items():
        if fact.time_sensitive and fact.state != "confirmed" and key in places:
            yield "\n".join(
                [
                    f"{key} is still to be confirmed: {fact.text}",
                    *(f"    look at: {source.url}" for source in fact.sources),
                    *(
                        f"    number: {'-'.join(phone.groups)} ({phone.name})"
                        for phone in book.content.phones.values()
                        if phone.fact == key
                    ),
                    f"    spoken in ({book.locale}): {', '.join(places[key])}",
                ]
            )


def open_checks(book: Book) -> Iterator[str]:
    """Say what else a person, now and then a clinician, has to look into first, and has not."""
    for key, row in book.facts_file.get("check", {}).items():
        if row["state"] != "confirmed":
            pages = dict.fromkeys(source.url for fact in row["facts"] for source in book.content.facts[fact].sources)
            yield "\n".join(
                [
                    f"{key} is still to be confirmed: {row['check']}",
                    *(f"    look at: {page}" for page in pages),
                    f"    rests on it ({book.locale}): {', '.join(row['topics'])}",
                ]
            )


def badly_confirmed(book: Book) -> Iterator[str]:
    """Say which facts and checks are marked as confirmed by nobody, on no day, or on a day to come."""
    for kind in ("fact", "check"):
        for key, row in book.facts_file.get(kind, {}).items():
            where = f"content/facts.toml, [{kind}.{key}]"
            yield from (str(finding) for finding in confirmation(where, row, book.today))


def overdue(book: Book) -> Iterator[str]:
    """Say which facts would be spoken past their review date."""
    places = spoken_where(book)
    for key, fact in book.content.facts.items():
        review = day(fact.review_by)
        if key in places and (review is None or review < book.today):
            yield f"{key} is past its review date ({fact.review_by or 'none'}). Spoken in: {', '.join(places[key])}"


def placeholders(manifest: Path = MANIFEST) -> Iterator[str]:
    """Say which values of the skill's manifest are still placeholders."""
    try:
        tree = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield f"{manifest.name} cannot be read: {error}"
        return
    for path, text in _texts(tree, ""):
        for pattern in PLACEHOLDERS:
            if found := pattern.search(text):
                yield f"{manifest.name}: {path} holds the placeholder {found[0]!r}\n    {text[:120]}"
                break


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{place}]")


def main(arguments: list[str] | None = None) -> int:
    """List what a release still waits for; gives 1 while there is anything."""
    parser = argparse.ArgumentParser(description="Say what stands between this copy and a store release.")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="the day to check for")
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="the skill's manifest")
    options = parser.parse_args(arguments)
    try:
        books = [Book(locale, options.today) for locale in content.locales()]
        waiting = [text for book in books for rule in (unconfirmed, open_checks) for text in rule(book)]
        wrong = [*dict.fromkeys(text for book in books for rule in (badly_confirmed, overdue) for text in rule(book))]
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    wrong += placeholders(options.manifest)
    for text in [*waiting, *wrong]:
        print(text, end="\n\n")
    if waiting:
        print("A person opens each page, today, and sees that it still says this. Then that person writes state,")
        print("confirmed_by and confirmed_on into content/facts.toml. No program does it.\n")
    if waiting or wrong:
        print(f"Not ready for a store release: {len(waiting)} to confirm, {len(wrong)} to mend.")
        return 1
    print("Nothing stands between this copy and a store release that this check knows of.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
