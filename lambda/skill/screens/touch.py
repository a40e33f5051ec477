"""From a touch on a screen to what saying the button's label is; nothing else can be touched."""

from __future__ import annotations

from content import Content
from skill import names
from skill.turn import Turn

#: The intents that answer a question, and so belong to the screen that puts it.
ANSWERS = frozenset({names.YES, names.NO, names.CHOOSE})
#: Ids of the places of a choice, as the interaction model gives them.
PLACES = ("first", "second", "third")


def settle(turn: Turn, content: Content) -> None:
    """Make a touch the intent turn it stands for, in place.

    A touch that no screen of ours offers, or that answers a question asked on an earlier screen, changes nothing:
    the last reply is given again, with its screen.
    """
    intent, resolved = _meant(turn, content)
    turn.type = names.INTENT
    turn.intent, turn.slots, turn.resolved = intent, {}, resolved
    turn.memory.heard = intent


def _meant(turn: Turn, content: Content) -> tuple[str, dict[str, str]]:
    again: tuple[str, dict[str, str]] = names.REPEAT, {}
    if len(turn.arguments) != 2:
        return again
    kind, name = turn.arguments
    if kind == "choice" and name in PLACES and turn.memory.pending == "choice":
        intent, resolved = names.CHOOSE, {names.CHOICE_SLOT: name}
    elif kind == "topic" and (kind, name) in _offered(content) and name in content.answers:
        intent, resolved = content.answers[name].intent, {}
    elif kind == "intent" and (kind, name) in _offered(content):
        intent, resolved = name, {}
    else:
        return again
    asked_here = turn.token.rpartition(":")[2] == turn.memory.pending
    return (intent, resolved) if asked_here or intent not in ANSWERS else again


def _offered(content: Content) -> frozenset[tuple[str, str]]:
    """Give all that buttons do: what is not on one cannot be touched."""
    screens = content.screens
    under = (button for row in screens.under.values() for button in row)
    return frozenset(button.does for button in (*under, *screens.examples))
