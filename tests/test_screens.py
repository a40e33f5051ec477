"""What the screens say and do, without a browser: schemas, words, buttons, touches, sizes."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apl_check import components, findings
from flask import Flask
from invariants import bare, bare_shown, check, drawn, shown_texts, unspoken
from screens_cases import CONVERSATIONS, LOCALE, Case, case, every_reply, talk

import content
from simulator import apl_frame
from simulator.devices import SCREENS
from simulator.ears import ears
from simulator.rehearsal import Rehearsal
from skill import names, screens
from skill.handlers.conversation import Choose
from skill.rules import ssml
from skill.screens import touch
from skill.screens.compose import Number

ROOT = Path(__file__).parent.parent
MAX_RESPONSE_BYTES = 24_000
LONG_NUMBER = re.compile(r"\d{3}-\d{3,4}")
WORDS = content.load(LOCALE)
DOCUMENT = json.loads(screens.DOCUMENT.read_text(encoding="utf-8"))
LAYOUTS = ["Say", "Pick", "NumberFirst", "Crisis"]


@pytest.fixture(scope="module")
def replies() -> list[Case]:
    return list(every_reply())


# -- the document --------------------------------------------------------------------------------------------------------


def test_the_whole_document_is_valid() -> None:
    assert findings(DOCUMENT) == []
    assert DOCUMENT["import"] == []
    assert DOCUMENT["version"] == "1.4"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_document_cut_down_to_one_layout_is_valid(layout: str) -> None:
    cut = screens.document(layout, stays=True)
    assert [f for f in findings(cut) if "never used" not in f] == []
    assert cut["mainTemplate"]["item"]["type"] == layout
    assert len(cut["layouts"]) < len(DOCUMENT["layouts"])


PLANTED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a component's name misspelt": lambda d: d["layouts"]["Question"]["item"].update(type="Txet"),
    "a property misspelt": lambda d: d["layouts"]["Question"]["item"].update(colour="red"),
    "a value that is none of those allowed": lambda d: d["layouts"]["Say"]["item"]["item"].update(alignItems="middle"),
    "a dimension without sense": lambda d: d["layouts"]["Say"]["item"]["item"].update(paddingTop="much"),
    "a command misspelt": lambda d: d["layouts"]["Button"]["item"]["onPress"][0].update(type="SendEvnt"),
    "a style that is not there": lambda d: d["layouts"]["Question"]["item"].update(style="quesiton"),
    "a style extended that is not there": lambda d: d["styles"]["lead"].update(extend="txt"),
    "a resource that is not there": lambda d: d["layouts"]["Say"]["item"].update(backgroundColor="@groud"),
    "a resource in a binding that is not there": lambda d: d["layouts"]["Say"]["item"].update(width="${@wdth}"),
    "a resource nobody uses": lambda d: d["resources"][0]["colors"].update(spare="#123456"),
    "a layout that is not there": lambda d: d["mainTemplate"]["item"].update(type="Sya"),
    "a layout called without a parameter": lambda d: d["mainTemplate"]["item"].pop("screen"),
    "a layout called with one too many": lambda d: d["mainTemplate"]["item"].update(scren="x"),
    "no version": lambda d: d.pop("version"),
    "a child's property out of bounds": lambda d: d["layouts"]["Say"]["item"]["item"]["items"][0].update(grow="lots"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_the_check_finds_what_is_wrong(planted: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    PLANTED[planted](document)
    assert findings(document), planted


def test_nothing_may_cut_a_text() -> None:
    for where, component, _ in components(DOCUMENT):
        assert "maxLines" not in component, where
        assert component.get("overflow", "auto") == "auto", where


def test_whatever_can_be_touched_has_a_name_and_a_role() -> None:
    touchable = [c for _, c, _ in components(DOCUMENT) if c["type"] == "TouchWrapper"]
    assert touchable
    for component in touchable:
        assert component["accessibilityLabel"]
        assert component["role"] == "button"
        assert [c["type"] for c in component["onPress"]] == ["SendEvent"]
    numbers = [c for where, c, _ in components(DOCUMENT) if where.startswith("Number/")]
    assert numbers
    assert all(c["accessibilityLabel"] for c in numbers)


# -- the words -----------------------------------------------------------------------------------------------------------


def test_every_reply_has_a_screen(replies: list[Case]) -> None:
    assert len(replies) > 500
    assert {c.properties["kind"] for c in replies} == {"answer", "choice", "number", "sent", "help", "crisis"}
    for each in replies:
        assert any(shown_texts(each.properties)), each.name


def test_every_word_on_a_screen_is_spoken(replies: list[Case]) -> None:
    for each in replies:
        assert not unspoken(each.properties, each.reply.body), each.name


def test_the_check_of_words_finds_one_that_is_not_spoken() -> None:
    one = case("", "when_needed", "ask_text")
    assert not unspoken(one.properties, one.reply.body)
    assert unspoken({**one.properties, "text": ["Call today!"]}, one.reply.body) == ["Call today!"]


def test_every_turn_of_every_test_is_held_to_it() -> None:
    heard = talk(["should i get a second opinion"])[1]
    check(heard)
    drawn(heard)["datasources"]["screen"]["properties"]["text"] = ["Call today!"]  # type: ignore[index]
    with pytest.raises(AssertionError, match="Call today!"):
        check(heard)


def test_what_is_spoken_is_on_the_screen_but_for_repeats(replies: list[Case]) -> None:
    """Somebody who reads and does not hear misses nothing: every sentence is there, or its number is."""
    for each in replies:
        if each.properties["kind"] == "crisis":
            continue
        shown = bare_shown("".join([*shown_texts(each.properties), *(b["label"] for b in each.properties["main"])]))
        for sentence in re.split(r"(?<=[.?!])\s+", ssml.plain(each.reply.body)):
            said = bare(sentence)
            digits = re.sub(r"\D", "", sentence)
            example = bare(sentence.partition(": ")[2])
            there = said in shown or (len(digits) >= 7 and digits in shown) or (example and example in shown)
            choice = each.properties["kind"] == "choice" and said.startswith("didyoumean")
            letters = said.endswith("hope")
            assert there or choice or letters or said == "", (each.name, sentence)


def test_a_long_number_never_stands_inside_a_text(replies: list[Case]) -> None:
    seen = 0
    for each in replies:
        seen += bool(each.properties["numbers"])
        for text in (*each.properties["text"], each.properties["question"]):
            assert not LONG_NUMBER.search(text), each.name
    assert seen > 50


@pytest.mark.parametrize("key", ["number", "talk_to_person", "text_sent", "apology", "spanish", "get_number"])
def test_the_helplines_number_comes_first(key: str) -> None:
    shown = case(key, key).properties
    assert shown["numbers"][0]["text"] == "800-813-4673"
    assert shown["numbers"][0]["spoken"] == "8 0 0, 8 1 3, 4 6 7 3"


def test_an_ordinary_answer_carries_no_number(replies: list[Case]) -> None:
    answers = {t for t, a in WORDS.answers.items() if a.safety == "none" and "{" not in a.wording.say}
    for each in replies:
        if each.reply.keys[0] in answers:
            assert each.properties["numbers"] == [], each.name


def test_a_crisis_screen_shows_whom_to_call_and_nothing_else(replies: list[Case]) -> None:
    crises = [c for c in replies if (a := WORDS.answers.get(c.reply.keys[0])) and a.safety == "crisis"]
    assert len(crises) >= 3
    for each in crises:
        shown = each.properties
        assert shown["kind"] == "crisis"
        assert (shown["text"], shown["question"], shown["main"], shown["more"]) == ([], "", [], [])
        assert {n["text"] for n in shown["numbers"]} <= {"911", "988"}
        assert shown["numbers"]
        written = json.dumps(each.directive)
        for word in ("800-", "Hopeline", "CancerCare", "Takeda", "SendEvent"):
            assert word not in written, each.name


def test_an_urgent_screen_says_what_to_do_first() -> None:
    shown = case("urgent_symptom", "urgent_symptom").properties
    assert "cancer team" in shown["text"][0]
    assert [n["text"] for n in shown["numbers"]] == ["911"]
    assert shown["main"] == []


def test_an_emergency_number_inside_a_text_stands_out() -> None:
    shown = case("distress", "distress").properties
    assert "<b>988</b>" in shown["text"][0]


def test_markup_in_a_source_is_shown_and_not_obeyed() -> None:
    text = case("source_dated", "source_dated").properties["text"][0]
    assert "CancerCare &amp; friends" in text
    assert "&lt;Second&gt;" in text


# -- the buttons ---------------------------------------------------------------------------------------------------------


def buttons() -> dict[str, tuple[str, str]]:
    own = {b.label: b.does for row in WORDS.screens.under.values() for b in row}
    return own | {b.label: b.does for b in WORDS.screens.examples}


@pytest.mark.parametrize("label", buttons())
def test_a_label_can_be_said_and_means_what_touching_it_does(label: str) -> None:
    kind, name = buttons()[label]
    wanted = WORDS.answers[name].intent if kind == "topic" else name
    assert ears(LOCALE).hear(label).intent == wanted


@pytest.mark.parametrize("place", range(3))
def test_the_ordinals_can_be_said(place: int) -> None:
    heard = ears(LOCALE).hear(f"the {WORDS.screens.ordinals[place]}")
    assert heard.intent == names.CHOOSE
    assert heard.resolved == {names.CHOICE_SLOT: touch.PLACES[place]}


def test_every_question_has_its_buttons() -> None:
    asked = {line.asks for line in WORDS.lines.values() if line.asks}
    assert asked - {"question", "choice"} == set(WORDS.screens.under)
    assert set(touch.PLACES) == set(Choose.ORDER)


def test_every_example_is_offered_somewhere(replies: list[Case]) -> None:
    offered = {b["label"] for c in replies for b in c.properties["main"]}
    assert {e.label for e in WORDS.screens.examples} <= offered


def test_yes_and_no_stand_under_every_question_that_takes_them(replies: list[Case]) -> None:
    for each in replies:
        yes_no = each.reply.asks in {"text", "more", "another", "account", "own", "spoken", "safety"}
        labels = [b["label"] for b in each.properties["main"]]
        if yes_no and each.properties["question"]:
            assert labels == ["Yes", "No"], each.name
        else:
            assert "Yes" not in labels, each.name


def test_no_button_gives_the_number_that_is_on_the_screen(replies: list[Case]) -> None:
    for each in replies:
        if any(n["text"] == "800-813-4673" for n in each.properties["numbers"]):
            labels = {b["label"] for b in each.properties["main"]}
            assert not labels & {"Give me the number", "Read me the number"}, each.name


def test_did_you_mean_offers_what_it_names() -> None:
    shown = case("", "did_you_mean_2", choices=["when_needed", "what_to_say"]).properties
    assert shown["question"] == "Did you mean:"
    assert [b["label"] for b in shown["main"]] == [
        "First: when a second opinion matters",
        "Second: what to say to your doctor",
    ]
    assert [b["does"] for b in shown["main"]] == [["choice", "first"], ["choice", "second"]]


def test_a_button_that_is_not_there_is_an_error() -> None:
    with pytest.raises(content.ContentError, match="maybe"):
        content._screens({"ordinals": [], "button": {}, "under": {"text": ["maybe"]}})


# -- touching ------------------------------------------------------------------------------------------------------------


def without_ids(attributes: Any) -> dict[str, Any]:
    """Leave out what is made anew each time: whether it was listened to or touched, and the marks of a text."""
    return {k: v for k, v in dict(attributes).items() if k not in {"heard", "ticket", "mark"}}


@pytest.mark.parametrize(
    ("steps", "said", "touched"),
    [
        (["should i get a second opinion"], "yes", ["intent", names.YES]),
        (["should i get a second opinion"], "no", ["intent", names.NO]),
        (["should i get a second opinion"], "read me the number", ["intent", names.SAY_NUMBER]),
        (["text me the number"], "yes", ["intent", names.YES]),
        (["text me the number"], "no", ["intent", names.NO]),
        (["text me the number"], "a different number", ["intent", names.OTHER_PHONE]),
        (["(open)"], "should I get a second opinion", ["topic", "when_needed"]),
        (["(open)"], "give me the number", ["topic", "get_number"]),
        (CONVERSATIONS["choice"], "the second one", ["choice", "second"]),
        (["!DistressIntent"], "yes", ["intent", names.YES]),
    ],
)
def test_a_touch_does_what_saying_it_does(steps: list[str], said: str, touched: list[str]) -> None:
    one, _ = talk(steps)
    spoken = one.device.say(said)
    other, _ = talk(steps)
    touching = other.device.touch(touched)
    assert touching.speech == spoken.speech
    assert without_ids(touching.attributes) == without_ids(spoken.attributes)
    assert other.outbox.sent == one.outbox.sent
    assert drawn(touching) == drawn(spoken)


def test_every_button_of_every_screen_is_obeyed() -> None:
    for steps in CONVERSATIONS.values():
        _, heard = talk(steps)
        directive = drawn(heard)
        assert directive is not None
        shown = directive["datasources"]["screen"]["properties"]
        for button in [*shown["main"], *shown["more"]]:
            rehearsal, _ = talk(steps)
            touched = rehearsal.device.touch(button["does"])
            assert touched.keys != heard.keys or button["does"][1] in {"first"}, (steps, button)
            assert "turn failed" not in touched.speech


FORGED: list[list[Any]] = [
    [],
    ["intent"],
    ["intent", "AMAZON.StopIntent", "more"],
    ["intent", "AMAZON.StopIntent"],
    ["intent", "PhoneNumberIntent"],
    ["intent", "ForgetMeIntent"],
    ["topic", "suicide"],
    ["topic", "gone"],
    ["choice", "fourth"],
    ["choice", "first"],
    ["speak", "<speak>hello</speak>"],
    [None, 7],
    [["intent"], {"a": 1}],
    ["x" * 100_000, "y"],
]


@pytest.mark.parametrize("arguments", FORGED, ids=[str(f)[:40] for f in FORGED])
def test_a_touch_that_no_screen_offers_changes_nothing(arguments: list[Any]) -> None:
    rehearsal, heard = talk(["should i get a second opinion"])
    touched = rehearsal.device.touch(arguments)
    assert touched.speech == heard.speech
    assert without_ids(touched.attributes) == without_ids(heard.attributes)
    assert drawn(touched) == drawn(heard)
    assert rehearsal.outbox.sent == []


def test_yes_on_an_old_screen_answers_no_newer_question() -> None:
    rehearsal, offered = talk(["should i get a second opinion"])
    old = drawn(offered)
    rehearsal.device.say("text me the number")
    rehearsal.device.history.append(offered)  # its screen is touched, though another question is pending
    assert old is not None
    assert old["token"] == "guide:answer:text"
    touched = rehearsal.device.touch(["intent", names.YES])
    assert rehearsal.outbox.sent == [], "a text left"
    assert touched.attributes["pending"] == "account"


def test_a_touch_without_a_session_is_met_calmly() -> None:
    rehearsal, _ = talk(["stop"])
    touched = rehearsal.device.touch(["intent", names.YES])
    assert touched.speech.endswith("?")
    assert rehearsal.outbox.sent == []


# -- what is sent --------------------------------------------------------------------------------------------------------


def test_a_response_stays_small() -> None:
    sizes = {}
    for name, steps in CONVERSATIONS.items():
        _, heard = talk(steps)
        sizes[name] = len(json.dumps(heard.response).encode())
    assert max(sizes.values()) < MAX_RESPONSE_BYTES, sizes


def test_every_reply_of_a_conversation_names_its_screen() -> None:
    for name, steps in CONVERSATIONS.items():
        _, heard = talk(steps)
        directive = drawn(heard)
        assert directive is not None, name
        assert directive["token"].startswith("guide:")
        assert heard.card is not None or name in {"help", "choice", "consent", "confirm"}, "the card still goes"


def test_a_number_stays_on_the_screen() -> None:
    _, heard = talk(CONVERSATIONS["sent"])
    directive = drawn(heard)
    assert directive is not None
    assert directive["document"]["settings"]["idleTimeout"] == screens.NUMBER_STAYS_MS
    _, heard = talk(CONVERSATIONS["answer"])
    directive = drawn(heard)
    assert directive is not None
    assert "settings" not in directive["document"]


def test_a_device_without_a_screen_gets_none_and_loads_none() -> None:
    code = (
        "import sys; from simulator.rehearsal import Rehearsal; r = Rehearsal(); h = r.device.say('give me the number')\n"
        "assert not [d for d in h.directives if 'APL' in d['type']], h.directives\n"
        "assert h.card and not [m for m in sys.modules if m.startswith('skill.screens')]"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, env={"PYTHONPATH": "lambda:.", "PATH": "/usr/bin:/bin"}
    )


def test_no_screen_while_alexa_asks_for_a_permission() -> None:
    rehearsal = Rehearsal()
    rehearsal.device.screen = SCREENS[0].viewport
    rehearsal.account.state = "denied"
    rehearsal.device.say("text me the number")
    asking = next(h for h in rehearsal.device.history if any("Connections" in d["type"] for d in h.directives))
    assert drawn(asking) is None


def test_whoever_cannot_have_the_screen_has_the_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(screens, "compose", broken)
    _, heard = talk(["give me the number"])
    assert drawn(heard) is None
    assert "8 0 0, 8 1 3, 4 6 7 3" in heard.speech
    assert "no screen" in caplog.text
    assert "a secret" not in caplog.text


@pytest.mark.parametrize(
    ("text", "em"), [("800-813-4673", 6.9), ("202-555-0143", 6.9), ("911", 1.83), ("800-813-HOPE", 7.46)]
)
def test_the_room_a_number_is_given(text: str, em: float) -> None:
    assert Number(text, "").em == em


# -- the frame that draws --------------------------------------------------------------------------------------------------


@pytest.fixture
def frame(tmp_path: Path) -> Any:
    app = Flask("frame")
    app.register_blueprint(apl_frame.blueprint(tmp_path / "index.js"))
    return app.test_client()


def test_the_frame_is_shut_in(frame: Any) -> None:
    policy = frame.get("/apl-frame", headers={"Host": "127.0.0.1:8123"}).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-scripts" in policy
    assert "script-src http://127.0.0.1:8123/apl-frame/ 'unsafe-eval';" in policy
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost:80;script-src *"])
def test_the_frame_runs_nothing_under_another_name(frame: Any, host: str) -> None:
    assert "script-src 'none'" in apl_frame.policy(host)


def test_a_renderer_that_is_missing_or_another_is_not_served(frame: Any, tmp_path: Path) -> None:
    assert frame.get("/apl-frame/renderer.js").status_code == 404
    apl_frame._is_the_renderer.cache_clear()
    (tmp_path / "index.js").write_text("alert('not the renderer')")
    assert frame.get("/apl-frame/renderer.js").status_code == 404
    apl_frame._is_the_renderer.cache_clear()
