"""Wrong expectations, planted to see that each client can fail, and at the place that was spoiled."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.clients import IN_PROCESS
from conformance.replay import Told

Step = dict[str, Any]

ASKED = "a question in one breath, the text declined, then more"
OPENED = "opened and asked for help"
CRISIS = "a crisis stays open without asking anything"
DENIED = "the permission asked for by voice and denied"
STOPPED = "stopped"
ALL = frozenset({"virtual-alexa", "alexa-skill-test-framework", "ask-sdk-test", IN_PROCESS})


@dataclass(frozen=True, slots=True)
class Plant:
    """One thing made wrong in one step of one conversation, and how a client that sees it complains."""

    name: str
    conversation: str
    step: int
    spoil: Callable[[Step], Any]
    complaint: str
    clients: frozenset[str] = ALL

    def planted_in(self, told: dict[str, Told]) -> Told:
        """Give the conversation with the wrong step, ending there, so that nothing later can be what fails."""
        sound = told[self.conversation]
        session = copy.deepcopy(sound.sessions[0][: self.step + 1])
        self.spoil(session[self.step])
        return Told(f"planted: {self.name}", sound.given, [session], [])

    def caught_by(self, wrong: list[str]) -> bool:
        """Tell whether a client's complaints are about what was planted."""
        return len(wrong) == 1 and re.search(self.complaint, wrong[0]) is not None


def _expect(**wrong: Any) -> Callable[[Step], None]:
    return lambda step: step["expect"].update(wrong)


def _card(**wrong: Any) -> Callable[[Step], None]:
    return lambda step: step["expect"]["card"].update(wrong)


PLANTS = [
    Plant("another key", ASKED, 1, _expect(said=["planted"]), r"\bsaid\b|other keys|session_attribute_validator"),
    Plant("a key too many", ASKED, 0, _expect(said=["when_needed", "ask_text", "planted"]),
          r"\bsaid\b|other keys|session_attribute_validator"),
    Plant("another pending question", ASKED, 0, _expect(pending="planted"), r"pending|session_attribute_validator"),
    Plant("other words", ASKED, 2, _expect(speech="Planted."), r"speech|other words were spoken|to equal 'Planted"),
    Plant("another reprompt", ASKED, 0, _expect(reprompt="Planted?"), r"repromp?t|for a silence|to equal 'Planted"),
    Plant("closed where it is open", ASKED, 0, _expect(ends=True), r"end the session|open or closed|end_session_valid"),
    Plant("open where it is closed", STOPPED, 1, _expect(ends=False), r"ended the session|open or closed|end_session_"),
    Plant("open where Alexa takes over", DENIED, 0, _expect(ends=False),
          r"ended the session|open or closed|end_session_"),
    Plant("another title on the card", ASKED, 0, _card(title="Planted"), r"[tT]itle|to equal 'Planted|card_validator"),
    Plant("other words on the card", ASKED, 0, _card(content="Planted."), r"card|to equal 'Planted"),
    Plant("another slot elicited", OPENED, 0, _expect(elicits="planted"), r"elicit|dialog_validator"),
    Plant("another intent sent", ASKED, 0, lambda step: step.update(intent="AMAZON.HelpIntent", exact=False), "."),
    Plant("an open answer that asks nothing, held to the question rule", CRISIS, 0, _expect(question_rule=True),
          r"Certification Problem|question_mark_validator", ALL - {"virtual-alexa"}),  # which has no such rule
    Plant("a sentence it reads otherwise", STOPPED, 1,
          lambda step: step.update(said="start over", exact="again"), r"as another intent",
          frozenset({"virtual-alexa"})),
]  # fmt: skip
