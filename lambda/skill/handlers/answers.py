"""Topics: one data-driven handler for all of them. Adding an answer changes no Python."""

from __future__ import annotations

from content import Content
from skill import names
from skill.handlers import Handler, texting
from skill.rules import offers
from skill.say import Reply, Voice
from skill.turn import MAX_TRAIL, Turn


def answer(turn: Turn, voice: Voice, topic: str, who: str = "", *before: str) -> Reply:
    """Say the answer to a topic, worded for `who`, and ask the one question that may follow it."""
    memory = turn.memory
    entry = voice.content.answer(topic)
    if memory.topic and memory.topic != topic:
        memory.trail = [*memory.trail, memory.topic][-MAX_TRAIL:]
    memory.topic, memory.step, memory.who, memory.misses, memory.held = topic, 0, who, 0, False
    texting.forget(turn)
    return voice.say(turn, *before, topic, follow_up(turn, voice, entry.helpline))


def more(turn: Turn, voice: Voice) -> Reply:
    """Say the next step of the answer heard last; past its end, say that this was all."""
    memory = turn.memory
    if not memory.topic or memory.topic not in voice.content.answers:
        return voice.say(turn, "more_of_what")
    entry = voice.content.answer(memory.topic)
    memory.step += 1
    key = f"{memory.topic}.more.{memory.step}"
    if not voice.has(key):
        memory.step = 0
        return voice.say(turn, "no_more", "ask_another")
    return voice.say(turn, key, follow_up(turn, voice, entry.helpline))


def follow_up(turn: Turn, voice: Voice, about_helpline: bool) -> str:
    """Choose the line that asks what comes next, and remember that the text was offered."""
    memory = turn.memory
    left = voice.has(f"{memory.topic}.more.{memory.step + 1}")
    offer = offers.after_answer(memory.topic, memory.offer, about_helpline=about_helpline, more_left=left)
    if offer in {"text", "text_that"}:
        memory.offer = "made"
    return f"ask_{offer}"


def who_is_it_for(turn: Turn, content: Content) -> str:
    """Tell whom the question is about, as a key of the content's people; empty for the asker."""
    key = turn.resolved.get(names.WHO_SLOT, "")
    return key if key in content.people else ""


class AnswerTopic(Handler):
    """Any intent that content has an answer for."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take every intent that names a topic."""
        return turn.is_intent and turn.intent in content.topic_by_intent

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Answer it."""
        topic = voice.content.topic_by_intent[turn.intent]
        return answer(turn, voice, topic, who_is_it_for(turn, voice.content))
