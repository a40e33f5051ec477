"""Safety first: crisis, urgent symptom, medical advice and distress, before anything else, from any state."""

from __future__ import annotations

from content import Content
from skill import names
from skill.handlers import Handler, texting
from skill.rules import danger
from skill.say import Reply, Voice
from skill.turn import Turn


def care(turn: Turn, voice: Voice, topic: str, *parts: str, who: str = "") -> Reply:
    """Say a safety answer, worded for `who`: no offer, no sponsor, open for a repeat."""
    memory = turn.memory
    texting.forget(turn)
    memory.topic, memory.step, memory.misses, memory.who = topic, 0, 0, who
    if topic in danger.GRAVITY:
        memory.danger = danger.gravest(memory.danger, topic)
        # Nobody is offered a text after this; whoever asks for one may have it.
        memory.offer = "settled"
    ask = f"ask_{voice.content.answer(topic).yes}"
    return voice.say(turn, topic, *parts, *([ask] if voice.has(ask) else []))


def stay(turn: Turn, voice: Voice, *before: str, **values: str) -> Reply:
    """Stay with somebody in danger: say the lines `before`, if any, and then the help once more, in fewer words."""
    memory = turn.memory
    texting.forget(turn)
    memory.topic, memory.step, memory.misses = memory.danger, 0, 0
    return voice.say(turn, *before, f"{memory.danger}.again", **values)


def asking(turn: Turn, voice: Voice) -> str:
    """Name the line that keeps a safety answer's question open: the help once more in danger, else what it asked."""
    if in_danger(turn):
        return f"{turn.memory.danger}.again"
    entry = voice.content.answers.get(turn.memory.topic)
    ask = f"ask_{entry.yes}" if entry and entry.safety != "none" else ""
    return ask if ask and voice.has(ask) else "ask_question"


def ask_again(turn: Turn, voice: Voice, *before: str) -> Reply:
    """Ask a milder safety answer's question again, after the lines `before`; in danger, only name the help again."""
    return stay(turn, voice) if in_danger(turn) else voice.say(turn, *before, asking(turn, voice))


def in_danger(turn: Turn) -> bool:
    """Tell whether the person may still be in the danger they spoke of: nothing else was answered since."""
    return turn.memory.danger != "" and turn.memory.topic == turn.memory.danger


def goodbye(turn: Turn, voice: Voice) -> Reply:
    """Say goodbye; whoever was in danger or in distress in this session takes the number to call along."""
    memory = turn.memory
    of_topic = f"goodbye_{memory.danger or memory.topic}"
    return voice.say(turn, of_topic if voice.has(of_topic) else "goodbye")


class StillInDanger(Handler):
    """ "What's the number", "thank you", "what should I do" after a crisis: the help is named once more.

    Somebody in danger who asks for "the number" must not be given the cancer helpline's, and thanks are no reason to
    let go. A question that is plainly about something else is answered; what may be about the danger, or what our own
    listening only guessed, is held back once: "should I go to the hospital" after "I can't breathe" is no question
    about where to find a second opinion. Asked again, it is answered.
    """

    VAGUE = (
        names.SAY_NUMBER,
        names.NO_CELL,
        names.PHONE_NUMBER,
        names.FIX_NUMBER,
        names.MORE,
        names.THANKS,
        names.DID_YOU_MEAN,
        names.CHOOSE,
        names.PREVIOUS,
        names.START_OVER,
        names.HELP,
        names.FALLBACK,
    )
    #: Asked to call or to text: we cannot, and say so.
    FOR_THEM = (names.TALK_TO_PERSON, names.TEXT_ME, names.OTHER_PHONE)
    #: Topics that are as vague, besides those about a helpline: "what should I do", "it's too much".
    TOPICS = frozenset({"first_step", "reluctant", "social_worker"})
    #: Topics that may be vague: "who are you", "what do I say to him", "can I call for him", "which hospital".
    PERHAPS = frozenset(
        {"about", "caregiver", "diff_hospital", "how_long_wait", "virtual", "what_to_say", "where_find"}
    )

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take what may still be about the danger."""
        if not in_danger(turn):
            return False
        if turn.type == names.LAUNCH or turn.asks(*self.VAGUE, *self.FOR_THEM, names.SPANISH, names.PRIVACY):
            return True
        topic = self._topic(turn, content)
        vague = topic in self.TOPICS or (topic != "" and content.answers[topic].helpline)
        return vague or (not turn.memory.held and self._perhaps(turn, content))

    def _topic(self, turn: Turn, content: Content) -> str:
        topic = content.topic_by_intent.get(turn.intent, "") if turn.is_intent else ""
        return topic if topic and content.answers[topic].safety == "none" else ""

    def _perhaps(self, turn: Turn, content: Content) -> bool:
        topic = self._topic(turn, content)
        return topic in self.PERHAPS or (topic != "" and turn.guessed)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Name the help once more, after the one line that was asked for, if any."""
        memory = turn.memory
        if turn.asks(names.SPANISH):
            return voice.say(turn, f"spanish_{memory.danger}")
        if turn.asks(names.PRIVACY):
            return stay(turn, voice, "privacy_in_danger")
        if turn.asks(*self.FOR_THEM) and memory.danger != "emergency":
            return stay(turn, voice, "cannot_call")
        memory.held = self._perhaps(turn, voice.content)
        return stay(turn, voice)


class Safety(Handler):
    """The intents of ring 3."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take an intent whose answer is a safety answer."""
        topic = content.topic_by_intent.get(turn.intent) if turn.is_intent else None
        return topic is not None and content.answers[topic].safety != "none"

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Care for the person; to stop, skip or change treatment gets one plea more."""
        heard = voice.content.topic_by_intent[turn.intent]
        topic = danger.answered_instead(turn.memory.danger, heard)
        turn.memory.held = False
        if topic != heard:
            return stay(turn, voice)
        entry = voice.content.answer(topic)
        plea = [f"{topic}.stop"] if turn.intent == entry.stop_intent else []
        if turn.spanish and topic in danger.GRAVITY:
            # Said in Spanish: the same help in Spanish after it, which its reprompt goes on in.
            return care(turn, voice, topic, f"spanish_{topic}")
        who = turn.resolved.get(names.WHO_SLOT, "")
        return care(turn, voice, topic, *plea, who=who if who in voice.content.people else "")
