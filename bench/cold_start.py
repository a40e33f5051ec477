"""How long a cold start takes, as a ratio to a bare handler and to a hello-world skill in the same run.

Run as `python -m bench.cold_start`. It stages the package for this machine first. The real runtime client runs each
handler in a fresh process against the Runtime API on loopback; the clock runs from the start of the process to its
first response. Handlers take turns, so that other load on the machine falls on all alike. Read the ratios; the
milliseconds are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from tools import package, runtime
from tools.runtime import ROOT

sys.path.append(str(ROOT / "tests"))  # where the Runtime API lives
from runtime_api import SKILL_ID, Function, client_python

WARM_CALLS = 200


def event(kind: str, intent: str = "", slots: dict[str, Any] | None = None) -> dict[str, Any]:
    """Make an envelope of the size and shape that Alexa sends."""
    application = {"applicationId": SKILL_ID}
    user = {"userId": "amzn1.ask.account." + "A" * 180}
    request: dict[str, Any] = {
        "type": kind,
        "requestId": "amzn1.echo-api.request.00000000-0000-4000-8000-000000000001",
        "timestamp": "2026-11-22T12:00:00Z",
        "locale": "en-US",
    }
    if intent:
        request["intent"] = {"name": intent, "confirmationStatus": "NONE", "slots": slots or {}}
    session = "amzn1.echo-api.session.00000000-0000-4000-8000-000000000002"
    device = {"deviceId": "amzn1.ask.device." + "B" * 180, "supportedInterfaces": {}}
    return {
        "version": "1.0",
        "session": {"new": True, "sessionId": session, "application": application, "user": user, "attributes": {}},
        "context": {"System": {"application": application, "user": user, "device": device}},
        "request": request,
    }


QUESTION = event("IntentRequest", "ShouldIGetSecondOpinionIntent")


def _cold(python: Path, handler: str, path: tuple[Path, ...]) -> tuple[float, float]:
    """Give milliseconds to the first response and MB at the peak."""
    began = time.perf_counter()
    with Function(python, handler, *path, env={"SKILL_ID": SKILL_ID}) as function:
        outcome = function.invoke(QUESTION)
        took = (time.perf_counter() - began) * 1000
        if outcome.kind != "response" or not outcome.json["response"].get("outputSpeech"):
            raise SystemExit(f"{handler} did not answer: {outcome.body[:400]!r}\n{function.log()}")
        return took, function.peak_memory_mb()


def _warm(python: Path, handler: str, path: tuple[Path, ...]) -> float:
    """Give the median milliseconds of a warm call, the loopback included."""
    with Function(python, handler, *path, env={"SKILL_ID": SKILL_ID}) as function:
        return statistics.median(function.invoke(QUESTION).seconds * 1000 for _ in range(WARM_CALLS))


def measure(rounds: int, folder: Path) -> dict[str, Any]:
    """Measure every handler `rounds` times, taking turns."""
    python = client_python()
    compare = ROOT / "build" / "bench-compare"
    shutil.rmtree(compare, ignore_errors=True)
    shutil.copytree(ROOT / "bench" / "compare", compare, ignore=shutil.ignore_patterns("__pycache__"))
    package.compile_all(compare, runtime.find_python(runtime.version()))
    handlers = {
        "bare": ("bare.lambda_handler", (compare,)),
        "hello": ("hello.lambda_handler", (compare, folder)),
        "skill": ("lambda_function.lambda_handler", (folder,)),
    }
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in handlers}
    for number in range(rounds + 1):
        for name, (handler, path) in handlers.items():
            measured = _cold(python, handler, path)
            if number:  # the first round fills the page cache
                seen[name].append(measured)
    cold = {name: statistics.median(ms for ms, _ in runs) for name, runs in seen.items()}
    warm = {name: _warm(python, handler, path) for name, (handler, path) in handlers.items()}
    return {
        "python": runtime.version(),
        "rounds": rounds,
        "load": round(os.getloadavg()[0], 2),
        "cold_ratio": {
            "hello/bare": round(cold["hello"] / cold["bare"], 2),
            "skill/bare": round(cold["skill"] / cold["bare"], 2),
            "skill/hello": round(cold["skill"] / cold["hello"], 2),
        },
        "cold_ms": {
            name: {"median": round(cold[name], 1), "min": round(min(ms for ms, _ in runs), 1)}
            for name, runs in seen.items()
        },
        "warm_ms": {name: round(ms, 2) for name, ms in warm.items()},
        "peak_mb": {name: round(max(mb for _, mb in runs), 1) for name, runs in seen.items()},
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.cold_start", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args(arguments)
    try:
        staged = package.stage(ROOT / "build" / "bench", "host")
        print(json.dumps(measure(asked.rounds, staged.folder), indent=2))
    except (package.PackageError, runtime.NoRuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
