"""The skill served by ourselves: an endpoint that stands behind an HTTPS proxy, or rehearses on loopback.

Each request passes in this order: the signature over the raw body, the JSON, the time it was sent, the skill.
Nothing reads what was sent before the signature is known to be Alexa's.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

from simulator import certvalidator_standin as standin

standin.install()  # before flask_ask_sdk is imported, which cannot be without it

import waitress.server  # noqa: E402
from ask_sdk_core.serialize import DefaultSerializer  # noqa: E402
from ask_sdk_core.skill import CustomSkill, SkillConfiguration  # noqa: E402
from flask import Flask, Response, abort, request  # noqa: E402
from flask_ask_sdk.skill_adapter import VERIFY_SIGNATURE_APP_CONFIG, SkillAdapter  # noqa: E402

from simulator.verifier import SignatureVerifier, VerificationException  # noqa: E402
from skill.app import RefusedError, Skill, build  # noqa: E402
from skill.settings import Settings, SettingsError  # noqa: E402

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 128 * 1024
#: Levels of nesting in a request; Alexa's own have fewer than twenty.
MAX_DEPTH = 64
THREADS = 8
LOOPBACK = ("127.0.0.1", "::1")
#: Where the app keeps whether signatures are checked, for whoever serves it.
VERIFIED = "SIGNATURES_ARE_VERIFIED"
#: What a proxy adds. With verification off no proxy may stand in front: everyone would come from loopback.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


class UnsafeError(RuntimeError):
    """Serving would let strangers speak through the skill."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What the SDK's timestamp check reads of a request."""

    object_type: str
    timestamp: datetime | None


@dataclass(frozen=True, slots=True)
class _Envelope:
    """One request that arrived: as it came, and as the timestamp check wants it."""

    event: dict[str, Any]
    request: _Request


class _Reader(DefaultSerializer):
    """Reads plain JSON where the SDK's own serializer raises for every value Alexa has added since."""

    def deserialize(self, payload: Any, obj_type: Any = None) -> Any:
        """Read the JSON and no more. Raises `VerificationException`, which is answered with 400."""
        try:
            event = json.loads(payload, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise VerificationException("the body is not JSON") from error
        if not isinstance(event, dict):
            raise VerificationException("the body is not a JSON object")
        if _deeper_than(event, MAX_DEPTH):
            raise VerificationException("the body is nested too deeply")
        inner = event.get("request")
        asked = inner if isinstance(inner, dict) else {}
        return _Envelope(event, _Request(str(asked.get("type")), _moment(asked.get("timestamp"))))

    def serialize(self, obj: Any) -> Any:
        """Hand on the skill's answer, which is plain data already."""
        return obj


class _Hosted(CustomSkill):
    """Fits our skill into the SDK's adapter, which takes no other kind.

    The SDK's dispatcher is never reached from here: our skill has it inside, behind its own guard.
    """

    def __init__(self, skill: Skill) -> None:
        super().__init__(SkillConfiguration(request_mappers=[], handler_adapters=[]))
        self.serializer = _Reader()
        self._skill = skill

    def invoke(self, request_envelope: Any, context: Any) -> Any:
        """Let the skill answer. Raises `VerificationException` for what is not the skill's to answer."""
        try:
            return self._skill(request_envelope.event)
        except RefusedError as refusal:
            raise VerificationException(str(refusal)) from refusal


class Adapter(SkillAdapter):
    """flask-ask-sdk's adapter, with the signature checked before anything reads the body."""

    def __init__(self, skill: Skill, app: Flask, verifier: SignatureVerifier | None) -> None:
        """Take the skill, the app it is served in, and the verifier; none only in rehearsal."""
        self._signatures = verifier
        # Keeps the SDK's own verifier out, whose place ours takes. The timestamp check stays on.
        app.config[VERIFY_SIGNATURE_APP_CONFIG] = False
        super().__init__(skill=_Hosted(skill), skill_id=skill.desk.settings.skill_id, app=app)

    def dispatch_request(self) -> Response:
        """Answer one POST: 400 for what Alexa did not sign or is no request of ours, 413, 415, or the reply."""
        body = request.get_data()  # 413 above the limit; read here, so a form content type cannot empty it
        try:
            if self._signatures is not None:
                self._signatures.verify(request.headers, body.decode("utf-8"))
            else:
                body.decode("utf-8")
        except (VerificationException, UnicodeDecodeError) as error:
            log.warning("refused: %.120r", str(error))
            abort(400, description="Incoming request failed verification")
        if not request.is_json:
            abort(415, description="Alexa sends application/json")
        reply: Response = super().dispatch_request()
        return reply


def create_app(skill: Skill, *, verify: bool = True) -> Flask:
    """Make the app that serves a skill at `/`.

    With `verify=False` it answers this machine alone, and nobody who comes through a proxy. Raises `UnsafeError`
    when requests are to be verified but the skill does not know its own id: Alexa signs for every skill.
    """
    if verify and not skill.desk.settings.skill_id:
        raise UnsafeError("the skill has no id (SKILL_ID), so any other skill could speak through it")
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config[VERIFIED] = verify
    app.logger.addFilter(_no_traces)
    if not verify:
        app.before_request(_this_machine_only)
    Adapter(skill, app, SignatureVerifier() if verify else None).register(app, "/", endpoint="alexa")
    return app


def create_server(app: Flask, host: str = LOOPBACK[0], port: int = 0) -> waitress.server.BaseWSGIServer:
    """Bind the server that serves an app; `effective_port` of it tells the port (0 takes a free one).

    Raises `UnsafeError` when the app does not verify and the host is not this machine alone.
    """
    verified = app.config.get(VERIFIED) is True
    if not verified and host not in LOOPBACK:
        raise UnsafeError(f"requests are not verified, so the only hosts are {' and '.join(LOOPBACK)}, not {host!r}")
    return waitress.server.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident="",
        max_request_body_size=MAX_BODY_BYTES + 1,  # waitress refuses what is as large as its limit
        clear_untrusted_proxy_headers=verified,  # unverified, they are the sign of a proxy and must be seen
    )


def serve(app: Flask, host: str = LOOPBACK[0], port: int = 0) -> None:
    """Serve an app until interrupted. Raises `UnsafeError` as `create_server` does, `OSError` for a taken port."""
    server = create_server(app, host, port)
    # A name that stands for several addresses makes several sockets.
    for name, number in getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]:
        print(f"Listening on http://{f'[{name}]' if ':' in name else name}:{number}/", flush=True)
    try:
        server.run()
    finally:
        server.close()


def main(port: int = 5000, *, host: str = LOOPBACK[0], verify: bool = True) -> int:
    """Serve the skill; gives the exit code.

    Verified, it is the real one, set by the environment, for an HTTPS proxy to stand in front of. Unverified, it
    is the rehearsal: in-memory stand-ins, this machine only.
    """
    try:
        if verify:
            skill = build(Settings.from_environment())
        else:
            from simulator.rehearsal import Rehearsal

            skill = Rehearsal().skill
        serve(create_app(skill, verify=verify), host, port)
    except (SettingsError, UnsafeError, OSError) as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 2
    return 0


def _this_machine_only() -> None:
    """Refuse everybody else; also a web page elsewhere that points a name of its own at this machine."""
    try:
        near = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    named = urlsplit(f"//{request.host}").hostname
    if not near or named not in (*LOOPBACK, "localhost") or any(name in request.headers for name in FORWARDED):
        abort(403, description="Requests are not verified here, so only this machine may send them")


def _no_traces(record: logging.LogRecord) -> bool:
    """Log what kind of error it was without its trace: the SDK writes one for every forged request."""
    if record.exc_info and record.exc_info[0]:
        record.msg = f"{record.getMessage()}: {record.exc_info[0].__name__}"
        record.args, record.exc_info, record.exc_text = (), None, None
    return True


def _moment(text: Any) -> datetime | None:
    """Read an ISO 8601 time; one without a zone is UTC. None when it cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True
