"""Before a store release: what a person must still confirm is listed, and placeholders are refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from drafts import TODAY, Draft

import content
from tools import release
from tools.content_rules.book import Book

ARN = "arn:aws:lambda:us-east-1:210987654321:function:second-opinion-guide"


def manifest(folder: Path, **changes: Any) -> Path:
    """Write a manifest with nothing left to fill in, but for `changes`."""
    values = {"uri": ARN, "privacyPolicyUrl": "https://guide.cancerhelp.org/privacy", "name": "Second Opinion Guide"}
    path = folder / "skill.json"
    path.write_text(json.dumps({"manifest": {"apis": [values | changes]}}), encoding="utf-8")
    return path


@pytest.fixture
def confirmed() -> Iterator[Draft]:
    """A draft in which a person has confirmed every fact that changes with little warning, and every check."""
    draft = Draft()
    for row in [*(row for row in draft.facts.values() if row.get("time_sensitive")), *draft.checks.values()]:
        row.update(state="confirmed", confirmed_by="A. Person", confirmed_on=TODAY.isoformat())
    with draft.in_use():
        yield draft


def run(path: Path, today: date = TODAY) -> int:
    return release.main(["--today", today.isoformat(), "--manifest", str(path)])


def test_every_fact_to_confirm_is_listed_with_its_page_and_where_it_is_spoken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft()
    draft.facts["E66"].update(state="to_confirm")
    with draft.in_use():
        assert run(manifest(tmp_path)) == 1
        held = content.load()
    said = capsys.readouterr().out
    block = next(part for part in said.split("\n\n") if part.startswith("E66 "))
    assert held.facts["E66"].text in block
    assert all(f"look at: {source.url}" in block for source in held.facts["E66"].sources)
    assert "outside_us" in block
    waiting = {
        key
        for answer in held.answers.values()
        for key in answer.cited
        if held.facts[key].time_sensitive and held.facts[key].state != "confirmed"
    }
    assert all(f"{key} is still to be confirmed" in said for key in waiting)


def test_every_check_that_is_open_is_listed_with_its_pages_and_the_answers_that_rest_on_it(
    confirmed: Draft, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for key, row in confirmed.checks.items():
        row.update(state="to_confirm", confirmed_by="", confirmed_on="")
        assert run(manifest(tmp_path)) == 1, key
        said = capsys.readouterr().out
        assert f"{key} is still to be confirmed: {row['check']}" in said
        assert all(topic in said for topic in row["topics"])
        assert "look at: http" in said
        assert "1 to confirm, 0 to mend" in said
        row.update(state="confirmed", confirmed_by="A. Person", confirmed_on=TODAY.isoformat())


def test_the_fact_sheets_own_address_is_still_to_be_found() -> None:
    """Until somebody has: then its check is confirmed, and the address is no longer the list."""
    draft = Draft()
    if draft.sources["cancercare_sheet"]["url"].endswith("/publications"):
        assert draft.checks["fact_sheet_address"]["state"] == "to_confirm"


def test_a_check_confirmed_by_nobody_is_not_released(
    confirmed: Draft, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    confirmed.checks["signs_of_emergency"].update(confirmed_by="")
    assert run(manifest(tmp_path)) == 1
    assert "[check.signs_of_emergency]" in capsys.readouterr().out


def test_a_number_is_listed_wherever_it_is_said_also_in_lines_and_texts() -> None:
    places = release.spoken_where(Book(content.DEFAULT_LOCALE, TODAY))
    assert {"get_number", "line.number", "texts.toml: helpline"} <= set(places["S43"])
    assert "distress" in places["X1"]


def test_a_fact_nobody_speaks_holds_nothing_up(confirmed: Draft) -> None:
    confirmed.facts["X13"].update(state="to_confirm")  # background, of grade D
    del confirmed.facts["X13"]["confirmed_by"], confirmed.facts["X13"]["confirmed_on"]
    content.load.cache_clear()
    assert list(release.unconfirmed(confirmed.book())) == []


def test_with_everything_confirmed_and_filled_in_a_release_may_go(confirmed: Draft, tmp_path: Path) -> None:
    assert run(manifest(tmp_path)) == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"confirmed_by": ""}, "by nobody"),
        ({"confirmed_by": "  "}, "by nobody"),
        ({"confirmed_on": ""}, "no day that has been"),
        ({"confirmed_on": "yesterday"}, "no day that has been"),
        ({"confirmed_on": (TODAY + timedelta(days=1)).isoformat()}, "no day that has been"),
    ],
)
def test_a_confirmation_names_a_person_and_a_day_that_has_been(
    confirmed: Draft, tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str], says: str
) -> None:
    confirmed.facts["S43"].update(changes)
    assert run(manifest(tmp_path)) == 1
    said = capsys.readouterr().out
    assert "[fact.S43]" in said
    assert says in said


def test_a_fact_past_its_review_date_is_not_released(
    confirmed: Draft, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    confirmed.facts["S25"].update(review_by="2026-11-21")
    assert run(manifest(tmp_path)) == 1
    assert "S25 is past its review date (2026-11-21)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "changes",
    [
        {"privacyPolicyUrl": "https://example.org/privacy"},
        {"privacyPolicyUrl": "https://www.example.com/privacy"},
        {"privacyPolicyUrl": "https://guide.invalid/privacy"},
        {"uri": "arn:aws:lambda:us-east-1:000000000000:function:second-opinion-guide"},
        {"uri": "arn:aws:lambda:us-east-1:123456789012:function:second-opinion-guide"},
        {"uri": "arn:aws:lambda:us-east-1:<account>:function:second-opinion-guide"},
        {"uri": "arn:aws:lambda:us-east-1:${ACCOUNT}:function:second-opinion-guide"},
        {"name": "TODO"},
        {"keywords": ["cancer", {"deep": "REPLACE_ME"}]},
    ],
    ids=str,
)
def test_a_placeholder_in_the_manifest_is_refused(
    confirmed: Draft, tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    assert run(manifest(tmp_path, **changes)) == 1
    assert "holds the placeholder" in capsys.readouterr().out


def test_a_manifest_that_is_not_there_or_not_json_is_refused(confirmed: Draft, tmp_path: Path) -> None:
    assert run(tmp_path / "skill.json") == 1
    (tmp_path / "skill.json").write_text("{", encoding="utf-8")
    assert run(tmp_path / "skill.json") == 1


def test_the_check_changes_nothing(tmp_path: Path) -> None:
    files = sorted(path for path in content.ROOT.rglob("*.toml"))
    before = [path.read_bytes() for path in files]
    run(release.MANIFEST)
    assert [path.read_bytes() for path in files] == before
