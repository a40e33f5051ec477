"""The learned index of one locale: which words speak for which topic, as bytes that are mapped, not loaded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from skill.listening.features import BUCKETS
from skill.listening.mapped import mapped

FOLDER = Path(__file__).parent
MAGIC = b"listening 1\n"


class Index:
    """Scores a sentence for every label. Layout: magic, one line of JSON, rarity, scale, weights (tools/train.py)."""

    def __init__(self, path: Path) -> None:
        """Map the file. Raises `ValueError` when it is not an index, `OSError` when it is not there."""
        header, data, start = mapped(path, MAGIC, "an index of listening")
        start += header["pad"]
        self.digest: str = header["digest"]
        self.labels: list[str] = header["labels"]
        self.bias: list[float] = header["bias"]
        self.limits: dict[str, float] = header.get("limits", {})
        self.judges: dict[str, list[float]] = header.get("judges", {})
        self.closer: dict[str, Any] = header.get("closer", {})
        width = len(self.labels)
        self._rarity = data[start : start + 4 * BUCKETS].cast("f")
        start += 4 * BUCKETS
        self._scale = data[start : start + 4 * BUCKETS].cast("f")
        start += 4 * BUCKETS
        self._weights = data[start : start + width * BUCKETS].cast("b")

    def scores(self, features: Iterable[Mapping[int, float]]) -> dict[str, float]:
        """Score what `features.buckets` gave of a text for every label; above zero speaks for it."""
        out = list(self.bias)
        width = len(out)
        for family in features:
            weighed = [(b, n * self._rarity[b]) for b, n in family.items()]
            length = math.sqrt(sum(v * v for _, v in weighed))
            if not length:
                continue
            for bucket, value in weighed:
                by = value / length * self._scale[bucket]
                if by:
                    row = self._weights[bucket * width : (bucket + 1) * width]
                    out = [total + by * weight for total, weight in zip(out, row, strict=True)]
        return dict(zip(self.labels, out, strict=True))


@cache
def index(name: str) -> Index:
    """Load an index once: a locale's, or that of danger in a locale (`danger-<locale>`)."""
    return Index(FOLDER / f"index-{name}.bin")
