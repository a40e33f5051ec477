"""Rehearsal: a device that keeps the session, a terminal, a web page, the self-hosted endpoint."""

from __future__ import annotations

import sys
from pathlib import Path

# What runs on Lambda lies at the top there; here it is found without anybody setting PYTHONPATH, so that
# `python -m simulator` and `python -m tools.score` work for whoever drives the skill from outside.
_LAMBDA = str(Path(__file__).parent.parent / "lambda")
if _LAMBDA not in sys.path:
    sys.path.append(_LAMBDA)
