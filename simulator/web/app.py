"""The page's own small web service: rooms to rehearse in, the frame for screens, the editors' page."""

from __future__ import annotations

import importlib
import json
import logging
import mimetypes
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, render_template, request, send_file
from werkzeug.exceptions import HTTPException

import content
from simulator import apl_frame, devices
from simulator.web import dialogfile, editors, guard, situation, voice
from simulator.web.rooms import Room, RoomError, Rooms

if TYPE_CHECKING:
    from simulator.voice import Talker

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "simulator" / "static"
MAX_DEPTH = 40
GONE = "This conversation is no longer kept here. It begins again."


def renderer_file() -> Path:
    """Tell where the renderer of screens is when `make run` could fetch it; it need not exist."""
    return ROOT / "tests" / "browser" / "node_modules" / "apl-viewhost-web" / "index.js"


def create_app(rooms: Rooms | None = None, renderer: Path | None = None, talker: Talker | None = None) -> Flask:
    """Make the app that serves the page, its rooms and its files, to this machine alone; with a `talker`, it speaks."""
    mimetypes.add_type("text/javascript", ".js")  # some systems say otherwise, and a module would not load
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    renderer = renderer or renderer_file()
    guard.protect(app)
    app.register_blueprint(apl_frame.blueprint(renderer))
    app.register_blueprint(voice.blueprint(talker, _body))
    app.register_error_handler(HTTPException, _in_words)
    for error in (RoomError, situation.SituationError):
        app.register_error_handler(error, _not_that)
    _rooms(app, rooms if rooms is not None else Rooms(), renderer)
    _pages(app)
    return app


def _rooms(app: Flask, kept: Rooms, renderer: Path) -> None:
    """Add the rooms: make one, say, touch, set, let time pass, write a dialog file."""

    def room(name: str) -> Room:
        found = kept.find(name)
        if found is None:
            abort(410, description=GONE)
        return found

    @app.post("/api/rooms")
    def enter() -> Response:
        """Make a room, as another one was when `given` and `steps` are sent along."""
        body = _body()
        made = Room(situation.checked(body.get("given", {})))
        turns = made.replay(body.get("steps", []))
        world = {
            "choices": situation.choices(),
            "screens": {d.id: {"width": d.width, "height": d.height, "viewport": d.viewport} for d in devices.SCREENS},
            "usual": [devices.NO_SCREEN, *(d.id for d in devices.SCREENS if d.usual)],
            "defaults": situation.DEFAULTS,
            "renderer": renderer.is_file(),
        }
        return jsonify(room=kept.add(made), world=world, turns=turns, state=made.state())

    @app.post("/api/rooms/<name>/say")
    def say(name: str) -> Response:
        text = _body().get("text")
        if not isinstance(text, str):
            raise RoomError("There is no text to say.")
        here = room(name)
        with here.lock:
            return jsonify(turns=here.say(text), state=here.state())

    @app.post("/api/rooms/<name>/touch")
    def touch(name: str) -> Response:
        body, here = _body(), room(name)
        with here.lock:
            return jsonify(turns=here.touch(body.get("arguments"), body.get("source")), state=here.state())

    @app.post("/api/rooms/<name>/set")
    def change(name: str) -> Response:
        body, here = _body(), room(name)
        with here.lock:
            here.set(body)
            return jsonify(turns=[], state=here.state())

    @app.post("/api/rooms/<name>/wait")
    def wait(name: str) -> Response:
        body, here = _body(), room(name)
        with here.lock:
            here.wait(body.get("hours"))
            return jsonify(turns=[], state=here.state())

    @app.post("/api/rooms/<name>/dialog")
    def dialog(name: str) -> Response:
        title, here = str(_body().get("name") or "from the rehearsal page")[:120], room(name)
        with here.lock:
            return jsonify(yaml=dialogfile.dialog(title, here.given, here.steps))

    @app.get("/api/hear/<key>")
    def hear(key: str) -> Response:
        try:
            piece = editors.spoken(_locale(), key, request.args.get("who", ""))
        except content.ContentError:
            abort(404, description="There is nothing of that name to hear.")
        return jsonify(aloud=piece.aloud, words=piece.words, seconds=piece.seconds)


def _pages(app: Flask) -> None:
    """Add what a browser opens: the page, the editors' page, the handout."""

    @app.get("/")
    def index() -> Response:
        return send_file(STATIC / "index.html")

    @app.get("/editors")
    def editors_page() -> str:
        locale, today = _locale(), date.today()
        return render_template(
            "editors.html",
            locale=locale,
            locales=content.locales(),
            today=today,
            answers=editors.answers(locale, today),
            due=editors.due(locale, today),
            sources=editors.sources(locale),
            someone=editors.somebody(locale),
            standing=editors.standing,
            soon_days=editors.SOON_DAYS,
            words=content.load(locale),
        )

    @app.get("/handout")
    def handout() -> Response:
        try:
            made = importlib.import_module("tools.handout").page(_locale())
        except ModuleNotFoundError:
            abort(404, description="The printable handout is not part of this copy.")
        response = Response(made, mimetype="text/html")
        response.headers["Content-Security-Policy"] = guard.HANDOUT
        return response


def _body() -> dict[str, Any]:
    """Read the JSON object that was sent; anything else is refused with 400."""
    raw = request.get_data()
    if _too_deep(raw):
        abort(400, description="That is nested too deeply.")
    try:
        found = json.loads(raw)
    except ValueError:
        abort(400, description="That is not JSON.")
    if not isinstance(found, dict):
        abort(400, description="That is not a JSON object.")
    return found


def _too_deep(raw: bytes) -> bool:
    """Tell whether JSON is nested beyond reason, before reading it: Python 3.11 does not come out of that whole."""
    depth = 0
    for mark in re.findall(rb"[\[{\]}]", re.sub(rb'"(?:[^"\\]|\\.)*"', b"", raw)):
        depth += 1 if mark in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _locale() -> str:
    asked = request.args.get("locale", content.DEFAULT_LOCALE)
    return asked if asked in content.locales() else content.DEFAULT_LOCALE


def _in_words(error: HTTPException) -> tuple[Response, int]:
    """Answer an error in plain words: JSON to the page's own calls, text to a person."""
    code, words = error.code or 500, error.description or error.name
    if request.path.startswith("/api/"):
        return jsonify(error=words), code
    return Response(f"{words}\n", mimetype="text/plain"), code


def _not_that(error: Exception) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400
