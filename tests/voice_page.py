"""The rehearsal page with a voice in Chromium, a sound file for its microphone, and a record of all it played."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chromium import launch
from playwright.sync_api import Locator, Page, expect
from werkzeug.serving import make_server

from simulator.voice import Sound, Talker
from simulator.web import create_app

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage

#: Records what reaches the loudspeaker, as it is played: `played` holds one entry for each sound.
TAP = """
(() => {
  window.played = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && this instanceof AudioBufferSourceNode) {
      const context = this.context;
      const tap = context.createMediaStreamDestination();
      connect.call(this, tap);
      const entry = { whole: this.buffer.duration, began: context.currentTime, lasted: null, sound: null };
      window.played.push(entry);
      const recorder = new MediaRecorder(tap.stream);
      recorder.ondataavailable = async ({ data }) => {
        const sound = await context.decodeAudioData(await data.arrayBuffer()).catch(() => null);
        if (!sound) { // stopped before anything of it was played
          entry.sound = { hz: context.sampleRate, pcm: "" };
          return;
        }
        const samples = Int16Array.from(sound.getChannelData(0), (s) => Math.max(-1, Math.min(1, s)) * 32767);
        const bytes = new Uint8Array(samples.buffer);
        let text = "";
        for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
        entry.sound = { hz: sound.sampleRate, pcm: btoa(text) };
      };
      this.addEventListener("ended", () => {
        entry.lasted = context.currentTime - entry.began;
        setTimeout(() => recorder.stop(), 300);
      });
      recorder.start();
    }
    return connect.call(this, to, ...rest);
  };
})();
"""


@dataclass(slots=True)
class Speaker:
    """The open page, used as a speaker is."""

    page: Page
    address: str
    trouble: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def button(self) -> Locator:
        return self.page.get_by_role("button", name="Hold to talk")

    def press(self) -> None:
        """Put the mouse's button down on the page's."""
        box = self.button.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 10, box["y"] + 10)
        self.page.mouse.down()

    def hold(self, seconds: float) -> float:
        """Hold the button with the mouse; gives for how long it was held at most, which a busy machine stretches.

        Held is counted from when the page listens or says why it cannot: a button let go before that is a tap.
        """
        began = time.monotonic()
        self.press()
        self.page.wait_for_function(
            "() => document.getElementById('status').textContent.startsWith('Listening')"
            " || document.getElementById('speak').getAttribute('aria-pressed') === 'false'"
        )
        self.page.wait_for_timeout(seconds * 1000)
        self.page.mouse.up()
        return time.monotonic() - began

    def turns(self) -> int:
        return int(self.page.get_by_role("log").get_attribute("data-turns") or 0)

    def answered(self, count: int) -> list[str]:
        """Wait until there were so many turns; gives what the person said, as the page wrote it."""
        self.page.wait_for_function("n => Number(document.getElementById('log').dataset.turns) >= n", arg=count)
        said: list[str] = self.page.eval_on_selector_all(
            "#log .you:not(.note)", "all => all.map(one => one.lastChild.textContent)"
        )
        return said

    def replies(self) -> list[str]:
        """Give what the guide said, as the page wrote it."""
        found: list[str] = self.page.eval_on_selector_all("#log .guide > p", "all => all.map(one => one.textContent)")
        return found

    def played(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many sounds were played to their end or stopped; gives when and how long."""
        self.page.wait_for_function(
            "n => played.length >= n && played.slice(0, n).every(one => one.sound)", arg=count, timeout=60_000
        )
        return list(self.page.evaluate("() => played.map(({ whole, lasted }) => ({ whole, lasted }))"))

    def sound(self, place: int) -> Sound:
        """Give a sound as it reached the loudspeaker."""
        found = self.page.evaluate("place => played[place].sound", place)
        return Sound(base64.b64decode(found["pcm"]), int(found["hz"]))


@contextmanager
def speaker(talker: Talker, microphone: Sound, folder: Path, allowed: bool = True) -> Iterator[Speaker]:
    """Open the page with a voice; `microphone` is heard once, from the moment the microphone opens."""
    file = folder / "microphone.wav"
    file.write_bytes(microphone.wav())
    server = make_server("127.0.0.1", 0, create_app(renderer=folder / "absent.js", talker=talker), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    flags = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={file}%noloop"]
    if allowed:
        flags.append("--use-fake-ui-for-media-stream")
    try:
        with closing(launch(*flags)) as browser:
            context = browser.new_context(
                viewport={"width": 1440, "height": 950}, permissions=["microphone"] if allowed else []
            )
            context.set_default_timeout(30_000)
            context.add_init_script(TAP)
            found = Speaker(context.new_page(), f"http://127.0.0.1:{server.server_port}/")

            def printed(message: ConsoleMessage) -> None:
                if message.type in {"warning", "error"}:
                    found.trouble.append(message.text)

            found.page.on("console", printed)
            found.page.on("pageerror", lambda error: found.trouble.append(str(error)))
            found.page.on("request", lambda request: found.asked.append(request.url))
            found.page.goto(found.address)
            found.page.locator("html[data-ready]").wait_for()
            expect(found.button).to_be_visible()
            yield found
            outside = [url for url in found.asked if not url.startswith((found.address, "data:"))]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not found.trouble, found.trouble
    assert not outside, outside
