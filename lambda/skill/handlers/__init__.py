"""What happens next: each handler reads the turn, asks the rules what is true, and ends in `say` with a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ask_sdk_core.dispatch_components import AbstractRequestHandler
from ask_sdk_model import Response

from content import Content
from skill.contacts import Contacts
from skill.counts import Counts, nowhere
from skill.delivery import Delivery
from skill.say import Reply, Voice
from skill.settings import Settings
from skill.texts import Texts
from skill.turn import Turn


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a handler may reach: the words, the settings and the outside world's protocols."""

    settings: Settings
    texts: Texts
    contacts: Contacts
    delivery: Delivery
    counts: Counts = nowhere
    voices: dict[str, Voice] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """One invocation on its way through the SDK: what the handlers see instead of Lambda's bare context."""

    turn: Turn
    voice: Voice
    #: The keys that were said, for the one log line of the turn.
    keys: list[str] = field(default_factory=list)


class Handler(AbstractRequestHandler):
    """Fits our handlers into the SDK's dispatcher: `wants` decides, `act` replies."""

    def __init__(self, desk: Desk) -> None:
        """Take the collaborators."""
        self.desk = desk

    def wants(self, turn: Turn, content: Content) -> bool:
        """Tell whether this turn is this handler's."""
        raise NotImplementedError

    def act(self, turn: Turn, voice: Voice) -> Reply | None:
        """Reply to the turn; None says nothing, which Alexa expects after a session has ended."""
        raise NotImplementedError

    # The SDK calls both by keyword, so the parameter keeps its name.
    def can_handle(self, handler_input: Any) -> bool:
        """Ask `wants` about the turn at hand."""
        call: Call = handler_input.context
        return self.wants(call.turn, call.voice.content)

    def handle(self, handler_input: Any) -> Response:
        """Let `act` reply and turn the reply into Alexa's response."""
        call: Call = handler_input.context
        reply = self.act(call.turn, call.voice)
        if reply is None:
            return Response()
        call.keys = reply.keys
        return call.voice.response(call.turn, reply)
