"""Who may talk to the page, and what the page may do: this machine, this page, local files."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

#: The names this machine has for itself. Any other name in `Host` is a web page elsewhere that points its own
#: name at us (DNS rebinding).
OURS = frozenset({"127.0.0.1", "localhost", "::1"})
MAX_BODY_BYTES = 128 * 1024
#: What the page sends: JSON, and sound where it has a voice.
TAKEN = frozenset({"application/json", "application/octet-stream"})

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: The handout is one file that carries its own style, and no script.
HANDOUT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"


def protect(app: Flask) -> None:
    """Let only this machine in, take changes only from the page itself, and send the page's rules with it."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.before_request(_only_here)
    app.after_request(_rules)


def _only_here() -> None:
    try:
        named = urlsplit(f"//{request.host}").hostname
    except ValueError:
        named = None
    if named not in OURS:
        abort(403, description="This page answers to 127.0.0.1 and localhost only.")
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if (origin is not None and origin != f"http://{request.host}") or site != "same-origin":
        abort(403, description="Only the page itself may ask for that.")
    # A form on another page can send plain text but none of these without asking us first.
    if request.mimetype not in TAKEN:
        abort(415, description="Send JSON.")


def _rules(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", PAGE)
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
    headers.setdefault("Cache-Control", "no-cache")
    return response
