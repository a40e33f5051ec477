"""What is missed is counted: a topic, "unsure between", or "not ours"; never the words, never by person."""

from __future__ import annotations

import json

import pytest

from simulator.device import SKILL_ID, Device
from skill import names
from skill.app import build
from skill.counts import Count, to_metrics
from skill.settings import Settings


@pytest.fixture
def counted() -> tuple[Device, list[Count]]:
    found: list[Count] = []
    return Device(build(Settings(skill_id=SKILL_ID), count=found.append)), found


def test_a_question_is_counted_by_what_became_of_it(counted: tuple[Device, list[Count]]) -> None:
    device, found = counted
    device.intend("ShouldIGetSecondOpinionIntent")
    device.intend(names.ABOUT_QUESTION, {"question": "getting my slides read again at another lab"})
    device.intend(names.ABOUT_QUESTION, {"question": "the football scores"})
    device.intend(names.FALLBACK)
    device.intend("SomethingNewIntent")
    assert found == [
        Count("direct", "when_needed"),
        Count("sure", "pathology_review"),
        Count("none"),
        Count("none"),
        Count("direct"),
    ]


def test_unsure_names_what_it_was_between(counted: tuple[Device, list[Count]], monkeypatch: pytest.MonkeyPatch) -> None:
    from skill import hearing
    from skill.listening import Heard

    device, found = counted
    between = Heard("unsure", "virtual", ("virtual", "medicare"))
    monkeypatch.setattr(hearing, "listen", lambda said, locale: between)
    device.intend(names.ABOUT_QUESTION, {"question": "video and the government plan"})
    assert found == [Count("unsure", "medicare|virtual")]


def test_opening_and_silence_are_not_counted(counted: tuple[Device, list[Count]]) -> None:
    device, found = counted
    device.open()
    device.silence()
    assert found == []


def test_a_line_holds_no_word_and_no_person(
    counted: tuple[Device, list[Count]], capsys: pytest.CaptureFixture[str]
) -> None:
    device, found = counted
    device.intend(names.ABOUT_QUESTION, {"question": "whether my neighbour zebediah may read my slides"})
    device.intend(names.PHONE_NUMBER, {"phone": "2025550143"})
    for count in found:
        to_metrics(count)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 2
    for line in lines:
        # CloudWatch counts a line only when each metric and dimension it names stands beside `_aws`.
        (metric,) = line["_aws"]["CloudWatchMetrics"]
        assert line[metric["Metrics"][0]["Name"]] == 1
        assert line[metric["Dimensions"][0][0]] in {"direct", "sure", "unsure", "none"}
        assert set(line) == {"_aws", "outcome", "about", "Questions"}
    shown = json.dumps(lines)
    for hidden in ("zebediah", "slides", "2025550143", device.user_id, "request"):
        assert hidden not in shown


def test_on_lambda_each_question_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import importlib

    monkeypatch.setenv("SKILL_ID", SKILL_ID)
    import lambda_function

    again = importlib.reload(lambda_function)
    capsys.readouterr()
    Device(lambda event: again.lambda_handler(event, None)).intend("ShouldIGetSecondOpinionIntent")
    (line,) = [json.loads(row) for row in capsys.readouterr().out.splitlines() if row.startswith("{")]
    assert (line["outcome"], line["about"]) == ("direct", "when_needed")
