"""How long listening takes: a warm question, and what the first question adds to a cold start."""

from __future__ import annotations

import csv
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
#: What the rest of the skill imports anyway comes before the clock starts.
COLD = """
import sys, time
sys.path[:0] = ["lambda", "."]
import argparse, dataclasses, functools, json, math, mmap, pathlib, re, typing, unicodedata, zlib
import ask_sdk_core.skill_builder, content
began = time.perf_counter()
from skill.listening import listen
imported = time.perf_counter()
listen("will my doctor be mad")
answered = time.perf_counter()
listen("i don't see the point of waking up tomorrow")
closer = time.perf_counter()
print((imported - began) * 1000, (answered - imported) * 1000, (closer - answered) * 1000)
"""


def timed(asked: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Ask each question once; give how long each took, in milliseconds."""
    took = []
    for question in questions:
        began = time.perf_counter()
        asked(question)
        took.append((time.perf_counter() - began) * 1000)
    return took


def main(arguments: list[str] | None = None) -> int:
    """Print medians in milliseconds as JSON; gives 1 when a bar is missed (5 ms warm, 15 ms more when cold).

    The closer look at a doubtful sentence is measured beside them, warm and the first time, when it is loaded.

    Code is byte-compiled first, as `make package` does.
    """
    from skill.listening import listen
    from skill.listening.closer import reader

    with (ROOT / "tests" / "listening" / "frozen.csv").open(encoding="utf-8", newline="") as file:
        questions = [row["utterance"] for row in csv.DictReader(file)]
    listen(questions[0])
    warm = timed(listen, questions)
    reads = reader("en-US")
    read = timed(reads, questions) if reads else []
    cold = []
    compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    compiled["PYTHONPYCACHEPREFIX"] = str(ROOT / "build" / "bench-pyc")
    subprocess.run([sys.executable, "-c", COLD], cwd=ROOT, env=compiled, capture_output=True, check=True)
    for _ in range(11):
        ran = subprocess.run(
            [sys.executable, "-c", COLD], cwd=ROOT, env=compiled, capture_output=True, text=True, check=True
        )
        cold.append([float(x) for x in ran.stdout.split()])
    found: dict[str, Any] = {
        "warm_ms": {"median": round(statistics.median(warm), 2), "max": round(max(warm), 2)},
        "closer_look_ms": {"median": round(statistics.median(read), 2), "max": round(max(read), 2)} if read else None,
        "first_closer_look_ms": round(statistics.median(row[2] for row in cold), 2),
        "import_ms": round(statistics.median(row[0] for row in cold), 2),
        "first_question_ms": round(statistics.median(row[1] for row in cold), 2),
    }
    print(json.dumps(found))
    return int(found["warm_ms"]["median"] > 5 or found["import_ms"] + found["first_question_ms"] > 15)
