"""From words to features: the same on a laptop, where weights are learned, and on Lambda, where they are looked up.

Single words, pairs and triples of words, and pieces of three to five letters inside words, so that a word the
recogniser damaged ("anchor ologist") still shares most of its pieces with the right one. Each feature is a bucket of
a hash: no vocabulary has to be loaded before the first question.
"""

from __future__ import annotations

import math
from collections import Counter
from zlib import crc32

from skill.listening.words import words

BUCKETS = 1 << 17
#: Longest text that is listened to, in words; nobody asks longer, and time stays bounded.
MAX_WORDS = 60


def _of(said: list[str]) -> list[list[str]]:
    """List the features of a sentence in two families, words and pieces, each weighed on its own."""
    runs = [" ".join(said[i : i + n]) for n in (1, 2, 3) for i in range(len(said) - n + 1)]
    pieces = []
    for word in said:
        edged = f"<{word}>"
        pieces += [f"~{edged[i : i + n]}" for n in (3, 4, 5) for i in range(len(edged) - n + 1)]
    return [runs, pieces]


def buckets(text: str) -> list[dict[int, float]]:
    """Give, for each family, how much each bucket of a text counts: 1 + log of how often, before any weighing."""
    found = []
    for family in _of(words(text)[:MAX_WORDS]):
        counts = Counter(crc32(name.encode()) % BUCKETS for name in family)
        found.append({bucket: 1 + math.log(count) for bucket, count in counts.items()})
    return found
