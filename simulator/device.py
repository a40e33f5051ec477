"""A device: keeps the session, speaks the envelope Alexa sends, and remembers what it was told to do."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulator.ears import Ears, Understood, ears, normal
from skill import names
from skill.rules import ssml

SKILL_ID = "amzn1.ask.skill.rehearsal"
SILENCE = "(silence)"


@dataclass(slots=True)
class Heard:
    """One turn as the device saw it: what was asked of the skill and what came back."""

    said: str
    request: dict[str, Any]
    response: dict[str, Any]
    understood: Understood
    #: Texts that left during this turn, as (number, body).
    texts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Give the session attributes the skill sent back."""
        found = self.response.get("sessionAttributes")
        return found if isinstance(found, dict) else {}

    @property
    def body(self) -> Mapping[str, Any]:
        """Give the response proper."""
        found = self.response.get("response")
        return found if isinstance(found, dict) else {}

    @property
    def ssml(self) -> str:
        """Give the speech with its markup; empty when nothing was said."""
        return str((self.body.get("outputSpeech") or {}).get("ssml", ""))

    @property
    def speech(self) -> str:
        """Give the plain words that were spoken."""
        return ssml.plain(self.ssml) if self.ssml else ""

    @property
    def reprompt(self) -> str:
        """Give the plain words said after a silence."""
        markup = ((self.body.get("reprompt") or {}).get("outputSpeech") or {}).get("ssml", "")
        return ssml.plain(str(markup)) if markup else ""

    @property
    def open(self) -> bool:
        """Tell whether the microphone is open."""
        return self.body.get("shouldEndSession") is False

    @property
    def directives(self) -> list[dict[str, Any]]:
        """List the directives of the response."""
        return list(self.body.get("directives") or [])

    @property
    def card(self) -> dict[str, Any] | None:
        """Give the card, or None."""
        found = self.body.get("card")
        return dict(found) if isinstance(found, dict) else None

    @property
    def keys(self) -> list[str]:
        """Give the content keys that were said."""
        return list(self.attributes.get("said", []))

    @property
    def seconds(self) -> float:
        """Estimate how long the speech takes."""
        return ssml.seconds(self.ssml) if self.ssml else 0.0


@dataclass(slots=True)
class Device:
    """A smart speaker on a laptop.

    `skill` takes an envelope and gives a response; `outbox` is the list that texts are added to, if any.
    `consent` is what the person answers when Alexa itself asks for a permission: ACCEPTED, DENIED or NOT_ANSWERED.
    """

    skill: Callable[[dict[str, Any]], dict[str, Any]]
    outbox: list[tuple[str, str]] = field(default_factory=list)
    locale: str = "en-US"
    consent: str = "DENIED"
    #: Called when consent is given, so that a stand-in account can open up.
    on_consent: Callable[[str], None] | None = None
    screen: Mapping[str, Any] | None = None
    api_endpoint: str = "http://127.0.0.1:9/"
    api_token: str = "rehearsal"  # noqa: S105 - no account, no secret
    person_id: str = ""
    user_id: str = "amzn1.ask.account.rehearsal"
    #: Sees every request and response, for tests that hold rules on every turn.
    watch: Callable[[Heard], None] | None = None
    session: dict[str, Any] | None = None
    history: list[Heard] = field(default_factory=list)
    _silences: int = 0

    @property
    def ears(self) -> Ears:
        """Give the compiled model's ears."""
        return ears(self.locale)

    # -- what a person can do ------------------------------------------------------------------------------

    def open(self) -> Heard:
        """Open the skill without a question."""
        return self._send("open second opinion guide", {"type": names.LAUNCH}, Understood(names.LAUNCH))

    def say(self, text: str) -> Heard:
        """Say something: a one-shot when no session is open, else the next turn of it."""
        if text.strip().lower() in {"", SILENCE}:
            return self.silence()
        understood = self._heard(text)
        if understood.intent == names.LAUNCH:
            return self._send(text, {"type": names.LAUNCH}, understood)
        return self.intend(understood.intent, understood.slots, understood.resolved, said=text, how=understood.how)

    def _heard(self, text: str) -> Understood:
        """Listen, with what the open session adds: an open prompt takes any words, and a one-shot has "ask about"."""
        understood = self.ears.hear(text)
        if understood.how not in {"carrier", "none"}:
            return understood
        whole = {names.QUESTION_SLOT: normal(text)}
        if not whole[names.QUESTION_SLOT]:
            return understood
        last = self.history[-1] if self.history else None
        if self.session is not None and last is not None and _elicits(last):
            return Understood(names.OPEN_QUESTION, whole, how="elicited")
        if self.session is None and understood.how == "none":
            return Understood(names.ABOUT_QUESTION, whole, how="carrier")
        return understood

    def intend(
        self,
        intent: str,
        slots: Mapping[str, str] | None = None,
        resolved: Mapping[str, str] | None = None,
        *,
        said: str = "",
        how: str = "direct",
    ) -> Heard:
        """Send an intent as Alexa would, without listening."""
        resolved = resolved or {}
        filled = {name: _slot(name, value, resolved.get(name)) for name, value in (slots or {}).items()}
        request = {
            "type": names.INTENT,
            "intent": {"name": intent, "confirmationStatus": "NONE", "slots": filled},
            "dialogState": "STARTED",
        }
        understood = Understood(intent, dict(slots or {}), dict(resolved), how)
        return self._send(said or intent, request, understood)

    def silence(self) -> Heard:
        """Say nothing: first the reprompt is heard, then the session ends."""
        last = self.history[-1] if self.history else None
        self._silences += 1
        if self.session is None or last is None or not last.reprompt or self._silences > 1:
            return self._end("EXCEEDED_MAX_REPROMPTS")
        response = {
            "response": {
                "outputSpeech": {"type": "SSML", "ssml": last.body["reprompt"]["outputSpeech"]["ssml"]},
                "reprompt": last.body["reprompt"],
                "shouldEndSession": False,
            },
            "sessionAttributes": dict(last.attributes),
        }
        heard = Heard(SILENCE, {}, response, Understood("", how="silence"))
        self.history.append(heard)
        return heard

    def resume(self, status: str, code: str = "200", token: str = "text", new_session: bool = False) -> Heard:  # noqa: S107
        """Hand the session back after Alexa asked for the permission."""
        if new_session:
            self.session = None
        scope = {"permissionScope": names.MOBILE_NUMBER_SCOPE, "consentLevel": "ACCOUNT", "status": status}
        request = {
            "type": names.SESSION_RESUMED,
            "cause": {
                "type": "ConnectionCompleted",
                "token": token,
                "status": {"code": code, "message": "OK"},
                "result": {
                    "@type": "AskForPermissionsConsentResult",
                    "@version": "2",
                    "permissionScopes": [scope],
                },
            },
        }
        return self._send(f"(permission {status.lower()})", request, Understood(names.SESSION_RESUMED))

    def touch(self, arguments: Sequence[Any], source: Mapping[str, Any] | None = None) -> Heard:
        """Touch something on the screen that was drawn last; `arguments` are what it sends."""
        drawn = (
            d for heard in reversed(self.history) for d in heard.directives if d.get("type") == names.RENDER_DOCUMENT
        )
        request = {
            "type": names.USER_EVENT,
            "token": str(next(drawn, {}).get("token", "")),
            "arguments": list(arguments),
            "source": {"type": "TouchWrapper", "handler": "Press", "id": "", **(source or {})},
            "components": {},
        }
        said = " ".join(str(argument) for argument in arguments)
        return self._send(f"(touch {said})", request, Understood(names.USER_EVENT, how="touch"))

    # -- the envelope --------------------------------------------------------------------------------------

    def envelope(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Write the envelope Alexa sends around a request."""
        new = self.session is None
        if self.session is None:
            self.session = {"sessionId": f"amzn1.echo-api.session.{uuid.uuid4()}", "attributes": {}}
        application = {"applicationId": SKILL_ID}
        user = {"userId": self.user_id}
        interfaces: dict[str, Any] = {}
        context: dict[str, Any] = {
            "System": {
                "application": application,
                "user": user,
                "device": {"deviceId": "amzn1.ask.device.rehearsal", "supportedInterfaces": interfaces},
                "apiEndpoint": self.api_endpoint,
                "apiAccessToken": self.api_token,
            }
        }
        if self.person_id:
            context["System"]["person"] = {"personId": self.person_id}
        if self.screen:
            interfaces[names.APL_INTERFACE] = {"runtime": {"maxVersion": "1.4"}}
            context["Viewport"] = dict(self.screen)
        return {
            "version": "1.0",
            "session": {
                "new": new,
                "sessionId": self.session["sessionId"],
                "application": application,
                "attributes": self.session["attributes"],
                "user": user,
            },
            "context": context,
            "request": {
                "requestId": f"amzn1.echo-api.request.{uuid.uuid4()}",
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "locale": self.locale,
                **request,
            },
        }

    def _send(self, said: str, request: Mapping[str, Any], understood: Understood) -> Heard:
        envelope = self.envelope(request)
        before = len(self.outbox)
        # Through JSON both ways, as over the wire: nothing but data gets across.
        response = json.loads(json.dumps(self.skill(json.loads(json.dumps(envelope)))))
        heard = Heard(said, envelope, response, understood, list(self.outbox[before:]))
        self.history.append(heard)
        self._silences = 0
        if self.session is not None:
            self.session["attributes"] = dict(heard.attributes)
        asked = next((d for d in heard.directives if d.get("type") == "Connections.StartConnection"), None)
        if not heard.open and asked is None:
            self.session = None
        if self.watch:
            self.watch(heard)
        if asked is not None:
            if self.on_consent:
                self.on_consent(self.consent)
            return self.resume(self.consent, token=str(asked.get("token", "")))
        return heard

    def _end(self, reason: str) -> Heard:
        request = {"type": names.SESSION_ENDED, "reason": reason}
        heard = self._send(SILENCE, request, Understood(names.SESSION_ENDED, how="silence"))
        self.session = None
        return heard


def _elicits(heard: Heard) -> bool:
    return any(d.get("type") == "Dialog.ElicitSlot" for d in heard.directives)


def _slot(name: str, value: str, match: str | None) -> dict[str, Any]:
    slot: dict[str, Any] = {"name": name, "value": value, "confirmationStatus": "NONE", "source": "USER"}
    if match is not None:
        slot["resolutions"] = {
            "resolutionsPerAuthority": [
                {
                    "authority": "amzn1.er-authority.echo-sdk.rehearsal",
                    "status": {"code": "ER_SUCCESS_MATCH"},
                    "values": [{"value": {"name": value, "id": match}}],
                }
            ]
        }
    return slot
