"""The rules for everything that is said: each a small function that lists what an editor has to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.content_rules import (
    facts,
    keys,
    length,
    markup,
    medicine,
    numbers,
    others,
    questions,
    reading,
    safety,
    tables,
)
from tools.content_rules.book import Book, Finding

Rule = Callable[[Book], Iterator[Finding]]

#: Rules about the files themselves: the words cannot be loaded until these find nothing.
FIRST: tuple[Rule, ...] = (tables.shape, facts.sourced, facts.complete_sources, tables.locales_alike)

RULES: tuple[Rule, ...] = (
    facts.answers_rest_on_facts,
    facts.fresh,
    facts.state,
    facts.checks,
    facts.may_be_spoken,
    facts.not_in_the_fact_sheet,
    facts.forbidden,
    length.first_answer,
    length.steps,
    length.sentence,
    length.labels,
    length.long_lines,
    length.speech_size,
    length.seconds,
    reading.reading_grade,
    reading.short_list,
    questions.answers_ask_nothing,
    questions.one_question_last,
    questions.open_when_asked,
    questions.composed,
    questions.spoken_titles,
    numbers.typed,
    numbers.letters,
    numbers.phone_book,
    markup.parses,
    markup.placeholders,
    markup.speakable,
    markup.capitals,
    markup.tidy,
    medicine.dose,
    medicine.prognosis,
    medicine.recommendation,
    medicine.promise,
    medicine.price,
    medicine.treatment_has_care_team,
    medicine.leads_back,
    others.worded_for_others,
    others.same_steps,
    others.persons_only_there,
    others.agrees,
    safety.all_there,
    safety.crisis_names_help,
    safety.crisis_in_spanish,
    safety.crisis_is_bare,
    safety.emergency_first,
    safety.distress_offers_both,
    safety.advice_gives_no_hint,
    safety.never_in_safety,
    keys.missing,
    keys.unused,
    keys.people,
)


def check(book: Book) -> list[Finding]:
    """Apply every rule to one locale's words. Raises `ContentError` when a file cannot be read."""
    found = [finding for rule in FIRST for finding in rule(book)]
    if any(not finding.warning for finding in found):
        return found
    return found + [finding for rule in RULES for finding in rule(book)]
