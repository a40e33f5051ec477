"""The one place that speaks: content in, Alexa's response out, open exactly when something is asked."""

from __future__ import annotations

import logging
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ask_sdk_model import Intent, Response, Slot
from ask_sdk_model.dialog import ElicitSlotDirective
from ask_sdk_model.slot_confirmation_status import SlotConfirmationStatus
from ask_sdk_model.ui import AskForPermissionsConsentCard, Reprompt, SimpleCard, SsmlOutputSpeech

from content import Content, ContentError, Line, Source
from skill import names
from skill.rules import ssml
from skill.turn import Memory, Turn

log = logging.getLogger(__name__)

#: Safety answers that never carry the sponsor, an offer or the Hopeline.
CRISIS = frozenset({"crisis", "urgent"})


#: Questions that may be answered in any words: Alexa is asked to hand the words over without a carrier phrase.
#: A yes or no comes through all the same; but whoever says "help, I can't breathe" instead must be heard, too.
OPEN_QUESTIONS = frozenset({"question", "another", "choice", "text", "more", "safety"})

#: The day we read a page is told to the month: so much of "2026-11-22".
MONTH = len("2026-11")


def _elicit_question() -> ElicitSlotDirective:
    slot = Slot(name=names.QUESTION_SLOT, confirmation_status=SlotConfirmationStatus.NONE)
    intent = Intent(name=names.OPEN_QUESTION, slots={names.QUESTION_SLOT: slot})
    return ElicitSlotDirective(slot_to_elicit=names.QUESTION_SLOT, updated_intent=intent)


@dataclass(slots=True)
class Reply:
    """What will be said, before it is turned into Alexa's JSON."""

    keys: list[str]
    values: dict[str, str]
    body: str
    reprompt: str
    asks: str
    card_title: str = ""
    card_text: str = ""
    directives: list[Any] = field(default_factory=list)
    permission_card: bool = False


class _Filler(string.Formatter):
    """Fill `{placeholders}`; an unknown one is an error that a test finds, never a silent gap."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if isinstance(key, int) or key not in kwargs:
            raise ContentError(f"no value for the placeholder {{{key}}}")
        return kwargs[key]


_FILL = _Filler()


class Voice:
    """Speaks the words of one locale."""

    def __init__(self, content: Content) -> None:
        """Take the words to speak."""
        self.content = content

    # -- composing ---------------------------------------------------------------------------------------

    def say(self, turn: Turn, *keys: str, **values: str) -> Reply:
        """Compose the entries named by `keys`, in order, into one reply and remember it for "repeat".

        A key is a dialog line's, a topic's, or a part of a topic's answer (`topic.more.1`, `topic.stop`,
        `topic.again`).
        Raises `ContentError` for a key or placeholder that content does not hold.
        """
        memory = turn.memory
        pieces = [self.entry(key, memory.who) for key in keys]
        question = next((p for p in reversed(pieces) if p.reprompt), None)
        body = " ".join(self._spoken(p.say, p.lang, values, memory) for p in pieces)
        reply = Reply(
            keys=list(keys),
            values=dict(values),
            body=body,
            reprompt=self._spoken(question.reprompt, question.lang, values, memory) if question else "",
            asks=question.asks if question else "",
        )
        reply.card_title, reply.card_text = self._card(pieces, values, memory)
        memory.said, memory.values, memory.pending = reply.keys, reply.values, reply.asks
        return reply

    def again(self, turn: Turn, *before: str) -> Reply | None:
        """Say the last reply again, after the lines `before`; None when nothing was said yet."""
        memory = turn.memory
        said = [key for key in memory.said if self.has(key) and key not in before]
        if not said:
            return None
        values = {**memory.values}
        try:
            reply = self.say(turn, *before, *said, **values)
        except ContentError:  # values of an older version of the skill, or attributes we did not write
            return None
        memory.said = said
        return reply

    def has(self, key: str) -> bool:
        """Tell whether content holds a key."""
        try:
            self.entry(key)
        except ContentError:
            return False
        return True

    def entry(self, key: str, who: str = "") -> Line:
        """Find the words for a key as one line, in the wording for `who`. Raises `ContentError`."""
        topic, _, part = key.partition(".")
        if topic not in self.content.answers:
            return self.content.line(key)
        answer = self.content.answer(topic)
        wording = answer.worded_for(who)
        if not part:
            asks = "safety" if answer.reprompt else ""
            return Line(key, wording.say, answer.reprompt, asks, answer.title, answer.facts)
        if part == "again" and answer.reprompt:
            # What the reprompt says, said in its own right; silence after it is met with the whole answer.
            return Line(key, answer.reprompt, wording.say, "safety", answer.title, answer.facts)
        if part == "stop" and answer.stop:
            return Line(key, answer.stop, facts=answer.facts)
        kind, _, number = part.partition(".")
        if kind == "more" and number.isdigit() and 0 < int(number) <= len(wording.more):
            step = int(number)
            return Line(key, wording.more[step - 1], card=answer.title, facts=answer.facts_of(step))
        raise ContentError(f"no such part of an answer: {key!r}")

    # -- filling -----------------------------------------------------------------------------------------

    def _people(self, memory: Memory) -> dict[str, str]:
        person = self.content.people.get(memory.who) or next(iter(self.content.people.values()), None)
        if person is None:
            return {}
        return {
            "who": person.who,
            "they": person.they,
            "They": person.they.capitalize(),
            "them": person.them,
            "their": person.their,
            "Their": person.their.capitalize(),
        }

    def _spoken(self, template: str, lang: str, values: Mapping[str, str], memory: Memory) -> str:
        filled: dict[str, str] = {}
        for phone in self.content.phones.values():
            short = len(phone.digits) == 3
            filled[phone.id] = ssml.short_code(phone.digits) if short else ssml.number_aloud(phone.groups)
            if phone.letters:
                lettered = (*phone.groups[:-1], phone.letters)
                filled[f"{phone.id}_letters"] = ssml.number_aloud(lettered)
        filled |= {k: ssml.escaped(v) for k, v in {**self._people(memory), **values}.items()}
        # Content is written in plain words, so what it says is escaped too; only our values are markup.
        return ssml.in_language(_FILL.format(ssml.escaped(template), **filled), lang)

    def written(self, template: str, values: Mapping[str, str], memory: Memory) -> str:
        """Fill a template for the eye: numbers in digits with their letters beside them."""
        filled: dict[str, str] = {}
        for phone in self.content.phones.values():
            number = "-".join(phone.groups)
            filled[phone.id] = f"{number} ({phone.letters})" if phone.letters else number
            filled[f"{phone.id}_letters"] = "-".join((*phone.groups[:-1], phone.letters))
        filled |= {**self._people(memory), **values}
        return _FILL.format(template, **filled)

    def written_text(self, name: str) -> str:
        """Give the body of a text message, its number filled in."""
        return self.written(self.content.texts[name], {}, Memory())

    # -- cards -------------------------------------------------------------------------------------------

    def _card(self, pieces: list[Line], values: Mapping[str, str], memory: Memory) -> tuple[str, str]:
        shown = [p for p in pieces if p.card]
        if not shown:
            return "", ""
        parts = [self.written(p.say, values, memory) for p in shown]
        answers = [self.content.answers[t] for p in shown if (t := p.key.partition(".")[0]) in self.content.answers]
        if not any(a.safety in CRISIS for a in answers):
            parts.append(self.written(self.content.words["card_helpline"], values, memory))
        if answers and answers[0].safety == "none":
            parts.append(self.source_line(shown[0].facts))
        return shown[0].card, "\n\n".join(parts)

    def rests_on(self, *keys: str) -> list[str]:
        """List the facts that the words of these keys rest on, each once; a key content does not hold has none."""
        return list(dict.fromkeys(fact for key in keys if self.has(key) for fact in self.entry(key).facts))

    def sources(self, facts: Sequence[str]) -> list[tuple[Source, str]]:
        """List where facts come from: one source of each organisation, in order, and the day we read it."""
        found: dict[str, tuple[Source, str]] = {}
        for fact in (self.content.facts[key] for key in facts if key in self.content.facts):
            found.setdefault(fact.sources[0].organisation, (fact.sources[0], fact.read))
        return list(found.values())

    def organisation(self, source: Source) -> str:
        """Name a source's organisation, with the year its page shows, if it shows one."""
        shape = self.content.words["organisation_in_year"] if source.date else "{organisation}"
        return str(shape).format(organisation=source.organisation, year=source.date[:4])

    def source_line(self, facts: Sequence[str]) -> str:
        """Give the line that names the first source of these facts, for the card."""
        for source, read in self.sources(facts):
            values = {"organisation": source.organisation, "title": source.title}
            values |= {"date": self.date(source.date), "read": self.date(read[:MONTH])}
            shape = self.content.words["card_source" if values["date"] else "card_source_undated"]
            return str(shape).format(**values)
        return ""

    def date(self, iso: str) -> str:
        """Say an ISO date ("2022-10-11", "2022-10" or "2022") in the locale's words; "" stays ""."""
        parts = iso.split("-") if iso else []
        if not all(p.isdigit() for p in parts) or not parts:
            return ""
        months = self.content.words["months"]
        shape = {1: "date_year", 2: "date_month", 3: "date_day"}[min(len(parts), 3)]
        month = months[int(parts[1]) - 1] if len(parts) > 1 else ""
        day = str(int(parts[2])) if len(parts) > 2 else ""
        return str(self.content.words[shape]).format(year=parts[0], month=month, day=day)

    # -- the screen --------------------------------------------------------------------------------------

    def _screen(self, turn: Turn, reply: Reply) -> list[Any]:
        try:
            from skill import screens  # needed on devices with a screen only

            drawn = screens.render(turn, self, reply)
        except Exception as error:  # nobody goes without the words because their screen could not be drawn
            log.error("no screen: request=%s error=%s", turn.request_id, type(error).__name__)
            return []
        return [drawn] if drawn else []

    # -- Alexa's JSON ------------------------------------------------------------------------------------

    def response(self, turn: Turn, reply: Reply) -> Response:
        """Turn a reply into Alexa's response: open if and only if it asks; with a screen where there is one."""
        pace = turn.memory.pace
        connection = any(type(d).__name__ == "StartConnectionDirective" for d in reply.directives)
        card: Any = None
        if reply.permission_card:
            card = AskForPermissionsConsentCard(permissions=[names.MOBILE_NUMBER_SCOPE])
        elif reply.card_title:
            card = SimpleCard(title=reply.card_title, content=reply.card_text)
        reprompt = None
        if reply.asks in OPEN_QUESTIONS and not connection:
            reply.directives.append(_elicit_question())
        if turn.has_screen and not connection:
            reply.directives.extend(self._screen(turn, reply))
        if reply.reprompt:
            reprompt = Reprompt(output_speech=SsmlOutputSpeech(ssml=ssml.spoken(reply.reprompt, pace)))
        return Response(
            output_speech=SsmlOutputSpeech(ssml=ssml.spoken(reply.body, pace)) if reply.body else None,
            reprompt=reprompt,
            card=card,
            directives=reply.directives or None,
            # Alexa takes the session over for a connection and hands it back; then the flag stays unset.
            should_end_session=None if connection else not reply.reprompt,
        )
