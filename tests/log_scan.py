"""Listens to every log record of a test and finds what may not be in one: numbers, ids, what people said."""

from __future__ import annotations

import logging
import re

NUMBER = re.compile(r"(?<!\d)\+?1?[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)")
#: Ids of requests and messages, whose digits may look like a number by chance.
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}")
ID = re.compile(r"amzn1\.(ask\.(account|person|device)|echo-api\.session)|Bearer ")
#: Shorter words turn up by chance.
LEAST_CHARACTERS = 8


class LogScan(logging.Handler):
    """Keeps what was logged, at every level, by anybody."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()} {record.exc_text or record.exc_info or ''}")

    def __enter__(self) -> LogScan:
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)

    def check(self, said: list[str] | None = None) -> None:
        """Raise AssertionError for a number, an id or one of the sentences `said` in anything that was logged."""
        for line in self.lines:
            assert not NUMBER.search(RANDOM.sub("", line)), f"a telephone number in the log: {line}"
            assert not ID.search(line), f"an id in the log: {line}"
            for sentence in said or []:
                if len(sentence) >= LEAST_CHARACTERS:
                    assert sentence.lower() not in line.lower(), f"what somebody said in the log: {line}"
