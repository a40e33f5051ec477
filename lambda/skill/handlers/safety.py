"""Safety first: crisis, urgent symptom, medical advice and distress, before anything else, from any state."""

from __future__ import annotations

from content import Content
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
