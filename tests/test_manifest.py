"""The skill's store listing and manifest: valid, within Amazon's limits, honest, and true to the model and the code."""

from __future__ import annotations

import copy
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from smapi_schema import validate

import content
from skill import names
from tools import icons
from tools.runtime import ROOT

PACKAGE = ROOT / "skill-package"
SCHEMA = "v1.skill.Manifest.SkillManifestEnvelope"
ENVELOPE: dict[str, Any] = json.loads((PACKAGE / "skill.json").read_text(encoding="utf-8"))
MANIFEST = ENVELOPE["manifest"]
LISTINGS: dict[str, dict[str, Any]] = MANIFEST["publishingInformation"]["locales"]
PRIVACY = MANIFEST["privacyAndCompliance"]
MODELS = sorted((PACKAGE / "interactionModels" / "custom").glob("*.json"))
#: Words that promise what no skill may promise, or belong to somebody else.
CLAIMS = ("cure", "treat", "diagnos", "save", "heal ", "prevent", "life-saving")
BRANDS = ("cancercare", "hopeline", "alexa", "amazon", "echo")
#: What the operator writes in before the first deployment, as it stands in the repository.
PLACEHOLDERS = ("arn:aws:lambda:us-east-1:000000000000:function:second-opinion-guide", "https://example.org/")


def _language(locale: str) -> dict[str, Any]:
    model = json.loads((PACKAGE / "interactionModels" / "custom" / f"{locale}.json").read_text(encoding="utf-8"))
    language: dict[str, Any] = model["interactionModel"]["languageModel"]
    return language


def _plain(phrase: str) -> str:
    """Write a phrase the way samples are written: lower case, no punctuation but apostrophes."""
    return " ".join(re.sub(r"[^\w' ]+", " ", phrase.lower()).split())


# -- Amazon's schema ---------------------------------------------------------------------------------


@pytest.mark.node
def test_it_is_valid_against_amazons_schema() -> None:
    assert validate(SCHEMA, ENVELOPE) == []


def _misspell_a_key(m: dict[str, Any]) -> None:
    m["privacyAndCompliance"]["usesPersonalInformation"] = m["privacyAndCompliance"].pop("usesPersonalInfo")


def _misspell_a_permission(m: dict[str, Any]) -> None:
    m["permissions"][0]["name"] = "alexa::profile:mobile:read"


def _misspell_an_interface(m: dict[str, Any]) -> None:
    m["apis"]["custom"]["interfaces"][0]["type"] = "ALEXA_PRESENTATION"


def _misspell_an_event(m: dict[str, Any]) -> None:
    m["events"]["subscriptions"][0]["eventName"] = "SKILL_GONE"


def _forget_the_events_endpoint(m: dict[str, Any]) -> None:
    del m["events"]["endpoint"]


def _say_yes_in_words(m: dict[str, Any]) -> None:
    m["privacyAndCompliance"]["usesPersonalInfo"] = "true"


def _write_too_long_a_summary(m: dict[str, Any]) -> None:
    m["publishingInformation"]["locales"]["en-US"]["summary"] = "x" * 161


@pytest.mark.node
@pytest.mark.parametrize(
    "spoil",
    [
        _misspell_a_key,
        _misspell_a_permission,
        _misspell_an_interface,
        _misspell_an_event,
        _forget_the_events_endpoint,
        _say_yes_in_words,
        _write_too_long_a_summary,
    ],
)
def test_the_schema_would_notice(spoil: Callable[[dict[str, Any]], None]) -> None:
    spoiled = copy.deepcopy(ENVELOPE)
    spoil(spoiled["manifest"])
    assert validate(SCHEMA, spoiled) != []


# -- the listing -------------------------------------------------------------------------------------


def test_every_locale_has_a_model_a_listing_and_its_privacy_pages() -> None:
    locales = {file.stem for file in MODELS}
    assert locales
    assert set(LISTINGS) == locales == set(PRIVACY["locales"])
    for pages in PRIVACY["locales"].values():
        assert set(pages) == {"privacyPolicyUrl", "termsOfUseUrl"}
        assert all(url.startswith("https://") for url in pages.values())


@pytest.mark.parametrize("locale", sorted(LISTINGS))
def test_the_listing_keeps_to_amazons_lengths(locale: str) -> None:
    listing = LISTINGS[locale]
    assert 2 <= len(listing["name"]) <= 50
    assert 0 < len(listing["summary"]) <= 160
    assert 0 < len(listing["description"]) <= 4000
    assert len(listing["examplePhrases"]) == 3
    assert all(len(phrase) <= 200 for phrase in listing["examplePhrases"])
    assert 0 < len(listing["keywords"]) <= 30
    assert all(len(word) <= 150 for word in listing["keywords"])
    assert len(set(listing["keywords"])) == len(listing["keywords"])
    assert 0 < len(MANIFEST["publishingInformation"]["testingInstructions"]) <= 4000


@pytest.mark.parametrize("locale", sorted(LISTINGS))
def test_example_phrases_are_real(locale: str) -> None:
    language = _language(locale)
    samples = {sample: intent["name"] for intent in language["intents"] for sample in intent.get("samples", [])}
    first, *others = LISTINGS[locale]["examplePhrases"]
    assert _plain(first).startswith("alexa ")
    assert _plain(first).endswith(f" {language['invocationName']}")
    topics = content.load(locale).topic_by_intent
    for phrase in others:
        assert samples.get(_plain(phrase)) in topics, f"{phrase!r} is no sample of a topic's intent"


def test_the_english_examples_are_the_two_named_questions() -> None:
    first, *others = LISTINGS["en-US"]["examplePhrases"]
    assert first == "Alexa, open second opinion guide"
    assert [_plain(o) for o in others] == ["should i get a second opinion", "how do i ask my doctor"]


@pytest.mark.parametrize("locale", sorted(LISTINGS))
def test_every_phrase_the_description_suggests_can_be_said(locale: str) -> None:
    language = _language(locale)
    samples = {sample for intent in language["intents"] for sample in intent.get("samples", [])}
    invocation = language["invocationName"]
    suggested = re.findall(r'"([^"]+)"', LISTINGS[locale]["description"])
    assert len(suggested) >= 3
    for phrase in map(_plain, suggested):
        asked = re.fullmatch(rf"alexa \w+ {invocation}(?: (.*))?", phrase)
        assert (asked[1] or "") in {"", *samples} if asked else phrase in samples, phrase


@pytest.mark.parametrize("locale", sorted(LISTINGS))
def test_nothing_is_claimed_and_nobodys_name_is_used(locale: str) -> None:
    listing = LISTINGS[locale]
    for text in (listing["name"], listing["summary"], *listing["keywords"], _language(locale)["invocationName"]):
        for word in (*CLAIMS, *BRANDS):
            assert word not in text.lower(), (word, text)
    assert not re.search(r"\bapp\b", listing["description"], re.IGNORECASE), "a skill is no app"


def test_the_description_says_what_it_must() -> None:
    words = LISTINGS["en-US"]["description"]
    for part in (
        "does not give medical advice",
        "not a substitute for professional medical advice",
        "local emergency number",
        "not affiliated with, sponsored by or endorsed by CancerCare",
        "Message and data rates may apply",
        "STOP",
        "HELP",
        "cell phone",
        "only with your permission",
    ):
        assert part in words, part


def test_no_number_is_typed_into_the_manifest() -> None:
    digits = re.sub(r"\D", "", re.sub(r"\d{12}|\d+x\d+", "", json.dumps(MANIFEST)))
    for phone in content.load("en-US").phones.values():
        if len(phone.digits) > 3:
            assert phone.digits not in digits, phone.id


# -- compliance, permissions, endpoints ----------------------------------------------------------------


def test_the_answers_to_amazons_questions() -> None:
    answers = {key: value for key, value in PRIVACY.items() if key != "locales"}
    assert answers == {
        "allowsPurchases": False,
        "usesPersonalInfo": True,  # the mobile number
        "isChildDirected": False,
        "isExportCompliant": True,
        "containsAds": False,
    }
    # usesHealthInfo would say that we handle records for a hospital or an insurer; we do not.
    assert "usesHealthInfo" not in json.dumps(ENVELOPE)
    publishing = MANIFEST["publishingInformation"]
    assert publishing["category"] == "HEALTH_AND_FITNESS"
    assert publishing["distributionCountries"] == ["US"]
    assert publishing["isAvailableWorldwide"] is False


def test_permissions_are_those_the_code_uses() -> None:
    # person_id makes Alexa name a recognized speaker, so that a text goes to their own phone, not the account's.
    asked = {p["name"] for p in MANIFEST["permissions"]}
    assert asked == {names.MOBILE_NUMBER_SCOPE, "alexa::person_id:read"}
    assert "/v2/persons/" in (ROOT / "lambda" / "skill" / "contacts.py").read_text(encoding="utf-8")


def test_events_are_those_the_code_knows() -> None:
    def spoken_of(event: str) -> str:
        return names.SKILL_EVENT_PREFIX + event.title().replace("_", "")

    subscribed = {spoken_of(s["eventName"]) for s in MANIFEST["events"]["subscriptions"]}
    assert subscribed == {names.SKILL_DISABLED, names.PERMISSION_ACCEPTED, names.PERMISSION_CHANGED}


def test_requests_and_events_go_to_one_function() -> None:
    assert MANIFEST["apis"]["custom"]["endpoint"] == MANIFEST["events"]["endpoint"]
    declared = [i["type"] for i in MANIFEST["apis"]["custom"]["interfaces"]]
    assert declared == [names.APL_INTERFACE.upper().replace(".", "_")]


def test_what_the_operator_must_fill_in_is_marked_and_listed() -> None:
    text = (PACKAGE / "skill.json").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    for placeholder in PLACEHOLDERS:
        assert placeholder in text
        assert placeholder in guide, f"docs/operate.md does not tell the operator to replace {placeholder}"


def test_ask_cli_finds_the_package_and_makes_no_function_of_its_own() -> None:
    profile = json.loads((ROOT / "ask-resources.json").read_text())["profiles"]["default"]
    assert (ROOT / profile["skillMetadata"]["src"]).resolve() == PACKAGE
    assert set(profile) == {"skillMetadata"}


# -- icons ---------------------------------------------------------------------------------------------


def _icon(uri: str) -> Path:
    assert uri.startswith("file://assets/")
    return PACKAGE / uri.removeprefix("file://")


@pytest.mark.parametrize("locale", sorted(LISTINGS))
@pytest.mark.parametrize(("field", "size"), [("smallIconUri", 108), ("largeIconUri", 512)])
def test_icons_have_the_size_alexa_asks_for(locale: str, field: str, size: int) -> None:
    data = _icon(LISTINGS[locale][field]).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (size, size)


@pytest.mark.parametrize("size", icons.SIZES)
def test_icons_are_what_the_tool_draws(size: int) -> None:
    drawn = icons.read(icons.FOLDER / f"icon-{size}.png")
    assert (len(drawn), len(drawn[0])) == (size, size)
    step = max(1, size // 90)
    for row in range(0, size, step):
        for column in range(0, size, step):
            assert drawn[row][column] == icons.pixel(size, row, column), (row, column)


def _light(colour: icons.Colour) -> float:
    """Give the relative luminance that WCAG defines."""
    parts = [c / 255 for c in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [icons.TEAL, icons.WHITE])
def test_icons_are_easy_to_see(colour: icons.Colour) -> None:
    assert (_light(colour) + 0.05) / (_light(icons.BLUE) + 0.05) >= 7
    drawn = icons.read(icons.FOLDER / "icon-108.png")
    share = sum(row.count(colour) for row in drawn) / 108**2
    assert share > 0.05


def test_the_mark_stays_inside_the_circle_alexa_cuts() -> None:
    drawn = icons.read(icons.FOLDER / "icon-108.png")
    for row in range(108):
        for column in range(108):
            if drawn[row][column] != icons.BLUE:
                assert (row - 53.5) ** 2 + (column - 53.5) ** 2 < 52**2
