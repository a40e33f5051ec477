"""The compiled model: fresh, valid, inside Alexa's limits, and the same names as the code."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from smapi_schema import validate

import content
from skill import names
from tools import models

MODEL: dict[str, Any] = json.loads((models.COMPILED / "en-US.json").read_text(encoding="utf-8"))
LANGUAGE = MODEL["interactionModel"]["languageModel"]
INTENTS: dict[str, dict[str, Any]] = {i["name"]: i for i in LANGUAGE["intents"]}
SAMPLES = {name: i["samples"] for name, i in INTENTS.items()}


def test_generated_files_are_fresh() -> None:
    assert models.main(["--check"]) == 0


def test_a_stale_model_is_noticed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "COMPILED", tmp_path)
    monkeypatch.setattr(models, "ROOT", tmp_path.parent.parent)
    assert models.main(["--check"]) == 1


@pytest.mark.node
def test_the_model_is_valid_against_amazons_schema() -> None:
    assert validate("v1.skill.interactionModel.InteractionModelData", MODEL) == []


@pytest.mark.node
def test_the_schema_would_notice_a_typo() -> None:
    broken = {"interactionModel": {"languageModel": {**LANGUAGE, "intentz": []}}}
    assert validate("v1.skill.interactionModel.InteractionModelData", broken) != []


def test_every_name_in_the_code_is_in_the_model_and_the_other_way_round() -> None:
    topics = set(content.load("en-US").topic_by_intent)
    free = {i for i in INTENTS if "question" in {s["name"] for s in INTENTS[i].get("slots", [])}}
    assert set(INTENTS) == topics | set(names.LABELS) | free


def test_every_slot_in_the_code_is_in_the_model() -> None:
    slots = {s["name"] for i in INTENTS.values() for s in i.get("slots", [])}
    assert slots == {names.PHONE_SLOT, names.PART_SLOT, names.CHOICE_SLOT, names.WHO_SLOT, names.QUESTION_SLOT}


@pytest.mark.parametrize("intent", sorted(SAMPLES))
def test_samples_are_enough_and_sayable(intent: str) -> None:
    rows = SAMPLES[intent]
    if intent == names.FALLBACK:
        assert rows == []
        return
    enough = 8 if _is_free(intent) else 20
    assert len(rows) >= enough, f"{len(rows)} samples"
    for row in rows:
        assert re.fullmatch(r"[a-záéíóúüñ' .{}_]+", row), row
        assert len(row) <= 200
        slots = re.findall(r"\{(\w+)\}", row)
        assert len(slots) == len(set(slots)), f"the same slot twice: {row}"


def test_no_sample_stands_in_two_intents() -> None:
    assert models.stolen(SAMPLES) == []


def test_a_stolen_sample_is_noticed() -> None:
    assert models.stolen({"A": ["go on"], "B": ["go on", "stop"]}) == ["'go on' stands in A and B"]


@pytest.mark.parametrize("intent", sorted(i for i in SAMPLES if i.endswith("QuestionIntent")))
def test_a_free_question_has_a_carrier_phrase_and_no_other_slot(intent: str) -> None:
    for row in SAMPLES[intent]:
        assert re.fullmatch(r"[a-z' ]+ \{question\}", row), row


def test_the_named_questions_work_word_for_word() -> None:
    assert "should i get a second opinion" in SAMPLES["ShouldIGetSecondOpinionIntent"]
    assert "how do i ask my doctor" in SAMPLES["HowDoIAskMyDoctorIntent"]


def test_the_invocation_name_keeps_amazons_rules() -> None:
    name = LANGUAGE["invocationName"]
    assert name == "second opinion guide"
    launch_words = {"ask", "tell", "open", "launch", "load", "begin", "enable", "alexa", "amazon", "echo", "computer"}
    assert re.fullmatch(r"[a-z' ]+", name)
    assert not launch_words & set(name.split())
    assert 2 <= len(name.split()) <= 4


def test_limits() -> None:
    assert len(INTENTS) <= models.MAX_INTENTS
    assert len(models.written(MODEL).encode()) <= models.MAX_MODEL_BYTES
    for kind in LANGUAGE["types"]:
        for value in kind["values"]:
            assert all(len(v) <= 140 for v in (value["name"]["value"], *value["name"].get("synonyms", [])))


def test_every_prompted_dialog_id_exists() -> None:
    prompts = {p["id"] for p in MODEL["interactionModel"]["prompts"]}
    used = {
        v for i in MODEL["interactionModel"]["dialog"]["intents"] for s in i["slots"] for v in s["prompts"].values()
    }
    assert used <= prompts
    for intent in MODEL["interactionModel"]["dialog"]["intents"]:
        assert intent["name"] in INTENTS


@pytest.mark.parametrize(
    "bad",
    ["(open", "a  B", "call 911", "(a|b)(a|b)(a|b)(a|b)(a|b)"],
)
def test_a_template_that_cannot_be_said_is_refused_in_words(bad: str) -> None:
    with pytest.raises(models.ModelError, match="here"):
        models.expand(bad, "here")


def _is_free(intent: str) -> bool:
    return any(row.endswith("{question}") for row in SAMPLES[intent])
