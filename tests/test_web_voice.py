"""Speaking to the rehearsal page and hearing it with what the browser has: voices and ears stood in for."""

from __future__ import annotations

import re
from typing import Any

import pytest
import web_visits
from playwright.sync_api import expect
from web_visits import ANSWER, MARKS, QUESTION, Visit, Visits

browser, renderer, site, visits = web_visits.FIXTURES
pytestmark = MARKS


#: A browser with a voice and ears: what is spoken is written down, what is heard is set by the test.
FAKE_VOICE = """
window.spoken = [];
class Utterance { constructor(text) { this.text = text; } }
const synthesis = new EventTarget();
Object.assign(synthesis, {
  getVoices: () => [{ name: "fake", lang: "en-US" }],
  cancel: () => { window.spoken.push({ cancel: true }); },
  speak: (one) => { window.spoken.push({ text: one.text, rate: one.rate, lang: one.lang });
                    setTimeout(() => one.onend && one.onend(), window.speakMs || 1); },
});
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
window.SpeechSynthesisUtterance = Utterance;
window.hears = { text: "should i get a second opinion" };
class Recognition {
  start() {
    setTimeout(() => {
      if (window.hears.error) this.onerror({ error: window.hears.error });
      else if (window.hears.text) this.onresult({ results: [[{ transcript: window.hears.text }]] });
      if (!window.hears.never) this.onend();
    }, 5);
  }
  abort() { this.onerror({ error: "aborted" }); this.onend(); }
}
window.SpeechRecognition = window.webkitSpeechRecognition = Recognition;
"""


def spoken(visit: Visit) -> list[dict[str, Any]]:
    return [each for each in visit.page.evaluate("() => window.spoken") if "text" in each]


def test_a_spoken_question_is_answered_aloud_at_the_skills_pace(visits: Visits) -> None:
    visit = visits(script=FAKE_VOICE)
    page = visit.page
    page.get_by_role("button", name="Speak", exact=True).click()
    visit.answered(0)
    expect(visit.log).to_contain_text("should i get a second opinion")
    expect(page.locator("#hush")).to_be_hidden()
    assert ANSWER in " ".join(each["text"] for each in spoken(visit))
    assert {each["lang"] for each in spoken(visit)} == {"en-US"}
    page.evaluate("() => { window.spoken = []; }")
    page.get_by_label("Read replies aloud").check()
    visit.say("slower", "say the number")
    expect(page.locator("#hush")).to_be_hidden()
    rates = {each["rate"] for each in spoken(visit)}
    assert {0.85, 0.72} <= rates
    assert any("8 1 3" in each["text"] for each in spoken(visit))


def test_a_voice_can_be_stopped_and_a_new_sentence_stops_it(visits: Visits) -> None:
    visit = visits(script=FAKE_VOICE + "window.speakMs = 100000;")
    page = visit.page
    visit.say(QUESTION)
    page.get_by_role("button", name="Hear it").click()
    expect(page.locator("#hush")).to_be_visible()
    assert visit.axe() == []
    page.evaluate("() => { window.spoken = []; }")
    page.keyboard.press("Escape")
    assert page.evaluate("() => window.spoken.some((each) => each.cancel)")
    page.get_by_role("button", name="Hear it").click()
    page.evaluate("() => { window.spoken = []; }")
    visit.say("no")
    assert page.evaluate("() => window.spoken[0].cancel"), "barge-in"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("not-allowed", "may not use the microphone"),
        ("audio-capture", "No microphone was found"),
        ("no-speech", "Nothing was heard"),
        ("network", "cannot be reached"),
        ("bad-grammar", "could not hear"),
    ],
)
def test_trouble_with_hearing_is_told_and_typing_goes_on(visits: Visits, error: str, told: str) -> None:
    visit = visits(script=FAKE_VOICE)
    visit.page.evaluate("(error) => { window.hears = { error }; }", error)
    visit.page.get_by_role("button", name="Speak", exact=True).click()
    expect(visit.page.locator("#status")).to_contain_text(told)
    expect(visit.page.locator("#speak")).to_have_attribute("aria-pressed", "false")
    visit.say(QUESTION)


def test_the_browser_as_it_is_says_what_it_cannot_do(visits: Visits) -> None:
    visit = visits()
    expect(visit.page.locator("#voice-note")).to_be_visible()
    expect(visit.page.get_by_label("Read replies aloud")).to_be_disabled()
    expect(visit.page.locator("#speak-note")).to_contain_text("may use its maker’s service")
    visit.page.get_by_role("button", name="Speak", exact=True).click()
    # The browser itself takes its time to find that the service is out of reach, longer while the machine is busy.
    expect(visit.page.locator("#status")).to_contain_text("You can type instead", timeout=60_000)
    deaf = visits(script="delete window.SpeechRecognition; delete window.webkitSpeechRecognition;")
    expect(deaf.page.locator("#speak")).to_be_hidden()
    deaf.say(QUESTION)


def test_editors_search_filter_and_hear(visits: Visits) -> None:
    visit = visits("editors", script=FAKE_VOICE)
    page = visit.page
    shown = page.locator(".answer:visible")
    everything = shown.count()
    assert everything >= 47
    page.get_by_label("Find words").fill("medicare")
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ answers?$"))
    assert 0 < shown.count() < everything
    for words in shown.all_text_contents():
        assert "medicare" in words.lower()
    page.get_by_label("Find words").fill("")
    page.get_by_label("Show", exact=True).select_option("to confirm")
    assert 0 < shown.count() < everything
    page.get_by_label("Show", exact=True).select_option("")
    page.locator("#when_needed").get_by_role("button", name="Hear it").first.click()
    page.wait_for_function("() => window.spoken.some((each) => each.text)")
    assert ANSWER in " ".join(each["text"] for each in spoken(visit))
    page.locator("#when_needed").get_by_role("link", name=re.compile("^Ask")).click()
    page.locator("html[data-ready]").wait_for()
    expect(visit.log).to_contain_text(ANSWER)
