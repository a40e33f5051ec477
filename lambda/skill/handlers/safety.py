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
    return voice.say(turn, topic, *parts)


class Safety(Handler):
    """The intents of ring 3."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take an intent whose answer is a safety answer."""
        topic = content.topic_by_intent.get(turn.intent) if turn.is_intent else None
        return topic is not None and content.answers[topic].safety != "none"

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Care for the person."""
        return care(turn, voice, voice.content.topic_by_intent[turn.intent])
