"""The crisis recogniser: sees any text the skill is given, before anything else does."""

from __future__ import annotations


def crisis(text: str) -> str:
    """Name the ring-3 topic a text belongs to, or give an empty string."""
    return ""
