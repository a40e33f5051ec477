"""A client of the rehearsal page's own service, for tests."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from simulator.web import create_app

QUESTION = "should i get a second opinion"


class Reader(FlaskClient):
    """A client that reads every answer to its end, as browsers do."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **{"buffered": True, **kwargs})


def client_of(app: Flask) -> FlaskClient:
    app.test_client_class = Reader
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    return client_of(create_app())


def enter(client: FlaskClient, **kept: Any) -> str:
    made = client.post("/api/rooms", json=kept)
    assert made.status_code == 200, made.text
    return str(made.json["room"])


def say(client: FlaskClient, room: str, *said: str) -> dict[str, Any]:
    for text in said:
        reply = client.post(f"/api/rooms/{room}/say", json={"text": text})
        assert reply.status_code == 200, reply.text
    return dict(reply.json)
