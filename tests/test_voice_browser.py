"""Talking to the page in a real browser: a sound file for the microphone, tones for the voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from voice_tones import Told, Tones

pytest.importorskip("playwright.sync_api", reason="no Playwright: make setup")

from chromium import CHROMIUM
from playwright.sync_api import expect
from voice_page import Speaker, speaker

from simulator.voice import Sound, Talker

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
HZ = 16_000
QUESTION = "should I get a second opinion?"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium fonts-liberation"),
]


def talking(*seconds: float) -> Sound:
    """Make a sound that is quiet, loud, quiet ... for so many seconds each, quiet first."""
    noise = np.random.default_rng(7)
    parts = [
        noise.normal(0, 0.2 if place % 2 else 0.0005, round(length * HZ)).clip(-0.9, 0.9)
        for place, length in enumerate(seconds)
    ]
    return Sound.of(np.concatenate(parts), HZ)


def talker(*hears: str, slow: bool = False) -> tuple[Talker, Tones, Told]:
    voice, told = Tones(seconds_a_character=0.06 if slow else 0.008), Told(list(hears))
    return Talker(voice, told), voice, told


def loud_s(sound: Sound) -> float:
    """Tell for how long a recording is loud."""
    frames = sound.samples[: len(sound.samples) // 320 * 320].reshape(-1, 320)
    return float((np.abs(frames).max(axis=1) > 0.1).sum() * 320 / sound.hz)


def pressed(page: Speaker) -> bool:
    return page.button.get_attribute("aria-pressed") == "true"


def test_a_question_asked_with_the_button_held_is_answered_aloud(tmp_path: Path) -> None:
    who, voice, told = talker(QUESTION)
    # It is never quiet again: letting go ends the turn.
    with speaker(who, talking(0.3, 60), tmp_path) as page:
        held = page.hold(2.5)
        assert page.answered(1) == ["Should I get a second opinion"]
        (played,) = page.played(1)
        assert played["lasted"] > played["whole"] - 0.5
        heard = page.sound(0)
        assert loud_s(heard) == pytest.approx(sum(voice.lasts(words) / rate for words, rate in voice.said), rel=0.2)
        expect(page.page.locator("#status")).to_have_text("")
    (recording,) = told.heard
    assert 1.5 < recording.seconds < held + 1.5
    assert loud_s(recording) > recording.seconds - 1


def test_the_button_and_the_key_work_from_the_keyboard_and_need_not_be_held(tmp_path: Path) -> None:
    who, _, told = talker(QUESTION, "yes", "no")
    with speaker(who, talking(0.8, 0.8, 60), tmp_path) as page:
        # Pressed once: the pause after speaking ends the turn.
        page.button.focus()
        page.page.keyboard.press("Space")
        expect(page.page.locator("#status")).to_have_text("Listening: speak now.")
        assert pressed(page)
        page.answered(1)
        assert not pressed(page)
        assert loud_s(told.heard[0]) == pytest.approx(0.8, abs=0.3)
        # Held, and let go: this ends the turn, however quiet it was.
        page.page.keyboard.down("Enter")
        page.page.wait_for_timeout(700)
        page.page.keyboard.up("Enter")
        page.answered(2)
        # The key, from wherever one is.
        page.page.locator("#say").focus()
        page.page.keyboard.down("F2")
        page.page.wait_for_timeout(700)
        assert pressed(page)
        page.page.keyboard.up("F2")
        said = page.answered(3)
        assert not pressed(page)
    assert said == ["Should I get a second opinion", "Yes", "No"]


def test_pressed_once_and_nothing_said_it_says_so(tmp_path: Path) -> None:
    who, _, told = talker("")
    with speaker(who, talking(60), tmp_path) as page:
        page.button.press("Enter")
        expect(page.page.locator("#status")).to_contain_text("Nothing was heard", timeout=15_000)
        assert not pressed(page)
        assert page.turns() == 0
    assert len(told.heard) == 1


def test_pressed_twice_the_turn_ends(tmp_path: Path) -> None:
    who, _, _ = talker(QUESTION)
    with speaker(who, talking(0.2, 30), tmp_path) as page:
        page.button.press("Enter")
        page.page.wait_for_timeout(1000)
        page.button.press("Enter")
        assert page.answered(1) == ["Should I get a second opinion"]


def test_a_screen_readers_click_is_a_press(tmp_path: Path) -> None:
    who, _, _ = talker(QUESTION)
    with speaker(who, talking(0.8, 0.8, 30), tmp_path) as page:
        page.button.dispatch_event("click")
        assert page.answered(1) == ["Should I get a second opinion"]


def test_whoever_starts_to_talk_stops_the_voice(tmp_path: Path) -> None:
    who, _, _ = talker(QUESTION, "yes", slow=True)
    with speaker(who, talking(0.3, 1, 60), tmp_path) as page:
        page.hold(1.5)
        page.answered(1)
        expect(page.page.get_by_role("button", name="Stop the voice")).to_be_visible()
        page.page.wait_for_function("() => played.length === 1")
        page.page.wait_for_timeout(500)
        page.press()
        page.page.wait_for_function("() => played[0].lasted !== null")  # before a word is said
        page.page.wait_for_timeout(600)
        page.page.mouse.up()
        page.answered(2)
        first = page.played(1)[0]
        page.page.get_by_role("button", name="Stop the voice").click()
        assert len(page.played(2)) == 2
    assert first["whole"] > 6
    assert first["lasted"] < first["whole"] - 3


def test_hands_free_hears_the_end_of_speech_and_gives_way_to_a_word(tmp_path: Path) -> None:
    who, _, told = talker(QUESTION, "repeat that", slow=True)
    with speaker(who, talking(1, 1.5, 6, 1, 60), tmp_path) as page:
        page.page.get_by_label("Hands-free").check()
        page.answered(1)
        assert page.page.evaluate("() => document.querySelector('#speak').getAttribute('aria-pressed')") == "false"
        said = page.answered(2)
        first = page.played(1)[0]
        page.page.get_by_label("Hands-free").uncheck()
        expect(page.page.locator("#status")).to_have_text("The microphone is closed.")
        page.page.keyboard.press("Escape")
    assert said == ["Should I get a second opinion", "Repeat that"]
    assert first["lasted"] < first["whole"] - 2
    assert [loud_s(sound) for sound in told.heard] == [pytest.approx(1.5, abs=0.4), pytest.approx(1, abs=0.4)]
    # What came before speech was noticed is there, and the pause that ended it, but not the minutes of silence.
    assert all(sound.seconds < 4 for sound in told.heard)


def test_hands_free_waits_for_an_answer_and_then_asks_once_more(tmp_path: Path) -> None:
    who, voice, _ = talker(QUESTION)
    with speaker(who, talking(0.5, 1, 60), tmp_path) as page:
        page.page.get_by_label("Hands-free").check()
        page.answered(1)
        expect(page.page.get_by_text("You stay silent.")).to_have_count(1, timeout=30_000)
        page.played(2)
        reprompt = page.replies()[1]
    assert voice.said[-1][0] in reprompt


def test_a_longer_pause_can_be_asked_for(tmp_path: Path) -> None:
    who, _, told = talker(QUESTION)
    with speaker(who, talking(0.8, 0.8, 1.5, 0.8, 60), tmp_path) as page:
        page.page.get_by_label("A pause that ends your turn").select_option("3 and a half seconds")
        page.button.press("Enter")
        page.answered(1)
    assert loud_s(told.heard[0]) == pytest.approx(1.6, abs=0.3)


def test_where_the_microphone_is_forbidden_the_page_says_so_and_typing_is_answered_aloud(tmp_path: Path) -> None:
    who, voice, _ = talker()
    with speaker(who, talking(1), tmp_path, allowed=False) as page:
        page.button.press("Enter")
        expect(page.page.locator("#status")).to_contain_text("may not use the microphone")
        assert not pressed(page)
        page.page.get_by_label("Hands-free").click()
        expect(page.page.get_by_label("Hands-free")).not_to_be_checked()
        expect(page.page.get_by_label("Read replies aloud")).to_be_checked()
        page.page.locator("#say").fill(QUESTION)
        page.page.keyboard.press("Enter")
        page.answered(1)
        page.played(1)
        reply = page.replies()[0]
    assert voice.said[0][0] in reply


@pytest.mark.skipif(not AXE.is_file(), reason="no axe: make node-setup")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_the_controls(tmp_path: Path, scheme: str) -> None:
    who, _, _ = talker()
    options = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
        "resultTypes": ["violations"],
    }
    with speaker(who, talking(30), tmp_path) as page:
        page.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.page.evaluate(AXE.read_text(encoding="utf-8"))
        for listening in (False, True):
            if listening:
                page.button.press("Enter")
                expect(page.page.locator("#status")).to_have_text("Listening: speak now.")
            found = page.page.evaluate("options => axe.run('.talk', options)", options)
            assert len(found["passes"]) > 10
            assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]] == []
