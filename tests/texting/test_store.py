"""The store: one promise, kept by DynamoDB's API and by the stand-in alike."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.loopback.aws import TABLE
from simulator.loopback.server import Answer, Misbehaviour, Service
from simulator.loopback_aws import Loopback
from skill.store import DynamoStore, MemoryStore, Store, StoreError

KEY = ("person#p", "text#t")
DAY = ("number#n", "day#2026-11-22")
PATIENT = 20.0  # two cores play every part here


class Clock:
    """A clock that tests may turn."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def soon() -> int:
    return int(time.time()) + 100


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["dynamodb", "memory"])
def store(request: pytest.FixtureRequest, clock: Clock) -> Store:
    if request.param == "memory":
        return MemoryStore(clock)
    loop: Loopback = request.getfixturevalue("loop")
    loop.aws.reset()
    return DynamoStore(TABLE, endpoint=loop.aws.url, patience=PATIENT, clock=clock)


def test_a_record_is_kept_once(store: Store) -> None:
    assert store.put_once(KEY, {"state": "claimed", "script": "en-US/1"}, soon())
    assert not store.put_once(KEY, {"state": "other"}, soon())
    kept = store.read(KEY)
    assert kept is not None
    assert (kept["state"], kept["script"]) == ("claimed", "en-US/1")
    assert store.read(("person#p", "text#other")) is None


def test_of_many_at_once_one_keeps_the_record(store: Store) -> None:
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda n: store.put_once(KEY, {"state": str(n)}, soon()), range(32)))
    assert won.count(True) == 1
    kept = store.read(KEY)
    assert kept is not None
    assert kept["state"] == str(won.index(True))


def test_what_has_expired_is_gone_although_it_may_still_lie_there(store: Store, clock: Clock) -> None:
    store.put_once(KEY, {"state": "old"}, soon())
    clock.ahead = 200
    assert store.read(KEY) is None
    assert store.put_once(KEY, {"state": "new"}, soon() + 200)


def test_a_state_changes_only_from_where_it_is_expected(store: Store) -> None:
    store.put_once(KEY, {"state": "claimed"}, soon())
    assert store.move(KEY, ("claimed",), "later")
    assert not store.move(KEY, ("claimed",), "sent")
    assert store.move(KEY, ("claimed", "later"), "sent", soon() + 50)
    assert not store.move(("person#p", "text#other"), ("claimed",), "sent")
    kept = store.read(KEY)
    assert kept is not None
    assert kept["state"] == "sent"


def test_of_many_at_once_one_changes_the_state(store: Store) -> None:
    store.put_once(KEY, {"state": "later"}, soon())
    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(lambda _: store.move(KEY, ("later",), "sending"), range(32)))
    assert won.count(True) == 1


def test_a_count_goes_no_higher_than_its_limit(store: Store) -> None:
    with ThreadPoolExecutor(16) as pool:
        joined = list(pool.map(lambda n: store.join(DAY, f"m{n}", 3, soon()), range(32)))
    assert joined.count(True) == 3
    assert store.join(DAY, f"m{joined.index(True)}", 3, soon()), "one that is counted is not counted again"
    store.leave(DAY, f"m{joined.index(True)}")
    assert store.join(DAY, "another", 3, soon())
    assert not store.join(DAY, "one more", 3, soon())


def test_a_limit_of_none_lets_nobody_in(store: Store) -> None:
    assert not store.join(DAY, "m", 0, soon())


def test_leaving_twice_or_from_nowhere_does_no_harm(store: Store) -> None:
    store.leave(DAY, "m")
    store.join(DAY, "m", 1, soon())
    store.leave(DAY, "m")
    store.leave(DAY, "m")
    assert store.join(DAY, "other", 1, soon())
    assert not store.join(DAY, "m", 1, soon())


def test_all_of_one_and_nothing_of_another_is_forgotten(store: Store) -> None:
    for n in range(60):
        store.put_once(("person#p", f"text#{n}"), {"state": "sent"}, soon())
    store.put_once(("person#other", "text#1"), {"state": "sent"}, soon())
    assert store.forget("person#p") == 60
    assert store.forget("person#p") == 0
    assert store.read(("person#p", "text#1")) is None
    assert store.read(("person#other", "text#1")) is not None


class Lossy(Service):
    """Stands before DynamoDB and loses the answer to the first request: it was done, and nobody heard."""

    def __init__(self, url: str) -> None:
        self.to, self.lose = url, 0
        super().__init__()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        kept = {k: v for k, v in headers.items() if k not in {"host", "content-length", "accept-encoding"}}
        request = urllib.request.Request(self.to + path, body, kept, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as done:
                answer = Answer(done.status, done.read(), "application/x-amz-json-1.0")
        except urllib.error.HTTPError as refused:
            with refused:
                answer = Answer(refused.code, refused.read(), "application/x-amz-json-1.0")
        if self.lose:
            self.lose -= 1
            raise Misbehaviour("drop")
        return answer


@pytest.fixture
def lossy(loop: Loopback) -> Iterator[tuple[Lossy, DynamoStore]]:
    loop.aws.reset()
    server = Lossy(loop.aws.url)
    yield server, DynamoStore(TABLE, endpoint=server.url, patience=PATIENT)
    server.close()


CHANGES: dict[str, Callable[[Store], bool]] = {
    "put": lambda store: store.put_once(("person#p", "text#new"), {"state": "claimed"}, soon()),
    "move": lambda store: store.move(KEY, ("claimed",), "sent"),
    "join": lambda store: store.join(DAY, "m", 1, soon()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_whose_answer_was_lost_is_still_ours(lossy: tuple[Lossy, DynamoStore], change: str) -> None:
    server, store = lossy
    store.put_once(KEY, {"state": "claimed"}, soon())
    server.lose = 1
    assert CHANGES[change](store), "the second attempt must know the first one's change as its own"
    assert server.lose == 0, "no answer was lost, so this test shows nothing"


class Broken(Service):
    """A DynamoDB that is not well."""

    ways = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if self.ways.startswith("{"):
            return Answer(400, self.ways.encode(), "application/x-amz-json-1.0")
        if self.ways.isdigit():
            return Answer(int(self.ways), b"<html>no</html>", "text/html")
        raise Misbehaviour(self.ways)


def _as_error(name: str) -> str:
    return f'{{"__type":"com.amazonaws.dynamodb.v20120810#{name}","message":"no"}}'


@pytest.mark.parametrize(
    "ways",
    ["500", "503", "drop", "hang"]
    + [
        _as_error(name)
        for name in (
            "ResourceNotFoundException",
            "AccessDeniedException",
            "ProvisionedThroughputExceededException",
            "ThrottlingException",
            "InternalServerError",
        )
    ],
)
def test_whatever_is_wrong_with_the_service_is_a_store_error(ways: str) -> None:
    server = Broken()
    server.ways = ways
    store = DynamoStore(TABLE, endpoint=server.url)
    store.client.get()
    try:
        began = time.monotonic()
        with pytest.raises(StoreError):
            store.put_once(KEY, {"state": "claimed"}, soon())
        if ways == "hang":
            assert time.monotonic() - began < 4, "two attempts and a rest between them"
    finally:
        server.close()


def test_a_store_nobody_listens_for_is_a_store_error() -> None:
    with pytest.raises(StoreError):
        DynamoStore(TABLE, endpoint="http://127.0.0.1:9").read(KEY)


def test_the_stand_in_can_break_too() -> None:
    store = MemoryStore()
    store.broken = True
    for call in (lambda: store.read(KEY), lambda: store.forget("person#p"), lambda: store.join(DAY, "m", 1, soon())):
        with pytest.raises(StoreError):
            call()
