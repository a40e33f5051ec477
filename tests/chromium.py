"""Chromium for tests: one Playwright a worker, and one browser for all that open their pages in it."""

from __future__ import annotations

import shutil
from typing import Any

from playwright.sync_api import Browser, Playwright, expect, sync_playwright

#: Milliseconds a page may take to show what is expected of it: the machine may be busy with three other workers.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

CHROMIUM = shutil.which("chromium") or ""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class _Kept:
    """What is started when first asked for and kept until the run ends."""

    def __init__(self) -> None:
        self._manager: Any = None
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def playwright(self) -> Playwright:
        """Give the one Playwright there may be in a thread."""
        if self._playwright is None:
            self._manager = sync_playwright()
            self._playwright = self._manager.start()
        return self._playwright

    def browser(self) -> Browser:
        """Give the browser that all share."""
        if self._browser is None:
            self._browser = launch()
        return self._browser

    def close(self) -> None:
        """Stop what was started."""
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._manager = self._playwright = self._browser = None


KEPT = _Kept()


def launch(*flags: str) -> Browser:
    """Start a browser of one's own."""
    return KEPT.playwright().chromium.launch(executable_path=CHROMIUM, headless=True, args=[*FLAGS, *flags])
