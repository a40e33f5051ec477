"""What is kept about texts: a yes and what became of it, and the day's counts. Protocol, DynamoDB, stand-in.

Keys have two parts: `who` (a keyed hash with a word before it) and `what` (a day, or one text). Everything has an
end, `expires`, in seconds since 1970. Each change is one conditional write, so that of any number of Lambdas that
try at once exactly one succeeds; and each may be repeated by the one that made it without harm, so that a lost
answer can be asked for again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from skill.aws import Client

Record = Mapping[str, str]
Key = tuple[str, str]

#: DynamoDB deletes at most this many items in one call.
BATCH = 25


class StoreError(Exception):
    """The store cannot be reached, or does not answer as a store does."""


class Store(Protocol):
    """Where the records of texts are kept. Every method raises `StoreError` when it cannot be done."""

    def put_once(self, key: Key, record: Record, expires: int) -> bool:
        """Keep a record; False when there is one already."""

    def read(self, key: Key) -> Record | None:
        """Give a record, or None."""

    def move(self, key: Key, before: tuple[str, ...], state: str, expires: int | None = None) -> bool:
        """Change a record's state if it is one of `before`; False when it is another or there is no record."""

    def join(self, key: Key, member: str, limit: int, expires: int) -> bool:
        """Count a member, once; False when `limit` others are counted already."""

    def leave(self, key: Key, member: str) -> None:
        """Take a member out of the count."""

    def forget(self, who: str) -> int:
        """Delete all that is kept under `who`, and tell how many records that was."""


class DynamoStore:
    """One DynamoDB table: partition key `who`, sort key `what`, time to live `expires`."""

    CONNECT_S = 0.3
    READ_S = 0.4

    def __init__(
        self, table: str, *, endpoint: str = "", patience: float = 1.0, clock: Callable[[], float] = time.time
    ) -> None:
        """Take the table's name; `patience` stretches the timeouts where many share one small machine."""
        self._table = table
        self._clock = clock
        self.client = Client(
            "dynamodb",
            connect_s=self.CONNECT_S * patience,
            read_s=self.READ_S * patience,
            attempts=2,
            endpoint=endpoint,
            pool=50,
        )

    def put_once(self, key: Key, record: Record, expires: int) -> bool:
        """Keep a record; False when there is one already."""
        mine = secrets.token_hex(8)
        item = {**_key(key), **{name: {"S": value} for name, value in record.items()}}
        return self._written(
            "put_item",
            Item={**item, "expires": {"N": str(expires)}, "writer": {"S": mine}},
            # What has expired may still lie there: DynamoDB takes up to two days to delete it.
            ConditionExpression="attribute_not_exists(who) OR expires < :now OR writer = :mine",
            ExpressionAttributeValues={":now": {"N": str(int(self._clock()))}, ":mine": {"S": mine}},
        )

    def read(self, key: Key) -> Record | None:
        """Give a record, or None."""
        answer = self._call("get_item", Key=_key(key), ConsistentRead=True)
        item = answer.get("Item")
        if not item or int(item.get("expires", {}).get("N", "0")) < self._clock():
            return None
        return {name: value["S"] for name, value in item.items() if "S" in value}

    def move(self, key: Key, before: tuple[str, ...], state: str, expires: int | None = None) -> bool:
        """Change a record's state if it is one of `before`; False when it is another or there is no record."""
        mine = secrets.token_hex(8)
        values = {f":b{place}": {"S": value} for place, value in enumerate(before)}
        ends = {":expires": {"N": str(expires)}} if expires is not None else {}
        return self._written(
            "update_item",
            Key=_key(key),
            UpdateExpression="SET #state = :state, writer = :mine" + (", expires = :expires" if ends else ""),
            ConditionExpression=f"#state IN ({', '.join(values)}) OR (#state = :state AND writer = :mine)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={**values, **ends, ":state": {"S": state}, ":mine": {"S": mine}},
        )

    def join(self, key: Key, member: str, limit: int, expires: int) -> bool:
        """Count a member, once; False when `limit` others are counted already."""
        return limit > 0 and self._written(
            "update_item",
            Key=_key(key),
            UpdateExpression="ADD members :member SET expires = :expires",
            ConditionExpression="attribute_not_exists(members) OR contains(members, :one) OR size(members) < :limit",
            ExpressionAttributeValues={
                ":member": {"SS": [member]},
                ":one": {"S": member},
                ":limit": {"N": str(limit)},
                ":expires": {"N": str(expires)},
            },
        )

    def leave(self, key: Key, member: str) -> None:
        """Take a member out of the count."""
        self._written(
            "update_item",
            Key=_key(key),
            UpdateExpression="DELETE members :member",
            ConditionExpression="attribute_exists(members)",  # else an empty item without an end would be made
            ExpressionAttributeValues={":member": {"SS": [member]}},
        )

    def forget(self, who: str) -> int:
        """Delete all that is kept under `who`, and tell how many records that was."""
        gone = 0
        while True:
            found = self._call(
                "query",
                KeyConditionExpression="who = :who",
                ExpressionAttributeValues={":who": {"S": who}},
                ProjectionExpression="who, what",
                ConsistentRead=True,
                Limit=BATCH,
            ).get("Items", [])
            if not found:
                return gone
            deletions = [{"DeleteRequest": {"Key": item}} for item in found]
            left = self._call("batch_write_item", RequestItems={self._table: deletions}).get("UnprocessedItems", {})
            gone += len(found) - len(left.get(self._table, []))

    def _written(self, call: str, **wanted: Any) -> bool:
        """Make a conditional write; False when its condition does not hold."""
        try:
            self._call(call, **wanted)
        except _Refused:
            return False
        return True

    def _call(self, call: str, **wanted: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            if "RequestItems" not in wanted:
                wanted["TableName"] = self._table
            answer: dict[str, Any] = getattr(self.client.get(), call)(**wanted)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code == "ConditionalCheckFailedException":
                raise _Refused from None
            raise StoreError(code) from None
        except BotoCoreError as error:
            raise StoreError(type(error).__name__) from None
        return answer


class _Refused(Exception):  # noqa: N818 - an answer, not an error: it never leaves this module
    """The condition of a write does not hold."""


def _key(key: Key) -> dict[str, Any]:
    return {"who": {"S": key[0]}, "what": {"S": key[1]}}


@dataclass(slots=True)
class _Kept:
    expires: int
    record: dict[str, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)


class MemoryStore:
    """The stand-in: the same promises inside one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Take the clock that decides what has expired."""
        self.kept: dict[Key, _Kept] = {}
        #: Set to make every call fail, as an unreachable store does.
        self.broken = False
        self._clock = clock
        self._lock = threading.Lock()

    def put_once(self, key: Key, record: Record, expires: int) -> bool:
        """Keep a record; False when there is one already."""
        with self._open() as kept:
            if self._alive(key):
                return False
            kept[key] = _Kept(expires, dict(record))
            return True

    def read(self, key: Key) -> Record | None:
        """Give a record, or None."""
        with self._open() as kept:
            return dict(kept[key].record) if self._alive(key) else None

    def move(self, key: Key, before: tuple[str, ...], state: str, expires: int | None = None) -> bool:
        """Change a record's state if it is one of `before`; False when it is another or there is no record."""
        with self._open() as kept:
            if not self._alive(key) or kept[key].record.get("state") not in before:
                return False
            kept[key].record["state"] = state
            kept[key].expires = kept[key].expires if expires is None else expires
            return True

    def join(self, key: Key, member: str, limit: int, expires: int) -> bool:
        """Count a member, once; False when `limit` others are counted already."""
        with self._open() as kept:
            members = kept[key].members if self._alive(key) else set()
            if limit <= 0 or (member not in members and len(members) >= limit):
                return False
            kept[key] = _Kept(expires, members=members | {member})
            return True

    def leave(self, key: Key, member: str) -> None:
        """Take a member out of the count."""
        with self._open() as kept:
            if key in kept:
                kept[key].members.discard(member)

    def forget(self, who: str) -> int:
        """Delete all that is kept under `who`, and tell how many records that was."""
        with self._open() as kept:
            found = [key for key in kept if key[0] == who]
            for key in found:
                del kept[key]
            return len(found)

    def _alive(self, key: Key) -> bool:
        return key in self.kept and self.kept[key].expires >= self._clock()

    @contextmanager
    def _open(self) -> Iterator[dict[Key, _Kept]]:
        if self.broken:
            raise StoreError("set to be unreachable")
        with self._lock:
            yield self.kept
