"""The crisis recogniser: sees any text the skill is given, before anything else does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from skill.listening.safety.phrases import Lexicon
from skill.listening.safety.spoken import words

LEXICON = Path(__file__).parent / "lexicon"


@cache
def lexicon() -> Lexicon:
    return Lexicon(LEXICON)


def crisis(text: str) -> str:
    """Name the ring-3 topic a text belongs to, or give an empty string."""
    return ""
