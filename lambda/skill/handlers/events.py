"""Requests nobody spoke: the session's end and the skill's own events."""

from __future__ import annotations

import logging

from content import Content
from skill import names
from skill.handlers import Desk, Handler
from skill.queue import QueueError
from skill.say import Reply, Voice
from skill.turn import Turn

log = logging.getLogger(__name__)

PERMISSION_EVENTS = frozenset({names.PERMISSION_ACCEPTED, names.PERMISSION_CHANGED})
#: Seconds for a deletion that nobody waits for aloud; Alexa waits eight for an event.
FORGET_S = 5.0


class NotForgottenError(RuntimeError):
    """What is kept could neither be deleted nor queued for it; Alexa sends the event again."""


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


def happened(turn: Turn, desk: Desk) -> None:
    """Take a skill event: what is kept goes when the skill is disabled or the number's permission is taken away.

    Events have no session and arrive more than once. Raises `NotForgottenError` when the deletion failed.
    """
    if turn.type == names.SKILL_DISABLED:
        # Whoever enables the skill again is a new user to us, so nothing could ever be found again.
        _forget(turn, desk, count_too=True)
    elif turn.type in PERMISSION_EVENTS and names.MOBILE_NUMBER_SCOPE not in turn.accepted_scopes:
        # Alexa lists what is granted now; what is not in the list was taken away or never given.
        _forget(turn, desk, count_too=False)


def _forget(turn: Turn, desk: Desk, *, count_too: bool) -> None:
    try:
        desk.delivery.forget(turn.user_id, count_too=count_too, seconds=FORGET_S)
    except QueueError as error:
        log.error("event: nothing was deleted: request=%s error=%s", turn.request_id, error)
        raise NotForgottenError(turn.type) from None
