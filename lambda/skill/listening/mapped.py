"""Files that were learned: magic, one line of JSON, then bytes that are mapped, not loaded."""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from typing import Any


def mapped(path: Path, magic: bytes, what: str) -> tuple[dict[str, Any], memoryview, int]:
    """Map a file; give its header, all its bytes, and where those behind the header begin.

    Raises `ValueError` when it does not begin with `magic`, `OSError` when it is not there. `what`: what it should be.
    """
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if bytes(data[: len(magic)]) != magic:
            raise ValueError(f"{path.name} is not {what}")
        file.seek(len(magic))
        header: dict[str, Any] = json.loads(file.readline())
        return header, data, file.tell()
