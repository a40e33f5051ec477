"""The page's voice and ears, where they are installed: sound comes in, is written down and dropped; words go out.

What is heard goes the way of what is typed, so a spoken conversation is the same conversation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request

from simulator.web.spoken import LONGEST_REST_MS, LOWEST_RATE, RATES
from simulator.web.suggestions import written

if TYPE_CHECKING:
    from simulator.voice import Talker

#: What a recording is sent as; a form on another page cannot send it without asking us first.
SOUND = "application/octet-stream"
#: Sample rates that browsers record at.
LOWEST_HZ, HIGHEST_HZ = 8_000, 48_000
#: Longer than anybody talks to a speaker in one go.
MOST_SECONDS = 20
MOST_PIECES = 200
MOST_CHARACTERS = 4000
MOST_REST_MS = 60_000
HIGHEST_RATE = 2 * max(RATES.values())
#: The page reads this out where the voice is not installed.
OFF = (
    "To talk to this page and hear it answer, stop it and start it again with: make run-voice. The first time, that "
    "fetches a voice and a recognizer that work on this computer alone. Typing does everything, too."
)


def blueprint(talker: Talker | None, body: Callable[[], dict[str, Any]]) -> Blueprint:
    """Serve the voice under /api/voice; without a `talker` it only says how to get one.

    `body` reads the JSON object of the request at hand, or refuses it.
    """
    api = Blueprint("voice", __name__, url_prefix="/api/voice")

    def on() -> Talker:
        if talker is None:
            abort(404, description=OFF)
        return talker

    @api.get("")
    def about() -> Response:
        """Tell whether there is a voice, and for which languages."""
        if talker is None:
            return jsonify(on=False, note=OFF)
        return jsonify(
            on=True,
            languages=talker.languages,
            most_seconds=MOST_SECONDS,
            voice=talker.voice.name,
            recogniser=talker.recogniser.name,
        )

    @api.post("/hear")
    def hear() -> Response:
        """Write down a recording, sent as 16-bit little-endian samples; `hz` says how many a second."""
        from simulator.voice import Sound

        here = on()
        if request.mimetype != SOUND:
            abort(415, description=f"Send the sound as {SOUND}.")
        hz = request.args.get("hz", type=int) or 0
        if not LOWEST_HZ <= hz <= HIGHEST_HZ:
            abort(400, description=f"hz must be between {LOWEST_HZ} and {HIGHEST_HZ}.")
        request.max_content_length = 2 * hz * MOST_SECONDS + 2 * hz
        pcm = request.get_data(cache=False)
        if not pcm or len(pcm) % 2:
            abort(400, description="That is not 16-bit sound.")
        return jsonify(heard=written(here.hear(Sound(pcm, hz))))

    @api.post("/speak")
    def speak() -> Response:
        """Say pieces, `{"say": words, "rate": 1.0}` and `{"rest": milliseconds}`; gives a WAV file."""
        here = on()
        return Response(
            here.speak(_pieces(body().get("aloud"))).wav(), mimetype="audio/wav", headers={"Cache-Control": "no-store"}
        )

    return api


def _pieces(sent: Any) -> list[dict[str, Any]]:
    """Read the pieces that were sent; anything else is refused with 400."""
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST_PIECES:
        abort(400, description="There is nothing to say.")
    found = [piece for each in sent if (piece := _piece(each)) is not None]
    if len(found) < len(sent):
        abort(400, description="A piece is words at a rate, or a rest.")
    characters = sum(len(piece.get("say", "")) for piece in found)
    if characters > MOST_CHARACTERS or sum(piece.get("rest", 0) for piece in found) > MOST_REST_MS:
        abort(400, description="That is too long to say.")
    return found


def _piece(piece: Any) -> dict[str, Any] | None:
    match piece:
        case {"rest": int() | float() as rest} if 0 <= rest <= LONGEST_REST_MS:
            return {"rest": rest}
        case {"say": str() as say, "rate": int() | float() as rate} if LOWEST_RATE <= rate <= HIGHEST_RATE:
            return {"say": say, "rate": rate}
    return None


def ready(tell: Callable[[str], None]) -> Talker | None:
    """Load the voice and the recogniser; where they are missing, tells how to get them and gives None."""
    from simulator import voices
    from simulator.voice import VoiceMissingError

    tell("Loading the voice ...")
    try:
        return voices.talker()
    except VoiceMissingError as error:
        tell(f"{error}\nThe page comes without a voice; typing does everything.")
        return None
