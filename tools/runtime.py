"""The Python of the Lambda runtime: which one template.yaml names, where it is on this machine, a pip for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "template.yaml"


class NoRuntimeError(Exception):
    """The Python of the Lambda runtime, or a pip for it, is not on this machine; the message says what to do."""


def version(template: Path = TEMPLATE) -> str:
    """Read the runtime's Python version ("3.13") from the template, the one place that names it."""
    return _named(template, r"Runtime: python(3\.\d+)", "Runtime: python3.13")


def architecture(template: Path = TEMPLATE) -> str:
    """Read the processor ("arm64" or "x86_64") from the template, the one place that names it."""
    return _named(template, r"Architectures: \[(arm64|x86_64)\]", "Architectures: [arm64]")


def _named(template: Path, pattern: str, example: str) -> str:
    # Read by pattern: the standard library has no YAML, and `sam build` may run before anything is installed.
    found = set(re.findall(rf"^\s*{pattern}\s*$", template.read_text(encoding="utf-8"), re.MULTILINE))
    if len(found) != 1:
        raise NoRuntimeError(f"{template.name} must name one value in lines like `{example}`; found {sorted(found)}")
    return str(found.pop())


def clean_environment() -> dict[str, str]:
    """Give this environment without what would steer another Python (PYTHONPATH and its kin)."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "__PYVENV_LAUNCHER__"}


def find_python(wanted: str) -> Path:
    """Find an interpreter of exactly this minor version that really runs. Raises `NoRuntimeError`."""
    for candidate in _candidates(wanted):
        if _runs(candidate, wanted):
            return candidate
    raise NoRuntimeError(
        f"Python {wanted} is needed here: the package is byte-compiled by the Python that Lambda runs.\n"
        f"Looked for `python{wanted}` on PATH and among pyenv's versions. "
        f"Install it (for example `pyenv install {wanted}`, or `uv python install {wanted}`), "
        f"or name one with --python."
    )


def _candidates(wanted: str) -> Iterator[Path]:
    name = f"python{wanted}"
    yield Path(sys.executable)
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which(name, path=folder) if folder else None
        if found:
            yield Path(found)
    # pyenv puts a shim on PATH for every version it has, and the shim fails unless that version is switched on.
    for root in _pyenv_roots():
        for home in sorted((root / "versions").glob(f"{wanted}.*"), key=_patch, reverse=True):
            yield home / "bin" / name


def _patch(home: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", home.name))


def _pyenv_roots() -> Iterator[Path]:
    if os.environ.get("PYENV_ROOT"):
        yield Path(os.environ["PYENV_ROOT"])
    pyenv = shutil.which("pyenv")
    if pyenv:
        told = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=False).stdout.strip()
        if told:
            yield Path(told)
    yield Path.home() / ".pyenv"


def _runs(candidate: Path, wanted: str) -> bool:
    ask = "import sys; print(sys.implementation.name, '%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run(
            [candidate, "-c", ask], capture_output=True, text=True, check=False, timeout=30, env=clean_environment()
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return told.returncode == 0 and told.stdout.split() == ["cpython", wanted]


def pip_for(python: Path) -> list[str]:
    """Give the start of a pip command that works for `python`, which itself may have none. Raises `NoRuntimeError`."""
    for owner in (python, Path(sys.executable), ROOT / ".venv" / "bin" / "python"):
        command = [str(owner), "-m", "pip"]
        if owner != python:
            command += ["--python", str(python)]
        try:
            told = subprocess.run([*command, "--version"], capture_output=True, check=False, env=clean_environment())
        except OSError:
            continue
        if told.returncode == 0:
            return [*command, "--disable-pip-version-check", "--no-input"]
    raise NoRuntimeError("no pip was found: run `make setup` first, which makes one in .venv")
