"""Which one question may follow an answer."""

from __future__ import annotations

from typing import Literal

Offer = Literal["text", "text_that", "more", "another"]

#: The answer that gives the number itself: whoever asks for it is glad to have it on the phone too.
NUMBER_TOPIC = "get_number"
#: Pending questions to which yes means: send the text.
SENDS = frozenset({"account", "own", "spoken"})


def after_answer(topic: str, state: str, *, about_helpline: bool, more_left: bool) -> Offer:
    """Choose the offer after an answer or a step of it.

    `state` is "" while the text was not offered in this session, "made" once it was, "settled" once it was
    accepted or declined. The text is offered once, after the first answer that is not about the helpline;
    somebody who asks for the number itself is offered that number in a text until they have settled it.
    """
    if state != "settled" and topic == NUMBER_TOPIC:
        return "text_that"
    if not state and not about_helpline:
        return "text"
    return "more" if more_left else "another"
