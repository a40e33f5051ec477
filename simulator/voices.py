"""The engines: voices and a recogniser that work without a network, each loaded when it is first asked for."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from simulator.voice import HOW_TO_GET_IT, Recogniser, Sound, Talker, Voice, VoiceMissingError

#: The same words always give the same sound, so that what was measured can be measured again.
SEED = 0


class Hibari:
    """A natural voice, American English; its model is inside the package hibari-tts."""

    name = "hibari"
    hz = 24_000
    #: What to ask of the engine for the rates the skill uses. Its own scale moves in steps (asked for 0.85 it
    #: speaks at 0.91, asked for 1.2 at 1.1), so these were found by measuring.
    SPEEDS = {0.85: 0.805, 1.2: 1.33}  # noqa: RUF012 - a constant

    def __init__(self) -> None:
        """Load the model. Raises `VoiceMissingError`."""
        self._say = _module("hibari").Hibari(voice="heart", threads=1)

    def say(self, words: str, rate: float = 1.0) -> Sound:
        """Say words."""
        return Sound.of(self._say(words, speed=self.SPEEDS.get(round(rate, 2), rate), seed=SEED), self.hz)


class Pico:
    """A small, plain voice; inside the package py-nanotts."""

    name = "pico"
    hz = 16_000

    def __init__(self) -> None:
        """Load the voice. Raises `VoiceMissingError`."""
        self._engine = _module("py_nanotts").NanoTTS()

    def say(self, words: str, rate: float = 1.0) -> Sound:
        """Say words."""
        return Sound(self._engine.speak(words, voice="en-US", speed=rate), self.hz)


class Flite:
    """A voice of the program flite, which Debian has; one process for each thing said."""

    name = "flite"
    hz = 16_000

    def __init__(self, voice: str = "rms") -> None:
        """Find the program. Raises `VoiceMissingError`."""
        self._voice = voice
        if shutil.which("flite") is None:
            raise VoiceMissingError("The program flite is not here. On Debian: apt-get install flite")

    def say(self, words: str, rate: float = 1.0) -> Sound:
        """Say words."""
        with tempfile.TemporaryDirectory() as folder:  # flite goes back in the file, so a pipe will not do
            text, file = Path(folder) / "words", Path(folder) / "sound"
            text.write_text(words, encoding="utf-8")
            stretch = f"duration_stretch={1 / rate:.3f}"
            subprocess.run(
                ["flite", "-voice", self._voice, "--setf", stretch, "-f", str(text), "-o", str(file)],
                check=True,
                capture_output=True,
                timeout=60,
            )
            sound = Sound.from_wav(file.read_bytes())
        if sound.hz != self.hz:
            raise ValueError(f"flite spoke at {sound.hz} samples a second, not {self.hz}")
        return sound


class Moonshine:
    """A recogniser of English; its model is inside the package moonshine-voice 0.1.0, and not in later ones."""

    name = "moonshine"
    #: The recogniser looks for speech itself and clips what begins or ends abruptly.
    BEFORE_S, AFTER_S = 0.25, 0.4

    def __init__(self) -> None:
        """Load the model. Raises `VoiceMissingError`."""
        # Not the package's microphone class: that needs PortAudio, and the browser has the microphone.
        library = _module("moonshine_voice.transcriber")
        model = _module("moonshine_voice.utils").get_model_path("tiny-en")
        tiny = _module("moonshine_voice.moonshine_api").ModelArch.TINY
        if not Path(model).is_dir():
            raise VoiceMissingError(f"moonshine-voice has no model inside; it must be version 0.1.0: {HOW_TO_GET_IT}")
        self._engine = library.Transcriber(str(model), tiny)

    def hear(self, sound: Sound) -> str:
        """Write down what is said."""
        before, after = (np.zeros(round(s * sound.hz), np.float32) for s in (self.BEFORE_S, self.AFTER_S))
        samples = np.concatenate([before, sound.samples, after]).tolist()
        found = self._engine.transcribe_without_streaming(samples, sound.hz)
        return " ".join(str(line.text).strip() for line in found.lines).strip()


VOICES: dict[str, Callable[[], Voice]] = {"hibari": Hibari, "pico": Pico, "flite": Flite}


def voice(name: str) -> Voice:
    """Load a voice by name. Raises `VoiceMissingError`."""
    if name not in VOICES:
        raise VoiceMissingError(f"There is no voice {name}. There are {', '.join(VOICES)}.")
    return VOICES[name]()


def recogniser() -> Recogniser:
    """Load the recogniser. Raises `VoiceMissingError`."""
    return Moonshine()


def talker(name: str = "hibari") -> Talker:
    """Load a voice and the recogniser, and use both once: the first use is slower. Raises `VoiceMissingError`."""
    found = Talker(voice(name), recogniser())
    found.hear(found.speak([{"say": "Hello.", "rate": 1.0}]))
    return found


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:  # OSError: a library for another system
        raise VoiceMissingError(f"The voice is not installed here ({error}). Get it with: {HOW_TO_GET_IT}") from error
