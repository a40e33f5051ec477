"""The screen of a rehearsed device: ten device profiles, and the frame that draws APL with the real renderer.

The renderer needs a policy that lets strings be evaluated, so it lives in a sandboxed frame of its own and the page
around it stays strict. `static/apl-frame.js` says what the two tell each other, `static/apl-frame-host.js` is the
page's side of it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

STATIC = Path(__file__).parent / "static"
#: apl-viewhost-web 1.4.0, the last one that can be had whole; nothing else is served in its place.
RENDERER_SHA256 = "4dc0a5a3cee51b7a7156c64f3f6d2d4ae5d30a0b994bf55b49e3383e3fa3d6e7"
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of device with a screen: its size in pixels, its density, shape and mode."""

    id: str
    name: str
    width: int
    height: int
    dpi: int = 160
    shape: str = "RECTANGLE"
    mode: str = "HUB"
    theme: str = "dark"

    def viewport(self) -> dict[str, Any]:
        """Give the `context.Viewport` that such a device sends with every request."""
        return {
            "mode": self.mode,
            "shape": self.shape,
            "pixelWidth": self.width,
            "pixelHeight": self.height,
            "currentPixelWidth": self.width,
            "currentPixelHeight": self.height,
            "dpi": self.dpi,
            "touch": [] if self.mode == "TV" else ["SINGLE"],
            "keyboard": ["DIRECTION"] if self.mode == "TV" else [],
            "experiences": [{"canRotate": False, "canResize": False}],
        }


#: The ten viewport profiles Amazon names, each as its first example device.
PROFILES: dict[str, Profile] = {
    profile.id: profile
    for profile in (
        Profile("hubRound", "Echo Spot (round)", 480, 480, shape="ROUND"),
        Profile("hubLandscapeSmall", "Echo Show 5", 960, 480),
        Profile("hubLandscapeMedium", "Echo Show 8", 1024, 600),
        Profile("hubLandscapeLarge", "Echo Show 10", 1280, 800),
        Profile("hubLandscapeExtraLarge", "Echo Show 15", 1920, 1080),
        Profile("hubPortraitMedium", "Echo Show 15, upright", 1080, 1920),
        Profile("tvFullscreen", "Fire TV", 1920, 1080, dpi=320, mode="TV"),
        Profile("mobileSmall", "Fire tablet, upright", 600, 1024, mode="MOBILE"),
        Profile("mobileMedium", "Fire tablet", 1024, 600, mode="MOBILE"),
        Profile("mobileLarge", "Large Fire tablet", 1920, 1200, dpi=240, mode="MOBILE"),
    )
}


@cache
def _is_the_renderer(path: Path) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == RENDERER_SHA256
    except OSError:
        return False


def policy(host: str) -> str:
    """Write the frame's own Content-Security-Policy for the host it is asked for under.

    A sandboxed frame has an opaque origin, so "self" means nothing there and its one place for scripts is named.
    The renderer's machine code is inlined in it as a `data:` address.
    """
    home = f"http://{host}/apl-frame/" if LOOPBACK.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {home} 'unsafe-eval'" if home else "script-src 'none'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "connect-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-scripts",
        )
    )


def blueprint(renderer_file: Path) -> Blueprint:
    """Serve the frame under /apl-frame; `renderer_file` is apl-viewhost-web's index.js, which may be missing.

    Whatever the app sets on every response must leave a Content-Security-Policy that is there already alone.
    """
    pages = Blueprint("apl_frame", __name__, url_prefix="/apl-frame")

    def served(data: bytes, kind: str, keep: str = "no-cache") -> Response:
        response = Response(data, mimetype=kind)
        response.headers["Cache-Control"] = keep
        response.headers["X-Content-Type-Options"] = "nosniff"
        # The frame's origin is opaque: to it, even its own scripts come from elsewhere.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @pages.get("")
    def frame() -> Response:
        response = served((STATIC / "apl-frame.html").read_bytes(), "text/html")
        response.headers["Content-Security-Policy"] = policy(request.host)
        return response

    @pages.get("/apl-frame.js")
    def script() -> Response:
        return served((STATIC / "apl-frame.js").read_bytes(), "text/javascript")

    @pages.get("/renderer.js")
    def renderer() -> Response:
        if not _is_the_renderer(renderer_file):
            abort(404)
        return served(renderer_file.read_bytes(), "text/javascript", "max-age=86400")

    @pages.get("/profiles.json")
    def profiles() -> Response:
        return jsonify([asdict(profile) for profile in PROFILES.values()])

    return pages
