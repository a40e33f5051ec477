"""The words that leave: the text message, and the script that is agreed to before it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from html import unescape
from pathlib import Path

import pytest

import content
from skill.handlers.texting import script_version
from skill.say import Voice
from tools import opt_in

#: The letters of a text that counts 160 to one part (3GPP TS 23.038), and those that count double.
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = set("^{}\\[~]|€")
ONE_PART = 160
SENDER = "Second Opinion Guide"
#: What a lock screen may not show, in the languages we may come to speak.
ILLNESS = re.compile(
    r"cancer|c[aá]ncer|tumor|oncolog|chemo|quimio|radiation|diagnos|treatment|tratamiento|disease|enfermedad|\bill\b|illness|patient"
    r"|paciente|hospital|doctor|hopeline|medic",
    re.IGNORECASE,
)
#: Each version of each locale's script and what it was. A version is never given other words: add a line.
VERSIONS = tomllib.loads((Path(__file__).parent / "consent_versions.toml").read_text(encoding="utf-8"))
DOCS = Path(__file__).parents[2] / "docs" / "texting.md"


def length(body: str) -> int:
    """Count a text's letters as a phone network does."""
    unknown = set(body) - GSM_7 - DOUBLE
    assert not unknown, f"these letters cut the room to 70: {unknown}"
    return sum(2 if letter in DOUBLE else 1 for letter in body)


def bodies() -> list[tuple[str, str, str]]:
    return [
        (locale, name, Voice(content.load(locale)).written_text(name))
        for locale in content.locales()
        for name in content.load(locale).texts
    ]


@pytest.mark.parametrize(("locale", "name", "body"), bodies(), ids=lambda v: str(v)[:20])
class TestTheMessage:
    def test_it_is_one_part(self, locale: str, name: str, body: str) -> None:
        assert length(body) <= ONE_PART

    def test_it_names_its_sender_first(self, locale: str, name: str, body: str) -> None:
        assert body.startswith(f"{SENDER}:")

    def test_it_shows_no_illness_on_a_lock_screen(self, locale: str, name: str, body: str) -> None:
        assert not ILLNESS.search(body.replace(SENDER, ""))

    def test_it_has_the_number_in_digits_and_letters(self, locale: str, name: str, body: str) -> None:
        assert "800-813-4673" in body
        assert "HOPE" in body

    def test_it_says_what_the_phone_companies_require(self, locale: str, name: str, body: str) -> None:
        for required in ("STOP", "HELP", "data"):
            assert required in body

    def test_it_has_no_link_and_no_sum_of_money(self, locale: str, name: str, body: str) -> None:
        assert not re.search(r"https?:|www\.|\$", body)


def test_the_measure_of_a_text_knows_what_costs_more() -> None:
    assert length("a" * 160) == 160
    assert length("[a]") == 5
    with pytest.raises(AssertionError):
        length("it’s")


@pytest.mark.parametrize("locale", content.locales())
class TestTheScript:
    def script(self, locale: str) -> str:
        return content.load(locale).line("consent").say

    def test_it_says_all_that_must_be_said(self, locale: str) -> None:
        script = self.script(locale)
        assert SENDER in script
        for required in ("one text", "rates may apply", "STOP", "HELP", "terms", "privacy"):
            assert required in script
        assert "?" not in script
        assert not ILLNESS.search(script.replace(SENDER, ""))

    def test_its_words_belong_to_its_version_for_ever(self, locale: str) -> None:
        version = script_version(Voice(content.load(locale)))
        digest = hashlib.sha256(self.script(locale).encode()).hexdigest()
        assert VERSIONS.get(version) == digest, f"new words need a new consent_version, and a line here: {digest}"

    def test_it_has_nothing_to_fill_in(self, locale: str) -> None:
        assert "{" not in self.script(locale)


def test_what_is_filed_is_what_is_said() -> None:
    filed = " ".join(DOCS.read_text(encoding="utf-8").replace("\n>", "\n").split())
    voice = Voice(content.load("en-US"))
    assert voice.content.line("consent").say in filed
    assert voice.written_text("helpline") in filed
    assert script_version(voice) in filed
    for question in ("ask_account", "ask_own", "ask_spoken", "text_sent"):
        say = voice.content.line(question).say
        filled = say.format(last_two="4 2", readback="2 0 2, 5 5 5, 0 1 4 3", hopeline="8 0 0, 8 1 3, 4 6 7 3")
        assert filled in filed, f"the page the operator files says something else than {question}"


def test_the_picture_for_the_registration_shows_the_words_that_are_spoken() -> None:
    shown = " ".join(unescape(opt_in.page()).split())
    voice = Voice(content.load("en-US"))
    assert voice.content.line("consent").say in shown
    assert voice.written_text("helpline") in shown
    assert "Shall I send it?" in shown
