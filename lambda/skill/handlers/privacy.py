"""What is kept about a person, and forgetting it."""

from __future__ import annotations

from content import Content
from skill import names
from skill.handlers import Handler, safety, texting
from skill.queue import QueueError
from skill.say import Reply, Voice
from skill.turn import Memory, Turn

#: Seconds; a person waits for the reply.
FORGET_S = 2.0


class Privacy(Handler):
    """ "What do you keep about me?"."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take it."""
        return turn.asks(names.PRIVACY)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Say what is kept and for how long, then ask what was pending again."""
        key = f"ask_{turn.memory.pending}"
        ask = key if turn.memory.pending and voice.has(key) else "ask_question"
        return voice.say(turn, "privacy", ask, days=str(self.desk.settings.consent_days), **texting.values_for(turn))


class ForgetMe(Handler):
    """ "Forget me"."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take it."""
        return turn.asks(names.FORGET_ME)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Delete what is kept, and drop what this conversation remembers except a danger and how fast to speak."""
        before = turn.memory
        near = safety.in_danger(turn)
        turn.memory = Memory(pace=before.pace, offer="settled", heard=before.heard, danger=before.danger)
        days = str(self.desk.settings.consent_days)
        ask = f"{before.danger}.again" if near else "ask_another"
        if near:
            turn.memory.topic = before.danger
        try:
            gone = self.desk.delivery.forget(turn.user_id, count_too=False, seconds=FORGET_S)
        except QueueError:
            return voice.say(turn, "forget_failed", ask, days=days)
        if gone is None:
            return voice.say(turn, "forget_later", ask)
        return voice.say(turn, "forgotten" if gone else "forget_me", ask)
