"""The skill behind the endpoint people self-host: on loopback, unverified, one address a conversation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.replay import consent_heard, prepared
from flask import Flask, request
from waitress.wasyncore import close_all
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from simulator.endpoint import create_app, create_server
from simulator.rehearsal import Rehearsal


class Served:
    """Skills with an account each, so that no conversation sees what another left behind."""

    def __init__(self) -> None:
        self.rehearsals: dict[str, Rehearsal] = {}
        app = create_app(Rehearsal().skill, verify=False)
        paths = DispatcherMiddleware(app.wsgi_app)
        app.wsgi_app = paths  # type: ignore[method-assign]
        self._mounts = paths.mounts
        self._server = create_server(app)

    @property
    def port(self) -> int:
        """Tell the loopback port."""
        return int(self._server.effective_port)

    def add(self, name: str, given: dict[str, Any]) -> str:
        """Serve one more skill; gives its address."""
        path = f"/{len(self._mounts)}"
        rehearsal = self.rehearsals[name] = prepared(given)
        self._mounts[path] = _listening(create_app(rehearsal.skill, verify=False), rehearsal)
        return f"http://127.0.0.1:{self.port}{path}/"

    def texts(self, name: str) -> list[str]:
        """List where texts of a conversation went."""
        return [to for to, _ in self.rehearsals[name].outbox.sent]

    @contextmanager
    def running(self) -> Iterator[Served]:
        """Answer for the length of a `with`."""
        thread = threading.Thread(target=self._server.run)
        thread.start()
        try:
            yield self
        finally:
            # In the server's own thread, as it must be.
            self._server.trigger.pull_trigger(lambda: close_all(self._server._map))
            thread.join(60)
            self._server.task_dispatcher.shutdown()


def _listening(app: Flask, rehearsal: Rehearsal) -> Flask:
    @app.before_request
    def account() -> None:
        consent_heard(rehearsal, request.get_json(silent=True))

    return app
