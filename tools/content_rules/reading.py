"""How hard things are to follow: reading grade by the Flesch-Kincaid formula, measured without a network.

textstat counts words and sentences. For English it would fetch a pronouncing dictionary to count syllables;
named "en-US" instead of "en_US" it takes pyphen's hyphenation, which is installed with it. Hyphenation counts
too few ("about" cannot be broken, so it counts as one), so each word counts as the larger of that and its groups
of vowels. Measured against a pronouncing dictionary, see docs/decisions/0007-content-rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from textstat.textstat import textstatistics

from tools.content_rules.book import Book, Finding

MAX_GRADE = 6.0
#: What a word on the list of unavoidable words counts as.
PLAIN_SYLLABLES = 2
#: Stands for a number read out, so that it makes a sentence neither easier nor harder.
NUMBER = "number"

_textstat = textstatistics()
_textstat.set_lang("en-US")


@cache
def syllables(word: str) -> int:
    """Count a word's syllables, rather one too many than one too few."""
    return max(1, int(_textstat.syllable_count(word)), _vowel_groups(word.lower()))


def _vowel_groups(word: str) -> int:
    spoken_n = 1 if re.search(r"[^aeiouylr]n't$", word) else 0  # does-n't, but don't
    letters = re.sub(r"[^a-z]", "", word)
    groups = len(re.findall(r"[aeiouy]+", letters))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouycsxzgh]es$", letters)
    return groups + spoken_n - (1 if silent and groups > 1 else 0)


def grade(text: str, unavoidable: frozenset[str] = frozenset()) -> float:
    """Give the Flesch-Kincaid grade of English text, unavoidable words (lower case) counted as plain ones."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text)
    if not words:
        return 0.0
    total = 0
    for word in words:
        listed = word.lower() in unavoidable or word.lower().removesuffix("'s") in unavoidable
        total += min(PLAIN_SYLLABLES, syllables(word)) if listed else syllables(word)
    return 0.39 * len(words) / int(_textstat.sentence_count(text)) + 11.8 * total / len(words) - 15.59


def unavoidable(book: Book) -> frozenset[str]:
    """Give the locale's unavoidable words in lower case."""
    return frozenset(str(word).lower() for word in book.listed("unavoidable"))


def reading_grade(book: Book) -> Iterator[Finding]:
    """Nothing is harder to follow than reading grade 6; a line in another language (`lang`) is not measured."""
    if not book.english:
        return  # the formula is made for English
    listed = unavoidable(book)
    for piece in book.pieces:
        line = book.content.lines.get(piece.key)
        if piece.kind == "name" or (line and line.lang):
            continue
        found = grade(plain(book, piece.template, piece.who), listed)
        if found > MAX_GRADE:
            hard = sorted(set(re.findall(r"[A-Za-z']+", piece.template)) - {""}, key=syllables, reverse=True)
            hard = [w for w in hard if syllables(w) > PLAIN_SYLLABLES and w.lower() not in listed]
            words = f" Long words here: {', '.join(hard[:4])}." if hard else ""
            yield piece.finding(
                f"It reads at grade {found:.1f}; grade {MAX_GRADE:.0f} is the most.{words}",
                "Use shorter sentences and everyday words.",
            )


def plain(book: Book, template: str, who: str = "") -> str:
    """Fill a template for measuring: a person's pronouns, and one short word for any number or value."""
    person = book.content.people.get(who)
    filled = {"who": person.who, "they": person.they, "them": person.them, "their": person.their} if person else {}
    return re.sub(r"\{(\w+)\}", lambda m: filled.get(m[1].lower(), NUMBER), template)


def short_list(book: Book) -> Iterator[Finding]:
    """The list of unavoidable words stays short: thirty at most, each of them in use and longer than a plain word."""
    where, words = book.path("words.toml") + ", unavoidable", [str(w) for w in book.listed("unavoidable")]
    if len(words) > 30:
        yield Finding(where, f"{len(words)} words are on the list; thirty are the most.", "Take some out.")
    said = " ".join(piece.template for piece in book.pieces).lower()
    for word in words:
        if not re.search(rf"\b{re.escape(word.lower())}\b", said):
            yield Finding(where, f"Nothing says {word!r} any more.", "Take it out.")
        elif syllables(word) <= PLAIN_SYLLABLES:
            yield Finding(where, f"{word!r} is not a long word.", "Take it out.")
