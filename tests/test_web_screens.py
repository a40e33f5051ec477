"""The device on the rehearsal page: drawn in its frame, in words where it cannot be drawn; pictures of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import web_visits
from playwright.sync_api import expect
from web_visits import ANSWER, LOOKS, MARKS, PICTURES, QUESTION, Visits

from simulator.rehearsal import Rehearsal
from simulator.web import renderer_file, rooms
from skill import names

browser, renderer, site, visits = web_visits.FIXTURES
pytestmark = MARKS


DOCUMENT = {
    "type": "APL",
    "version": "1.4",
    "import": [],
    "mainTemplate": {
        "parameters": ["payload"],
        "items": [
            {
                "type": "Container",
                "width": "100vw",
                "height": "100vh",
                "items": [
                    {"type": "Text", "text": "${payload.screen.number}", "fontSize": "40dp"},
                    {
                        "type": "TouchWrapper",
                        "width": "100%",
                        "height": "100dp",
                        "onPress": [{"type": "SendEvent", "arguments": ["intent", "AMAZON.RepeatIntent"]}],
                        "item": {"type": "Text", "text": "Repeat", "fontSize": "40dp"},
                    },
                ],
            }
        ],
    },
}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skill whose every reply draws one plain screen, whatever it draws by itself."""

    class Drawing(Rehearsal):
        def __post_init__(self) -> None:
            super().__post_init__()
            inner = self.device.skill

            def skill(envelope: dict[str, Any]) -> dict[str, Any]:
                response = inner(envelope)
                if "Viewport" in envelope["context"]:
                    kept = [
                        d
                        for d in response["response"].get("directives") or []
                        if d["type"] != "Alexa.Presentation.APL.RenderDocument"
                    ]
                    shown = {
                        "type": "Alexa.Presentation.APL.RenderDocument",
                        "token": "guide:number:",
                        "document": DOCUMENT,
                        "datasources": {"screen": {"number": "800-813-4673"}},
                    }
                    response["response"]["directives"] = [*kept, shown]
                return response

            self.device.skill = skill

    monkeypatch.setattr(rooms, "Rehearsal", Drawing)


@pytest.mark.usefixtures("drawn")
def test_without_the_renderer_the_screens_words_stand_there(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    expect(visit.page.locator("#stage .words")).to_contain_text("800-813-4673")
    expect(visit.page.locator("#stage .words")).to_contain_text("Repeat")
    expect(visit.page.locator("#undrawn")).to_contain_text("make run")
    assert visit.page.locator("iframe").count() == 0
    assert not any("apl-frame" in url for url in visit.asked)
    assert not visit.axe()


@pytest.mark.usefixtures("drawn")
class TestDrawn:
    """With the renderer installed."""

    @pytest.fixture
    def renderer(self) -> Path:
        if not renderer_file().is_file():
            pytest.skip("no APL renderer: make node-setup")
        return renderer_file()

    def test_the_screen_is_drawn_in_a_frame_of_its_own_and_can_be_touched(self, visits: Visits) -> None:
        visit = visits()
        page = visit.page
        assert not any("apl-frame" in url for url in visit.asked), "the renderer waits until a screen is shown"
        visit.say(QUESTION)
        page.locator('#stage[data-drawn="guide:number:"]').wait_for()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("800-813-4673")).to_be_visible()
        expect(page.locator("#screen-list")).to_contain_text("800-813-4673")
        expect(page.locator("#undrawn")).to_be_hidden()
        assert page.locator("iframe").get_attribute("sandbox") == "allow-scripts"
        # What a frame reports is in its own pixels; the page shows it smaller.
        glass, inside = page.locator(".glass").bounding_box(), frame.get_by_text("Repeat").bounding_box()
        assert glass
        assert inside
        scale = glass["width"] / 1024
        x = glass["x"] + (inside["x"] - glass["x"] + 8) * scale
        y = glass["y"] + (inside["y"] - glass["y"] + 8) * scale
        page.mouse.click(x, y)
        visit.answered(1)
        expect(visit.log).to_contain_text("You touch the screen.")
        page.locator("#inside summary").first.click()
        expect(page.locator("#inside-body")).to_contain_text(names.USER_EVENT)
        assert not visit.axe()

    @pytest.mark.parametrize("device", ["hubRound", "hubLandscapeExtraLarge", "hubPortraitMedium", "tvFullscreen"])
    def test_it_fits_its_place(self, visits: Visits, device: str) -> None:
        visit = visits(viewport={"width": 360, "height": 740})
        visit.page.get_by_label("Device", exact=True).select_option(device)
        visit.say(QUESTION)
        visit.page.locator("#stage").scroll_into_view_if_needed()  # browsers draw no frame that is out of sight
        visit.page.locator("#stage[data-drawn]").wait_for()
        assert not visit.too_wide()
        visit.page.get_by_label("Device", exact=True).select_option("none")
        expect(visit.page.locator("iframe")).to_have_count(0)


@pytest.mark.usefixtures("drawn")
class TestStrangeRenderer:
    """With a file in the renderer's place that is not the renderer."""

    @pytest.fixture
    def renderer(self, tmp_path: Path) -> Path:
        file = tmp_path / "index.js"
        file.write_text("fetch('http://127.0.0.1:9/stolen')")
        return file

    def test_it_is_not_run_and_the_words_stand_there(self, visits: Visits) -> None:
        visit = visits().say(QUESTION)
        expect(visit.page.locator("#stage .words")).to_contain_text("800-813-4673")
        assert not any("stolen" in url for url in visit.asked)
        visit.trouble.clear()  # it complains of the file it was refused, and rightly


class TestRealScreens:
    """The skill's own screens, drawn by the renderer."""

    renderer = TestDrawn.renderer

    def test_a_newcomer_sees_an_answer_on_the_screen_and_the_number_whole(self, visits: Visits) -> None:
        visit = visits().say(QUESTION)
        page = visit.page
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text(ANSWER)).to_be_visible()
        visit.say("yes", "yes")
        expect(frame.get_by_text("800-813-4673")).to_be_visible()
        expect(page.locator("#screen-list")).to_contain_text("800-813-4673")

    @pytest.mark.parametrize("look", ["light", "dark", "a phone of 320 pixels"])
    def test_pictures_of_the_page(self, visits: Visits, look: str) -> None:
        """Written to build/screens; those worth showing are copied to docs/screens."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        options = {**LOOKS[look], "reduced_motion": "reduce"}
        narrow = look == "a phone of 320 pixels"
        options["viewport"] = {"width": 390, "height": 844} if narrow else {"width": 1440, "height": 1000}
        visit = visits(**options)
        name = "narrow" if narrow else look
        visit.page.screenshot(path=PICTURES / f"page-{name}-first.png")
        visit.say(QUESTION, "yes", "yes")
        visit.page.locator("#stage").scroll_into_view_if_needed()
        expect(visit.page.frame_locator("iframe").get_by_text("800-813-4673")).to_be_visible()
        if narrow:
            visit.page.screenshot(path=PICTURES / f"page-{name}-below.png")
        visit.page.locator(".talk" if narrow else "body").evaluate("(node) => node.scrollIntoView()")
        visit.page.screenshot(path=PICTURES / f"page-{name}.png")
        editors = visits("editors", **options)
        editors.page.screenshot(path=PICTURES / f"page-editors-{name}.png")
        for picture in PICTURES.glob(f"page-*{name}*.png"):
            assert 10_000 < picture.stat().st_size < 300_000, picture.name
