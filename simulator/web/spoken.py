"""From Alexa's speech markup to what a browser's voice can do: words at a rate, and rests between them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # only our own speech is parsed
from typing import Any

#: Alexa's named rates and rests, in the numbers a voice takes.
RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "fast": 1.2, "x-fast": 1.4}
RESTS_MS = {"none": 0, "x-weak": 0, "weak": 250, "medium": 500, "strong": 750, "x-strong": 1000}
#: Alexa's own limits.
LOWEST_RATE = 0.2
LONGEST_REST_MS = 10_000


def pieces(ssml: str) -> list[dict[str, Any]]:
    """Cut speech into `{"say": words, "rate": 1.0}` and `{"rest": milliseconds}`, in order.

    Raises `ParseError` for markup that does not parse.
    """
    if not ssml:
        return []
    out: list[dict[str, Any]] = []
    _walk(ET.fromstring(ssml), 1.0, out)  # noqa: S314
    return out


def _walk(element: ET.Element, rate: float, out: list[dict[str, Any]]) -> None:
    if element.tag == "prosody":
        rate = round(rate * _rate(element.get("rate", "")), 2)
    if element.tag == "break":
        out.append({"rest": _rest(element)})
    if element.tag == "say-as" and element.get("interpret-as") in {"digits", "telephone", "spell-out", "characters"}:
        _say(" ".join((element.text or "").replace(" ", "")), rate, out)
    else:
        _say(element.text or "", rate, out)
    for child in element:
        _walk(child, rate, out)
        _say(child.tail or "", rate, out)


def _say(text: str, rate: float, out: list[dict[str, Any]]) -> None:
    words = " ".join(text.split())
    if not re.search(r"\w", words):
        return  # punctuation alone is not said
    if out and out[-1].get("rate") == rate:
        out[-1]["say"] += f" {words}"
    else:
        out.append({"say": words, "rate": rate})


def _rate(value: str) -> float:
    if match := re.fullmatch(r"(\d+)%", value):
        return max(int(match.group(1)) / 100, LOWEST_RATE)
    return RATES.get(value, 1.0)


def _rest(element: ET.Element) -> int:
    if match := re.fullmatch(r"([\d.]+)(ms|s)", element.get("time", "")):
        milliseconds = float(match.group(1)) * (1000 if match.group(2) == "s" else 1)
        return min(int(milliseconds), LONGEST_REST_MS)
    return RESTS_MS.get(element.get("strength", "medium"), 500)
