"""AWS End User Messaging on loopback: takes texts, and fails in every way its documentation names."""

from __future__ import annotations

import json
import re
import threading
import uuid
from typing import Any

from simulator.loopback.server import Answer, Misbehaviour, Service

TARGET = "PinpointSMSVoiceV2.SendTextMessage"
NUMBER = re.compile(r"\+?[1-9][0-9]{1,18}")
WAYS = frozenset({"hang", "drip", "drop", "half"})
#: HTTP status of each error of the service; what is not here is 400.
STATUSES = {"ThrottlingException": 429, "InternalServerException": 500, "ServiceUnavailableException": 503}


class TextingServer(Service):
    """Takes texts as `send_text_message` of boto3 sends them.

    `faults` says how the next requests fail, one after the other, and `fault` how all others do: an exception
    ("ThrottlingException"), an exception with its reason ("ConflictException: DESTINATION_PHONE_NUMBER_OPTED_OUT"),
    a bare status ("504"), or a way to misbehave ("hang"; "taken, then hang" takes the text first).
    """

    def __init__(self) -> None:
        """Start to listen."""
        self.sent: list[tuple[str, str]] = []
        #: Every well-formed request's fields, as they came.
        self.requests: list[dict[str, Any]] = []
        self.fault = ""
        self.faults: list[str] = []
        self._lock = threading.Lock()
        super().__init__()

    def reset(self) -> None:
        """Forget what was sent and behave again."""
        self.let_go()
        self.slow_s = 0.0
        with self._lock:
            self.sent.clear()
            self.requests.clear()
            self.faults.clear()
            self.fault = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Take a text, or fail as set."""
        if headers.get("x-amz-target") != TARGET:
            return _error("UnknownOperationException")
        if "sms-voice/aws4_request" not in headers.get("authorization", ""):
            return _error("MissingAuthenticationTokenException")
        wanted = json.loads(body)
        if bad := _invalid(wanted):
            return _error(
                "ValidationException", "FIELD_VALIDATION_FAILED", Fields=[{"Name": bad, "Message": "invalid"}]
            )
        with self._lock:
            self.requests.append(wanted)
            fault = self.faults.pop(0) if self.faults else self.fault
        if fault in WAYS:
            raise Misbehaviour(fault)
        if fault.isdigit():
            return Answer(int(fault), b"<html>bad gateway</html>", "text/html")
        if fault and not fault.startswith("taken"):
            name, _, reason = fault.partition(": ")
            return _error(name, reason)
        with self._lock:
            self.sent.append((wanted["DestinationPhoneNumber"], wanted["MessageBody"]))
        if fault:
            raise Misbehaviour(fault.rpartition(" ")[2])
        return _json(200, {"MessageId": str(uuid.uuid4())})


def _invalid(wanted: dict[str, Any]) -> str:
    """Name the first field the service would not take."""
    if not NUMBER.fullmatch(str(wanted.get("DestinationPhoneNumber", ""))):
        return "DestinationPhoneNumber"
    body = str(wanted.get("MessageBody", ""))
    if not body.strip() or len(body) > 1600:
        return "MessageBody"
    if wanted.get("MessageType") not in {"TRANSACTIONAL", "PROMOTIONAL"}:
        return "MessageType"
    return "" if 5 <= wanted.get("TimeToLive", 259200) <= 259200 else "TimeToLive"


def _error(name: str, reason: str = "", **more: Any) -> Answer:
    told = {"__type": name, "Message": "stood in for on loopback", **({"Reason": reason} if reason else {}), **more}
    return _json(STATUSES.get(name, 400), told)


def _json(status: int, told: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(told).encode(), "application/x-amz-json-1.0")
