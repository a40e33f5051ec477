"""Safety first: crisis, urgent symptom, medical advice and distress, before anything else, from any state."""

from __future__ import annotations

from content import Content
from skill import names
from skill.handlers import Handler, texting
from skill.say import Reply, Voice
from skill.turn import Turn


def care(turn: Turn, voice: Voice, topic: str, *parts: str) -> Reply:
    """Say a safety answer: no offer, no sponsor, open for a repeat."""
    memory = turn.memory
    texting.forget(turn)
    memory.topic, memory.step, memory.misses, memory.who = topic, 0, 0, ""
    ask = f"ask_{voice.content.answer(topic).yes}"
    return voice.say(turn, topic, *parts, *([ask] if voice.has(ask) else []))


def ask_again(turn: Turn, voice: Voice, *before: str) -> Reply:
    """Stay with the person: a crisis answer is said again, alone and first; a milder one's question is asked again."""
    topic = turn.memory.topic
    entry = voice.content.answers.get(topic)
    if entry is None or entry.safety == "none":
        return voice.say(turn, *before, "ask_question")
    ask = f"ask_{entry.yes}"
    return voice.say(turn, *before, ask) if voice.has(ask) else voice.say(turn, topic)


def in_danger(turn: Turn, content: Content) -> bool:
    """Tell whether the answer heard last was a crisis: until another question is answered, the person may be in it."""
    entry = content.answers.get(turn.memory.topic)
    return entry is not None and entry.safety in {"crisis", "urgent"}


class StillInDanger(Handler):
    """ "What's the number", "thank you", "what should I do" after a crisis: what was said then is said again.

    Somebody in danger who asks for "the number" must not be given the cancer helpline's, and thanks are no reason to
    let go. A question that is clearly about something else is answered; this takes the vague ones.
    """

    VAGUE = (
        names.SAY_NUMBER,
        names.TALK_TO_PERSON,
        names.NO_CELL,
        names.TEXT_ME,
        names.OTHER_PHONE,
        names.MORE,
        names.THANKS,
        names.DID_YOU_MEAN,
    )
    #: Topics without `helpline` in content whose question is as vague: "what should I do", "it's too much".
    TOPICS = frozenset({"first_step", "reluctant", "social_worker"})

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take what may still be about the danger."""
        if not turn.is_intent or not in_danger(turn, content):
            return False
        topic = content.topic_by_intent.get(turn.intent, "")
        return turn.asks(*self.VAGUE) or topic in self.TOPICS or (topic != "" and content.answers[topic].helpline)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say the crisis answer again."""
        return care(turn, voice, turn.memory.topic)


class Safety(Handler):
    """The intents of ring 3."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take an intent whose answer is a safety answer."""
        topic = content.topic_by_intent.get(turn.intent) if turn.is_intent else None
        return topic is not None and content.answers[topic].safety != "none"

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Care for the person; to stop, skip or change treatment gets one plea more."""
        topic = voice.content.topic_by_intent[turn.intent]
        entry = voice.content.answer(topic)
        plea = [f"{topic}.stop"] if turn.intent == entry.stop_intent else []
        return care(turn, voice, topic, *plea)
