"""From a question in the microphone to the sound of the answer, heard back. Run by `make test-voice`."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import CHROMIUM
from playwright.sync_api import expect
from voice_page import speaker

from simulator import voices
from simulator.voice import Sound, Talker, word_errors

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium fonts-liberation")

#: How much of an answer may be lost between the voice, the browser's loudspeaker and the recogniser.
MOST_LOST = 0.15


@pytest.fixture(scope="session")
def talker() -> Talker:
    return voices.talker()


def said_aloud(talker: Talker, *parts: str | float) -> Sound:
    """Make a recording: words, and rests in seconds."""
    return talker.speak(
        {"say": part, "rate": 1.0} if isinstance(part, str) else {"rest": part * 1000} for part in parts
    )


def lost(said: str, heard: str) -> float:
    errors, words = word_errors(said, heard)
    return errors / words


def test_with_the_button_held(talker: Talker, tmp_path: Path) -> None:
    question = said_aloud(talker, 0.7, "Should I get a second opinion?", 60.0)
    with speaker(talker, question, tmp_path) as page:
        page.hold(4)
        assert page.answered(1) == ["Should I get a second opinion"]
        page.played(1)
        reply = page.replies()[0]
        assert "second opinion" in reply
        assert lost(reply, talker.hear(page.sound(0))) <= MOST_LOST


def test_hands_free_with_the_voice_cut_short(talker: Talker, tmp_path: Path) -> None:
    talk = said_aloud(talker, 1.5, "Should I get a second opinion?", 7.0, "Text me the number.", 60.0)
    with speaker(talker, talk, tmp_path) as page:
        page.page.get_by_label("Hands-free").check()
        said = page.answered(2)
        assert said == ["Should I get a second opinion", "Text me the number"]
        first, second = page.played(2)
        assert first["lasted"] < first["whole"] - 2
        assert second["lasted"] == pytest.approx(second["whole"], abs=0.5)
        assert lost(page.replies()[1], talker.hear(page.sound(1))) <= MOST_LOST
        page.page.get_by_label("Hands-free").uncheck()
        expect(page.page.locator("#status")).to_have_text("The microphone is closed.")
