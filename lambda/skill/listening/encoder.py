"""The closer look: a few small transformers read a doubtful sentence whole, in numpy; what they find is averaged.

It is BERT's arithmetic and nothing else: word pieces, six layers of attention, their mean, one linear head. The weights
are a public sentence model's, taught what danger sounds like (tools/teach.py), once for each reader; the readers share
their words. They ship as one byte each and are mapped when the first doubtful sentence comes. Whoever imports this
module pays for numpy, so `closer` does it late.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skill.listening.features import MAX_WORDS
from skill.listening.mapped import mapped
from skill.listening.words import words

FOLDER = Path(__file__).parent
MAGIC = b"encoder 1\n"
#: Longest sentence that is read, in word pieces, its two ends included.
MAX_PIECES = 64
EPSILON = 1e-12
#: Keeps the logarithm of what no reader finds likely from being minus infinity.
TINY = 1e-9

Floats = NDArray[np.float32]


def spoken(text: str) -> str:
    """Write a text the way the encoder was taught to read it: plain words, in one spelling."""
    return " ".join(words(text)[:MAX_WORDS]).replace("#", "") or "nothing"


class Encoder:
    """Scores a sentence for every danger and for "other". Layout: magic, one line of JSON, vocabulary, tensors."""

    def __init__(self, path: Path) -> None:
        """Map the file. Raises `ValueError` when it is not an encoder, `OSError` when it is not there."""
        header, data, start = mapped(path, MAGIC, "an encoder of listening")
        self.labels: list[str] = header["labels"]
        self.digest: str = header["digest"]
        self._heads: int = header["heads"]
        vocabulary = bytes(data[start : start + header["vocabulary"]]).decode().split("\n")
        self._pieces = {piece: number for number, piece in enumerate(vocabulary)}
        self._longest = max(map(len, vocabulary))
        start += header["vocabulary"]
        tensors: dict[str, NDArray[Any]] = {}
        for name, kind, shape in header["tensors"]:
            found = np.frombuffer(data, np.dtype(kind), int(np.prod(shape)), start).reshape(shape)
            start += found.nbytes
            tensors[name] = found
        #: Looked up row by row, so they stay bytes; everything that is multiplied whole becomes floats once.
        self._words, self._words_scale = tensors["words"], tensors["words.scale"]
        self._of = {
            name: tensor.astype(np.float32) * tensors[f"{name}.scale"] if tensor.dtype == np.int8 else tensor
            for name, tensor in tensors.items()
            if name != "words"
        }
        self._layers, self._readers = int(header["layers"]), int(header["readers"])

    def pieces(self, text: str) -> list[int]:
        """Cut a text into the numbers of its word pieces, longest piece first, between its two ends."""
        out = [self._pieces["[CLS]"]]
        for word in spoken(text).replace("'", " ' ").split():
            out += self._cut(word)
        return [*out[: MAX_PIECES - 1], self._pieces["[SEP]"]]

    def _cut(self, word: str) -> list[int]:
        out: list[int] = []
        at = 0
        while at < len(word):
            for end in range(min(len(word), at + self._longest), at, -1):
                number = self._pieces.get(word[at:end] if at == 0 else "##" + word[at:end])
                if number is not None:
                    out.append(number)
                    at = end
                    break
            else:
                return [self._pieces["[UNK]"]]
        return out

    def scores(self, text: str) -> dict[str, float]:
        """Give the logarithm of how likely each label is; they add up to one before the logarithm."""
        pieces = self.pieces(text)
        heard = self._words[pieces].astype(np.float32) * self._words_scale[pieces]
        likely = np.mean([self._read(heard, reader) for reader in range(self._readers)], axis=0)
        return dict(zip(self.labels, map(float, np.log(likely + TINY)), strict=True))

    def _read(self, heard: Floats, reader: int) -> Floats:
        """Give how likely one of the readers finds each label; `heard`: a row for each word piece."""
        of, at = self._of, f"{reader}/"
        x = self._evened(heard + of[f"{at}places"][: len(heard)], f"{at}ends")
        for number in range(self._layers):
            x = self._layer(x, f"{at}{number}")
        by = x.mean(axis=0) @ of[f"{at}danger"] + of[f"{at}danger.bias"]
        powers = np.exp(by - by.max())
        out: Floats = powers / powers.sum()
        return out

    def _layer(self, x: Floats, name: str) -> Floats:
        of, (length, width) = self._of, x.shape
        asked = (x @ of[f"{name}.attend"] + of[f"{name}.attend.bias"]).reshape(length, 3, self._heads, -1)
        query, key, value = asked.transpose(1, 2, 0, 3)
        weights = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(query.shape[-1]))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        heard = (weights @ value).transpose(1, 0, 2).reshape(length, width)
        x = self._evened(x + heard @ of[f"{name}.join"] + of[f"{name}.join.bias"], f"{name}.join")
        wide = x @ of[f"{name}.widen"] + of[f"{name}.widen.bias"]
        # The tanh form of GELU: numpy has no error function, so the weights were taught with this one.
        wide *= 0.5 * (1 + np.tanh(np.float32(0.7978845608) * (wide + np.float32(0.044715) * wide * wide * wide)))
        return self._evened(x + wide @ of[f"{name}.narrow"] + of[f"{name}.narrow.bias"], f"{name}.narrow")

    def _evened(self, x: Floats, name: str) -> Floats:
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
        out: Floats = x * self._of[f"{name}.norm"] + self._of[f"{name}.norm.bias"]
        return out


@cache
def encoder(locale: str) -> Encoder:
    """Load the encoder of a locale once."""
    return Encoder(FOLDER / f"encoder-{locale}.bin")
