"""The token that goes along when Alexa takes the session over, and tells us on return that it was ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: Marks the connection a text was waiting for; what is carried follows it as JSON.
MARK = "text"


def pack(values: Mapping[str, Any]) -> str:
    """Write a token that carries the values that are set."""
    return f"{MARK} {json.dumps({name: value for name, value in values.items() if value}, separators=(',', ':'))}"


def unpack(token: str) -> dict[str, Any] | None:
    """Give what a token of ours carries, which may be nothing; None for a token that is not ours."""
    mark, _, carried = token.partition(" ")
    if mark != MARK:
        return None
    try:
        values = json.loads(carried or "{}")
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
