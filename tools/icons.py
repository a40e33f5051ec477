"""Draw the skill's icons: two speech bubbles, the second in front, white and pale teal on deep blue.

Run as `python -m tools.icons`. The mark is our own, has no letters (it is the same in every language), and stays
inside the circle that Alexa cuts. Standard library only.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "skill-package" / "assets"
#: The sizes Alexa asks for, in pixels.
SIZES = (108, 512)

Colour = tuple[int, int, int]
Point = tuple[float, float]
BLUE: Colour = (11, 53, 84)
TEAL: Colour = (146, 216, 214)
WHITE: Colour = (255, 255, 255)

# Everything is drawn on a square from 0 to 1. A bubble: centre, half its width and height, its tail's three points.
CORNER = 0.085
FIRST = ((0.415, 0.375), (0.225, 0.155), ((0.225, 0.460), (0.320, 0.500), (0.215, 0.625)))
SECOND = ((0.585, 0.560), (0.225, 0.155), ((0.600, 0.690), (0.740, 0.660), (0.755, 0.825)))
#: The blue line that keeps the second bubble apart from the first.
GAP = 0.028


def _box(at: Point, centre: Point, half: Point) -> float:
    """Give the distance to a box with round corners, negative inside."""
    x = abs(at[0] - centre[0]) - half[0] + CORNER
    y = abs(at[1] - centre[1]) - half[1] + CORNER
    return math.hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - CORNER


def _triangle(at: Point, corners: Sequence[Point]) -> float:
    """Give the distance to a triangle, negative inside."""
    nearest, inside = math.inf, True
    turn = 0.0
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        ex, ey, px, py = bx - ax, by - ay, at[0] - ax, at[1] - ay
        along = min(max((px * ex + py * ey) / (ex * ex + ey * ey), 0), 1)
        nearest = min(nearest, math.hypot(px - ex * along, py - ey * along))
        side = ex * py - ey * px
        inside = inside and side * turn >= 0
        turn = turn or side
    return -nearest if inside else nearest


def _bubble(at: Point, shape: tuple[Point, Point, Sequence[Point]]) -> float:
    return min(_box(at, shape[0], shape[1]), _triangle(at, shape[2]))


def _over(below: Colour, above: Colour, share: float) -> Colour:
    red, green, blue = (round(b + (a - b) * share) for a, b in zip(above, below, strict=True))
    return red, green, blue


def pixel(size: int, row: int, column: int) -> Colour:
    """Give the colour of one pixel, edges smoothed over its width."""

    def covered(distance: float) -> float:
        return min(max(0.5 - distance * size, 0), 1)

    at = ((column + 0.5) / size, (row + 0.5) / size)
    second = _bubble(at, SECOND)
    colour = _over(BLUE, TEAL, covered(_bubble(at, FIRST)))
    colour = _over(colour, BLUE, covered(second - GAP))
    return _over(colour, WHITE, covered(second))


def draw(size: int) -> list[list[Colour]]:
    """Draw the mark as rows of pixels."""
    return [[pixel(size, row, column) for column in range(size)] for row in range(size)]


def png(rows: list[list[Colour]]) -> bytes:
    """Write rows of pixels as a PNG file, unfiltered."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    raw = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def read(file: Path) -> list[list[Colour]]:
    """Read the pixels of a file that `png` wrote."""
    data, at, packed = file.read_bytes(), 8, b""
    width = height = 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    raw, step = zlib.decompress(packed), 1 + 3 * width
    lines = [raw[row * step + 1 : (row + 1) * step] for row in range(height)]
    return [[(line[i], line[i + 1], line[i + 2]) for i in range(0, 3 * width, 3)] for line in lines]


def main() -> int:
    """Draw every size into the skill package."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        (FOLDER / f"icon-{size}.png").write_bytes(png(draw(size)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
