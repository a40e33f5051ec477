"""From "text me the number" to the text: whose phone, the script, a clear yes, and every way round."""

from __future__ import annotations

import json
from typing import Any

import pytest
from texting_world import CELL, CELL_E164, NUMBER_ALOUD, World

import content
from skill import names
from skill.contacts import PERSON_PATH
from skill.rules import token

ACCOUNT_E164, OWN_E164 = "+12025550142", "+12025550177"
SCRIPT = content.load().line("consent").say
WHO = {"account": ACCOUNT_E164, "own": OWN_E164, "spoken": CELL_E164}


@pytest.mark.parametrize("who", WHO)
def test_a_text_leaves_after_the_script_and_a_clear_yes(world: World, who: str) -> None:
    asked = world.to_the_question(who)
    assert SCRIPT in asked.speech
    assert not world.texts, "nothing may leave before the yes"
    said = world.say("yes")
    assert said.keys == ["text_sent", "ask_another"]
    assert NUMBER_ALOUD in said.speech
    assert world.texts == [WHO[who]]


@pytest.mark.parametrize("who", WHO)
def test_the_yes_is_kept_with_time_and_version_and_nothing_else(world: World, who: str) -> None:
    world.say("should i get a second opinion")
    world.to_the_question(who)
    world.say("yes")
    (kept,) = world.records("person#")
    assert (kept["script"], kept["state"]) == ("en-US/1", "sent")
    assert set(kept) == {"who", "what", "number", "at", "script", "state", "day", "expires", "writer"}
    assert 89 < (int(kept["expires"]) - int(kept["at"])) / 86400 < 91
    everything = json.dumps(world.loop.aws.items())
    for secret in (WHO[who][1:], WHO[who][2:], world.device.user_id, "when_needed", "second", "helpline"):
        assert secret not in everything


def test_the_account_is_named_with_its_last_two_digits_only(world: World) -> None:
    asked = world.to_the_question("account")
    assert asked.speech.endswith("It goes to the number on this Alexa account, ending in 4 2. Shall I send it?")
    assert "5 5 5" not in asked.speech


def test_a_number_alexa_told_never_enters_the_session(world: World) -> None:
    world.to_the_question("account")
    world.say("help", "repeat that", "yes")
    for heard in world.device.history:
        held = json.dumps(heard.response["sessionAttributes"])
        assert "2025550142" not in held
        assert "2 0 2, 5 5 5" not in held


def test_the_profile_is_asked_again_for_the_text_itself(world: World) -> None:
    world.to_the_question("own")
    world.say("yes")
    assert world.loop.profile.asked == [PERSON_PATH, PERSON_PATH]


def test_a_number_that_changed_since_the_question_is_asked_about_first(world: World) -> None:
    world.to_the_question("account")
    world.loop.profile.account_number = ("+1", "2025550155")
    again = world.say("yes")
    assert again.keys == ["ask_account"]
    assert "5 5" in again.speech
    assert not world.texts
    world.say("yes")
    assert world.texts == ["+12025550155"]


@pytest.mark.parametrize("gone", ["denied", "null", "error", "not a number"])
def test_a_number_that_is_gone_since_the_question_gets_nothing(world: World, gone: str) -> None:
    world.to_the_question("account")
    world.loop.profile.account = gone
    said = world.say("yes")
    assert said.keys == ["text_lost", "ask_another"]
    assert NUMBER_ALOUD in said.speech
    assert not world.texts


def test_send_it_means_yes(world: World) -> None:
    world.to_the_question("account")
    assert world.say("send it").keys[0] == "text_sent"
    assert world.texts == [ACCOUNT_E164]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("answer", ["no", "stop", "cancel", "i don't have a cell phone", "say the number", "(silence)"])
def test_anything_but_yes_sends_nothing(world: World, who: str, answer: str) -> None:
    world.to_the_question(who)
    world.say(answer)
    assert not world.texts
    assert not world.records("person#")


def test_the_script_is_said_once_for_one_text_and_again_for_the_next(world: World) -> None:
    world.to_the_question("spoken")
    corrected = world.say("no it ends in 89")
    assert "consent" not in corrected.keys
    world.say("yes")
    assert world.texts == ["+12025550189"]
    assert "consent" in world.say("text me the number").keys


# -- a spoken number -----------------------------------------------------------------------------------------


def test_a_number_for_somebody_else_is_read_back_in_groups(world: World) -> None:
    assert world.device.intend(names.OTHER_PHONE, {names.WHO_SLOT: "my daughter"}).keys == ["ask_phone"]
    asked = world.say(CELL)
    assert asked.speech.endswith("I heard 2 0 2, 5 5 5, 0 1 4 3. Shall I send it there?")
    world.say("yes")
    assert world.texts == [CELL_E164]


def test_a_number_said_in_pieces(world: World) -> None:
    world.say("use a different number")
    part = world.say("two oh two")
    assert part.keys == ["phone_so_far", "ask_rest"]
    assert "So far I have 2 0 2." in part.speech
    world.say("five five five")
    assert world.say("oh one four three").attributes["pending"] == "spoken"
    world.say("yes")
    assert world.texts == [CELL_E164]


def test_a_number_without_its_area_code(world: World) -> None:
    world.say("use a different number")
    assert world.say("555 0143").keys == ["phone_so_far", "ask_area_code"]
    assert "2 0 2, 5 5 5, 0 1 4 3" in world.say("202").speech


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("89", "+12025550189"), ("0199", "+12025550199"), ("212", "+12125550143"), ("212 555 0199", "+12125550199")],
)
def test_a_wrong_part_is_put_right(world: World, wrong: str, right: str) -> None:
    world.to_the_question("spoken")
    heard = world.device.intend(names.FIX_NUMBER, {names.PHONE_SLOT: wrong})
    assert heard.keys == ["ask_spoken"]
    world.say("yes")
    assert world.texts == [right]


def test_the_part_may_be_named(world: World) -> None:
    world.to_the_question("spoken")
    slots = {names.PHONE_SLOT: "310", names.PART_SLOT: "starts with"}
    world.device.intend(names.FIX_NUMBER, slots, {names.PART_SLOT: "start"})
    world.say("yes")
    assert world.texts == ["+13105550143"]


def test_the_accounts_number_is_not_corrected_in_parts(world: World) -> None:
    world.to_the_question("account")
    heard = world.device.intend(names.FIX_NUMBER, {names.PHONE_SLOT: "89"})
    assert heard.attributes["pending"] == "phone"
    assert not world.texts


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("112", "phone_emergency"),
        ("800 813 4673", "phone_helpline"),
        ("900 555 0143", "phone_premium"),
        ("888 555 0143", "phone_toll_free"),
        ("416 555 0143", "phone_foreign"),
        ("two oh two five five five twelve twelve", "phone_unreal"),
        ("500 555 0143", "phone_landline"),
        ("22222", "phone_so_far"),
    ],
)
def test_a_number_that_may_not_be_texted_is_refused_with_its_reason(world: World, number: str, key: str) -> None:
    world.say("use a different number")
    heard = world.device.intend(names.PHONE_NUMBER, {names.PHONE_SLOT: number})
    assert heard.keys[0] == key
    assert heard.attributes["pending"] == "phone"
    world.say("no")
    assert not world.texts


@pytest.mark.parametrize("code", ["911", "988"])
def test_an_emergency_number_is_no_number_to_text(world: World, code: str) -> None:
    world.say("use a different number")
    heard = world.device.intend(names.PHONE_NUMBER, {names.PHONE_SLOT: code})
    assert heard.keys[0] in {"phone_emergency", "emergency", "suicide"}
    world.say("yes")
    assert not world.texts


def test_after_three_bad_numbers_the_helplines_number_is_read_out(world: World) -> None:
    world.say("use a different number")
    for _ in range(3):
        heard = world.device.intend(names.PHONE_NUMBER, {names.PHONE_SLOT: "900 555 0143"})
    assert heard.keys == ["number_instead", "ask_another"]
    assert NUMBER_ALOUD in heard.speech


def test_without_a_cell_phone_the_number_is_said_twice_and_how_to_call(world: World) -> None:
    world.say("text me the number")
    heard = world.say("i don't have a cell phone")
    assert heard.speech.count(NUMBER_ALOUD) == 2
    assert '<prosody rate="' in heard.ssml
    assert "call" in heard.speech
    assert not world.texts


# -- permission ----------------------------------------------------------------------------------------------


def connection(heard: Any) -> dict[str, Any] | None:
    return next((d for d in heard.directives if d["type"] == "Connections.StartConnection"), None)


@pytest.fixture
def refused(world: World) -> World:
    """An account that has given no permission, and a device that leaves Alexa's question to the test."""
    world.loop.profile.account = world.loop.profile.person = "denied"
    world.device.consent = ""
    return world


def ask(world: World) -> dict[str, Any]:
    """Say "text me the number" and give the directive with which Alexa is asked to ask."""
    event = world.device.envelope({"type": names.INTENT, "intent": {"name": names.TEXT_ME, "slots": {}}})
    response = world.skill(event)
    (directive,) = response["response"]["directives"]
    assert directive["type"] == "Connections.StartConnection"
    assert "shouldEndSession" not in response["response"]
    assert world.device.session is not None
    world.device.session["attributes"] = response["sessionAttributes"]
    return dict(directive)


@pytest.mark.parametrize(("person", "level"), [("", "ACCOUNT"), ("amzn1.ask.person.of-this-test", "PERSON")])
def test_alexa_is_asked_to_ask_for_the_right_number(refused: World, person: str, level: str) -> None:
    refused.device.person_id = person
    directive = ask(refused)
    assert directive["uri"] == "connection://AMAZON.AskForPermissionsConsent/2"
    assert directive["input"] == {
        "@type": "AskForPermissionsConsentRequest",
        "@version": "2",
        "permissionScopes": [{"permissionScope": "alexa::profile:mobile_number:read", "consentLevel": level}],
    }


@pytest.mark.parametrize("new_session", [False, True], ids=["same session", "new session"])
def test_permission_given_is_not_yet_consent_to_a_text(refused: World, new_session: bool) -> None:
    directive = ask(refused)
    refused.loop.profile.account = "number"
    asked = refused.device.resume("ACCEPTED", token=directive["token"], new_session=new_session)
    assert asked.keys == ["consent", "ask_account"]
    assert not refused.texts
    refused.say("yes")
    assert refused.texts == [ACCOUNT_E164]


#: What Alexa may hand back: status word, code, and what the profile then says.
OUTCOMES = [
    ("DENIED", "200", "denied", ["no_permission", "ask_phone"]),
    ("NOT_ANSWERED", "200", "denied", ["no_permission", "ask_phone"]),
    ("ACCEPTED", "200", "denied", ["no_permission", "ask_phone"]),
    ("ACCEPTED", "200", "null", ["no_number_on_account", "ask_phone"]),
    ("ACCEPTED", "200", "no content", ["no_number_on_account", "ask_phone"]),
    ("ACCEPTED", "200", "error", ["cannot_see_number", "ask_phone"]),
    ("ACCEPTED", "200", "not a number", ["account_number_unusable", "ask_phone"]),
    ("ACCEPTED", "500", "number", ["consent", "ask_account"]),
    ("", "400", "denied", ["no_permission", "ask_phone"]),
    ("", "", "denied", ["no_permission", "ask_phone"]),
    ("A_NEW_WORD", "200", "number", ["consent", "ask_account"]),
    ("A_NEW_WORD", "200", "denied", ["no_permission", "ask_phone"]),
]


@pytest.mark.parametrize("new_session", [False, True], ids=["same session", "new session"])
@pytest.mark.parametrize(("status", "code", "profile", "keys"), OUTCOMES)
def test_every_outcome_of_alexas_question(
    refused: World, status: str, code: str, profile: str, keys: list[str], new_session: bool
) -> None:
    directive = ask(refused)
    refused.loop.profile.account = profile
    heard = refused.device.resume(status, code, directive["token"], new_session)
    assert heard.keys == keys
    assert ((heard.card or {}).get("type") == "AskForPermissionsConsent") == (keys[0] == "no_permission")
    refused.say(*(["yes"] if heard.attributes["pending"] == "account" else [CELL, "yes"]))
    assert len(refused.texts) == 1


def test_a_resumed_request_may_hold_nothing_at_all(refused: World) -> None:
    ask(refused)
    refused.device.session = None
    event = refused.device.envelope({"type": names.SESSION_RESUMED})
    heard = refused.skill(event)
    assert heard["sessionAttributes"]["pending"] == "question"


def test_the_conversation_goes_on_where_it_was_after_a_new_session(refused: World) -> None:
    refused.say("should my mom get a second opinion", "slower")
    directive = ask(refused)
    carried = token.unpack(directive["token"])
    assert carried is not None
    assert "2025550142" not in directive["token"]
    heard = refused.device.resume("DENIED", token=directive["token"], new_session=True)
    assert '<prosody rate="85%">' in heard.ssml
    assert refused.say("tell me more").keys[0] == "when_needed.more.1"


@pytest.mark.parametrize("strange", ["", "print", "text {", "text []", 'text {"topic":3,"pace":["x"]}', "x" * 5000])
def test_a_strange_token_does_no_harm(refused: World, strange: str) -> None:
    heard = refused.device.resume("DENIED", token=strange, new_session=True)
    assert heard.attributes["pending"] in {"phone", "question"}


def test_alexa_is_asked_once_in_a_session_then_the_card_comes(refused: World) -> None:
    directive = ask(refused)
    refused.device.resume("DENIED", token=directive["token"])
    again = refused.say("text me the number")
    assert connection(again) is None
    assert (again.card or {})["type"] == "AskForPermissionsConsent"
    assert (again.card or {})["permissions"] == ["alexa::profile:mobile_number:read"]


def test_permission_given_in_the_app_works_at_once(refused: World) -> None:
    directive = ask(refused)
    refused.device.resume("DENIED", token=directive["token"])
    refused.loop.profile.account = "number"
    assert refused.say("text me the number").attributes["pending"] == "account"


# -- what never sends ----------------------------------------------------------------------------------------


def test_a_build_without_texting_says_the_number(world: World) -> None:
    world.deploy(texting=False)
    for sentence in ("text me the number", f"my number is {CELL}", "use a different number"):
        heard = world.say(sentence)
        assert heard.keys[0] == "text_not_here"
        assert NUMBER_ALOUD in heard.speech
    assert not world.loop.profile.asked
    assert not world.texts


@pytest.mark.parametrize(
    "session",
    [
        {"pending": "account"},
        {"pending": "spoken"},
        {"pending": "spoken", "phone": "+19005550143", "ticket": "t", "script": "en-US/1"},
        {"pending": "spoken", "phone": "+448005550143", "ticket": "t", "script": "en-US/1"},
        {"pending": "spoken", "phone": CELL_E164},
        {"pending": "spoken", "phone": CELL_E164, "ticket": "t", "script": "en-US/0"},
        {"pending": "spoken", "phone": CELL_E164, "script": "en-US/1"},
        {"pending": "account", "mark": "other", "ticket": "t", "script": "en-US/1"},
        {"pending": "own", "phone": CELL_E164, "ticket": "t", "script": "en-US/1"},
        {"pending": "phone", "phone": CELL_E164, "ticket": "t", "script": "en-US/1"},
    ],
)
def test_a_yes_in_a_session_that_is_not_whole_sends_nothing(world: World, session: dict[str, str]) -> None:
    world.device.open()
    assert world.device.session is not None
    world.device.session["attributes"] = session
    world.say("yes")
    assert not world.texts


def test_a_new_version_of_the_script_is_said_before_its_yes_counts(world: World) -> None:
    world.to_the_question("spoken")
    assert world.device.session is not None
    world.device.session["attributes"]["script"] = "en-US/0"
    again = world.say("yes")
    assert again.keys == ["consent", "ask_spoken"]
    world.say("yes")
    assert world.texts == [CELL_E164]
