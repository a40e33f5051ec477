"""Whatever a prompt or a reprompt invites a person to say is understood as it was meant, right there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from dialogs_player import Player, invited_to
from invitations import SINGLE, invitations, invited, sentences

import content

WORDS = content.load("en-US")
#: What follows "say" in sentences that invite to no words: digits of one's own, and talk about talking.
NO_INVITATION = {"all", "the", "to", "that", "or"}
ROWS = [
    (entry, phrase, held)
    for entry in invited_to()
    for phrase, held in entry["said"].items()
    if held is not None  # words for Alexa itself
]


@pytest.mark.parametrize(
    ("entry", "phrase", "held"), ROWS, ids=[f"{e['line']} {n}: {p}" for n, (e, p, _) in enumerate(ROWS)]
)
def test_what_is_invited_is_understood(entry: dict[str, Any], phrase: str, held: dict[str, Any]) -> None:
    player = Player(entry.get("given"))
    reached = [player.turn({"say": said}) for said in entry.get("reach", [])]
    if reached:
        assert entry["line"] in reached[-1].keys
    else:
        player.rehearsal.device.envelope({})  # opens a session
        player.rehearsal.device.session["attributes"] = entry["memory"]  # type: ignore[index]
    player.turn({"say": phrase, **held})


def test_no_invitation_is_left_out() -> None:
    held = {(entry["line"], phrase) for entry in invited_to() for phrase in entry["said"]}
    assert held == invitations(WORDS)


def test_every_line_that_speaks_of_saying_something_is_read() -> None:
    for key, sentence in sentences(WORDS):
        for word in re.findall(r"\bsay (\w+)", sentence, re.IGNORECASE):
            assert word.lower() in {*SINGLE, *NO_INVITATION}, f'{key}: write it as "say: {word} ...": {sentence}'


def test_invitations_are_read_from_a_sentence() -> None:
    assert invited("Say: the first one, for {first}.") == ["the first one"]
    assert invited("You can also say: repeat that, tell me more, or who says so.") == [
        "repeat that",
        "tell me more",
        "who says so",
    ]
    assert invited("Ask in your own words, or say help.") == ["help"]
    assert invited("That is all.") == []
