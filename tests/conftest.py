"""Fixtures every test may use, and the rules that hold for the whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from invariants import check

from simulator.rehearsal import Rehearsal

# Dummy values, so that no test can reach a real account whatever the machine holds.
os.environ.update(
    AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_EC2_METADATA_DISABLED="true",
)


@pytest.fixture
def rehearsal() -> Rehearsal:
    """A rehearsal whose every turn is held against the invariants."""
    made = Rehearsal()
    made.device.watch = check
    return made


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a skip is a failure: there `.ci/run` has installed whatever a test needs."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
