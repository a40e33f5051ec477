"""Whom a crisis is about: the person who speaks, or somebody else."""

from __future__ import annotations

from collections.abc import Collection

from skill.listening.safety.phrases import Lexicon

_OWN = frozenset({"i", "me", "myself", "yo"})
_THIRD = frozenset({"he", "she", "they", "ella", "el"})
_THEIRS = frozenset({"he", "she", "him", "her", "his", "himself", "herself", "themselves"})
_REFLEXIVE = frozenset({"himself", "herself", "themselves"})
#: "What do I do", "how can I help": the one who asks is not the one it is about.
_ASKING = frozenset({"do", "should", "can", "could", "would", "did", "how"})
_HELPING = frozenset(
    {"do", "say", "help", "stop", "tell", "call", "keep", "know", "get", "take", "hide", "leave", "talk"}
)
#: Endings of Spanish verbs that turn the deed on oneself (matarme) or on himself, herself (matarse).
_MINE, _HIS = ("arme", "irme", "erme"), ("arse", "irse", "erse")


class People:
    """Tells whom words are about, by the grammar around them."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lists it needs from the lexicon's shared file."""
        self._kin: set[str] = lexicon.single("KIN")
        self._say: Collection[str] = lexicon.single("SAY")
        self._quoting: Collection[str] = lexicon.single("QUOTING")
        self._anybody: Collection[str] = lexicon.single("ANYBODY")
        self._object: Collection[str] = lexicon.single("OBJECT_OF")

    def weigh(self, words: list[str], start: int, end: int) -> int:
        """Tell whom the words from `start` to `end` are about: above zero somebody else, below the speaker."""
        inside = words[start:end]
        if "myself" not in inside and not _REFLEXIVE.isdisjoint(words[start : end + 3]):
            return 2
        own = next((at for at in range(start, end) if self._is_own(words, at)), None)
        if own is not None:
            subject = next((at for at in range(own, -1, -1) if words[at] == "i" or words[at] in _THIRD), own)
            return 2 if any(self._quoted(words, at) for at in {own, start, subject}) else -2
        if any(words[at] in _THEIRS or self._acts(words, at) for at in range(start, end)):
            return 2
        if "you" in inside:
            return -2  # "how do you end it": asked in general, and most likely about oneself
        for word in inside:
            if word == "se" or (word.endswith(_HIS) and len(word) > 5):
                return 2
            if word in {"quiero", "quisiera", "deseo"} or (word.endswith(_MINE) and len(word) > 5):
                return -2
        return self._subject(words, start, end)

    def _subject(self, words: list[str], start: int, end: int) -> int:
        for at in range(start - 1, -1, -1):
            if words[at] == "i" and at and words[at - 1] in self._kin and words[at + 1] in {"love", "know", "care"}:
                return 1  # "somebody I love"
            if words[at] in {"i", "yo"} and self._is_own(words, at):
                return 1 if self._quoted(words, at) else -1
            owner = words[at + 1 : start + 1] == ["'s", words[start]] and not words[start].startswith("suicid")
            if words[at] in _THIRD or (self._acts(words, at) and not owner):
                return 1
        return 1 if not self._kin.isdisjoint(words[end : end + 2]) else -1  # "suicidal husband"

    def _is_own(self, words: list[str], at: int) -> bool:
        """Tell whether a word stands for the speaker, not as in "my husband" or "what do I do"."""
        if words[at] == "my":
            return self._kin.isdisjoint(words[at + 1 : at + 3])
        asks = words[at] == "i" and at and words[at - 1] in _ASKING and not _HELPING.isdisjoint(words[at + 1 : at + 2])
        return words[at] in _OWN and not asks

    def _acts(self, words: list[str], at: int) -> bool:
        """Tell whether the person named at a place does something, rather than being lost, missed or told."""
        if words[at] not in self._kin:
            return False
        follower = words[at + 1] if at + 1 < len(words) else ""
        named = follower in {"who", "that", "is"} or follower in self._say
        if words[at] in self._anybody:
            return named or follower in {"in", "i", "you", "at", "with"}
        before = at - 1
        while before >= 0 and words[before] in {"my", "our", "best", "his", "her", "little", "old", "dear"}:
            before -= 1
        return before < 0 or words[before] not in self._object or named

    def _quoted(self, words: list[str], at: int) -> bool:
        """Tell whether somebody else is quoted: a person and a verb of saying stand directly before."""
        while at > 0 and words[at - 1] in self._quoting:
            at -= 1
        if at == 0 or words[at - 1] not in self._say:
            return False
        for back in range(at - 2, max(-1, at - 9), -1):
            if words[back] in {"i", "you", "we", "doctor", "nurse"}:
                return False
            if words[back] in _THIRD or words[back] in self._kin:
                return True
        return False
