"""From a reply to what its screen shows: the telephone number first, then the words, the question, the buttons.

Nothing is written here. Every piece of text is one that the reply speaks, written for the eye; the labels of buttons
are content's. Numbers are taken out of their sentences, so that none is ever broken at the end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Literal

from content import Button, Content, Phone
from skill.rules import ssml
from skill.screens.touch import PLACES

if TYPE_CHECKING:
    from skill.say import Reply, Voice
    from skill.turn import Memory, Turn

Kind = Literal["answer", "choice", "number", "sent", "help", "crisis"]
Layout = Literal["Say", "Pick", "NumberFirst", "Crisis"]

#: Answers that show whom to call and nothing else.
CRISIS = frozenset({"crisis", "urgent"})
MOST_BUTTONS = 3
#: Words before a number that are longer than this many characters are set smaller.
LONG_LEAD = 22
#: How many characters at most are set in each size of type, the largest size first; what is more is set in XS.
SIZES: dict[Layout, dict[str, int]] = {
    "Say": {"L": 90, "M": 190, "S": 240},
    "Pick": {"L": 40, "M": 90, "S": 240},
    "NumberFirst": {"M": 120, "S": 1000},
    "Crisis": {"M": 100, "S": 1000},
}
#: Widths in em. Digits and hyphens a little wider than in Amazon Ember Bold (0.586 and 0.402) and its Display cut, so
#: that "800-813-4673" is taken to be 6.9 em; capitals a little wider than the widest of "HOPE" is on average.
DIGIT_EM, HYPHEN_EM, LETTER_EM = 0.61, 0.40, 0.75

_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
#: A telephone number among a reply's values, as it is read out: "2 0 2, 5 5 5, 0 1 4 3".
_READ_OUT = re.compile(r"\d(?:,? \d){6,}")
_DIGITS_APART = re.compile(r"\d(?:,? \d)+")


@dataclass(slots=True)
class Number:
    """A number that stands on a line of its own, with the words before and after it in its sentence."""

    text: str
    spoken: str
    lead: str = ""
    tail: str = ""
    #: Style of the words around it.
    style: str = "lead"

    @property
    def em(self) -> float:
        """Give its width at a type size of one, in a face that is a little wider than any device's."""
        widths = (DIGIT_EM if c.isdigit() else HYPHEN_EM if c == "-" else LETTER_EM for c in self.text)
        return round(sum(widths), 2)


@dataclass(frozen=True, slots=True)
class Touch:
    """A button: what stands on it, what a screen reader says, and what it does."""

    label: str
    spoken: str
    does: tuple[str, str]
    #: Its share of a row.
    share: int = 1


@dataclass(slots=True)
class Shown:
    """Everything on one screen."""

    kind: Kind
    layout: Layout
    text: list[str] = field(default_factory=list)
    question: str = ""
    numbers: list[Number] = field(default_factory=list)
    main: list[Touch] = field(default_factory=list)
    more: list[Touch] = field(default_factory=list)

    @property
    def size(self) -> str:
        """Choose the size of the type by how much there is to read."""
        length = sum(map(len, self.text))
        return next((size for size, most in SIZES[self.layout].items() if length <= most), "XS")


def compose(turn: Turn, voice: Voice, reply: Reply) -> Shown:
    """Lay out a reply. Raises `ContentError` for a key or a placeholder that content does not hold."""
    content, memory = voice.content, turn.memory
    safety = next((a.safety for key in reply.keys if (a := content.answers.get(key.partition(".")[0]))), "none")
    shown = Shown("crisis", "Crisis") if safety in CRISIS else Shown("answer", "Say")
    writer = _Writer(voice, reply, memory, short_codes_apart=shown.kind == "crisis")
    if shown.kind == "crisis":
        writer.write(shown)
        if safety == "crisis":
            shown.text = []
        shown.question = ""
        return shown
    writer.write(shown)
    if reply.asks == "choice":
        shown.main = list(_choices(content, memory, reply, writer.ordered))
        shown.kind, shown.layout = "choice", "Pick"
    elif reply.asks == "question":
        shown.main = list(_examples(shown, content, reply))
        shown.kind, shown.layout = "help", "Pick"
    elif shown.question:
        _under(shown, content, reply)
    if shown.numbers:
        shown.kind = "sent" if "text_sent" in reply.keys else "number"
        shown.layout, shown.more = "NumberFirst", []
    elif shown.layout == "Pick" and not shown.main:
        shown.kind, shown.layout = "answer", "Say"
    return shown


class _Writer:
    """Writes the sentences of a reply for the eye and sorts them by where they stand."""

    def __init__(self, voice: Voice, reply: Reply, memory: Memory, *, short_codes_apart: bool) -> None:
        self.voice, self.reply, self.memory = voice, reply, memory
        self.short_codes_apart = short_codes_apart
        self.seen: set[str] = set()
        #: What was offered as "First: ...", "Second: ...".
        self.ordered: list[str] = []
        self.values = {name: escape(_closed_up(value), quote=False) for name, value in reply.values.items()}
        for phone in voice.content.phones.values():
            if len(phone.digits) == 3:
                self.values[phone.id] = f"<b>{phone.digits}</b>"

    def write(self, shown: Shown) -> None:
        """Put every sentence in its place on a screen."""
        for key in self.reply.keys:
            kept = [
                s for s in _SENTENCE.split(self.voice.entry(key, self.memory.who).say) if not self._placed(s, shown)
            ]
            if kept:
                shown.text.append(self._written(" ".join(kept)))

    def _placed(self, sentence: str, shown: Shown) -> bool:
        """Tell whether a sentence was put somewhere else than among the words."""
        if found := self._number(sentence):
            place, number = found
            if number.text not in self.seen:
                self.seen.add(number.text)
                number.lead = self._written(sentence[: place.start()].rstrip(" :,"))
                number.tail = self._written(sentence[place.end() :].strip(" ,.!?"))
                if shown.kind == "crisis":
                    # "Call 988" is whole without its "now", and nothing stands between one number and the next.
                    number.style, number.tail = "leadL", ""
                elif len(number.lead) > LONG_LEAD:
                    number.style = "leadS"
                shown.numbers.append(number)
            return True
        if sentence.endswith("?"):
            offered = sentence.find("{first}")
            shown.question = self._written(sentence if offered < 0 else f"{sentence[:offered].rstrip()}:")
            return True
        return self._offered(sentence)

    def _offered(self, sentence: str) -> bool:
        """Tell whether a sentence becomes a button: a counted choice, or an example under an open question."""
        before, colon, rest = sentence.partition(": ")
        if not colon:
            return False
        screens = self.voice.content.screens
        if self.reply.asks == "choice" and before in screens.ordinals:
            self.ordered.append(self._written(rest.rstrip(".")))
            return True
        return self.reply.asks == "question" and any(_plain(e.label) == _plain(rest) for e in screens.examples)

    def _number(self, sentence: str) -> tuple[re.Match[str], Number] | None:
        for place in _PLACEHOLDER.finditer(sentence):
            if number := self._on_its_own(place.group(1)):
                return place, number
        return None

    def _on_its_own(self, name: str) -> Number | None:
        phones = self.voice.content.phones
        if phone := phones.get(name.removesuffix("_letters")):
            if len(phone.digits) == 3 and not self.short_codes_apart:
                return None
            return _telephone(phone, letters=name.endswith("_letters"))
        value = self.reply.values.get(name, "")
        return Number(_closed_up(value), value) if _READ_OUT.fullmatch(value) else None

    def _written(self, template: str) -> str:
        return self.voice.written(escape(template, quote=False), self.values, self.memory)


def _telephone(phone: Phone, *, letters: bool) -> Number:
    groups = (*phone.groups[:-1], phone.letters) if letters else phone.groups
    return Number("-".join(groups), ssml.digits_aloud(groups))


def _closed_up(value: str) -> str:
    """Write digits that are read out one by one as one writes them: "2 0 2, 5 5 5" is 202-555, "4 2" is 42."""
    return value.replace(" ", "").replace(",", "-") if _DIGITS_APART.fullmatch(value) else value


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def _under(shown: Shown, content: Content, reply: Reply) -> None:
    """Put the buttons of a question under it; one that gives the number is left out where it stands already."""
    given = _gives_helpline(shown, content)
    buttons = [b for b in content.screens.under.get(reply.asks, ()) if not (b.gives_number and given)]
    made = [_touch(b, shown.question) for b in buttons[:MOST_BUTTONS]]
    shown.main, shown.more = made[:2], made[2:]


def _touch(button: Button, question: str = "") -> Touch:
    # "Yes" alone says little to somebody who finds it by touch, so a screen reader hears what it answers.
    spoken = f"{button.label}. {question}" if question else button.label
    return Touch(escape(button.label, quote=False), spoken, button.does)


def _choices(content: Content, memory: Memory, reply: Reply, ordered: list[str]) -> Iterator[Touch]:
    topics = [topic for topic in memory.choices if topic in content.answers]
    for place, ordinal, topic in zip(PLACES, content.screens.ordinals, topics, strict=False):
        at = PLACES.index(place)
        words = ordered[at] if at < len(ordered) else escape(_choice(reply.values, place, content, topic), quote=False)
        label = f"{ordinal}: {words}"
        yield Touch(label, label, ("choice", place))


def _choice(values: Mapping[str, str], place: str, content: Content, topic: str) -> str:
    return values.get(place) or content.answers[topic].name


def _gives_helpline(shown: Shown, content: Content) -> bool:
    hopeline = content.phones.get("hopeline")
    return hopeline is not None and "-".join(hopeline.groups) in {number.text for number in shown.numbers}


def _examples(shown: Shown, content: Content, reply: Reply) -> Iterator[Touch]:
    """Give the examples that are said, in the order they are said, those of the reprompt last."""
    said = f" {_plain(ssml.plain(reply.body))} | {_plain(ssml.plain(reply.reprompt)) if reply.reprompt else ''} "
    given = _gives_helpline(shown, content)
    offered = [e for e in content.screens.examples if not (e.gives_number and given)]
    found = [(said.find(f" {_plain(e.label)} "), e) for e in offered]
    heard = sorted(((at, e) for at, e in found if at >= 0), key=lambda pair: pair[0])
    done: set[tuple[str, str]] = set()
    for _, example in heard:
        if example.does not in done and len(done) < MOST_BUTTONS:
            done.add(example.does)
            yield _touch(example)
