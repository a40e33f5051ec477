"""What a guide that is no doctor does not say, and where it sends people back to."""

from __future__ import annotations

from collections.abc import Iterator

from tools.content_rules.book import Book, Finding
from tools.content_rules.numbers import written


def _never(book: Book, kind: str) -> Iterator[Finding]:
    rule = book.listed("never")[kind]
    patterns = book.patterns("never", kind, "patterns")
    for piece in written(book):
        for pattern in patterns:
            if found := pattern.search(piece.template):
                yield piece.finding(f"{found[0]!r}: {rule['why']}", rule["instead"])
                break


def dose(book: Book) -> Iterator[Finding]:
    """Nothing names a dose."""
    return _never(book, "dose")


def prognosis(book: Book) -> Iterator[Finding]:
    """Nothing forecasts: no chances, no time left, no cure."""
    return _never(book, "prognosis")


def recommendation(book: Book) -> Iterator[Finding]:
    """Nothing recommends or ranks a treatment, a doctor or a hospital."""
    return _never(book, "recommendation")


def promise(book: Book) -> Iterator[Finding]:
    """Nothing promises or cheers."""
    return _never(book, "promise")


def price(book: Book) -> Iterator[Finding]:
    """Nothing names a price or a legal deadline."""
    return _never(book, "price")


def treatment_has_care_team(book: Book) -> Iterator[Finding]:
    """An answer about treatment is marked `care_team`; words.toml lists words that only sound like one."""
    about = book.patterns("about_treatment")
    exempt = book.listed("not_about_treatment")
    for topic, answer in book.content.answers.items():
        wordings = [wording for wording in (answer.wording, answer.for_other) if wording]
        said = " ".join(text for wording in wordings for text in (wording.say, *wording.more))
        passed = exempt.get(topic, "")
        if passed and (answer.care_team or passed not in said or not any(p.search(passed) for p in about)):
            yield Finding(
                f"{book.path('words.toml')}, not_about_treatment",
                f"{topic} needs no exception any more.",
                "Take it out.",
            )
        if passed:
            said = said.replace(passed, "")
        found = next(filter(None, (pattern.search(said) for pattern in about)), None)
        if found and not answer.care_team:
            yield Finding(
                f"{book.path('answers.toml')}, [{topic}]",
                f"It speaks of treatment ({found[0]!r}) but is not marked `care_team = true`.",
                "Mark it, and lead back to the person's own doctor or care team in `say` or the first step.",
            )


def leads_back(book: Book) -> Iterator[Finding]:
    """An answer marked `care_team` leads back to the person's own doctor or team in `say` or the first step."""
    patterns = book.patterns("leads_back")
    for topic, answer in book.content.answers.items():
        for wording in (answer.wording, answer.for_other) if answer.care_team else ():
            if wording is None:
                continue
            first = " ".join([wording.say, *wording.more[:1]]).replace("{Their}", "{their}")
            if not any(pattern.search(first) for pattern in patterns):
                other = ".for_other" if wording is answer.for_other else ""
                yield Finding(
                    f"{book.path('answers.toml')}, [{topic}{other}], say",
                    "It is about treatment, and neither `say` nor the first step leads back to their own care team: "
                    "nothing there is asked, told or taken to them.",
                    'Add it, for instance "Talk with your care team first."',
                    wording.say,
                )
