"""What has to wait: texts for which the line is busy, and deletions for which the store is away.

A message holds what its work needs and nothing else. The number of a waiting text is in it, so the queue is
encrypted, the text has a deadline of minutes after which it is dropped, and nothing logs a message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from skill.aws import Client

VERSION = 1
#: Seconds a message rests before it is first looked at: a busy line is not free at once.
DELAY_S = 15


class QueueError(Exception):
    """The queue cannot be reached; `certain` is False when the message may be in it all the same."""

    def __init__(self, reason: str, *, certain: bool = True) -> None:
        """Take the kind of error and whether it is certain that nothing was queued."""
        super().__init__(reason)
        self.certain = certain


class MessageError(ValueError):
    """A message that is none of ours."""


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text that was agreed to and waits for the line."""

    to: str
    #: The hashes that name the record of the yes.
    person: str
    ticket: str
    locale: str
    day: str
    #: Seconds since 1970 after which it is dropped.
    until: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is kept for a person has to go, given by the person's hash."""

    person: str
    #: Whether the day's count goes as well: only when Alexa will never name this person again.
    count_too: bool


Message = WaitingText | Deletion
KINDS: Mapping[str, type[WaitingText] | type[Deletion]] = {"text": WaitingText, "deletion": Deletion}


def write(message: Message) -> str:
    """Write a message as JSON."""
    kind = next(name for name, made in KINDS.items() if isinstance(message, made))
    return json.dumps({"v": VERSION, "kind": kind, **asdict(message)})


def read(body: str) -> Message:
    """Read a message. Raises `MessageError` for anything that `write` did not write."""
    try:
        fields: dict[str, Any] = json.loads(body)
        version, made = fields.pop("v"), KINDS[fields.pop("kind")]
        message = made(**fields)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise MessageError("not a message of ours") from None  # what it holds stays out of the log
    wanted = type(message).__annotations__  # their names, as strings
    if version != VERSION or any(type(getattr(message, name)).__name__ != kind for name, kind in wanted.items()):
        raise MessageError("a message of another version")
    return message


class Queue(Protocol):
    """Where things wait."""

    def put(self, message: Message) -> None:
        """Let a message wait. Raises `QueueError`."""


class SqsQueue:
    """An SQS queue; `texts_consumer` takes the messages up."""

    CONNECT_S = 0.3
    READ_S = 0.5

    def __init__(self, url: str, *, endpoint: str = "", patience: float = 1.0, delay_s: int = DELAY_S) -> None:
        """Take the queue's address; `patience` stretches the timeouts where many share one small machine."""
        self._url = url
        self._delay_s = delay_s
        # One attempt: a second one could queue the text twice. It would be sent once, but waited for twice.
        self.client = Client(
            "sqs", connect_s=self.CONNECT_S * patience, read_s=self.READ_S * patience, attempts=1, endpoint=endpoint
        )

    def put(self, message: Message) -> None:
        """Let a message wait. Raises `QueueError`."""
        from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

        try:
            self.client.get().send_message(QueueUrl=self._url, MessageBody=write(message), DelaySeconds=self._delay_s)
        except (ClientError, ConnectTimeoutError, EndpointConnectionError) as error:
            raise QueueError(type(error).__name__) from None
        except BotoCoreError as error:
            raise QueueError(type(error).__name__, certain=False) from None


@dataclass(slots=True)
class WaitingRoom:
    """The stand-in: keeps the messages, and can fail."""

    waiting: list[Message] = field(default_factory=list)
    broken: bool = False

    def put(self, message: Message) -> None:
        """Keep a message, or fail as set."""
        if self.broken:
            raise QueueError("set to be unreachable")
        self.waiting.append(message)
