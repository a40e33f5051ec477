"""Who is the patient: the speaker, or somebody the speaker names?

Naming somebody is not asking for them: a husband comes along, a daughter thinks so, a mother had it before. So:

- The speaker is meant where the sentence says the speaker has it ("i have cancer too", "for me"). From then on the
  conversation is about the speaker.
- A person who is named is meant where they are ill, where something is asked for or about them or of what is theirs, or
  where they need, should, have or get something. From then on the conversation is about them.
- Of a person who says, thinks or wants something, the first one spoken of after that decides: "my mom says she",
  "my mom says i". A person who only comes along, drives or pays is not meant.
- A person who is merely named is meant, unless the speaker needs, should, has or gets something in the same sentence.
- "She", "her", "him" mean the person the conversation is about, by the same rules.
- A sentence that is plainly about the speaker ("do i need one", "my doctor") while the conversation is about somebody
  else is answered for the speaker, and the conversation stays with that person: people who care for somebody also say
  "my doctor" of that person's.
- A sentence that speaks of nobody is about whom the conversation is about.

The words are each locale's own (interactionModels/<locale>/whom.toml); the rules are here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["patient", "named", "speaker", "beside"]


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a sentence is about: a key of the content's people, "" for the speaker, None where nobody is spoken of."""

    who: str | None
    #: Whether the conversation is about them from here on.
    lasting: bool = False


NOBODY = Meant(None)


def _plain(said: str) -> str:
    return " ".join(said.lower().replace("\u2019", "'").split())


def _one_of(phrases: Iterable[str], ending: str) -> re.Pattern[str]:
    """Compile a pattern for any of some phrases, the longest first, and what may follow it."""
    longest_first = sorted(map(re.escape, phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w'])({'|'.join(longest_first)}){ending}")


class Whom:
    """Tells whom a sentence is about, by the words of one locale."""

    def __init__(self, people: Mapping[str, str], words: Mapping[str, Any]) -> None:
        """Take the phrases that name people (phrase to key), and what `whom.toml` holds."""
        self._people = people
        self._pronouns: Mapping[str, str] = words["pronouns"]
        illness = "|".join(words["illness"])

        def any_of(name: str) -> re.Pattern[str]:
            return re.compile("|".join(words[name]).replace("ILLNESS", illness))

        self._patient, self._claims, self._needs = any_of("patient"), any_of("claims"), any_of("needs")
        self._ill, self._was_ill, self._beside = any_of("ill"), any_of("was_ill"), any_of("beside")
        self._says, self._theirs = any_of("says"), any_of("theirs")
        self._to_speaker = re.compile(words["to_speaker"])
        self._speaker, self._turns = frozenset(words["speaker"]), frozenset(words["turns"])
        self._name = _one_of(people, rf"(?:'s ({'|'.join(words['kin'])}))?(?![\w-])")
        self._pronoun = _one_of(self._pronouns, r"(?![\w'])")
        self._she_or_he = _one_of(set(self._pronouns) - set(words["doctors_too"]), r"(?![\w'])")

    def meant(self, said: str, about: str = "") -> Meant:
        """Tell whom a sentence is about, when the conversation was about `about` before it."""
        text = _plain(said)
        if self._patient.search(text):
            return Meant("", lasting=True)
        roles = [(self._role(marked), key) for marked, key in self._marked(text, about)]
        for role in ("patient", "speaker", "named"):
            key = next((key for found, key in roles if found == role), None)
            if key is None:
                continue
            if role == "patient" or (role == "named" and not self._speaks_for_self(text)):
                return Meant(key, lasting=True)
            return Meant("")
        return Meant("") if self._claims.search(text) else NOBODY

    def named(self, said: str, about: str = "") -> str:
        """Give whoever is named first, whatever they are to the sentence; "" where nobody is named."""
        return next((key for _, key in self._marked(_plain(said), about)), "")

    def _speaks_for_self(self, text: str) -> bool:
        return bool(self._needs.search(text) or self._claims.search(text))

    def _marked(self, text: str, about: str) -> Iterator[tuple[str, str]]:
        """Give the sentence once for each person in it, with "@" in their place and "#" for the others."""
        found = [(m.start(), m.end(), "", self._named(m)) for m in self._name.finditer(text)]
        if not found and about and self._pronoun.search(text):
            # One person under several pronouns.
            yield self._pronoun.sub(lambda pronoun: self._pronouns[pronoun[1]], text), about
        for place, (_, _, _, key) in enumerate(found):
            marked, at = "", 0
            for other, (start, end, _, _) in enumerate(found):
                marked += text[at:start] + ("@" if other == place else "#")
                at = end
            yield marked + text[at:], key

    def _named(self, match: re.Match[str]) -> str:
        phrase, kin = match.group(1), match.group(2)
        return self._people.get(f"my {kin}", self._people[phrase]) if kin else self._people[phrase]

    def _role(self, text: str) -> Role:
        """Tell what the person marked "@" is to the sentence."""
        if self._ill.search(text):
            return "patient"
        if self._beside.search(text):
            return "beside"
        if says := self._says.search(text):
            to_speaker = self._to_speaker.search(text, says.start())
            told = to_speaker and to_speaker.start() < says.end()
            if role := self._spoken_of(text[to_speaker.end() if to_speaker and told else says.end() :]):
                return role
        if self._was_ill.search(text) and self._speaks_for_self(text):
            return "speaker"
        after = text[text.index("@") + 1 :]
        return "patient" if self._theirs.search(text) or self._she_or_he.search(after) else "named"

    def _spoken_of(self, clause: str) -> Role | None:
        """Tell who is spoken of first in what somebody says, thinks or wants; None before the next clause begins."""
        for word in clause.split():
            if word in self._turns:
                return None
            if word in self._speaker:
                return "speaker"
            if word.startswith("#"):
                return "beside"
            if word.startswith("@") or self._pronoun.fullmatch(word):
                return "patient"
        return None
