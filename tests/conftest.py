"""Fixtures every test may use, and the rules that hold for the whole run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from invariants import check
from log_scan import LogScan

from simulator.device import Device, Heard
from simulator.rehearsal import Rehearsal

# Dummy values, so that no test can reach a real account whatever the machine holds.
os.environ.update(
    AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_EC2_METADATA_DISABLED="true",
    # Several workers share the processors: one thread each, or they wait for one another.
    OPENBLAS_NUM_THREADS="1",
)


@pytest.fixture(autouse=True)
def log_scan(monkeypatch: pytest.MonkeyPatch) -> Iterator[LogScan]:
    """No test may log a telephone number, an id, or what was said to a device; at any level, whoever logs it."""
    said: list[str] = []
    say = Device.say

    def noted(device: Device, sentence: str) -> Heard:
        said.append(sentence)
        return say(device, sentence)

    monkeypatch.setattr(Device, "say", noted)
    with LogScan() as scan:
        yield scan
    scan.check(said)


@pytest.fixture
def rehearsal() -> Rehearsal:
    """A rehearsal whose every turn is held against the invariants."""
    made = Rehearsal()
    made.device.watch = check
    return made


def pytest_sessionfinish() -> None:
    """Close the browser, if any test opened one."""
    if chromium := sys.modules.get("chromium"):
        chromium.KEPT.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a skip is a failure: there `.ci/run` has installed whatever a test needs."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


# -- which worker runs what, and when -----------------------------------------------------------------------------------

#: Files that take long, the longest first: a worker that gets one of them last keeps all others waiting.
FIRST = (
    "tests/test_screens_browser.py",
    "tests/test_package.py",
    "tests/test_voice_browser.py",
    "tests/test_web_browser.py",
    "tests/conformance/test_clients.py",
    "tests/texting/test_faults.py",
    "tests/test_web_screens.py",
    "tests/test_listening.py",
    "tests/test_web_voice.py",
    "tests/test_template.py",
)
#: Of these any worker may run any test: what they share is made once for all workers, or costs little.
APART = frozenset(
    {
        "tests/test_package.py",
        "tests/test_voice_browser.py",
        "tests/test_web_browser.py",
        "tests/test_web_screens.py",
        "tests/test_web_voice.py",
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take long first."""
    place = {file: at for at, file in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(FIRST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where files are handed to workers (--dist loadfile), hand them out in our order, and some of them in pieces."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class InOurOrder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file in APART else file

    config.option.loadscopereorder = False
    return InOurOrder(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests measured (`record_property("measured", ...)`): workers have no terminal of their own."""
    reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])]
    measured = [str(v) for r in reports for k, v in getattr(r, "user_properties", ()) if k == "measured"]
    if measured:
        terminalreporter.section("measured")
        for line in sorted(measured):
            terminalreporter.write_line(line)
