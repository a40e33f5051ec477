"""The search of every test's log finds what may not be in one."""

from __future__ import annotations

import logging

import pytest
from log_scan import LogScan

QUESTION = "my neighbour's purple canary"


@pytest.mark.parametrize(
    "line",
    [
        "to +12025550143",
        "to 202-555-0143",
        "to (202) 555 0143",
        "for amzn1.ask.account.ABC",
        "with Bearer x",
        f"heard {QUESTION.upper()}",
    ],
)
@pytest.mark.parametrize("level", [logging.DEBUG, logging.ERROR])
def test_it_finds(line: str, level: int) -> None:
    # Told to this one only: the search that watches this test too would rightly find it.
    scan, record = LogScan(), logging.makeLogRecord({"name": "skill", "levelno": level, "msg": line})
    scan.handle(record)
    with pytest.raises(AssertionError):
        scan.check([QUESTION])


def test_it_leaves_ids_of_requests_alone() -> None:
    scan = LogScan()
    line = "turn: request=amzn1.echo-api.request.12345678-1234-1234-1234-123456789012 keys=sent"
    scan.handle(logging.makeLogRecord({"name": "skill", "msg": line}))
    scan.check([QUESTION])
    assert scan.lines


def test_it_watches_every_test(log_scan: LogScan) -> None:
    logging.getLogger("skill.any").debug("a word at the lowest level")
    assert any("a word at the lowest level" in line for line in log_scan.lines)
