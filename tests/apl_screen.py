"""A device's screen for tests: Debian's Chromium draws with the real APL renderer, and the picture can be read."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from apl_picture import Marks, Picture, trimmed
from chromium import CHROMIUM, launch
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page, Request
from werkzeug.serving import make_server

from simulator import apl_frame
from simulator.devices import Device

ROOT = Path(__file__).parent.parent
RENDERER = ROOT / "tests" / "browser" / "node_modules" / "apl-viewhost-web" / "index.js"
FLAGS = ("--force-color-profile=srgb", "--disable-lcd-text")
Colour = tuple[int, int, int]


def missing() -> str:
    """Say what a browser test lacks here; empty when it lacks nothing."""
    if not CHROMIUM:
        return "no Chromium: apt-get install chromium"
    if not RENDERER.is_file():
        return "no APL renderer: make node-setup"
    if not list(Path("/usr/share/fonts").rglob("LiberationSans-Bold.ttf")):
        return "no Liberation Sans: apt-get install fonts-liberation"
    return ""


@dataclass(frozen=True, slots=True)
class Box:
    """Where one text stands on the screen, in the device's own pixels, and how it is set."""

    text: str
    left: float
    top: float
    width: float
    height: float
    lines: int = 1
    size: float = 0
    weight: int = 0
    #: True when more is written than is shown.
    cut: bool = False
    #: True inside a part of the screen that scrolls.
    scrolls: bool = False

    @property
    def right(self) -> float:
        """Give the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Give the lower edge."""
        return self.top + self.height


#: Measures every text as it is laid out, not the box it was given; what a scrolling part hides below is not cut.
BOXES = """() => [...document.querySelectorAll("#screen .apl-z p")].filter((p) => p.textContent.trim()).map((p) => {
  // Line by line and without the space at a line's end, which takes room but shows nothing.
  const rects = [];
  const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const range = document.createRange();
    range.setStart(walker.currentNode, 0);
    range.setEnd(walker.currentNode, walker.currentNode.data.trimEnd().length);
    rects.push(...[...range.getClientRects()].filter((rect) => rect.width > 1));
  }
  const [left, top] = ["left", "top"].map((side) => Math.min(...rects.map((rect) => rect[side])));
  const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...rects.map((rect) => rect[side])));
  const style = getComputedStyle(p);
  let cut = false, scrolls = false;
  // A line may be set closer than its letters are high without cutting any of them.
  const slack = Math.max(2, parseFloat(style.fontSize) * 0.08);
  for (let at = p.parentElement; at.id !== "screen"; at = at.parentElement) {
    if (getComputedStyle(at).overflowX === "visible") continue;
    const room = at.getBoundingClientRect();
    scrolls ||= at.classList.contains("scrollView");
    cut ||= left < room.left - 2 || right > room.right + 2;
    cut ||= !scrolls && (top < room.top - slack || bottom > room.bottom + slack);
  }
  return { text: p.textContent, left, top, width: right - left, height: bottom - top,
           lines: new Set(rects.map((rect) => Math.round(rect.top))).size, size: parseFloat(style.fontSize),
           weight: Number(style.fontWeight), cut, scrolls };
})"""

TOUCHABLE = """() => [...document.querySelectorAll("#screen .apl-c")].map((e) => {
  const { left, top, width, height } = e.getBoundingClientRect();
  return { text: e.textContent, left, top, width, height };
})"""

LISTEN = """() => {
  window.heard = [];
  window.addEventListener("message", (event) => {
    if (!["render", "commands", "clear"].includes(event.data?.kind)) window.heard.push(event.data);
  });
}"""

#: The frame is opened on its own here, so it is its own page: what it says to the page around it, it hears itself.
WAIT = """(kind) => new Promise((done, failed) => {
  const stop = setTimeout(() => failed(new Error("no " + kind + ": " + JSON.stringify(window.heard))), 45000);
  const look = () => {
    const at = window.heard.findIndex((each) => each.kind === kind || each.kind === "error");
    if (at < 0) return setTimeout(look, 5);
    clearTimeout(stop);
    done(window.heard.splice(at, 1)[0]);
  };
  look();
})"""

#: What the desk, a page of its own, does with pictures. `pixels` gives those of a part of a PNG as red, green, blue;
#: `marks` tells for each whether it is of a colour, or at least half of it, on a ground; `reference` draws a text alone.
DESK = """() => {
  const read = (wide, high, draw, [x, y, width, height]) => {
    const context = new OffscreenCanvas(wide, high).getContext("2d", { willReadFrequently: true });
    draw(context);
    return context.getImageData(x, y, width, height);
  };
  const sent = ({ width, height }, bytes) => {
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return [width, height, btoa(text)];
  };
  const part = async ([png, x, y, width, height]) => {
    const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const whole = [x, y, width || image.width - x, height || image.height - y];
    return read(image.width, image.height, (context) => context.drawImage(image, 0, 0), whole);
  };
  const marked = (image, colour, ground) => {
    const toward = colour.map((c, i) => c - ground[i]);
    const length = Math.hypot(...toward);
    const found = new Uint8Array(image.width * image.height);
    for (let i = 0, at = 0; i < found.length; i++, at += 4) {
      const [r, g, b] = [image.data[at] - ground[0], image.data[at + 1] - ground[1], image.data[at + 2] - ground[2]];
      const along = (r * toward[0] + g * toward[1] + b * toward[2]) / length;
      found[i] = along > length / 2 && r * r + g * g + b * b - along * along < 60 * 60;
    }
    return sent(image, found);
  };
  window.pixels = async (wanted) => {
    const image = await part(wanted);
    const rgb = new Uint8Array(image.width * image.height * 3);
    for (let i = 0, j = 0; j < rgb.length; i += 4) { rgb[j++] = image.data[i]; rgb[j++] = image.data[i + 1]; rgb[j++] = image.data[i + 2]; }
    return sent(image, rgb);
  };
  window.marks = async ([wanted, colour, ground]) => marked(await part(wanted), colour, ground);
  window.reference = ([text, size, weight]) => {
    const font = `${weight} ${size}px 'Liberation Sans'`;
    const measure = new OffscreenCanvas(1, 1).getContext("2d");
    measure.font = font;
    const [width, height] = [Math.ceil(measure.measureText(text).width + size), Math.ceil(1.6 * size)];
    const draw = (context) => {
      context.fillStyle = "#000";
      context.fillRect(0, 0, width, height);
      context.font = font;
      context.fillStyle = "#fff";
      context.fillText(text, size / 2, 1.2 * size);
    };
    return marked(read(width, height, draw, [0, 0, width, height]), [255, 255, 255], [0, 0, 0]);
  };
}"""


@dataclass(slots=True)
class Screen:
    """One browser with one device's screen in it."""

    origin: str
    page: Page
    desk: Page
    #: What the page printed as a warning or an error, and what it asked for that is not ours.
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    device: Device | None = None

    def draw(self, directive: Mapping[str, Any], device: Device, theme: str = "dark") -> list[str]:
        """Draw a RenderDocument directive as a device would; gives the words on the screen. Raises on an error."""
        if self.device is None or (device.width, device.height) != (self.device.width, self.device.height):
            self.page.set_viewport_size({"width": device.width, "height": device.height})
        self.device = device
        message = {**directive, "kind": "render", "viewport": device.viewport, "theme": theme}
        self.page.evaluate("(message) => window.postMessage(message, '*')", message)
        told = self.page.evaluate(WAIT, "rendered")
        if told["kind"] == "error":
            raise RuntimeError(told["message"])
        return [str(word) for word in told["words"]]

    def boxes(self) -> list[Box]:
        """Measure every text on the screen."""
        return [Box(**each) for each in self.page.evaluate(BOXES)]

    def touchable(self) -> list[Box]:
        """Find everything that can be touched."""
        return [Box(**each) for each in self.page.evaluate(TOUCHABLE)]

    def press(self, x: float, y: float) -> dict[str, Any]:
        """Press a place and give the event that came of it."""
        self.page.mouse.click(x, y)
        event: dict[str, Any] = self.page.evaluate(WAIT, "event")
        return event

    def png(self) -> bytes:
        """Take a picture of the screen."""
        return self.page.screenshot()

    def picture(self, png: bytes = b"", *, x: float = 0, y: float = 0, width: float = 0, height: float = 0) -> Picture:
        """Give a picture, or a part of it, as rows, columns, red-green-blue; the screen's, unless one is given."""
        wide, high, data = self.desk.evaluate("window.pixels", _part(png or self.png(), x, y, width, height))
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(high, wide, 3)

    def marks(
        self,
        colour: Colour,
        ground: Colour,
        png: bytes = b"",
        *,
        x: float = 0,
        y: float = 0,
        width: float = 0,
        height: float = 0,
    ) -> Marks:
        """Tell which pixels of a picture, or of a part of it, are of a colour, or at least half of it, on a ground."""
        wanted = [_part(png or self.png(), x, y, width, height), list(colour), list(ground)]
        return _marks(self.desk.evaluate("window.marks", wanted))

    def reference(self, text: str, size: float, weight: int) -> Marks:
        """Draw a text alone, with room to spare: what it looks like when nothing can cut it."""
        return trimmed(_marks(self.desk.evaluate("window.reference", [text, size, weight])))


def _part(png: bytes, x: float, y: float, width: float, height: float) -> list[Any]:
    return [base64.b64encode(png).decode(), int(x), int(y), round(width), round(height)]


def _marks(sent: list[Any]) -> Marks:
    width, height, data = sent
    return np.frombuffer(base64.b64decode(data), np.bool_).reshape(height, width)


@contextmanager
def screen() -> Iterator[Screen]:
    """Open a browser with the frame that draws screens, served on loopback."""
    app = Flask("screen")
    app.register_blueprint(apl_frame.blueprint(RENDERER))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    origin = f"http://127.0.0.1:{server.server_port}"
    try:
        with closing(launch(*FLAGS)) as browser:
            context = browser.new_context(viewport={"width": 960, "height": 480})
            made = Screen(origin, context.new_page(), context.new_page())

            def asked(request: Request) -> None:
                if not request.url.startswith((origin, "data:", "about:", "blob:")):
                    made.outside.append(request.url)

            def printed(message: ConsoleMessage) -> None:
                if message.type in {"warning", "error"}:
                    made.complaints.append(message.text)

            context.on("request", asked)
            made.page.on("console", printed)
            made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
            made.page.add_init_script(f"({LISTEN})()")
            made.desk.evaluate(DESK)
            made.page.goto(f"{origin}/apl-frame")
            made.page.evaluate(WAIT, "ready")
            made.page.bring_to_front()  # a page behind another is drawn once a second only
            yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
