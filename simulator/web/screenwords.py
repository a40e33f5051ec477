"""The words of a screen, read from its document: what is shown where the renderer is not installed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

RENDER = "Alexa.Presentation.APL.RenderDocument"
EXECUTE = "Alexa.Presentation.APL.ExecuteCommands"
_BINDING = re.compile(r"\$\{([A-Za-z_][\w.\[\]]*)\}")
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"<[^>]*>")
#: Where a component keeps those inside it.
_INSIDE = ("items", "item", "firstItem", "lastItem")
#: Components that hold one other: of several, the first whose condition holds. So do layouts and the document.
_HOLDS_ONE = frozenset({"Frame", "ScrollView", "TouchWrapper"})
_MOST = 200


def words(document: Any, sources: Any) -> list[str]:
    """List the texts of an APL document from top to bottom, its data filled in.

    Reads plain bindings (`${payload.list.title}`, `${data.name}`); a text with anything more in it is left out
    rather than shown with its program. Conditions are not judged: where they choose between ways to lay out the same
    words, the way without one is read.
    """
    main = document.get("mainTemplate") if isinstance(document, Mapping) else None
    if not isinstance(main, Mapping):
        return []
    names = [p.get("name") if isinstance(p, Mapping) else p for p in main.get("parameters") or []]
    scope = {str(name): sources if name == "payload" else (sources or {}).get(name) for name in names}
    layouts = document.get("layouts") if isinstance(document.get("layouts"), Mapping) else {}
    found: list[str] = []
    for text in _texts({k: _chosen(main.get(k)) for k in _INSIDE}, scope, layouts, 0):
        if text and text not in found[-1:]:
            found.append(text)
        if len(found) >= _MOST:
            break
    return found


def _texts(node: Any, scope: Mapping[str, Any], layouts: Mapping[str, Any], depth: int) -> Iterator[str]:
    if depth > 40:
        return
    if isinstance(node, list):
        for item in node:
            yield from _texts(item, scope, layouts, depth + 1)
        return
    if not isinstance(node, Mapping):
        return
    if node.get("type") == "Text":
        yield _filled(node.get("text"), scope)
    layout = layouts.get(str(node.get("type")))
    if isinstance(layout, Mapping):
        inner = dict(scope)
        for parameter in layout.get("parameters") or []:
            name = str(parameter.get("name") if isinstance(parameter, Mapping) else parameter)
            given = node.get(name, parameter.get("default") if isinstance(parameter, Mapping) else None)
            inner[name] = _value(given, scope)
        yield from _texts({k: _chosen(layout.get(k)) for k in _INSIDE}, inner, layouts, depth + 1)
    rows = _value(node.get("data"), scope)
    scopes = (
        [{**scope, "data": row, "index": place} for place, row in enumerate(rows)]
        if isinstance(rows, list)
        else [scope]
    )
    for key in _INSIDE:
        inside = _chosen(node.get(key)) if node.get("type") in _HOLDS_ONE else node.get(key)
        for each in scopes:
            yield from _texts(inside, each, layouts, depth + 1)


def _chosen(items: Any) -> Any:
    """Give the one of several ways that is sure to do; anything else as it is."""
    if not isinstance(items, list) or not items:
        return items
    return next((item for item in items if isinstance(item, Mapping) and "when" not in item), items[0])


def _value(given: Any, scope: Mapping[str, Any]) -> Any:
    """Give what an expression names, or the text with its bindings filled in."""
    if not isinstance(given, str):
        return given
    if match := _BINDING.fullmatch(given):
        return _looked_up(match.group(1), scope)
    return _filled(given, scope)


def _filled(given: Any, scope: Mapping[str, Any]) -> str:
    if not isinstance(given, str):
        return ""
    text = _BINDING.sub(lambda m: str(found) if (found := _looked_up(m.group(1), scope)) is not None else "", given)
    return "" if "${" in text else " ".join(_TAG.sub("", _BREAK.sub(" ", text)).split())


def _looked_up(path: str, scope: Mapping[str, Any]) -> Any:
    value: Any = scope
    for step in re.findall(r"\w+", path):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
