"""What the code names: keys of content, keys it puts together, values it fills in. Read from the source, not run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

#: Functions whose words are keys, and names that code keeps keys in.
SPEAKERS = {"say", "again", "ask_again", "line"}
HOLDERS = {"key", "keys", "before", "ask", "pending", "CHOICES", "NUMBER_TOPIC", "KEYS"}
KEY_SHAPE = re.compile(r"[a-z][a-z0-9_]*")


def _trees(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder.parent).as_posix(), _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, changed: int) -> ast.Module:
    """Parse a file once for each time it is changed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def literals(folder: Path) -> set[str]:
    """Collect every string in the code of a folder, docstrings included."""
    nodes = (node for _, tree in _trees(folder) for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def prefixes(folder: Path) -> set[str]:
    """Collect the beginnings of strings that code puts together, such as `ask_` of f"ask_{offer}"."""
    found = set()
    for _, tree in _trees(folder):
        for node in ast.walk(tree):
            first = node.values[0] if isinstance(node, ast.JoinedStr) and len(node.values) > 1 else None
            if isinstance(first, ast.Constant) and re.fullmatch(r"[a-z_]+_", str(first.value)):
                found.add(str(first.value))
    return found


def named(folder: Path) -> dict[str, str]:
    """Collect the keys that code asks for by name: key to the place that names it."""
    found: dict[str, str] = {}
    for path, tree in _trees(folder):
        for node in ast.walk(tree):
            for value in _key_expressions(node):
                for text in _strings(value):
                    if KEY_SHAPE.fullmatch(text):
                        found.setdefault(text, f"{path}, line {value.lineno}")
    return found


def _key_expressions(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        holder = getattr(getattr(node.func, "value", None), "id", "")
        return list(node.args) if called in SPEAKERS or (holder in HOLDERS and called == "append") else []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    value = getattr(node, "value", None)
    if isinstance(value, ast.expr) and any(isinstance(t, ast.Name) and t.id in HOLDERS for t in targets):
        return [value]
    return []


def _strings(node: ast.expr) -> list[str]:
    """Give the strings an expression may come to: literals, both sides of a choice, members of a list or map."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    parts: list[ast.expr] = []
    if isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, ast.Starred):
        parts = [node.value]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    return [text for part in parts for text in _strings(part)]


def values(folder: Path) -> set[str]:
    """Collect the names under which code may fill in values: keyword arguments and short strings."""
    found = {text for text in literals(folder) if KEY_SHAPE.fullmatch(text)}
    for _, tree in _trees(folder):
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        found |= {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    return found


def said_together(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Give the keys that code says in one breath, where they are named literally: place and keys."""
    for path, tree in _trees(folder):
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", "") or getattr(called, "id", "")
            if not isinstance(node, ast.Call) or name not in {"say", "ask_again"}:
                continue
            choices = [texts for arg in node.args if (texts := _strings(arg))]
            # Whatever `ask_again` was given is followed by a question.
            choices += [["ask_question"]] if name == "ask_again" else []
            for keys in product(*choices):
                if len(keys) > 1:
                    yield f"{path}, line {node.lineno}", list(keys)
