"""What was understood and what was missed, counted: a topic, "unsure between", or "not ours"; never words or a person.

One line of JSON a question goes to standard output, in the embedded metric format that CloudWatch turns into the
metric `Questions` by `outcome` (three or four numbers, so that counting costs next to nothing). The topic stands in
the line beside it, for a query over the log (docs/operate.md). No request id: a line cannot be led back to a turn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

#: direct: Alexa's own model found the intent. sure, unsure, none: what our listening made of a free question.
Outcome = Literal["direct", "sure", "unsure", "none"]
NAMESPACE = "SecondOpinionGuide"


@dataclass(frozen=True, slots=True)
class Count:
    """What became of one thing said. `about`: a label, labels joined by "|" in the order of the alphabet, or empty."""

    outcome: Outcome
    about: str = ""


Counts = Callable[[Count], None]


def nowhere(count: Count) -> None:
    """Count nothing: a rehearsal's questions are nobody's."""


def to_metrics(count: Count) -> None:
    """Write one count as CloudWatch's embedded metric format."""
    metric = {
        "Namespace": NAMESPACE,
        "Dimensions": [["outcome"]],
        "Metrics": [{"Name": "Questions", "Unit": "Count"}],
    }
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    # Straight to standard output: a logger would put a prefix before it, and CloudWatch reads bare JSON only.
    print(
        json.dumps({"_aws": stamp, "outcome": count.outcome, "about": count.about, "Questions": 1}),
        flush=True,
    )
