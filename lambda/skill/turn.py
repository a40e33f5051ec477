"""The typed view of one request and of the session it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from skill import names

#: The longest slot value that is looked at; Alexa's own are far shorter, anything longer is junk.
MAX_HEARD_CHARACTERS = 500
MAX_TRAIL = 8


@dataclass(slots=True)
class Memory:
    """What is remembered from one turn to the next, inside the session and nowhere else."""

    #: The question asked last; "yes" and "no" belong to it and to nothing else.
    pending: str = ""
    #: The answer heard last, for "who says so?", "more" and "go back".
    topic: str = ""
    step: int = 0
    #: Whom the answer is worded for, as a key of the content's people; empty means the asker.
    who: str = ""
    #: Whom the conversation is about until somebody else is named, in the same way (`hearing.patient`).
    patient: str = ""
    #: What was said last, for "repeat": keys of content, and the values they were said with.
    said: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    #: The gravest danger heard in this session, as a safety topic; empty when there was none.
    danger: str = ""
    #: True when the turn before met a question with the danger's answer: asked once more, it is answered.
    held: bool = False
    misses: int = 0
    #: "": the text was not offered yet; "made": offered; "settled": accepted or declined.
    offer: str = ""
    pace: str = "normal"
    #: The number being settled (E.164), for as long as it is being settled.
    phone: str = ""
    whose: str = ""
    tries: int = 0
    #: Digits of a number that is being said in pieces.
    digits: str = ""
    #: Of a number Alexa told us: its last two digits to say, and a keyed hash to know it by; never the number.
    ending: str = ""
    mark: str = ""
    #: The one question a yes to which sends a text, and the version of the script that was spoken before it.
    ticket: str = ""
    script: str = ""
    #: Choices offered by name or number ("did you mean"), as topic ids.
    choices: list[str] = field(default_factory=list)
    #: The intent our own listening settled on in this turn, for reports; never the words.
    heard: str = ""
    #: True once voice consent was asked for in this session; it is asked once.
    consent_asked: bool = False

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any] | None) -> Memory:
        """Read the session attributes Alexa hands back; anything of the wrong shape is left at its default."""
        memory = cls()
        if not isinstance(attributes, Mapping):
            return memory
        for item in fields(cls):
            value = attributes.get(item.name)
            default = getattr(memory, item.name)
            if value is None or not isinstance(value, type(default)):
                continue
            if isinstance(value, list):
                value = [str(v) for v in value][:MAX_TRAIL]
            if isinstance(value, dict):
                value = {str(k): str(v) for k, v in value.items()}
            setattr(memory, item.name, value)
        return memory

    def attributes(self) -> dict[str, Any]:
        """Give what must be remembered, without what is still at its default."""
        blank = Memory()
        return {key: value for key, value in asdict(self).items() if value != getattr(blank, key)}


@dataclass(slots=True)
class Turn:
    """One request from Alexa."""

    type: str
    locale: str
    memory: Memory
    intent: str = ""
    slots: dict[str, str] = field(default_factory=dict)
    #: Ids of slot values that Alexa matched to our lists (entity resolution), by slot name.
    resolved: dict[str, str] = field(default_factory=dict)
    #: True when our own listening took the intent from what was said, and was not plainly sure.
    guessed: bool = False
    #: True when what was said in a slot is Spanish.
    spanish: bool = False
    request_id: str = ""
    user_id: str = ""
    person_id: str = ""
    has_screen: bool = False
    new_session: bool = True
    api_endpoint: str = ""
    api_token: str = ""
    #: For a resumed session: the token we sent, its status code and the permission's status.
    resumed_token: str = ""
    resumed_code: str = ""
    resumed_status: str = ""
    #: For a skill event: the permissions that are granted now.
    accepted_scopes: tuple[str, ...] = ()
    reason: str = ""
    #: For a touch: what was touched, and the token of the screen it was on.
    arguments: tuple[str, ...] = ()
    token: str = ""

    @property
    def is_intent(self) -> bool:
        """Tell whether this is something the person said."""
        return self.type == names.INTENT

    def asks(self, *intents: str) -> bool:
        """Tell whether this is one of the given intents."""
        return self.is_intent and self.intent in intents

    def slot(self, name: str) -> str:
        """Give a slot's words, trimmed and bounded, or an empty string."""
        return self.slots.get(name, "")[:MAX_HEARD_CHARACTERS].strip()


def _of(value: Any, *path: str) -> Any:
    """Walk nested dictionaries; a missing or mistyped step gives None."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _resolved(slot: Any) -> str:
    authorities = _of(slot, "resolutions", "resolutionsPerAuthority")
    for authority in authorities if isinstance(authorities, list) else []:
        if _of(authority, "status", "code") == "ER_SUCCESS_MATCH":
            values = _of(authority, "values")
            if isinstance(values, list) and values:
                return _text(_of(values[0], "value", "id")) or _text(_of(values[0], "value", "name"))
    return ""


def _scopes(request: Any) -> tuple[str, ...]:
    """List the permissions a skill event names as granted: the account's, and the person's where one is named."""
    body = _of(request, "body")
    lists = [_of(body, "acceptedPermissions"), _of(body, "acceptedPersonPermissions")]
    return tuple(_text(_of(row, "scope")) for rows in lists if isinstance(rows, list) for row in rows)


def read(event: Mapping[str, Any]) -> Turn:
    """Read an Alexa request envelope (the JSON as a dictionary) into a turn; nothing in it is trusted."""
    request = _of(event, "request") or {}
    system = _of(event, "context", "System") or {}
    session = _of(event, "session")
    slots = _of(request, "intent", "slots") or {}
    interfaces = _of(system, "device", "supportedInterfaces")
    cause = _of(request, "cause")
    scopes = _of(cause, "result", "permissionScopes")
    if not isinstance(scopes, list):
        scopes = []
    arguments = _of(request, "arguments")
    return Turn(
        type=_text(_of(request, "type")),
        locale=_text(_of(request, "locale")),
        memory=Memory.from_attributes(_of(session, "attributes")),
        intent=_text(_of(request, "intent", "name")),
        slots={k: _text(_of(v, "value")) for k, v in slots.items()} if isinstance(slots, Mapping) else {},
        resolved={k: r for k, v in slots.items() if (r := _resolved(v))} if isinstance(slots, Mapping) else {},
        request_id=_text(_of(request, "requestId")),
        user_id=_text(_of(system, "user", "userId")) or _text(_of(session, "user", "userId")),
        person_id=_text(_of(system, "person", "personId")),
        has_screen=isinstance(interfaces, Mapping) and names.APL_INTERFACE in interfaces,
        new_session=bool(_of(session, "new")),
        api_endpoint=_text(_of(system, "apiEndpoint")),
        api_token=_text(_of(system, "apiAccessToken")),
        resumed_token=_text(_of(cause, "token")),
        resumed_code=_text(_of(cause, "status", "code")),
        resumed_status=_text(_of(scopes[0], "status")) if scopes else "",
        accepted_scopes=_scopes(request),
        reason=_text(_of(request, "reason")),
        arguments=tuple(_text(a) for a in arguments) if isinstance(arguments, list) else (),
        token=_text(_of(request, "token")),
    )
