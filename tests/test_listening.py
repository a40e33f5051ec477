"""Our own listening: what it makes of the frozen questions, how fast, and what it never does."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from skill.listening import NOT_OURS, Heard, listen
from skill.listening.danger import SAFETY
from skill.listening.encoder import MAGIC as ENCODER_MAGIC
from skill.listening.encoder import Encoder
from skill.listening.features import BUCKETS, buckets
from skill.listening.index import MAGIC, Index, index
from skill.listening.words import words
from tools import score, train

ROOT = Path(__file__).parent.parent
FROZEN = ROOT / "tests" / "listening" / "frozen.csv"
EXAMPLES = ROOT.parent / "shared" / "questions" / "examples.csv"

#: The bars: right, and right or among the choices offered.
RIGHT = {"in_domain": 0.85, "control": 0.95, "safety": 0.95}
OFFERED = {"in_domain": 0.93}
MOST_ACCEPTED = 0.10


@pytest.fixture(scope="module")
def scored() -> list[score.Scored]:
    return [score.score(r["utterance"], r["topic"], r["kind"]) for r in score.read(FROZEN)]


def test_the_frozen_set_is_the_one_that_was_frozen() -> None:
    said = (ROOT / "tests" / "listening" / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(FROZEN.read_bytes()).hexdigest() in said


def test_no_frozen_question_was_trained_on() -> None:
    frozen = {" ".join(words(r["utterance"])) for r in score.read(FROZEN)}
    learned = {" ".join(words(p.text)) for p in [*train.phrases("en-US"), *train.tuned()]}
    # Two or three words ("say it again") are said the same by everybody; a sentence is somebody's own.
    # Neither is a number given with the words everybody gives it with ("here's my wife's number").
    shared = {row for row in frozen & learned if len(row.split()) > 5 and "#number" not in row}
    assert not shared


def test_what_a_hand_wrote_has_a_label_we_answer_and_stands_under_one_only() -> None:
    known = set(index("en-US").labels)
    found: dict[str, set[str]] = {}
    for phrase in train.phrases("en-US"):
        if phrase.hand:
            assert phrase.label in known, phrase
            found.setdefault(" ".join(words(phrase.text)), set()).add(phrase.label)
    assert len(found) > 15_000
    assert not [text for text, labels in found.items() if len(labels) > 1]


def test_a_line_without_a_label_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hand.txt").write_text("# by a hand\nright_to|may i\nmay i not\n", encoding="utf-8")
    with pytest.raises(ValueError, match="may i not"):
        train.by_hand(tmp_path / "hand.txt")


def test_questions_on_the_frozen_set(
    scored: list[score.Scored], record_property: Callable[[str, object], None]
) -> None:
    found = score.summary(scored)
    record_property("measured", f"listening, frozen set: {json.dumps(found)}")
    for kind, bar in RIGHT.items():
        assert found[kind]["rate"] >= bar, kind
    for kind, bar in OFFERED.items():
        assert found[kind]["offered"]["rate"] >= bar, kind
    assert found["ood"]["accepted_as_topic"]["rate"] <= MOST_ACCEPTED
    assert found["safety"]["answered_as_education"] == 0


def test_questions_of_the_examples(record_property: Callable[[str, object], None]) -> None:
    """The examples lie beside the project where it was set up and nowhere else; a copy of them must not be in it."""
    if not EXAMPLES.exists():
        record_property("measured", "listening, examples: not beside the project")
        return
    found = score.summary([score.score(r["utterance"], r["topic"], r["kind"]) for r in score.read(EXAMPLES)])
    record_property("measured", f"listening, examples: {json.dumps(found)}")
    assert found["in_domain"]["rate"] >= RIGHT["in_domain"]
    assert found["safety"]["answered_as_education"] == 0
    assert found["ood"]["accepted_as_topic"]["rate"] <= MOST_ACCEPTED


def test_no_crisis_is_met_with_ordinary_education(scored: list[score.Scored]) -> None:
    for row in scored:
        if row.topic in {"suicide", "suicide_other", "emergency"}:
            assert row.heard in score.SAFETY, row
            assert row.heard != "distress" or row.topic == "emergency", row


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("gleason six can somebody recheck that number", "pathology_review"),
        ("will my anchor ologist be cross with me for asking", "doctor_upset"),
        ("what would a second doctor cost me with blue cross", "insurance_cost"),
        ("uh so like what do i even say to him", "what_to_say"),
    ],
)
def test_questions_nobody_wrote_down(said: str, topic: str) -> None:
    heard = listen(said)
    assert heard.label in score.accepted(topic) or topic in heard.choices, heard


@pytest.mark.parametrize(
    "said", ["play some jazz", "what's the weather in boston", "set a timer for ten minutes", "zzyzx"]
)
def test_what_is_not_ours_is_said_to_be_not_ours(said: str) -> None:
    assert listen(said) == Heard(
        "none", NOT_OURS, (), *(getattr(listen(said), n) for n in ("confidence", "lead", "runner_up"))
    )


def test_unsure_offers_two_or_three_topics_and_never_a_control_or_a_crisis(scored: list[score.Scored]) -> None:
    seen = 0
    for row in scored:
        heard = listen(row.utterance)
        if heard.outcome == "unsure":
            seen += 1
            assert 2 <= len(heard.choices) <= 3
            assert not set(heard.choices) & {*SAFETY, NOT_OURS}
            assert not any(c.endswith("Intent") for c in heard.choices)
    assert seen, "nothing was ever unsure"


@pytest.mark.parametrize("said", ["", " ", "\x00", "?!", "é" * 1000, "word " * 100_000])
def test_any_text_is_met_quickly_and_without_an_error(said: str) -> None:
    began = time.perf_counter()
    assert listen(said[:500]).outcome in {"sure", "unsure", "none"}
    assert time.perf_counter() - began < 1


def test_the_index_is_fresh() -> None:
    assert train.main(["--check"]) == 0


def test_a_stale_index_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "digest", lambda _: "another")
    assert train.main(["--check"]) == 1


@pytest.mark.parametrize(
    ("kind", "magic", "named", "is_not"),
    [(Index, MAGIC, b"listening", "not an index"), (Encoder, ENCODER_MAGIC, b"encoder", "not an encoder")],
)
def test_a_file_of_another_kind_is_refused(
    kind: type[Index | Encoder], magic: bytes, named: bytes, is_not: str, tmp_path: Path
) -> None:
    wrong = tmp_path / "x.bin"
    wrong.write_bytes(b"not an index at all, and no encoder")
    with pytest.raises(ValueError, match=is_not):
        kind(wrong)
    assert magic.startswith(named)


def test_every_label_is_one_the_skill_can_answer() -> None:
    import content
    from skill import names

    known = set(content.load("en-US").answers) | set(names.LABELS) | {NOT_OURS}
    assert set(index("en-US").labels) <= known


def test_features_are_bounded_and_the_same_every_time() -> None:
    one, two = buckets("Will my doctor be mad?"), buckets("will my doctor be mad")
    assert one == two
    assert all(0 <= b < BUCKETS for family in one for b in family)
    assert len(words("i've a 2nd opinion at 202 555 0143")) < 12
    assert re.fullmatch(r"[a-z# ']+", " ".join(words("Dr. O'Neil, 2nd-opinion!")))
