"""Serves the page on 127.0.0.1 until it is interrupted."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

import waitress.server

from simulator.web import voice as page_voice
from simulator.web.app import create_app
from simulator.web.guard import MAX_BODY_BYTES
from simulator.web.rooms import Room

if TYPE_CHECKING:
    from simulator.voice import Talker

HOST = "127.0.0.1"
#: The same each time where it can be, so that a shared link works on the next machine too.
USUAL_PORT = 8765
THREADS = 4
#: Any question that no sample of the model holds; nobody hears the answer.
FREE_QUESTION = "what if nobody wrote this question down"


def create_server(port: int, talker: Talker | None = None) -> waitress.server.BaseWSGIServer:
    """Bind the server; `effective_port` tells the port. 0 takes the usual one, or any when that is taken.

    Raises `OSError` when the port asked for is taken, `OverflowError` when there is no such port.
    """
    try:
        bound = _bound(port or USUAL_PORT)
    except OSError as error:
        if port or error.errno != errno.EADDRINUSE:
            raise
        bound = _bound(0)
    return waitress.server.create_server(
        create_app(talker=talker),
        sockets=[bound],
        threads=THREADS,
        ident="",
        # waitress drops the connection beyond its own limit; up to there the app answers in words.
        max_request_body_size=16 * MAX_BODY_BYTES,
    )


def _bound(port: int) -> socket.socket:
    """Bind here rather than in waitress, which leaves the socket behind when the port is taken."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((HOST, port))
    except BaseException:
        made.close()
        raise
    return made


def serve(port: int = 0, voice: bool = False) -> int:
    """Serve the page until Ctrl-C, with a `voice` where it is installed; gives the exit code."""
    talker = page_voice.ready(lambda words: print(words, file=sys.stderr, flush=True)) if voice else None
    try:
        server = create_server(port, talker)
    except (OSError, OverflowError) as error:
        print(f"cannot serve the rehearsal page: {error}", file=sys.stderr)
        return 2
    threading.Thread(target=_warm_up, daemon=True).start()
    print(
        f"The rehearsal page is at  http://{server.effective_host}:{server.effective_port}/\n"
        "Open it in a browser and ask: should I get a second opinion?\n"
        "Then say yes, and watch the phone on the page. Nothing leaves this computer. Ctrl-C stops it.",
        flush=True,
    )
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
    print("Stopped.", flush=True)
    return 0


def _warm_up() -> None:
    """Load the words, the model and the listening while a browser is opened, so that the first reply is quick."""
    Room().say(FREE_QUESTION)
