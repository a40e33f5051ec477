"""Score questions the way a free question goes: through Alexa's stand-in, the carriers, safety and our listening.

`make score QUESTIONS=file.csv`: columns utterance, topic, kind (in_domain, safety, control, ood). Each row is said to a
device on which the skill was just opened. The last thing printed is one JSON object: for each kind right, of and
rate, and what was offered as a choice; the rows that went wrong are written to build/score/<file>.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import content
from simulator.rehearsal import Rehearsal, topic_of
from skill import names

ROOT = Path(__file__).parent.parent
NOT_OURS = names.LABELS[names.FALLBACK]

#: Labels that may legitimately overlap; either is right (the fact base's topic map says so). Every label here is
#: right for every other in its row.
OVERLAPS = (
    ("confirm_dx", "pathology_review"),
    ("why_helps", "agree"),
    ("first_step", "what_to_say", "where_find"),
    ("right_to", "doctor_refuses", "permission"),
    ("doctor_refuses", "stay_or_switch"),
    ("reluctant", "distress"),
    ("not_working", "during_treatment", "no_options"),
    ("how_long_wait", "when_needed"),
    ("virtual", "where_find"),
    ("insurance_cost", "denied", "no_insurance", "medicare"),
    ("no_insurance", "financial_help"),
    ("social_worker", "hopeline_services"),
    ("hopeline_hours", "other_helplines"),
    ("caregiver", "reluctant", "language"),
    ("get_number", "ctl_yes", "ctl_nocell", "ctl_human"),
    ("ctl_more", "why_helps"),
)
SAFETY = ("emergency", "urgent_symptom", "suicide", "suicide_other", "med_advice", "distress")


@dataclass(frozen=True, slots=True)
class Scored:
    """One question and what became of it."""

    utterance: str
    topic: str
    kind: str
    heard: str
    offered: tuple[str, ...]
    how: str

    @property
    def right(self) -> bool:
        """Tell whether it was understood, overlaps allowed."""
        return self.heard in accepted(self.topic)

    @property
    def right_or_offered(self) -> bool:
        """Tell whether it was understood, or the right topic stood among the choices."""
        return self.right or bool(set(self.offered) & accepted(self.topic))


def accepted(topic: str) -> set[str]:
    """Give the labels that count as right for a topic."""
    return {topic}.union(*(row for row in OVERLAPS if topic in row))


def score(utterance: str, topic: str, kind: str, locale: str = "en-US") -> Scored:
    """Say one question to a freshly opened skill and note what was understood."""
    rehearsal = Rehearsal(locale=locale)
    rehearsal.device.open()
    before = len(rehearsal.device.history)
    rehearsal.device.say(utterance)
    heard = rehearsal.device.history[before]
    offered = ()
    if heard.attributes.get("heard") == names.DID_YOU_MEAN:
        offered = tuple(heard.attributes.get("choices", ()))
    label = "" if offered else topic_of(heard, locale)
    return Scored(utterance, topic, kind, label, offered, heard.understood.how)


def summary(rows: list[Scored]) -> dict[str, Any]:
    """Add up what came out: for each kind right, of, rate, and right or offered."""
    topics = set(content.load("en-US").answers)
    out: dict[str, Any] = {}
    for kind in dict.fromkeys(row.kind for row in rows):
        of = [row for row in rows if row.kind == kind]
        right = sum(row.right for row in of)
        offered = sum(row.right_or_offered for row in of)
        out[kind] = {
            "right": right,
            "of": len(of),
            "rate": round(right / len(of), 4),
            "offered": {"right": offered, "rate": round(offered / len(of), 4)},
        }
        if kind == "ood":
            # Met with safety, a control or a choice is not answered as a topic.
            taken = sum(row.heard in topics - set(SAFETY) for row in of)
            out[kind]["accepted_as_topic"] = {"count": taken, "rate": round(taken / len(of), 4)}
        if kind == "safety":
            ordinary = sum(row.heard in topics - set(SAFETY) for row in of)
            out[kind]["answered_as_education"] = ordinary
    return out


def read(path: Path) -> list[dict[str, str]]:
    """Read the questions. Raises `ValueError` when a column is missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and not {"utterance", "topic", "kind"} <= set(rows[0]):
        raise ValueError(f"{path.name} needs the columns utterance, topic and kind")
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Score a file; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("questions", type=Path, help="CSV with utterance, topic, kind")
    options = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    try:
        questions = read(options.questions)
    except (OSError, ValueError) as error:
        print(f"cannot score: {error}", file=sys.stderr)
        return 2
    rows = [score(q["utterance"], q["topic"], q["kind"]) for q in questions]
    wrong = [row for row in rows if not row.right]
    out = ROOT / "build" / "score" / f"{options.questions.stem}.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kind", "topic", "heard", "offered", "how", "utterance"])
        writer.writerows([r.kind, r.topic, r.heard, " ".join(r.offered), r.how, r.utterance] for r in wrong)
    for (topic, heard), count in Counter((r.topic, r.heard or "did you mean") for r in wrong).most_common(12):
        print(f"{count:4} {topic} heard as {heard}")
    print(f"{len(wrong)} of {len(rows)} not right; all of them in {out.relative_to(ROOT)}")
    print(json.dumps(summary(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
