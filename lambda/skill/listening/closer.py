"""The way to the closer look: loaded when the first doubtful sentence comes, and done without where it cannot be."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache


@cache
def reader(locale: str) -> Callable[[str], dict[str, float]] | None:
    """Give what reads a sentence whole, or None where numpy or the locale's encoder is not there.

    Without it the first look decides alone, as it does for every sentence that is plainly no danger. The import is
    here because numpy takes longer to load than all the rest of listening, and most sessions never need it.
    """
    # A sentence is too short to share among processors: they would wait for each other longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from skill.listening.encoder import encoder

        return encoder(locale).scores
    except (ImportError, OSError):
        return None
