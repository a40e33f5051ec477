"""The frame that draws the screens of a rehearsed device with the real APL renderer.

The renderer needs a policy that lets strings be evaluated, so it lives in a sandboxed frame of its own and the page
around it stays strict. `static/apl-frame.js` says what the two tell each other.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

STATIC = Path(__file__).parent / "static"
#: apl-viewhost-web 1.4.0, the last one that can be had whole; nothing else is served in its place.
RENDERER_SHA256 = "4dc0a5a3cee51b7a7156c64f3f6d2d4ae5d30a0b994bf55b49e3383e3fa3d6e7"
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")


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

    @pages.get("/frame.js")
    def script() -> Response:
        return served((STATIC / "apl-frame.js").read_bytes(), "text/javascript")

    @pages.get("/renderer.js")
    def renderer() -> Response:
        if not _is_the_renderer(renderer_file):
            abort(404)
        return served(renderer_file.read_bytes(), "text/javascript", "max-age=86400")

    return pages
