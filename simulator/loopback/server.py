"""A small HTTP server on loopback that can also misbehave as services do."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Seconds after which even a hanging request lets go, should nobody close the server.
LONGEST_HANG_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service sends back."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    location: str = ""


class Misbehaviour(Exception):  # noqa: N818 - what the server does, not an error of ours
    """Raised by a service instead of an answer: "hang", "drip" (a byte now and then), "drop" or "half"."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    service: Service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: callers that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def log_message(self, *_: object) -> None:
        """Log nothing: addresses and bodies hold numbers."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        service = self.server.service
        service.closing.wait(service.slow_s)
        try:
            answer = service.answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        except Misbehaviour as way:
            self._misbehave(str(way), service.closing)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    do_GET = do_POST = _serve  # noqa: N815 - http.server's own names

    def _misbehave(self, way: str, closing: threading.Event) -> None:
        self.close_connection = True
        if way == "hang":
            closing.wait(LONGEST_HANG_S)
        elif way == "drip":
            for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Padding: " + b"x" * 200:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if closing.wait(0.2):
                    return
        elif way == "half":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Mess')
            self.wfile.flush()
        # "drop": the connection closes without a word


class Service:
    """One service on a port of its own; subclasses answer."""

    #: Seconds it takes to answer.
    slow_s: float = 0.0

    def __init__(self) -> None:
        """Start to listen on a free port of 127.0.0.1."""
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.service = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Give the address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer a request, or raise `Misbehaviour`."""
        raise NotImplementedError

    def let_go(self) -> None:
        """End every hanging request."""
        self.closing.set()
        self.closing = threading.Event()

    def close(self) -> None:
        """Stop listening."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
