"""The rehearsal page open in a real browser, for tests: every visit is held to the same rules at its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from chromium import CHROMIUM, KEPT
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response
from werkzeug.serving import make_server

import content
from simulator.web import create_app, rooms
from tools.content_rules.book import sentences

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "screens"

#: What every module of such tests is marked with.
MARKS = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium fonts-liberation"),
    pytest.mark.skipif(not AXE.is_file(), reason="no axe: make node-setup"),
]

QUESTION = "Should I get a second opinion?"
#: How the answer to it begins: the words of its first sentence as they stand in content, so that editors may change them.
ANSWER = sentences(content.load().answers["when_needed"].wording.say)[0].rstrip(".!")
WIDE = {"width": 1440, "height": 950}
#: Ways to look at the page.
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
#: Those in which axe judges every state; sizes alone change nothing that it judges.
THOROUGH = {"light", "dark", "forced colors", "a phone of 320 pixels"}
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
    "iframes": False,
    # Of what is right only the number of rules is wanted: describing thousands of right nodes takes most of the time.
    "resultTypes": ["violations"],
}
AXE_RUN = """(options) => axe.run(document, options)
  .then(({ passes, violations }) => ({ passes: passes.length, violations }))"""
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
        found = self.page.evaluate(AXE_RUN, AXE_OPTIONS)
        assert found["passes"] > 10, "axe judged hardly anything"
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


@pytest.fixture(scope="session")
def browser() -> Browser:
    """The browser of this worker."""
    return KEPT.browser()


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
        context.set_default_timeout(60_000)
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


#: For a module to take in: `browser, renderer, site, visits = web_visits.FIXTURES`.
FIXTURES = (browser, renderer, site, visits)
