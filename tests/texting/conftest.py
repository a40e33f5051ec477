"""The world of the texting tests, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from botocore.loaders import JSONFileLoader
from log_scan import LogScan
from texting_world import World

from simulator.loopback_aws import Loopback


@pytest.fixture(scope="session")
def loop() -> Iterator[Loopback]:
    # Every client reads the same descriptions of services, megabytes of them; here they are read once.
    read_once = pytest.MonkeyPatch()
    read = cache(JSONFileLoader().load_file)
    read_once.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
    made = Loopback()
    yield made
    made.close()
    read_once.undo()


@pytest.fixture
def world(loop: Loopback, log_scan: LogScan) -> Iterator[World]:
    loop.reset()
    made = World(loop, log_scan)
    yield made
    loop.texting.let_go()
    loop.profile.let_go()
    log_scan.check(made.sentences())
