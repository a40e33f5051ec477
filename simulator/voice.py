"""Speech on this machine: a voice and a recogniser behind two small protocols, and what lies between them and a skill.

The engines are in `simulator.voices` and need the optional extra (`make voice-setup`). Sound stays in memory.
"""

from __future__ import annotations

import io
import re
import threading
import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.ears import normal

HOW_TO_GET_IT = "make run-voice"
#: What is kept of a voice's own silence around a piece. A rest is shorter by both, so that as much is heard as the
#: markup says.
LEAD_S, TAIL_S = 0.03, 0.12
#: Between two sentences that the markup put into separate pieces without a rest of its own.
SENTENCE_REST_S = 0.25
#: Quieter than this part of the loudest sample is silence.
QUIET = 0.01
#: How loud a reply is made, and a recording before it is recognised: engines and microphones differ.
PEAK = 0.7
#: A recording is never made louder than this many times, or an empty room would become speech.
MOST_GAIN = 20.0

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth"}
#: Words that recognisers write apart and our samples write together.
_TOGETHER = {"help line": "helpline", "hope line": "hopeline"}


class VoiceMissingError(RuntimeError):
    """A voice or a recogniser that is not installed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound as 16-bit little-endian samples, `hz` of them a second."""

    pcm: bytes
    hz: int

    @classmethod
    def of(cls, samples: NDArray[Any], hz: int) -> Sound:
        """Make sound from samples between -1 and 1."""
        return cls((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes(), hz)

    @classmethod
    def from_wav(cls, data: bytes) -> Sound:
        """Read a WAV file of one channel and 16 bits. Raises `ValueError` for any other."""
        try:
            with wave.open(io.BytesIO(data), "rb") as file:
                if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                    raise ValueError("only one channel of 16 bits can be read")
                return cls(file.readframes(file.getnframes()), file.getframerate())
        except (wave.Error, EOFError) as error:
            raise ValueError(f"not a WAV file: {error}") from error

    @classmethod
    def rest(cls, seconds: float, hz: int) -> Sound:
        """Make silence."""
        return cls(bytes(2 * round(seconds * hz)), hz)

    @property
    def samples(self) -> NDArray[np.float32]:
        """Give the samples between -1 and 1."""
        return np.frombuffer(self.pcm, "<i2").astype(np.float32) / np.float32(32768)

    @property
    def seconds(self) -> float:
        """Tell how long it is."""
        return len(self.pcm) / 2 / self.hz

    def wav(self) -> bytes:
        """Write it as a WAV file."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.hz)
            file.writeframes(self.pcm)
        return out.getvalue()

    def then(self, *others: Sound) -> Sound:
        """Put other sounds of the same `hz` behind it."""
        return Sound(b"".join([self.pcm, *(other.pcm for other in others)]), self.hz)

    def trimmed(self) -> Sound:
        """Cut the silence at both ends down to `LEAD_S` and `TAIL_S`."""
        loud = np.abs(self.samples)
        heard = np.flatnonzero(loud > QUIET * loud.max()) if loud.size and loud.max() > 0 else np.empty(0, int)
        if not heard.size:
            return Sound(b"", self.hz)
        first = max(0, int(heard[0]) - round(LEAD_S * self.hz))
        last = int(heard[-1]) + 1 + round(TAIL_S * self.hz)
        return Sound(self.pcm[2 * first : 2 * last], self.hz)

    def loud(self, peak: float = PEAK) -> Sound:
        """Scale it so that its loudest sample is `peak`, within `MOST_GAIN`."""
        samples = self.samples
        highest = float(np.abs(samples).max()) if samples.size else 0.0
        return Sound.of(samples * min(peak / highest, MOST_GAIN), self.hz) if highest else self


class Voice(Protocol):
    """Says words."""

    name: str
    hz: int

    def say(self, words: str, rate: float = 1.0) -> Sound:
        """Say words at a rate: 1 is the voice's own, 0.5 half as fast."""


class Recogniser(Protocol):
    """Hears words."""

    name: str

    def hear(self, sound: Sound) -> str:
        """Write down what is said; empty when nothing is."""


def aloud(pieces: Iterable[Mapping[str, Any]], voice: Voice) -> Sound:
    """Say pieces, `{"say": words, "rate": 1.0}` and `{"rest": milliseconds}`, as `simulator.web.spoken` cuts them."""
    whole = Sound(b"", voice.hz)
    ended = False
    for piece in pieces:
        if "rest" in piece:
            rest = max(0.0, float(piece["rest"]) / 1000 - LEAD_S - TAIL_S)
            whole, ended = whole.then(Sound.rest(rest, voice.hz)), False
            continue
        said = str(piece["say"]).strip()
        words = said.lstrip(".,;:?! ")  # what ends the piece before this one
        if ended or said.startswith((".", "?", "!")):
            whole = whole.then(Sound.rest(SENTENCE_REST_S, voice.hz))
        whole = whole.then(voice.say(words, float(piece.get("rate", 1.0))).trimmed())
        ended = words.endswith((".", "?", "!"))
    return whole.loud()


def as_alexa_hears(text: str) -> str:
    """Write what a recogniser wrote the way Alexa's hands it over: small letters, numbers as words, no punctuation."""
    text = re.sub(r"\$(\d+)", r"\1 dollars", text.lower()).replace("%", " percent")
    text = re.sub(r"\b[1-5](?:st|nd|rd|th)\b", lambda m: _ORDINALS.get(m.group(), m.group()), text)
    text = normal(re.sub(r"\d+", lambda m: f" {_number(m.group())} ", text))
    for apart, together in _TOGETHER.items():
        text = re.sub(rf"\b{apart}\b", together, text)
    return text


def _number(digits: str) -> str:
    """Say a number of one or two digits as a number, and anything else digit by digit: 65, but 9 1 1."""
    value = int(digits)
    if len(digits) > 2 or (len(digits) == 2 and value < 10):
        return " ".join(_ONES[int(d)] for d in digits)
    if value < 20:
        return _ONES[value]
    return " ".join([_TENS[value // 10 - 2], *([_ONES[value % 10]] if value % 10 else [])])


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Count how many words must change to get from one to the other, and the words that were said."""
    one, other = as_alexa_hears(said).split(), as_alexa_hears(heard).split()
    row = list(range(len(other) + 1))
    for i, word in enumerate(one, 1):
        corner, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            corner, row[j] = row[j], min(corner + (word != against), row[j] + 1, row[j - 1] + 1)
    return row[-1], len(one)


@dataclass(slots=True)
class Talker:
    """A voice and a recogniser that take turns: the engines are not made for several askers at once."""

    voice: Voice
    recogniser: Recogniser
    #: The languages both can do, as the first part of a locale.
    languages: tuple[str, ...] = ("en",)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def speak(self, pieces: Iterable[Mapping[str, Any]]) -> Sound:
        """Say pieces (see `aloud`)."""
        with self._one:
            return aloud(pieces, self.voice)

    def hear(self, sound: Sound) -> str:
        """Write down what is said, as Alexa hands it over."""
        with self._one:
            return as_alexa_hears(self.recogniser.hear(sound.loud()))
