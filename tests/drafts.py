"""A draft of the content: the real words in memory, to be changed like an editor would, and checked."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import content
from tools.content_rules import Rule
from tools.content_rules.book import PROJECT, Book, Finding

#: The day the real words were written down: none of them is stale on it.
TODAY = date(2026, 11, 22)
_read = content.read_toml


@cache
def _parsed(path: Path) -> dict[str, Any]:
    return _read(path)


class Draft:
    """The tables of one locale, as parsed; `with draft.in_use():` makes the content module read them."""

    def __init__(self, locale: str = content.DEFAULT_LOCALE, code: Path = PROJECT / "lambda") -> None:
        self.locale, self.code = locale, code
        self._tables: dict[Path, dict[str, Any]] = {}

    def table(self, path: Path) -> dict[str, Any]:
        if path not in self._tables:
            self._tables[path] = copy.deepcopy(_parsed(path))
        return self._tables[path]

    def local(self, name: str) -> dict[str, Any]:
        return self.table(content.ROOT / "locales" / self.locale / name)

    @property
    def answers(self) -> dict[str, Any]:
        return self.local("answers.toml")

    @property
    def lines(self) -> dict[str, Any]:
        found: dict[str, Any] = self.local("dialog.toml")["line"]
        return found

    @property
    def dialog(self) -> dict[str, Any]:
        return self.local("dialog.toml")

    @property
    def texts(self) -> dict[str, Any]:
        return self.local("texts.toml")

    @property
    def words(self) -> dict[str, Any]:
        return self.local("words.toml")

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.table(content.ROOT / "facts.toml")["fact"]
        return found

    @property
    def checks(self) -> dict[str, Any]:
        found: dict[str, Any] = self.table(content.ROOT / "facts.toml")["check"]
        return found

    @property
    def sources(self) -> dict[str, Any]:
        found: dict[str, Any] = self.table(content.ROOT / "facts.toml")["source"]
        return found

    @property
    def phones(self) -> dict[str, Any]:
        return self.table(content.ROOT / "phones.toml")

    @contextmanager
    def in_use(self) -> Iterator[None]:
        content.load.cache_clear()
        try:
            with mock.patch.object(content, "read_toml", self.table):
                yield
        finally:
            content.load.cache_clear()

    def book(self, today: date = TODAY) -> Book:
        return Book(self.locale, today, self.code)

    def found_by(self, rule: Rule, today: date = TODAY) -> list[Finding]:
        """Apply one rule to the draft."""
        with self.in_use():
            return list(rule(self.book(today)))
