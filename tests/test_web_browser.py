"""The rehearsal page in a real browser: by keyboard, by voice, in the dark, on a phone; judged by axe."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from dialogs_player import Player

playwright_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: make setup")

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response, expect  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from simulator.rehearsal import Rehearsal  # noqa: E402
from simulator.web import create_app, renderer_file, rooms  # noqa: E402
from skill import names  # noqa: E402

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "screens"
CHROMIUM = shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium fonts-liberation"),
    pytest.mark.skipif(not AXE.is_file(), reason="no axe: make node-setup"),
]

QUESTION = "Should I get a second opinion?"
WIDE = {"width": 1440, "height": 950}
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
    "iframes": False,
}
#: The contrast of every piece of text with what it stands on, measured by ourselves too: axe does not judge what is
#: scrolled away or partly covered.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest("option, script, noscript, :disabled")) continue;
    let ground = [255, 255, 255, 255];
    for (let up = node; up; up = up.parentElement) {
      const color = rgba(getComputedStyle(up).backgroundColor);
      if (color[3] === 255) { ground = color; break; }
    }
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(ground)].sort((x, y) => y - x);
    found.push({ text: walker.currentNode.data.trim().slice(0, 40), ratio: (a + 0.05) / (b + 0.05) });
  }
  return found;
}"""


@dataclass(slots=True)
class Site:
    """The page served on loopback."""

    address: str
    rooms: rooms.Rooms
    renderer: Path


@dataclass(slots=True)
class Visit:
    """One open page, and everything that went wrong or out on it."""

    page: Page
    site: Site
    trouble: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)

    def open(self, path: str = "") -> Visit:
        """Open a page and wait until it can be used."""
        self.page.goto(self.site.address + path)
        if not path.startswith(("editors", "handout")):
            self.page.locator("html[data-ready]").wait_for()
        return self

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def turns(self) -> int:
        return int(self.log.get_attribute("data-turns") or 0)

    def answered(self, before: int, count: int = 1) -> None:
        self.page.wait_for_selector(f'#log[data-turns="{before + count}"]', state="attached")

    def say(self, *said: str) -> Visit:
        """Type each thing and press Enter, as a person at a keyboard does."""
        for text in said:
            before = self.turns()
            self.page.locator("#say").fill(text)
            self.page.keyboard.press("Enter")
            self.answered(before)
        return self

    def axe(self) -> list[str]:
        """Let axe judge the page as it stands; gives what it finds."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("(options) => axe.run(document, options)", AXE_OPTIONS)
        assert len(found["passes"]) > 10, "axe judged hardly anything"
        contrasts = self.page.evaluate(CONTRASTS)
        assert len(contrasts) > 10
        return [
            f"{rule['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ] + [f"contrast {each['ratio']:.2f}: {each['text']}" for each in contrasts if each["ratio"] < 7]

    def too_wide(self) -> list[str]:
        """List what reaches beyond the window without a scroller of its own around it."""
        return list(
            self.page.evaluate(
                """() => {
                  const wide = document.documentElement.clientWidth;
                  const inScroller = (node) => {
                    for (let up = node.parentElement; up; up = up.parentElement)
                      if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) return true;
                    return false;
                  };
                  const found = document.scrollingElement.scrollWidth > wide ? ["the page itself"] : [];
                  for (const node of document.body.querySelectorAll("*")) {
                    const box = node.getBoundingClientRect();
                    if (box.width && (box.right > wide + 1 || box.left < -1) && !inScroller(node)
                        && !node.matches(".skip")) found.push(node.tagName + "." + node.className);
                  }
                  return found;
                }"""
            )
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def renderer(tmp_path: Path) -> Path:
    """Where the renderer of screens is; absent unless a test says otherwise."""
    return tmp_path / "absent.js"


@pytest.fixture
def site(renderer: Path) -> Iterator[Site]:
    kept = rooms.Rooms()
    server = make_server("127.0.0.1", 0, create_app(kept, renderer), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}/", kept, renderer)
    server.shutdown()
    thread.join()
    server.server_close()


class Visits:
    """Opens pages, each in a context of its own, and holds them all to the rules at the end."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self._site = browser, site
        self._contexts: list[BrowserContext] = []
        self.all: list[Visit] = []

    def __call__(self, path: str = "", *, script: str = "", **options: Any) -> Visit:
        context = self._browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        if script:
            context.add_init_script(script)
        return self.tab(context).open(path)

    def tab(self, context: BrowserContext) -> Visit:
        """Open one more page in a context."""
        visit = Visit(context.new_page(), self._site)
        self.all.append(visit)

        def asked(request: Request) -> None:
            visit.asked.append(request.url)

        def answered(response: Response) -> None:
            if response.request.method == "GET" and not response.url.startswith("data:"):
                visit.bytes[response.url] = len(response.body())

        def printed(message: Any) -> None:
            # The renderer warns of rounding (a pixel too wide); that is for the tests of the screens to judge.
            if message.type in {"warning", "error"} and not message.text.startswith("W "):
                visit.trouble.append(message.text)

        visit.page.on("request", asked)
        visit.page.on("response", answered)
        visit.page.on("console", printed)
        visit.page.on("pageerror", lambda error: visit.trouble.append(str(error)))
        return visit

    def close(self) -> None:
        """Close every page; raises when one of them complained or asked for anything outside."""
        trouble = [line for visit in self.all for line in visit.trouble]
        outside = [
            url
            for visit in self.all
            for url in visit.asked
            if not url.startswith((self._site.address, "data:", f"blob:{self._site.address}"))
        ]
        for context in self._contexts:
            context.close()
        assert not outside, f"requests to elsewhere: {outside}"
        assert not trouble, f"on the console: {trouble}"


@pytest.fixture
def visits(browser: Browser, site: Site) -> Iterator[Visits]:
    made = Visits(browser, site)
    yield made
    made.close()


# ---- a conversation -------------------------------------------------------------------------------------------------


def test_a_whole_conversation_by_keyboard_to_a_text_received(visits: Visits) -> None:
    page = (visit := visits()).page
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("second opinion"))
    page.keyboard.press("Shift+Tab")  # off the box, which has the focus, and back by the first stop of the page
    page.locator("body").press("Home")
    page.locator(".skip").focus()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visit.answered(0)
    expect(visit.log).to_contain_text("You can get a second opinion for any reason")
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator("#say")).to_have_value("")
    expect(page.locator("#messages")).to_contain_text("No text yet")
    for place, said in enumerate(("yes", "yes"), 1):
        page.keyboard.type(said)
        page.keyboard.press("Enter")
        visit.answered(place)
    message = page.locator(".message")
    expect(message).to_have_count(1)
    expect(message).to_contain_text("800-813-4673")
    expect(visit.log).to_contain_text("A text arrives on the phone on this Alexa account, 202-555-0142.")
    expect(page.locator("#ear-words")).to_have_text("The microphone is open: it is your turn.")
    page.keyboard.type("no")
    page.keyboard.press("Enter")
    visit.answered(3)
    expect(page.locator("#ear-words")).to_have_text("The microphone is closed.")
    expect(visit.log).to_contain_text("The conversation is over.")
    expect(page.locator("#say")).to_be_focused()


def test_every_control_can_be_reached_by_tab_and_shows_where_one_is(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    page = visit.page
    for summary in page.locator(".more > details > summary").all():
        summary.press("Enter")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .filter((node) => node.checkVisibility() && !node.disabled)
          .map((node, place) => { node.dataset.stop = place; return node.outerHTML.slice(0, 80); })"""
    )
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); window.scrollTo(0, 0)")
    reached: set[int] = set()
    for _ in range(len(wanted) + 10):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const node = document.activeElement;
              if (!node || node.dataset.stop === undefined) return null;
              const style = getComputedStyle(node);
              const box = node.getBoundingClientRect();
              const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              return { stop: Number(node.dataset.stop), ring,
                       seen: box.bottom > 0 && box.top < innerHeight };
            }"""
        )
        if stop:
            assert stop["ring"], f"no ring around {wanted[stop['stop']]}"
            assert stop["seen"], f"out of sight: {wanted[stop['stop']]}"
            reached.add(stop["stop"])
    missed = [html for place, html in enumerate(wanted) if place not in reached]
    assert not missed, f"not reached by Tab: {missed}"


def test_a_conversation_by_suggestions_alone(visits: Visits) -> None:
    visit = visits()
    for place, words in enumerate([QUESTION.rstrip("?"), "Yes", "Yes"]):
        visit.page.get_by_role("button", name=words, exact=True).click()
        visit.answered(place)
        expect(visit.page.locator("#say")).to_be_focused()
    expect(visit.page.locator(".message")).to_have_count(1)


def test_permission_refused_then_a_number_spoken(visits: Visits) -> None:
    visit = visits()
    page = visit.page
    page.locator("#situation summary").press("Enter")
    page.get_by_label("Permission to see the mobile number is").select_option("denied")
    page.get_by_label("When Alexa asks for it, the person says").select_option("DENIED")
    expect(page.locator("#situation-now")).to_have_text("(2 changed)")
    visit.say(QUESTION)
    page.locator("#say").fill("yes")
    page.keyboard.press("Enter")
    visit.answered(1, 2)
    expect(visit.log).to_contain_text("Alexa itself asks for permission to see the mobile number. The person says no.")
    expect(page.locator("#card")).to_contain_text("asks for permission")
    page.locator("#card").get_by_role("button", name="Allow").click()
    expect(page.get_by_label("Permission to see the mobile number is")).to_have_value("granted")
    page.get_by_role("button", name="202 555 0143").click()
    visit.answered(3)
    visit.say("yes")
    expect(page.locator("#messages")).to_contain_text("202-555-0143, a phone named aloud")


def test_trouble_with_the_service_is_told_and_the_number_given(visits: Visits) -> None:
    visit = visits()
    visit.page.locator("#situation summary").click()
    visit.page.get_by_label("The texting service").select_option("opted_out")
    visit.say(QUESTION, "yes", "yes")
    expect(visit.log).to_contain_text("8 0 0, 8 1 3, 4 6 7 3")
    expect(visit.page.locator(".message")).to_have_count(0)


def test_staying_silent_starting_again_and_letting_time_pass(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    page = visit.page
    page.get_by_role("button", name="Stay silent").click()
    visit.answered(1)
    expect(visit.log).to_contain_text("You stay silent.")
    page.get_by_role("button", name="Stay silent").click()
    visit.answered(2)
    page.get_by_role("button", name="Stay silent").click()
    expect(page.locator("#status")).to_contain_text("nothing to stay silent to")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator("#status")).to_have_text("Started again.")
    expect(visit.log).to_have_attribute("data-turns", "0")
    visit.say(QUESTION, "yes", "yes", "text me the number", "yes")
    expect(page.locator(".message")).to_have_count(1)
    page.locator("#situation summary").click()
    page.get_by_role("button", name="One day").click()
    expect(page.locator("#ahead")).to_have_text("The skill’s clock is 24 hours ahead.")
    visit.say("text me the number", "yes")
    expect(page.locator(".message")).to_have_count(2)


def test_nothing_typed_too_much_typed_and_markup_typed(visits: Visits) -> None:
    visit = visits()
    visit.page.locator("#say").press("Enter")
    expect(visit.page.locator("#status")).to_contain_text("Type something")
    visit.say("<img src=x onerror=alert(1)><b>bold</b>")
    expect(visit.log).to_contain_text("<img src=x onerror=alert(1)><b>bold</b>")
    assert visit.log.locator("img, b").count() == 0
    visit.page.locator("#say").fill("a" * 600)
    assert len(visit.page.locator("#say").input_value()) == 500


def test_what_happened_inside_can_be_seen_for_every_reply(visits: Visits) -> None:
    visit = visits().say(QUESTION, "who says so")
    page = visit.page
    page.get_by_role("button", name="Look inside").first.click()
    inside = page.locator("#inside-body")
    expect(inside).to_contain_text("ShouldIGetSecondOpinionIntent, exact")
    expect(inside).to_contain_text("when_needed")
    expect(inside).to_contain_text("listening")
    inside.get_by_text("The request Alexa sends").click()
    sent = json.loads(inside.locator("pre").first.inner_text())
    assert sent["request"]["intent"]["name"] == "ShouldIGetSecondOpinionIntent"
    expect(visit.log).to_contain_text("seconds of speech")


# ---- keeping --------------------------------------------------------------------------------------------------------


def test_a_link_brings_the_conversation_to_another_browser(visits: Visits) -> None:
    visit = visits()
    visit.page.locator("#situation summary").click()
    visit.page.get_by_label("The texting service").select_option("throttled")
    visit.say(QUESTION, "yes", "yes")
    visit.page.locator("#keep summary").click()
    link = visit.page.get_by_label("Link").input_value()
    assert "#c=" in link
    other = visits(link.removeprefix(visit.site.address))
    assert other.turns() == 3
    assert other.log.inner_text() == visit.log.inner_text()
    expect(other.page).to_have_url(visit.site.address)
    assert not any("#" in url or "throttled" in url for url in other.asked), "the fragment stays in the browser"


def test_a_reload_keeps_the_conversation_and_a_broken_link_begins_anew(visits: Visits) -> None:
    visit = visits().say(QUESTION, "yes")
    before = visit.log.inner_text()
    visit.page.reload()
    visit.page.locator("html[data-ready]").wait_for()
    assert visit.log.inner_text() == before
    broken = visits("#c=@@@")
    expect(broken.page.locator("#status")).to_contain_text("The link is broken")
    broken.say(QUESTION)


def test_a_kept_test_file_is_a_dialog_that_passes(visits: Visits) -> None:
    visit = visits().say(QUESTION, "yes", "yes", "no")
    visit.page.locator("#keep summary").click()
    visit.page.get_by_label("Name of the test").fill("a text, by the page")
    with visit.page.expect_download() as caught:
        visit.page.get_by_role("button", name="Save as a test").click()
    assert caught.value.suggested_filename == "a-text-by-the-page.yaml"
    [conversation] = yaml.safe_load(Path(caught.value.path()).read_text(encoding="utf-8"))
    assert conversation["name"] == "a text, by the page"
    Player(conversation.get("given")).play(conversation["turns"])


def test_two_tabs_are_two_conversations_and_a_lost_room_is_made_again(visits: Visits) -> None:
    one = visits().say(QUESTION)
    two = visits.tab(one.page.context).open()
    assert two.turns() == 0
    two.say("how do i ask my doctor")
    one.site.rooms._rooms.clear()  # as when the rehearsal is stopped and started
    one.trouble.clear()
    one.say("yes")
    expect(one.log).to_contain_text("4 2. Shall I send it?")
    assert [line for line in one.trouble if "410" not in line] == []
    one.trouble.clear()


# ---- looks ----------------------------------------------------------------------------------------------------------

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "middling": {"viewport": {"width": 1024, "height": 768}},
    "a phone of 320 pixels": {"viewport": {"width": 320, "height": 640}, "has_touch": True},
    "200% zoom": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2, "color_scheme": "dark"},
    "400% zoom": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "forced colors": {"forced_colors": "active"},
    "reduced motion": {"reduced_motion": "reduce"},
}


THOROUGH = {"light", "dark", "forced colors", "a phone of 320 pixels"}


@pytest.mark.parametrize("look", LOOKS)
def test_no_fault_in_any_state(visits: Visits, look: str) -> None:
    visit = visits(**LOOKS[look])
    page = visit.page
    faults: list[str] = []

    def judge(state: str, *, always: bool = False) -> None:
        # Sizes change where things stand, colors how they look: what axe judges was judged in the thorough looks.
        if always or look in THOROUGH:
            faults.extend(f"{state}: {fault}" for fault in visit.axe())
        faults.extend(f"{state}: too wide: {node}" for node in visit.too_wide())

    judge("at first")
    visit.say(QUESTION, "yes")
    judge("a question about a number")
    visit.say("yes")
    judge("a text received")
    for summary in page.locator(".more > details > summary").all():
        summary.click()
    page.locator("#inside-body summary").first.click()
    judge("everything open", always=True)
    page.get_by_label("Permission to see the mobile number is").select_option("denied")
    page.get_by_label("When Alexa asks for it, the person says").select_option("NOT_ANSWERED")
    visit.say("no")
    judge("over")
    before = visit.turns()
    page.locator("#say").fill("text me the number")
    page.locator("#say").press("Enter")
    visit.answered(before, 2)
    judge("permission asked for")
    for device in ("none", "hubRound", "hubPortraitMedium"):
        page.get_by_label("Device", exact=True).select_option(device)
        page.wait_for_timeout(100)
        judge(device)
    page.get_by_role("button", name="Larger").click()
    page.locator("#say").fill("")
    page.locator("#say").press("Enter")
    judge("larger, and trouble told")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("look", ["light", "dark", "a phone of 320 pixels", "forced colors"])
def test_no_fault_on_the_editors_page(visits: Visits, look: str) -> None:
    visit = visits("editors", **LOOKS[look])
    page = visit.page
    page.get_by_text("Show the list").click()
    page.locator(".answer").first.get_by_text(re.compile(r"^\d+ facts$")).click()
    page.locator(".answer").first.get_by_text("For somebody the asker cares for").click()
    assert not visit.too_wide()
    # axe needs long for so long a page: it judges the whole in one look, and a search in the others.
    if look != "light":
        page.get_by_label("Find words").fill("medicare second opinion")
    assert not visit.axe()


def test_no_fault_on_the_handout(visits: Visits, site: Site) -> None:
    pytest.importorskip("tools.handout", reason="no handout in this copy")
    visit = visits("handout")
    assert not visit.axe()


def test_forced_colors_keep_what_colors_said(visits: Visits) -> None:
    visit = visits(forced_colors="active")
    light = visit.page.locator(".light")
    fill = "(node) => getComputedStyle(node).backgroundColor"
    idle = light.evaluate(fill)
    visit.say(QUESTION)
    assert light.evaluate(fill) != idle, "an open microphone looks like a closed one"
    for part in (".you", ".guide", ".chip", "#form .main"):
        assert visit.page.locator(part).first.evaluate("(n) => parseFloat(getComputedStyle(n).borderTopWidth)") >= 1


def test_reduced_motion_moves_nothing(visits: Visits) -> None:
    moving = "() => document.getAnimations().length"
    still = visits(reduced_motion="reduce").say(QUESTION)
    assert still.page.evaluate("() => getComputedStyle(document.querySelector('.guide')).animationName") == "none"
    assert still.page.evaluate(moving) == 0


# ---- speed and weight -----------------------------------------------------------------------------------------------

#: Watches from outside the page's own code: from the key to the frame after the reply is in the document.
STOPWATCH = """
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "say") return;
  const pressed = performance.now();
  const before = document.querySelectorAll(".guide").length;
  const watch = new MutationObserver(() => {
    if (document.querySelectorAll(".guide").length === before) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => {
      const box = [...document.querySelectorAll(".guide")].at(-1).getBoundingClientRect();
      (window.painted ||= []).push({ ms: performance.now() - pressed, seen: box.bottom > 0 && box.top < innerHeight });
    }));
  });
  watch.observe(document, { childList: true, subtree: true });
}, true);
"""


def test_a_reply_is_painted_within_three_tenths_of_a_second(visits: Visits) -> None:
    said = [QUESTION, "yes", "yes", "how do i ask my doctor", "slower", "who says so", "what is a second opinion"]
    painted: list[float] = []
    first: list[float] = []
    for _ in range(3):
        visit = visits(script=STOPWATCH)
        for text in said:
            visit.say(text)
            visit.page.wait_for_timeout(30)
        seen = visit.page.evaluate("() => window.painted")
        assert len(seen) == len(said)
        assert all(each["seen"] for each in seen), "a reply was painted out of sight"
        painted += [each["ms"] for each in seen]
        first.append(seen[0]["ms"])
    print(
        f"\nfrom Enter to painted: median {statistics.median(painted):.0f} ms, slowest {max(painted):.0f} ms, "
        f"first replies {[round(ms) for ms in first]} ms"
    )
    assert statistics.median(painted) < 300
    assert statistics.median(first) < 300


def test_the_pages_are_light(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    editors = visits("editors")
    weights = {"page": sum(visit.bytes.values()), "editors": sum(editors.bytes.values())}
    print(f"\nbytes: {weights}")
    assert weights["page"] < 60_000
    assert weights["editors"] < 300_000
    assert any(url.endswith("/static/app.js") for url in visit.bytes)


# ---- voice ----------------------------------------------------------------------------------------------------------

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
    assert "for any reason" in " ".join(each["text"] for each in spoken(visit))
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
    expect(visit.page.locator("#status")).to_contain_text("You can type instead")
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
    page.wait_for_timeout(300)
    assert "for any reason" in " ".join(each["text"] for each in spoken(visit))
    page.locator("#when_needed").get_by_role("link", name=re.compile("^Ask")).click()
    page.locator("html[data-ready]").wait_for()
    expect(visit.log).to_contain_text("for any reason")


# ---- screens --------------------------------------------------------------------------------------------------------

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
        expect(frame.get_by_text("You can get a second opinion for any reason")).to_be_visible()
        visit.say("yes", "yes")
        expect(frame.get_by_text("800-813-4673")).to_be_visible()
        expect(page.locator("#screen-list")).to_contain_text("800-813-4673")

    @pytest.mark.parametrize("look", ["light", "dark", "a phone of 320 pixels"])
    def test_pictures_of_the_page(self, visits: Visits, look: str) -> None:
        """Written to build/screens; those worth showing are copied to docs/screens."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        options = {**LOOKS[look], "reduced_motion": "reduce"}
        narrow = look == "a phone of 320 pixels"
        options["viewport"] = {"width": 390, "height": 2400} if narrow else {"width": 1440, "height": 1000}
        visit = visits(**options)
        name = "narrow" if narrow else look
        visit.page.screenshot(path=PICTURES / f"page-{name}-first.png")
        visit.say(QUESTION, "yes", "yes")
        expect(visit.page.frame_locator("iframe").get_by_text("800-813-4673")).to_be_visible()
        visit.page.screenshot(path=PICTURES / f"page-{name}.png")
        editors = visits("editors", **options)
        editors.page.screenshot(path=PICTURES / f"page-editors-{name}.png")
        for picture in PICTURES.glob(f"page-*{name}*.png"):
            assert 10_000 < picture.stat().st_size < 300_000, picture.name


# ---- at first sight ---------------------------------------------------------------------------------------------------


def test_the_page_looks_as_a_newcomer_needs_it(visits: Visits) -> None:
    """What must be in sight at once on a laptop: what this is, where to type, what to type, and the phone."""
    page = visits(viewport={"width": 1366, "height": 900}).page
    for part in ("h1", "#say", "#suggestions .chip", "#phone-title", "#device"):
        expect(page.locator(part).first).to_be_in_viewport()
    expect(page.get_by_label("What would you say?")).to_be_focused()
