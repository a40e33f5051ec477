"""Time that is left for a reply: Alexa waits eight seconds, and nobody frightened should wait half of that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class TooLateError(TimeoutError):
    """Something of the outside world did not answer in the time there was."""


class Deadline:
    """A point in time that several calls share."""

    def __init__(self, seconds: float) -> None:
        """Begin to count `seconds` from now."""
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Give the seconds that are left; never less than zero."""
        return max(0.0, self._end - time.monotonic())


class _Errand(Generic[T]):
    """One call on its way in a thread of its own."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._done = threading.Event()
        self._result: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result.append(self._call())
        except BaseException as error:  # handed to whoever waits; nobody may be left waiting
            self._error = error
        self._done.set()

    def result(self, seconds: float) -> T:
        if not self._done.wait(seconds):
            raise TooLateError
        if self._error is not None:
            raise self._error
        return self._result[0]


def within(seconds: float, call: Callable[[], T]) -> T:
    """Give what `call` gives, or raise `TooLateError` after so many seconds; the call then ends by itself.

    With no time left it is not even begun.

    Socket timeouts alone do not bound a reply: they do not cover looking up a name, making a client, or a
    service that sends one byte now and then.
    """
    if seconds <= 0:
        raise TooLateError
    errand = _Errand(call)
    threading.Thread(target=errand.run, daemon=True).start()
    return errand.result(seconds)
