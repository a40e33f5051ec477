"""`make run` fetches what draws the screens where it can, and goes on without where it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FETCHED = "tests/browser/node_modules/.package-lock.json"
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="no make")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of all that this takes, with the programs it may find in `bin`."""
    (tmp_path / "tests" / "browser").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for name in ("Makefile", "tests/browser/package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    for program in ("sh", "mkdir", "touch"):
        (tmp_path / "bin" / program).symlink_to(str(shutil.which(program)))
    return tmp_path


def npm(tree: Path, does: str) -> None:
    program = tree / "bin" / "npm"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tree}/asked\n{does}\n')
    program.chmod(0o755)


def fetch(tree: Path) -> str:
    # Under `make test` the outer make would talk through the inner one.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    found = subprocess.run(
        [str(MAKE), FETCHED], cwd=tree, env={**kept, "PATH": str(tree / "bin")}, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    assert found.stderr == ""
    return found.stdout


def test_it_is_fetched_once_by_the_lock(tree: Path) -> None:
    npm(tree, "echo chatter; mkdir node_modules; touch node_modules/.package-lock.json")
    assert len(fetch(tree).splitlines()) == 1
    assert "up to date" in fetch(tree)
    [asked] = (tree / "asked").read_text().splitlines()
    assert asked.startswith("ci ")
    assert "--ignore-scripts" in asked


def test_without_npm_it_is_said_in_one_line(tree: Path) -> None:
    [line] = fetch(tree).splitlines()
    assert line.startswith("No npm here")


def test_without_a_network_it_is_said_in_one_line_and_tried_again(tree: Path) -> None:
    npm(tree, "echo noise >&2; exit 1")
    for _ in range(2):
        assert "The next start tries again." in fetch(tree).splitlines()[-1]
    assert len((tree / "asked").read_text().splitlines()) == 2


def test_the_page_waits_for_it_and_the_terminal_does_not() -> None:
    rules = dict(
        line.split("##")[0].split(":", 1)
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if line.startswith(("run:", "run-voice:", "talk:"))
    )
    assert {name: "$(SCREENS)" in needs for name, needs in rules.items()} == {
        "run": True,
        "run-voice": True,
        "talk": False,
    }
