"""What a device with a screen shows: the words being spoken, large, and buttons that do what saying them does.

Imported only for such devices. The layouts stand in document.json, the words on buttons in content's screens.toml;
everything else on a screen is taken from the reply that is spoken with it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill import names
from skill.screens.compose import Shown, compose

if TYPE_CHECKING:  # say imports this module
    from skill.say import Reply, Voice
    from skill.turn import Turn

DOCUMENT = Path(__file__).parent / "document.json"
#: How long a telephone number stays on the screen, in milliseconds: time to fetch a phone and dial it.
NUMBER_STAYS_MS = 120_000


def render(turn: Turn, voice: Voice, reply: Reply) -> dict[str, Any] | None:
    """Draw a reply: the RenderDocument directive, or None when nothing is said."""
    if not reply.body:
        return None
    shown = compose(turn, voice, reply)
    return {
        "type": names.RENDER_DOCUMENT,
        "token": token(shown.kind, reply.asks),
        "document": document(shown.layout, stays=bool(shown.numbers)),
        "datasources": {"screen": {"type": "object", "properties": properties(shown)}},
    }


def token(kind: str, asks: str) -> str:
    """Name a screen by its kind and the question it puts; a touch names it again."""
    return f"guide:{kind}:{asks}"


def properties(shown: Shown) -> dict[str, Any]:
    """Write what is shown as the data that the layouts read."""
    return {
        "kind": shown.kind,
        "body": f"body{shown.size}",
        "text": shown.text,
        "question": shown.question,
        "numbers": [
            {
                "text": n.text,
                "em": n.em,
                "spoken": n.spoken,
                "lead": n.lead,
                "tail": n.tail,
                "style": n.style,
                "after": place > 0,  # the renderer's own `index` is not to be relied on
            }
            for place, n in enumerate(shown.numbers)
        ],
        "main": [{"label": t.label, "spoken": t.spoken, "does": list(t.does), "share": t.share} for t in shown.main],
        "more": [{"label": t.label, "spoken": t.spoken, "does": list(t.does), "share": t.share} for t in shown.more],
    }


@cache
def whole() -> dict[str, Any]:
    """Load the document with all its layouts, once."""
    found: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return found


@cache
def document(layout: str, *, stays: bool) -> dict[str, Any]:
    """Cut the document down to one layout and those it uses, so that the response stays small."""
    made = copy.deepcopy(whole())
    layouts = made["layouts"]
    wanted = [layout]
    for name in wanted:
        wanted += [used for used in _types(layouts[name]) if used in layouts and used not in wanted]
    made["layouts"] = {name: layouts[name] for name in layouts if name in wanted}
    made["mainTemplate"]["item"]["type"] = layout
    if stays:
        made["settings"] = {"idleTimeout": NUMBER_STAYS_MS}
    for each in (made, *made["layouts"].values(), *made["resources"]):
        each.pop("description", None)
    return made


def _types(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node["type"]
        for inner in node.values():
            yield from _types(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _types(inner)
