"""Reading pictures: contrast, whether two pieces of writing are the same, and what is written."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.bool_]


def luminance(picture: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Give the relative luminance of every pixel, as WCAG defines it."""
    share = picture.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    found: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return found


def contrast(picture: Picture) -> float:
    """Give the contrast of the writing in a picture with what it stands on.

    The ground is the colour there is most of; the ink is the colour farthest from it that covers one pixel in a
    hundred, so that neither a stray pixel nor the blurred edge of a letter counts.
    """
    packed = picture.reshape(-1, 3).astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    light = luminance(np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1))
    ground = light[counts.argmax()]
    common = counts >= picture.shape[0] * picture.shape[1] / 100
    ratios = (np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)
    return float(ratios[common].max())


def trimmed(marks: Marks) -> Marks:
    """Cut away the empty margin around what is written."""
    rows, columns = np.flatnonzero(marks.any(axis=1)), np.flatnonzero(marks.any(axis=0))
    if not len(rows):
        return marks[:0, :0]
    return marks[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def agreement(seen: Marks, wanted: Marks) -> float:
    """Give how far two pieces of writing agree where they agree least, 0 when their sizes differ.

    They are compared in strips narrower than a letter, so that one changed digit counts as much as all of them. A
    strip's figure is the share of its written pixels that the other has too, or has right beside them: two drawings
    of one letter round its edges differently.
    """
    a, b = trimmed(seen), trimmed(wanted)
    if not a.size or abs(a.shape[0] - b.shape[0]) > 2 or abs(a.shape[1] - b.shape[1]) > 2:
        return 0.0
    height, width = max(a.shape[0], b.shape[0]) + 2, max(a.shape[1], b.shape[1]) + 2
    still = _placed(b, height, width, 1, 1)
    best = 0.0
    for down in range(height - a.shape[0] + 1):
        for right in range(width - a.shape[1] + 1):
            best = max(best, _least(_placed(a, height, width, down, right), still))
    return best


def _placed(marks: Marks, height: int, width: int, down: int, right: int) -> Marks:
    found = np.zeros((height, width), bool)
    found[down : down + marks.shape[0], right : right + marks.shape[1]] = marks
    return found


def _least(a: Marks, b: Marks) -> float:
    strip = a.shape[0] // 2 or 1
    starts = np.arange(0, a.shape[1] - strip // 2, strip)
    shared = np.add.reduceat((a & _spread(b)).sum(axis=0) + (b & _spread(a)).sum(axis=0), starts)
    written = np.add.reduceat(a.sum(axis=0) + b.sum(axis=0), starts)
    return float((shared / np.maximum(written, 1))[written > 0].min())


def _spread(marks: Marks) -> Marks:
    found = marks.copy()
    found[1:] |= marks[:-1]
    found[:-1] |= marks[1:]
    wide = found.copy()
    wide[:, 1:] |= found[:, :-1]
    wide[:, :-1] |= found[:, 1:]
    return wide


def read_lines(lines: list[Marks], height: int = 32) -> list[str]:
    """Read pieces of writing, one a line, with tesseract: black on white, all brought to one height."""
    rows = [_scaled(trimmed(line), height) for line in lines]
    width = max(row.shape[1] for row in rows) + 80
    page = np.full((len(rows) * height * 2 + height, width), 255, np.uint8)
    for place, row in enumerate(rows):
        top = height + place * height * 2
        page[top : top + row.shape[0], 40 : 40 + row.shape[1]] = row
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lines.pgm"
        file.write_bytes(b"P5 %d %d 255\n" % (page.shape[1], page.shape[0]) + page.tobytes())
        ran = subprocess.run(
            ["tesseract", str(file), "-", "--psm", "6", "-l", "eng"],
            capture_output=True,
            text=True,
            check=True,
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
        )
    return [line.strip() for line in ran.stdout.splitlines() if line.strip()]


def _scaled(marks: Marks, height: int) -> Picture:
    if not marks.size:
        return np.full((height, height), 255, np.uint8)
    scale = marks.shape[0] / height
    width = max(1, round(marks.shape[1] / scale))
    # The mean over each target pixel's place, which is one pixel at least, so that thin strokes stay.
    sums = np.pad(marks.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    top, bottom = _places(height, scale, marks.shape[0])
    left, right = _places(width, scale, marks.shape[1])
    total = sums[bottom][:, right] - sums[top][:, right] - sums[bottom][:, left] + sums[top][:, left]
    found: Picture = (255 - 255 * total / np.outer(bottom - top, right - left)).astype(np.uint8)
    return found


def _places(count: int, scale: float, size: int) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    first = (np.arange(count) * scale).astype(int).clip(0, size - 1)
    return first, np.maximum((np.arange(1, count + 1) * scale).round().astype(int), first + 1).clip(1, size)
