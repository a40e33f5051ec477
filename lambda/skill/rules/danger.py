"""Which danger a conversation is in: the gravest that was heard, until the session ends."""

from __future__ import annotations

#: Safety topics after which the person may be in danger, and how grave each is. Advice and distress are not among them.
GRAVITY = {"urgent_symptom": 1, "suicide": 2, "suicide_other": 2, "emergency": 2}


def gravest(before: str, heard: str) -> str:
    """Tell which danger holds after `heard` was said: a graver or equal one takes over, a milder one never does.

    An emergency may become a wish to die and the other way round: both name 911, and the words said last are the
    likelier ones to be meant. A symptom that can wait for the cancer team never takes the place of either.
    """
    return heard if GRAVITY.get(heard, 0) >= GRAVITY.get(before, 1) else before


def answered_instead(before: str, heard: str) -> str:
    """Name the safety answer for `heard` when `before` is the danger already known.

    Fear and questions about medicine in the middle of a danger are met with the danger, and an emergency is not
    lowered to an urgent symptom. A symptom named after a wish to die is a second thing, and gets its own answer.
    """
    if before and heard not in GRAVITY:
        return before
    return before if before == "emergency" and heard == "urgent_symptom" else heard
