"""Speak questions to the skill: text, a synthetic voice, a recogniser, the skill, and what it made of them.

`make hear` plays the frozen set in three voices and sets what was understood beside what typing the same gives.
`make hear LIMIT=240` plays a sample, the same one each time. What a voice has said before is not said again, so a run
goes on where another ended; delete build/hear to begin anew. Nothing needs a network.
"""

from __future__ import annotations

import argparse
import csv
import logging
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import voices
from simulator.voice import VoiceMissingError, as_alexa_hears, word_errors
from tools.score import Scored, read, score, summary

ROOT = Path(__file__).parent.parent
FROZEN = ROOT / "tests" / "listening" / "frozen.csv"
OUT = ROOT / "build" / "hear"
#: Whoever draws the sample draws the same one.
SEED = 20221
#: How many rows are spoken between two savings.
SAVE_EVERY = 20
COLUMNS = (
    "utterance",
    "topic",
    "kind",
    "heard",
    "word_errors",
    "words",
    "typed",
    "typed_right",
    "spoken",
    "spoken_right",
)


@dataclass(frozen=True, slots=True)
class Played:
    """One question as it was heard, and what came of typing and of speaking it."""

    heard: str
    typed: Scored
    spoken: Scored

    @property
    def errors(self) -> tuple[int, int]:
        """Count the words that were misheard, and all words."""
        return word_errors(self.typed.utterance, self.heard)


def sample(path: Path, limit: int = 0) -> list[dict[str, str]]:
    """Read the questions, all or a sample of them. Raises `OSError` and `ValueError`."""
    rows = read(path)
    if limit:
        random.Random(SEED).shuffle(rows)  # noqa: S311 - a sample, no secret
    return rows[: limit or None]


def speak(texts: Sequence[str], name: str, file: Path) -> dict[str, str]:
    """Have each text spoken and written down, but for those in `file`; gives what was heard, by text.

    Raises `VoiceMissingError`.
    """
    heard = heard_before(file)
    todo = [text for text in texts if text not in heard]
    if todo:
        talker = voices.talker(name)
        for count, text in enumerate(todo, 1):
            heard[text] = talker.recogniser.hear(talker.speak([{"say": text, "rate": 1.0}]))
            if count % SAVE_EVERY == 0 or count == len(todo):
                _write(file, ("text", "heard"), heard.items())
                print(f"  {name}: {count} of {len(todo)} spoken", file=sys.stderr, flush=True)
    return heard


def heard_before(file: Path) -> dict[str, str]:
    """Read what earlier runs heard; empty when there were none."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as opened:
        return {line["text"]: line["heard"] for line in csv.DictReader(opened)}


def judge(rows: Sequence[dict[str, str]], heard: dict[str, str], typed: Sequence[Scored]) -> list[Played]:
    """Say to the skill what was heard, beside what came of typing it."""
    return [
        Played(found, as_typed, score(as_alexa_hears(found) or "(silence)", row["topic"], row["kind"]))
        for row, as_typed in zip(rows, typed, strict=True)
        for found in [heard[row["utterance"]]]
    ]


def table(results: dict[str, list[Played]], typed: Sequence[Scored]) -> list[str]:
    """Write the results as lines of a Markdown table; the first row is what typing gives."""
    lines = [
        "| said by | words misheard | heard whole | in domain right | right or offered | safety right "
        "| safety answered as education | control right | out of domain taken as a topic |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| typing | | | {_understood(typed)} |",
    ]
    for name, rows in results.items():
        errors = [row.errors for row in rows]
        rate = sum(e for e, _ in errors) / max(1, sum(w for _, w in errors))
        whole = sum(not e for e, _ in errors)
        lines.append(f"| {name} | {rate:.1%} | {whole} of {len(rows)} | {_understood([r.spoken for r in rows])} |")
    return lines


def _understood(rows: Sequence[Scored]) -> str:
    found = summary(list(rows))

    def of(kind: str, count: Callable[[dict[str, Any]], int]) -> str:
        part = found.get(kind)
        return f"{count(part)} of {part['of']}" if part else "none"

    return " | ".join(
        (
            of("in_domain", lambda part: part["right"]),
            of("in_domain", lambda part: part["offered"]["right"]),
            of("safety", lambda part: part["right"]),
            of("safety", lambda part: part["answered_as_education"]),
            of("control", lambda part: part["right"]),
            of("ood", lambda part: part["accepted_as_topic"]["count"]),
        )
    )


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a file whole or not at all: a run may be stopped at any time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".half")
    with half.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    half.replace(file)


def _report(name: str, rows: Sequence[Played], out: Path) -> None:
    lines = []
    for row in rows:
        one, other = row.typed, row.spoken
        labels = [s.heard or " or ".join(s.offered) for s in (one, other)]
        lines.append(
            (one.utterance, one.topic, one.kind, row.heard, *row.errors, labels[0], one.right, labels[1], other.right)
        )
    _write(out / f"{name}.csv", COLUMNS, lines)


class _Failures(logging.Handler):
    """Counts the turns in which the skill itself failed: those say nothing about hearing."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self.count += 1


def main(arguments: list[str] | None = None) -> int:
    """Play the questions and print the table; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--questions", type=Path, default=FROZEN, help="CSV with utterance, topic, kind")
    parser.add_argument("--limit", type=int, default=0, help="how many questions; 0: all")
    parser.add_argument("--voices", default=",".join(voices.VOICES), help="names, with commas")
    options = parser.parse_args(arguments)
    failures = _Failures(logging.ERROR)
    logging.getLogger("skill").addHandler(failures)
    try:
        return _play(options, failures)
    finally:
        logging.getLogger("skill").removeHandler(failures)


def _play(options: argparse.Namespace, failures: _Failures) -> int:
    try:
        rows = sample(options.questions, options.limit)
        typed = [score(row["utterance"], row["topic"], row["kind"]) for row in rows]
    except (OSError, ValueError) as error:
        print(f"cannot read the questions: {error}", file=sys.stderr)
        return 2
    results: dict[str, list[Played]] = {}
    missing = False
    for name in filter(None, options.voices.split(",")):
        spoken = OUT / "spoken" / f"{options.questions.stem}-{name}.csv"
        try:
            heard = speak([row["utterance"] for row in rows], name, spoken)
        except VoiceMissingError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            missing = True
            continue
        results[name] = judge(rows, heard, typed)
        _report(name, results[name], OUT)
    print(f"{len(rows)} questions of {options.questions.name}, heard by {voices.Moonshine.name}")
    print("\n".join(table(results, typed)))
    if failures.count:
        print(f"the skill failed {failures.count} times, so this measures nothing", file=sys.stderr)
    return 2 if missing or failures.count else 0


if __name__ == "__main__":
    sys.exit(main())
