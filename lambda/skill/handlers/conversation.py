"""General conversation: opening, yes and no, repeat, pace, help, going back, not understood, goodbye."""

from __future__ import annotations

from typing import ClassVar

from content import Content
from skill import names
from skill.handlers import Handler, safety, texting
from skill.handlers.answers import answer, more
from skill.rules import offers
from skill.say import MONTH, Reply, Voice
from skill.turn import Turn

#: The three choices read out when examples did not help.
CHOICES = ["when_needed", "what_to_say", offers.NUMBER_TOPIC]


def ask_again(turn: Turn, voice: Voice, *before: str) -> Reply:
    """Say the lines `before` and ask the pending question once more; with none pending, ask what to answer."""
    if turn.memory.pending == "safety":
        return safety.ask_again(turn, voice, *before)
    key = f"ask_{turn.memory.pending}"
    values = texting.values_for(turn)
    pending = key if turn.memory.pending and voice.has(key) else "ask_question"
    return voice.say(turn, *before, pending, **values)


class Launch(Handler):
    """The skill is opened without a question."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take the launch."""
        return turn.type == names.LAUNCH

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say in one breath what this is and what can be asked."""
        return voice.say(turn, "welcome")


class Leave(Handler):
    """Stop, cancel and home: stop always stops."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take all three."""
        return turn.asks(names.STOP, names.CANCEL, names.HOME)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Drop a text that is being settled; otherwise close."""
        texting_now = turn.memory.pending in texting.QUESTIONS
        texting.forget(turn)
        if turn.intent == names.CANCEL and texting_now:
            turn.memory.offer = "settled"
            return voice.say(turn, "text_cancelled", "ask_another")
        return safety.goodbye(turn, voice)


class PendingYesNo(Handler):
    """Yes and no: they belong to the question asked last and to nothing else."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take yes and no."""
        return turn.asks(names.YES, names.NO)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Do what the pending question asked about."""
        yes = turn.intent == names.YES
        pending = turn.memory.pending
        if pending == "text":
            return texting.begin(turn, voice, self.desk) if yes else self._declined(turn, voice)
        if pending in texting.QUESTIONS:
            return texting.answered(turn, voice, self.desk, yes=yes)
        if pending == "more":
            return more(turn, voice) if yes else voice.say(turn, "ask_another")
        if pending == "choice":
            likeliest = next((t for t in turn.memory.choices if t in voice.content.answers), "")
            if yes and likeliest and turn.memory.choices != CHOICES:
                # "Did you mean ..., or ...?" "Yes": the one named first is the one we thought likeliest.
                return answer(turn, voice, likeliest, turn.memory.who)
            return voice.say(turn, "which_one", "ask_choice") if yes else voice.say(turn, "ask_question")
        if pending in {"question", "another"}:
            return voice.say(turn, "go_ahead") if yes else safety.goodbye(turn, voice)
        if pending == "safety":
            return self._after_safety(turn, voice, yes=yes)
        return voice.say(turn, "nothing_asked")

    def _after_safety(self, turn: Turn, voice: Voice, *, yes: bool) -> Reply:
        # A reprompt that asks says in content where its yes leads; in danger the help is named once more.
        if safety.in_danger(turn):
            return safety.stay(turn, voice)
        topic = turn.memory.topic
        leads_to = voice.content.answers[topic].yes if topic in voice.content.answers else ""
        if leads_to not in voice.content.answers:
            return voice.again(turn) or voice.say(turn, "nothing_asked")
        said = f"yes_{topic}" if yes else f"no_{topic}"
        before = [said] if voice.has(said) else []
        return (
            answer(turn, voice, leads_to, turn.memory.who, *before) if yes else voice.say(turn, *before, "ask_another")
        )

    def _declined(self, turn: Turn, voice: Voice) -> Reply:
        memory = turn.memory
        memory.offer = "settled"
        left = voice.has(f"{memory.topic}.more.{memory.step + 1}")
        return voice.say(turn, "text_declined", "ask_more" if left else "ask_another")


class Repeat(Handler):
    """ "Say that again", slower, faster, or at the normal pace."""

    PACES: ClassVar[dict[str, str]] = {names.SLOWER: "slow", names.FASTER: "fast", names.NORMAL_PACE: "normal"}

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take repeat and the paces."""
        return turn.asks(names.REPEAT, names.LOUDER, *self.PACES)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say the last reply again, at the pace asked for."""
        memory = turn.memory
        before: tuple[str, ...] = ()
        if turn.intent in self.PACES:
            memory.pace = self.PACES[turn.intent]
            # In danger the number to call comes first, so the pace is changed without a word.
            before = () if safety.in_danger(turn) else (f"pace_{memory.pace}",)
        elif turn.intent == names.LOUDER:
            return ask_again(turn, voice, "louder")
        if memory.pending == "safety" and memory.said[:1] in (["help_safety"], ["not_heard"]):
            # What was said last was about the answer; what they want to hear again is the answer.
            return safety.care(turn, voice, memory.topic, who=memory.who)
        return voice.again(turn, *before) or voice.say(turn, *before, "nothing_to_repeat")


class Help(Handler):
    """Help about the question at hand, then the question again."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take help."""
        return turn.asks(names.HELP)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Explain what can be said now."""
        key = f"help_{turn.memory.pending}"
        if turn.memory.pending and voice.has(key):
            return ask_again(turn, voice, key)
        return voice.say(turn, "help")


class More(Handler):
    """ "Tell me more"."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take it."""
        return turn.asks(names.MORE)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say the next step of the answer heard last; a safety answer has none, so its question is asked again."""
        if turn.memory.pending == "safety":
            return safety.ask_again(turn, voice)
        return more(turn, voice)


class Back(Handler):
    """ "Go back" and "start over"."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take both."""
        return turn.asks(names.PREVIOUS, names.START_OVER)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Answer the topic before this one again, or begin anew."""
        memory = turn.memory
        texting.forget(turn)
        if turn.intent == names.START_OVER:
            memory.topic, memory.step, memory.who, memory.misses, memory.trail = "", 0, "", 0, []
            memory.patient = ""
            return voice.say(turn, "start_over")
        trail = [topic for topic in memory.trail if topic in voice.content.answers]
        if memory.step and memory.topic in voice.content.answers:
            # Inside "more", back means one step back, not another topic.
            return answer(turn, voice, memory.topic, memory.who)
        if not trail:
            return voice.say(turn, "no_way_back", "ask_question")
        topic, memory.trail, memory.topic = trail[-1], trail[:-1], ""
        if voice.content.answers[topic].safety != "none":
            return safety.care(turn, voice, topic)
        return answer(turn, voice, topic, memory.who)


class Thanks(Handler):
    """ "Thank you"."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take thanks."""
        return turn.asks(names.THANKS)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Answer kindly and ask whether there is more to do."""
        return voice.say(turn, "thanks", "ask_another")


class SayNumber(Handler):
    """ "Say the number", "can I talk to a person", "I don't have a cell phone"."""

    KEYS: ClassVar[dict[str, str]] = {
        names.SAY_NUMBER: "number",
        names.TALK_TO_PERSON: "talk_to_person",
        names.NO_CELL: "no_cell",
    }

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take all that is best met with the number, spoken."""
        return turn.asks(*self.KEYS)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say the number slowly, in digits and letters."""
        texting.forget(turn)
        memory = turn.memory
        if turn.intent == names.NO_CELL:
            memory.offer = "settled"
        # The number was just heard: "a free helpline" would sound like another one.
        ask = "ask_another" if memory.offer == "settled" else "ask_text_that"
        memory.offer = memory.offer or "made"
        # Whoever was in danger earlier may mean the other number; both are said, the graver one first.
        beside = [f"beside_{memory.danger}"] if memory.danger else []
        return voice.say(turn, *beside, self.KEYS[turn.intent], ask)


class WhoSaysSo(Handler):
    """ "Who says so?": source and date of the words just heard."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take it."""
        return turn.asks(names.WHO_SAYS_SO)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Name organisation, title and date, then two organisations more, then ask what was pending again."""
        facts = self._heard(turn, voice)
        sources = voice.sources(facts)
        if not sources:
            return ask_again(turn, voice, "source_of_all")
        first, read = sources[0]
        dated = voice.date(first.date)
        values = {"organisation": first.organisation, "title": first.said, "date": dated, **texting.values_for(turn)}
        keys = ["source_dated" if dated else "source_undated"]
        values |= {"read": voice.date(read[:MONTH]), "rests_on": " ".join(facts)}
        others = [voice.organisation(source) for source, _ in sources[1:3]]
        if others:
            keys.append("source_also" if len(others) == 1 else "source_also_two")
            values |= dict(zip(("also", "also_too"), others, strict=False))
        pending = turn.memory.pending
        ask = safety.asking(turn, voice) if pending == "safety" else f"ask_{pending}"
        keys.append(ask if pending and voice.has(ask) else "ask_another")
        return voice.say(turn, *keys, **values)

    def _heard(self, turn: Turn, voice: Voice) -> list[str]:
        """List the facts behind what was said last; behind the answer heard last, if that was no fact."""
        memory = turn.memory
        step = f"{memory.topic}.more.{memory.step}" if memory.step else memory.topic
        # Asked twice, it is still about the same words: the facts went along with the first reply.
        told = memory.values.get("rests_on", "").split()
        return voice.rests_on(*memory.said) or told or voice.rests_on(step)


class SayLine(Handler):
    """Controls that are answered with one line of content."""

    KEYS: ClassVar[dict[str, str]] = {names.SPANISH: "spanish"}

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take them."""
        return turn.asks(*self.KEYS)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say the line."""
        return voice.say(turn, self.KEYS[turn.intent])


class Choose(Handler):
    """ "The second one", after choices were read out."""

    ORDER: ClassVar[dict[str, int]] = {"first": 0, "second": 1, "third": 2}

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take a choice."""
        return turn.asks(names.CHOOSE)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Answer the topic that was chosen; without choices, ask what to answer."""
        choices = [topic for topic in turn.memory.choices if topic in voice.content.answers]
        if turn.memory.pending != "choice" or not choices:
            return ask_again(turn, voice, "nothing_to_choose")
        place = self.ORDER.get(turn.resolved.get(names.CHOICE_SLOT, ""), 99)
        if place == 99 or place >= len(choices):
            return voice.say(turn, "which_one", "ask_choice")
        return answer(turn, voice, choices[place], turn.memory.who)


class DidYouMean(Handler):
    """Listening was unsure between two or three topics: name them and let the person choose."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take what listening left open."""
        return turn.asks(names.DID_YOU_MEAN)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Ask which of them was meant."""
        choices = [topic for topic in turn.memory.choices if topic in voice.content.answers]
        called = [voice.content.answers[topic].name for topic in choices]
        keys = zip(("first", "second", "third"), called, strict=False)
        return voice.say(turn, f"did_you_mean_{len(called)}", **dict(keys))


class NotUnderstood(Handler):
    """Everything else that was said: examples, then three choices, then a person's number."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take any intent that nothing before wanted."""
        return turn.is_intent

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Help a little more each time."""
        memory = turn.memory
        if memory.pending in texting.QUESTIONS:
            return texting.not_understood(turn, voice)
        if memory.pending == "safety":
            return ask_again(turn, voice, "not_heard")
        memory.misses += 1
        if memory.misses == 1:
            return ask_again(turn, voice, "not_understood")
        if memory.misses == 2:
            memory.choices = list(CHOICES)
            return voice.say(turn, "three_choices", "ask_choice")
        memory.misses = 0
        if memory.offer == "settled":
            return voice.say(turn, "person_can_help")
        memory.offer = "made"
        return voice.say(turn, "person_can_help", "ask_text")
