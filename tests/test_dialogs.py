"""Conversations as data: each dialog file is played and held turn by turn."""

from __future__ import annotations

from typing import Any

import pytest
from dialogs_player import DIALOGS, Player, conversations, prompts, topics
from invariants import drawn

import content

ALL = [(path.stem, c) for path in DIALOGS for c in conversations(path)]


@pytest.mark.parametrize("screen", [False, True], ids=["speaker", "screen"])
@pytest.mark.parametrize(("file", "conversation"), ALL, ids=[f"{f}: {c['name']}" for f, c in ALL])
def test_conversation(file: str, conversation: dict[str, Any], screen: bool) -> None:
    player = Player(conversation.get("given"), screen=screen)
    player.play(conversation["turns"])
    history = player.rehearsal.device.history
    assert any(drawn(heard) for heard in history) == screen


MET = [(p, how) for p in prompts() for how in ("yes", "no", "help", "repeat", "stop", "silence", "nonsense")]


@pytest.mark.parametrize(("prompt", "how"), MET, ids=[f"{p['prompt']} x {how}" for p, how in MET])
def test_every_prompt_is_met_with_everything(prompt: dict[str, Any], how: str) -> None:
    Player(prompt.get("given")).meet(prompt, how)


def test_what_cannot_be_sent_is_not_offered() -> None:
    from simulator.device import SKILL_ID
    from simulator.rehearsal import Rehearsal
    from skill.settings import Settings

    rehearsal = Rehearsal(settings=Settings(skill_id=SKILL_ID, texting=False))
    assert rehearsal.device.say("should i get a second opinion").keys == ["when_needed", "ask_more"]
    asked = rehearsal.device.say("text me the number")
    assert asked.keys == ["text_not_here", "ask_another"]
    assert "8 0 0, 8 1 3, 4 6 7 3" in asked.speech


def test_every_question_that_may_be_pending_is_in_prompts() -> None:
    asked = {line.asks for line in content.load("en-US").lines.values() if line.asks}
    assert asked == {p["prompt"].split(" ")[0] for p in prompts()}


def test_every_topic_is_in_topics() -> None:
    assert {t["topic"] for t in topics()} == set(content.load("en-US").answers)


@pytest.mark.parametrize("opened", [False, True], ids=["one-shot", "opened"])
@pytest.mark.parametrize("row", topics(), ids=[t["topic"] for t in topics()])
def test_topic_is_reached_in_one_sentence(row: dict[str, Any], opened: bool) -> None:
    for sentence in row["ask"]:
        player = Player()
        if opened:
            player.turn({"say": "(open)"})
        player.turn({"say": sentence, "topic": row["topic"], "says_topic": row["topic"]})
