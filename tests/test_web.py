"""The rehearsal page's own service: what a room does, what can be kept, what editors see."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path

import pytest
import web_client
import yaml
from dialogs_player import Player
from flask.testing import FlaskClient
from invariants import drawn
from screens_cases import CONVERSATIONS, talk
from web_client import QUESTION, client_of, enter, say

import content
from simulator import devices
from simulator.ears import ears
from simulator.web import create_app, editors, renderer_file, situation, suggestions
from simulator.web.rooms import MAX_STEPS, Rooms
from simulator.web.screenwords import words
from simulator.web.spoken import pieces
from skill import names
from skill.texts import Outcome
from skill.turn import Memory

client = web_client.client


# ---- a conversation ------------------------------------------------------------------------------


def test_from_a_question_to_a_text_on_the_phone(client: FlaskClient) -> None:
    room = enter(client)
    asked = say(client, room, QUESTION)
    [turn] = asked["turns"]
    assert turn["understood"]["topic"] == "when_needed"
    assert turn["speech"].endswith("?")
    assert turn["seconds"] > 5
    assert turn["card"]["title"]
    assert turn["request"]["request"]["type"] == names.INTENT
    assert turn["response"]["response"]["shouldEndSession"] is False
    assert asked["state"]["open"] is True
    assert asked["state"]["texts"] == []
    sent = say(client, room, "yes", "yes")
    [text] = sent["state"]["texts"]
    assert (text["to"], text["shown"], text["whose"]) == ("+12025550142", "202-555-0142", "account")
    assert "800-813-4673" in text["body"]
    assert sent["turns"][0]["texts"] == [text]


def test_the_speech_can_be_said_at_the_skills_pace(client: FlaskClient) -> None:
    room = enter(client)
    say(client, room, QUESTION, "slower")
    [turn] = say(client, room, "say the number")["turns"]
    rates = {piece["rate"] for piece in turn["aloud"] if "say" in piece}
    assert rates == {0.85, 0.72}, "slower than usual, and the number slower still"
    assert [piece["rest"] for piece in turn["aloud"] if "rest" in piece].count(350) >= 2
    spoken = " ".join(piece["say"] for piece in turn["aloud"] if "say" in piece)
    assert re.sub(r"\W+", " ", spoken) == re.sub(r"\W+", " ", turn["speech"])


def test_markup_becomes_pieces_for_a_browsers_voice() -> None:
    made = pieces(
        '<speak>One <break time="1s"/><prosody rate="85%">two, <prosody rate="slow">three</prosody></prosody>'
        ' <say-as interpret-as="digits">911</say-as>. <break strength="strong"/><break time="99s"/></speak>'
    )
    assert made == [
        {"say": "One", "rate": 1.0},
        {"rest": 1000},
        {"say": "two,", "rate": 0.85},
        {"say": "three", "rate": 0.68},
        {"say": "9 1 1", "rate": 1.0},
        {"rest": 750},
        {"rest": 10_000},
    ]
    assert pieces("") == []


def test_silence_brings_the_reprompt_and_then_the_end(client: FlaskClient) -> None:
    room = enter(client)
    [asked] = say(client, room, QUESTION)["turns"]
    [first] = say(client, room, "(silence)")["turns"]
    assert (first["kind"], first["speech"], first["open"]) == ("silence", asked["reprompt"], True)
    ended = say(client, room, "(silence)")
    assert (ended["turns"][0]["speech"], ended["state"]["open"]) == ("", False)
    refused = client.post(f"/api/rooms/{room}/say", json={"text": "(silence)"})
    assert refused.status_code == 400
    assert "silent" in refused.json["error"]


def test_permission_refused_asks_for_a_number_and_shows_the_card(client: FlaskClient) -> None:
    room = enter(client, given={"permission": "denied", "consent": "DENIED"})
    turns = say(client, room, QUESTION, "yes")["turns"]
    assert [turn["kind"] for turn in turns] == ["said", "alexa"]
    assert turns[0]["asks_alexa"] is True
    assert turns[1]["card"]["type"] == "AskForPermissionsConsent"
    sent = say(client, room, "202 555 0143", "yes")["state"]
    assert [(t["to"], t["whose"]) for t in sent["texts"]] == [("+12025550143", "other")]


def test_permission_given_on_the_way_is_seen_in_the_settings(client: FlaskClient) -> None:
    room = enter(client, given={"permission": "denied", "consent": "ACCEPTED"})
    assert say(client, room, QUESTION)["state"]["situation"]["permission"] == "denied"
    assert say(client, room, "yes")["state"]["situation"]["permission"] == "granted"


@pytest.mark.parametrize("permission", ["none", "unavailable"])
def test_a_number_that_cannot_be_had_is_asked_for(client: FlaskClient, permission: str) -> None:
    room = enter(client, given={"permission": permission})
    asked = say(client, room, QUESTION, "yes")
    assert asked["state"]["open"] is True
    assert asked["state"]["texts"] == []
    assert suggestions.A_NUMBER in asked["state"]["suggestions"]


def test_somebody_elses_account_and_the_speakers_own_number(client: FlaskClient) -> None:
    room = enter(client, given={"account": situation.RELATIVES_NUMBER})
    assert "7 7" in say(client, room, QUESTION, "yes")["turns"][0]["speech"]
    room = enter(client, given={"speaker": situation.SPEAKERS_NUMBER})
    sent = say(client, room, QUESTION, "yes", "yes")["state"]
    assert [(t["to"], t["whose"]) for t in sent["texts"]] == [(situation.SPEAKERS_NUMBER, "speaker")]


@pytest.mark.parametrize("outcome", [o.value for o in Outcome])
def test_every_trouble_of_the_service_still_ends_with_the_number(client: FlaskClient, outcome: str) -> None:
    room = enter(client, given={"outcome": outcome})
    told = say(client, room, QUESTION, "yes", "yes")["turns"][0]
    assert "8 0 0, 8 1 3, 4 6 7 3" in told["speech"]


def test_settings_change_between_two_sentences(client: FlaskClient) -> None:
    room = enter(client)
    say(client, room, QUESTION, "yes")
    changed = client.post(f"/api/rooms/{room}/set", json={"outcome": "opted_out", "device": "none"})
    assert changed.json["state"]["situation"]["outcome"] == "opted_out"
    told = say(client, room, "yes")
    assert told["turns"][0]["keys"][0] == "text_opted_out"
    assert "Viewport" not in told["turns"][0]["request"]["context"]


@pytest.mark.parametrize("device", devices.SCREENS, ids=lambda d: d.id)
def test_each_screen_tells_the_skill_its_size(client: FlaskClient, device: devices.Device) -> None:
    room = enter(client, given={"device": device.id})
    sent = say(client, room, QUESTION)["turns"][0]["request"]["context"]
    assert names.APL_INTERFACE in sent["System"]["device"]["supportedInterfaces"]
    assert (sent["Viewport"]["pixelWidth"], sent["Viewport"]["pixelHeight"]) == (device.width, device.height)
    assert sent["Viewport"]["shape"] in {"ROUND", "RECTANGLE"}
    assert sent["Viewport"]["mode"] in {"HUB", "TV", "MOBILE"}


def test_a_touch_reaches_the_skill_as_alexa_sends_it(client: FlaskClient) -> None:
    room = enter(client)
    say(client, room, QUESTION)
    touched = client.post(f"/api/rooms/{room}/touch", json={"arguments": ["repeat"], "source": {"id": "again"}})
    request = touched.json["turns"][0]["request"]["request"]
    assert request["type"] == names.USER_EVENT
    assert request["arguments"] == ["repeat"]
    assert request["source"]["id"] == "again"
    assert touched.json["turns"][0]["speech"]


def test_what_listening_thinks_comes_with_every_sentence(client: FlaskClient) -> None:
    room = enter(client)
    [turn] = say(client, room, QUESTION)["turns"]
    assert turn["listening"]["words"] == QUESTION
    assert turn["listening"]["label"] == "when_needed"
    assert turn["listening"]["confidence"] > 0
    assert turn["listening"]["runner_up"]
    assert turn["understood"]["how"] == "exact"
    [free] = say(client, room, "what if gleason six can somebody recheck that number")["turns"]
    assert free["listening"]["free"] is True
    assert free["listening"]["words"].startswith("what if"), "the carrier's words are put back"


def test_a_day_later_the_same_phone_may_be_texted_again(client: FlaskClient) -> None:
    room = enter(client)
    say(client, room, QUESTION, "yes", "yes")
    again = say(client, room, "text me the number", "yes")
    assert again["turns"][0]["keys"][0] == "text_number_limit"
    assert len(again["state"]["texts"]) == 1
    waited = client.post(f"/api/rooms/{room}/wait", json={"hours": 24})
    assert waited.json["state"]["hours_ahead"] == 24
    later = say(client, room, "text me the number", "yes")["state"]
    assert len(later["texts"]) == 2
    kept = client.post("/api/rooms", json={"given": later["given"], "steps": later["steps"]}).json
    assert len(kept["state"]["texts"]) == 2
    for hours in (0, -1, 1.5, True, "1", None, 10**9):
        assert client.post(f"/api/rooms/{room}/wait", json={"hours": hours}).status_code == 400


# ---- suggestions ---------------------------------------------------------------------------------


def test_every_suggestion_is_understood() -> None:
    asked = {line.asks for line in content.load("en-US").lines.values() if line.asks} | {""}
    for pending in sorted(asked):
        memory = Memory(pending=pending, said=["x"], choices=["records", "medicare"])
        offered = suggestions.suggest("en-US", memory, set())
        assert 1 <= len(offered) <= suggestions.MOST
        for said in offered:
            assert ears("en-US").hear(said).intent != names.FALLBACK, f"{pending}: {said}"


def test_whoever_went_past_the_offer_of_a_text_is_told_how_to_get_it(client: FlaskClient) -> None:
    room, ask = enter(client), "Text me the number"
    assert ask not in say(client, room, QUESTION)["state"]["suggestions"], "it is offered aloud"
    assert ask in say(client, room, "will my doctor be upset")["state"]["suggestions"]
    assert ask not in say(client, room, ask, "yes")["state"]["suggestions"]


def test_the_first_suggestions_are_questions_and_those_asked_are_not_offered_again(client: FlaskClient) -> None:
    first = client.post("/api/rooms", json={}).json["state"]["suggestions"]
    assert first[:2] == ["Should I get a second opinion", "How do I ask my doctor"]
    room = enter(client)
    after = say(client, room, QUESTION)["state"]["suggestions"]
    assert after[:2] == ["Yes", "No"]
    later = say(client, room, "no", "no")["state"]["suggestions"]
    assert "Should I get a second opinion" not in later


# ---- sharing -------------------------------------------------------------------------------------


def test_a_shared_conversation_comes_out_the_same(client: FlaskClient) -> None:
    room = enter(client, given={"outcome": "throttled"})
    said = say(client, room, QUESTION, "yes", "yes")
    kept = {"given": said["state"]["given"], "steps": said["state"]["steps"]}
    again = client.post("/api/rooms", json=kept).json
    assert [turn["said"] for turn in again["turns"]] == [QUESTION, "yes", "yes"]
    assert again["turns"][-1]["speech"] == said["turns"][-1]["speech"]
    assert again["state"]["steps"] == said["state"]["steps"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ["(open)", QUESTION, "yes", "yes", "no"]),
        ({"permission": "denied", "consent": "DENIED"}, [QUESTION, "yes", "202 555 0143", "yes"]),
        ({"permission": "denied", "consent": "ACCEPTED"}, [QUESTION, "yes", "yes"]),
        (
            {"speaker": situation.SPEAKERS_NUMBER, "outcome": "failed"},
            [QUESTION, "yes", "yes", "(silence)", "(silence)"],
        ),
        ({"account": situation.RELATIVES_NUMBER, "permission": "granted"}, ["text me the number", "no", "stop"]),
    ],
)
def test_a_kept_conversation_is_a_dialog_test_that_passes(
    client: FlaskClient, given: dict[str, str], said: list[str]
) -> None:
    room = enter(client, given=given)
    say(client, room, *said)
    kept = client.post(f"/api/rooms/{room}/dialog", json={"name": 'a "name": # odd'}).json["yaml"]
    [conversation] = yaml.safe_load(kept)
    assert conversation["name"] == 'a "name": # odd'
    assert [turn["say"] for turn in conversation["turns"]] == said
    Player(conversation.get("given")).play(conversation["turns"])
    with pytest.raises(AssertionError):
        Player(conversation.get("given")).play([{**conversation["turns"][0], "hear": ["something_else"]}])


def test_what_a_dialog_file_cannot_say_is_told(client: FlaskClient) -> None:
    room = enter(client)
    assert client.post(f"/api/rooms/{room}/dialog", json={}).status_code == 400
    say(client, room, QUESTION)
    client.post(f"/api/rooms/{room}/set", json={"outcome": "failed"})
    refused = client.post(f"/api/rooms/{room}/dialog", json={})
    assert refused.status_code == 400
    assert "situation" in refused.json["error"]


# ---- rooms ---------------------------------------------------------------------------------------


def test_rooms_know_nothing_of_each_other(client: FlaskClient) -> None:
    one, two = enter(client), enter(client)
    assert one != two
    say(client, one, QUESTION, "yes", "yes")
    client.post(f"/api/rooms/{one}/set", json={"permission": "denied"})
    other = say(client, two, QUESTION)
    assert other["state"]["texts"] == []
    assert other["state"]["situation"]["permission"] == "granted"
    assert len(other["state"]["steps"]) == 1


def test_the_room_unused_longest_makes_way() -> None:
    rooms = Rooms(most=2)
    client = client_of(create_app(rooms))
    one, two = enter(client), enter(client)
    say(client, one, QUESTION)
    three = enter(client)
    assert len(rooms) == 2
    gone = client.post(f"/api/rooms/{two}/say", json={"text": "yes"})
    assert gone.status_code == 410
    say(client, one, "yes")
    say(client, three, QUESTION)


def test_a_room_does_one_thing_at_a_time() -> None:
    app = create_app()
    room = enter(app.test_client())
    codes: list[int] = []

    def ask() -> None:
        codes.append(app.test_client().post(f"/api/rooms/{room}/say", json={"text": QUESTION}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 8
    state = say(app.test_client(), room, "yes")["state"]
    assert len(state["steps"]) == 9


def test_a_conversation_does_not_grow_without_end(client: FlaskClient) -> None:
    made = client.post("/api/rooms", json={"steps": [{"say": "repeat that"}] * MAX_STEPS})
    room = made.json["room"]
    full = client.post(f"/api/rooms/{room}/say", json={"text": "yes"})
    assert full.status_code == 400
    assert "Start again" in full.json["error"]


# ---- the other pages -----------------------------------------------------------------------------


def test_the_editors_page_shows_every_answer_with_its_facts_and_sources(client: FlaskClient) -> None:
    page = client.get("/editors").text
    words_of = content.load("en-US")
    for topic, answer in words_of.answers.items():
        assert f'id="{topic}"' in page
        for fact in answer.cited:
            assert f"<strong>{fact}</strong>" in page
            for source in words_of.facts[fact].sources:
                assert f'id="source-{source.id}"' in page
    assert page.count('class="answer"') == len(words_of.answers)
    for row in editors.due("en-US", date.today()):
        assert f'<th scope="row">{row.fact.id}</th>' in page


def test_what_is_due_is_told_by_the_day() -> None:
    fact = next(f for f in content.load("en-US").facts.values() if f.time_sensitive and f.review_by and f.speak)
    by = date.fromisoformat(fact.review_by)
    assert editors.standing(fact, by) == "to confirm"
    assert editors.standing(fact, date(by.year + 1, 1, 1)) == "overdue"
    calm = next(f for f in content.load("en-US").facts.values() if not f.state and f.review_by and f.speak)
    by = date.fromisoformat(calm.review_by)
    assert editors.standing(calm, by) == "soon"
    assert editors.standing(calm, date(by.year - 1, 1, 1)) == ""
    states = [row.state for row in editors.due("en-US", date(2100, 1, 1))]
    assert set(states) == {"overdue"}


def test_each_answer_can_be_heard(client: FlaskClient) -> None:
    heard = client.get("/api/hear/when_needed").json
    assert heard["words"].startswith(content.load("en-US").answers["when_needed"].wording.say[:20])
    assert heard["aloud"][0]["rate"] == 1.0
    other = client.get("/api/hear/when_needed?who=mother").json
    assert other["words"] != heard["words"]


def test_the_handout_is_served_with_rules_of_its_own_or_told_to_be_missing(client: FlaskClient) -> None:
    found = client.get("/handout")
    try:
        import tools.handout  # noqa: F401
    except ImportError:
        assert found.status_code == 404
        assert "not part of this copy" in found.text
    else:
        assert found.status_code == 200
        assert "script-src" not in found.headers["Content-Security-Policy"]
        assert "default-src 'none'" in found.headers["Content-Security-Policy"]


# ---- screens -------------------------------------------------------------------------------------


def test_without_the_renderer_screens_are_words(tmp_path: Path) -> None:
    client = client_of(create_app(renderer=tmp_path / "absent.js"))
    assert client.post("/api/rooms", json={}).json["world"]["renderer"] is False
    assert client.get("/apl-frame/renderer.js").status_code == 404


def test_the_frame_keeps_rules_of_its_own_and_the_page_keeps_its(tmp_path: Path) -> None:
    renderer = tmp_path / "index.js"
    renderer.write_text("// another renderer than the one we know")
    client = client_of(create_app(renderer=renderer))
    assert client.post("/api/rooms", json={}).json["world"]["renderer"] is True
    policy = client.get("/apl-frame").headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert client.get("/apl-frame/renderer.js").status_code == 404, "only the renderer we know is served"
    assert client.get("/apl-frame/frame.js").headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/static/app.js").headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert renderer_file().name == "index.js"


def test_the_words_of_a_screen_are_read_from_its_document() -> None:
    document = {
        "layouts": {
            "Row": {
                "parameters": ["text", {"name": "mark", "default": "*"}],
                "item": {"type": "Text", "text": "${mark} ${text}"},
            }
        },
        "mainTemplate": {
            "parameters": ["payload"],
            "item": {
                "type": "Container",
                "items": [
                    {"type": "Text", "text": "${payload.answer.title}"},
                    {
                        "type": "Container",
                        "data": "${payload.answer.rows}",
                        "items": {"type": "Row", "text": "${data.say}"},
                    },
                    {"type": "Text", "text": "${payload.answer.title + 1}"},
                    {"type": "Text", "text": "Call <b>now</b>"},
                    {"type": "Text", "text": "${payload.answer.absent}"},
                ],
            },
        },
    }
    sources = {"answer": {"title": "Number", "rows": [{"say": "one"}, {"say": "two"}]}}
    assert words(document, sources) == ["Number", "* one", "* two", "Call now"]
    assert words(None, None) == []
    assert words({"mainTemplate": {"items": "x"}}, None) == []


def test_of_two_ways_to_lay_a_screen_out_the_words_are_read_once() -> None:
    both = {"type": "Container", "items": [{"type": "Text", "text": "Which one?"}, {"type": "Text", "text": "Yes"}]}
    ways = {"type": "Frame", "items": [{"when": "${viewport.shape == 'round'}", **both}, both]}
    assert words({"mainTemplate": {"items": [ways]}}, {}) == ["Which one?", "Yes"]


@pytest.mark.parametrize("kind", sorted(CONVERSATIONS))
def test_no_words_of_a_screen_stand_there_twice(kind: str) -> None:
    screen = drawn(talk(CONVERSATIONS[kind])[1])
    assert screen
    found = words(screen["document"], screen["datasources"])
    assert found
    assert len(found) == len(set(found)), found
