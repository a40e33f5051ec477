"""Requests nobody spoke: the session's end and the skill's own events."""

from __future__ import annotations

import logging

from content import Content
from skill import names
from skill.handlers import Handler
from skill.say import Reply, Voice
from skill.turn import Turn

log = logging.getLogger(__name__)


class SessionEnded(Handler):
    """The session is over; Alexa allows no speech any more."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take the end."""
        return turn.type == names.SESSION_ENDED

    def act(self, turn: Turn, voice: Voice) -> Reply | None:
        """Say nothing; note an error Alexa reports."""
        if turn.reason == "ERROR":
            log.warning("session ended by an error: request=%s", turn.request_id)
        return None


class SkillEvent(Handler):
    """Skill disabled, permission given or taken away."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take every event."""
        return turn.type.startswith(names.SKILL_EVENT_PREFIX)

    def act(self, turn: Turn, voice: Voice) -> Reply | None:
        """Say nothing; there is nothing kept that would have to go."""
        return None
