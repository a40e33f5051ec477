"""A voice of tones and a recogniser that is told what to hear: speech without the optional engines."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.voice import Sound


@dataclass(slots=True)
class Tones:
    """Hums as long as the words are."""

    name: str = "tones"
    hz: int = 16_000
    loudness: float = 0.3
    #: Silence it adds at both ends, as real voices do.
    padding_s: float = 0.2
    seconds_a_character: float = 0.06
    said: list[tuple[str, float]] = field(default_factory=list)

    def lasts(self, words: str) -> float:
        """Tell how long these words last at rate 1."""
        return len(words) * self.seconds_a_character

    def say(self, words: str, rate: float = 1.0) -> Sound:
        self.said.append((words, rate))
        beats = np.arange(round(self.lasts(words) / rate * self.hz))
        hum = self.loudness * np.sin(beats * 2 * np.pi * 220 / self.hz)
        padding = np.zeros(round(self.padding_s * self.hz))
        return Sound.of(np.concatenate([padding, hum, padding]), self.hz)


@dataclass(slots=True)
class Told:
    """Hears what it is told to, one thing after the other, and nothing after that."""

    hears: list[str]
    name: str = "told"
    heard: list[Sound] = field(default_factory=list)

    def hear(self, sound: Sound) -> str:
        self.heard.append(sound)
        return self.hears.pop(0) if self.hears else ""
