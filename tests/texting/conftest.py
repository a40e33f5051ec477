"""The world of the texting tests, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from log_scan import LogScan
from texting_world import World

from simulator.loopback_aws import Loopback


@pytest.fixture(scope="session")
def loop() -> Iterator[Loopback]:
    made = Loopback()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def log_scan() -> Iterator[LogScan]:
    """No test of texting may log a number, an id, or what somebody said."""
    with LogScan() as scan:
        yield scan
    scan.check()


@pytest.fixture
def world(loop: Loopback, log_scan: LogScan) -> Iterator[World]:
    loop.reset()
    made = World(loop, log_scan)
    yield made
    loop.texting.let_go()
    loop.profile.let_go()
    log_scan.check(made.sentences())
