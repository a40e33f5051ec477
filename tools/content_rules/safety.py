"""The safety answers: what they must say, and what they must not."""

from __future__ import annotations

from collections.abc import Iterator

from content import Answer
from tools.content_rules.book import Book, Finding, sentences
from tools.content_rules.numbers import written

#: The safety topics and what each is: changing this is changing what people in danger hear.
KINDS = {
    "emergency": "crisis",
    "urgent_symptom": "urgent",
    "suicide": "crisis",
    "suicide_other": "crisis",
    "med_advice": "advice",
    "distress": "distress",
}
#: Never the Hopeline, which has opening hours, and never a sponsor.
CRISIS = frozenset({"crisis", "urgent"})
#: What each must say, in every wording and reprompt.
MUST_SAY = {
    "emergency": ("{emergency}",),
    "urgent_symptom": ("{emergency}",),
    "suicide": ("{lifeline}", "{emergency}"),
    "suicide_other": ("{lifeline}", "{emergency}"),
}
MAX_EMERGENCY_SENTENCES = 2


def _spoken(answer: Answer) -> list[tuple[str, str]]:
    wordings = [("say", answer.wording.say)] + ([("for_other, say", answer.for_other.say)] if answer.for_other else [])
    parts = [*wordings, ("stop", answer.stop), ("reprompt", answer.reprompt)]
    return [(part, text) for part, text in parts if text]


def _finding(book: Book, topic: str, part: str, wrong: str, mend: str, quote: str = "") -> Finding:
    return Finding(f"{book.path('answers.toml')}, [{topic}], {part}", wrong, mend, quote)


def all_there(book: Book) -> Iterator[Finding]:
    """The six safety answers are there, each of its kind, and nothing else claims to be one."""
    for topic, kind in KINDS.items():
        answer = book.content.answers.get(topic)
        if answer is None or answer.safety != kind:
            yield _finding(book, topic, "safety", f"This safety answer is missing, or not {kind!r}.", "Put it back.")
    for topic, answer in book.content.answers.items():
        if answer.safety != "none" and topic not in KINDS:
            yield _finding(book, topic, "safety", "This is not one of the safety answers.", "Take `safety` out.")


def crisis_names_help(book: Book) -> Iterator[Finding]:
    """Every wording and reprompt of a crisis answer gives the number to call."""
    for topic, needed in MUST_SAY.items():
        answer = book.content.answers.get(topic)
        for part, text in _spoken(answer) if answer else ():
            for number in needed:
                if number not in text:
                    wrong = f"It does not give {number}: somebody in danger may hear only this."
                    yield _finding(book, topic, part, wrong, f"Say {number}.", text)
        if answer and not answer.reprompt:
            wrong = "It has no reprompt, so Alexa stops listening and says nothing more."
            yield _finding(book, topic, "reprompt", wrong, "Add one that repeats the number.")


def crisis_in_spanish(book: Book) -> Iterator[Finding]:
    """A crisis answer's Spanish line gives the same numbers, waits, names no Hopeline and is in Spanish."""
    for topic, needed in MUST_SAY.items():
        line = book.content.lines.get(f"spanish_{topic}")
        if line is None:
            continue  # the rule for missing keys reports it once code says it
        where = f"{book.path('dialog.toml')}, [line.{line.key}]"
        for part, text in (("say", line.say), ("reprompt", line.reprompt)):
            for number in (number for number in needed if number not in text):
                wrong = f"It does not give {number}: somebody in danger may hear only this."
                yield Finding(f"{where}, {part}", wrong, f"Say {number}.", text)
            if "?" in text or "{hopeline" in text:
                yield Finding(f"{where}, {part}", "A crisis answer asks nothing and offers nothing.", "Cut it.", text)
        if line.asks != "safety" or not line.lang:
            yield Finding(where, "It does not wait like a crisis answer, or names no language.", "See its neighbours.")


def crisis_is_bare(book: Book) -> Iterator[Finding]:
    """A crisis answer asks nothing, offers nothing, has no more steps, and names no Hopeline and no CancerCare."""
    for topic, answer in book.content.answers.items():
        if answer.safety not in CRISIS:
            continue
        for part, text in _spoken(answer):
            if "?" in text:
                yield _finding(book, topic, part, "A crisis answer asks nothing.", "Say where help is.", text)
            if any(word in text.lower() for word in ("cancercare", "hopeline")):
                wrong = "A crisis answer never sends people to the Hopeline: it has opening hours."
                yield _finding(book, topic, part, wrong, "Take it out.", text)
        if answer.wording.more or (answer.for_other and answer.for_other.more) or answer.helpline or answer.yes:
            yield _finding(book, topic, "more", "Nothing comes after a crisis answer.", "Leave `say` and `reprompt`.")


def emergency_first(book: Book) -> Iterator[Finding]:
    """The emergency answer begins with the call, and one sentence more is all."""
    answer = book.content.answers.get("emergency")
    begins = str(book.listed("emergency_begins"))
    for part, text in _spoken(answer) if answer else ():
        if not text.startswith(begins):
            yield _finding(book, "emergency", part, "Its first words are not the call.", f"Begin with: {begins}", text)
        if len(sentences(text)) > MAX_EMERGENCY_SENTENCES:
            yield _finding(book, "emergency", part, "Seconds matter: one sentence may follow.", "Cut the rest.", text)


def distress_offers_both(book: Book) -> Iterator[Finding]:
    """Distress is offered a person by day and a person by night: a social worker, and the lifeline."""
    answer = book.content.answers.get("distress")
    wordings = [answer.wording, answer.for_other] if answer else []
    for wording in wordings:
        if wording and ("{lifeline}" not in wording.say or "cancercare" not in wording.say.lower()):
            wrong = "It does not offer both the social worker and the lifeline."
            yield _finding(book, "distress", "say", wrong, "Offer both.", wording.say)
    if answer and answer.yes != "get_number":
        yield _finding(book, "distress", "yes", 'Its "yes" does not give the number.', 'Write yes = "get_number".')


def advice_gives_no_hint(book: Book) -> Iterator[Finding]:
    """Medical advice is declined without naming any treatment, and leads to the care team."""
    answer = book.content.answers.get("med_advice")
    about = book.patterns("about_treatment")
    for part, text in _spoken(answer) if answer else ():
        if found := next(filter(None, (pattern.search(text) for pattern in about)), None):
            wrong = f"{found[0]!r} can be heard as a hint of an answer."
            yield _finding(book, "med_advice", part, wrong, "Decline without naming it.", text)
        if "team" not in text:
            yield _finding(book, "med_advice", part, "It does not name the care team.", "Name it.", text)


def never_in_safety(book: Book) -> Iterator[Finding]:
    """No safety answer, nor a line after one, quizzes, promises secrecy, names means, sells or asks how it did."""
    rule = book.listed("never_in_safety")
    patterns = book.patterns("never_in_safety", "patterns")
    follow = {f"line.ask_{answer.yes}" for answer in book.content.answers.values() if answer.yes}
    follow |= {"line.help_safety"}
    for piece in written(book):
        if not (piece.answer and piece.answer.safety != "none") and piece.table not in follow:
            continue
        if found := next(filter(None, (pattern.search(piece.template) for pattern in patterns)), None):
            yield piece.finding(f"{found[0]!r}: {rule['why']}", rule["instead"])
