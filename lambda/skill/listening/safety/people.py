"""Whom a crisis is about: the person who speaks, or somebody else."""

from __future__ import annotations

from skill.listening.safety.phrases import Phrase, Text

SELF, OTHER = "self", "other"


def about(text: Text, span: tuple[int, int], signs: dict[str, list[Phrase]]) -> str:
    """Tell whom the words at `span` are about."""
    start, end = span
    inside = Part(text, start, end)
    if inside.has(signs["others_own"]):
        return OTHER
