"""Changes an editor might make to a draft of the content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drafts import Draft

Change = Callable[[Draft], Any]


def say(topic: str, text: str, **more: Any) -> Change:
    """Change what an answer says first."""
    return lambda d: d.answers[topic].update(say=text, **more)


def line(key: str, text: str, **more: Any) -> Change:
    """Change, or add, a dialog line."""
    return lambda d: d.lines.setdefault(key, {}).update(say=text, **more)


def step(topic: str, text: str) -> Change:
    """Change an answer's first step."""
    return lambda d: d.answers[topic]["more"].__setitem__(0, text)


def for_other(topic: str, text: str) -> Change:
    """Change the wording for somebody else."""
    return lambda d: d.answers[topic]["for_other"].update(say=text)


def rests(topic: str, *facts: str) -> Change:
    """Change what an answer rests on."""
    return lambda d: d.answers[topic].update(facts=list(facts))


def step_rests(topic: str, number: int, *facts: str) -> Change:
    """Change what a step rests on; with no facts, it rests on what the answer does."""
    return lambda d: d.answers[topic]["more_facts"].__setitem__(number - 1, list(facts))


def fact(key: str, **changes: Any) -> Change:
    """Change a fact."""
    return lambda d: d.facts[key].update(changes)


def without(get: Callable[[Draft], dict[str, Any]], *names: str) -> Change:
    """Take entries out of a table."""
    return lambda d: [get(d).pop(name) for name in names]


def words(count: int, per_sentence: int = 10) -> str:
    """Make easy sentences of this many words in all."""
    return " ".join("one." if n % per_sentence == 0 or n == count else "one" for n in range(1, count + 1))
