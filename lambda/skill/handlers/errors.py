"""The apology: whatever breaks, a calm true sentence and the number."""

from __future__ import annotations

import logging
from typing import Any

from ask_sdk_core.dispatch_components import AbstractExceptionHandler
from ask_sdk_model import Response

from skill import names
from skill.handlers import Call

log = logging.getLogger(__name__)


class Apologise(AbstractExceptionHandler):
    """Any error inside a turn ends in one apology that still gives the helpline's number."""

    def can_handle(self, handler_input: Any, exception: Exception) -> bool:
        """Take every error."""
        return True

    def handle(self, handler_input: Any, exception: Exception) -> Response:
        """Log what kind of error it was, never what was said, and apologise."""
        call: Call = handler_input.context
        log.error(
            "turn failed: request=%s intent=%s error=%s",
            call.turn.request_id,
            call.turn.intent,
            type(exception).__name__,
        )
        if call.turn.type == names.SESSION_ENDED:
            return Response()
        reply = call.voice.say(call.turn, "apology")
        call.keys = reply.keys
        return call.voice.response(call.turn, reply)
