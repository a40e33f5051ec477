"""What the lines of the conversation invite a person to say, read from their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from content import Content

#: Where an invitation begins: "say: ...", "you can ask: ...", and "or: ..." and "for example: ..." after one.
_OPENS = re.compile(r"\b(?:say|ask|or|example): ", re.IGNORECASE)
#: Without a colon, one is invited to say these words, and to nothing else.
SINGLE = ("yes", "no", "stop", "help")
_SINGLE = re.compile(rf"\bsay ({'|'.join(SINGLE)})\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
#: What stands in the same sentence and is not to be said: what it is for, or what comes of it.
_PURPOSE = re.compile(r", (?:for|to|and) .*")


def sentences(content: Content) -> Iterator[tuple[str, str]]:
    """Give every sentence of every line's prompt and reprompt, with the line's key."""
    for key, line in content.lines.items():
        for text in (line.say, line.reprompt):
            for sentence in _SENTENCE.split(text or ""):
                yield key, sentence


def invited(sentence: str) -> list[str]:
    """List what one sentence invites to, in the words a person would use."""
    if opened := _OPENS.search(sentence):
        wanted = _PURPOSE.sub("", sentence[opened.end() :].strip(" .?!"))
        return [part.lower() for part in re.split(r",? or |, ", wanted)]
    return [found.lower() for found in _SINGLE.findall(sentence)]


def invitations(content: Content) -> set[tuple[str, str]]:
    """Gather all that may be said because a line said so, as (key of the line, words)."""
    return {(key, phrase) for key, sentence in sentences(content) for phrase in invited(sentence)}
