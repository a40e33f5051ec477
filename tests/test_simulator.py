"""The rehearsal as other people's tools drive it: one sentence, a script of lines, a terminal."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.__main__ import main, script, talk
from simulator.device import Device
from simulator.ears import Ears, ears, normal
from simulator.rehearsal import Rehearsal
from skill import names

ROOT = Path(__file__).parent.parent
KEYS = {"intent", "topic", "key", "speech", "reprompt", "open", "card", "texts"}


def lines(*said: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    assert script(Rehearsal(), list(said), out) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("python", [sys.executable, sys._base_executable])  # type: ignore[attr-defined]
def test_once_as_a_process_prints_one_json_object(python: str) -> None:
    """With our environment's Python and with the bare one it was made from; nobody has to set PYTHONPATH."""
    ran = subprocess.run(
        [python, "-m", "simulator", "--once", "should i get a second opinion"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    reply = json.loads(ran.stdout)
    assert set(reply) >= KEYS
    assert reply["topic"] == "when_needed"
    assert reply["open"] is True
    assert reply["speech"].endswith("?")
    assert "<" not in reply["speech"]
    assert ran.stderr == ""


def test_a_script_keeps_one_session_and_begins_a_new_one_when_the_last_reply_closed() -> None:
    first, yes, sent, no, again, out_of_the_blue = lines(
        "should i get a second opinion", "yes", "yes", "no", "how do i ask my doctor", "stop"
    )
    assert first["texts"] == []
    assert yes["texts"] == []
    assert [t["to"] for t in sent["texts"]] == ["+12025550142"]
    assert "800-813-4673" in sent["texts"][0]["body"]
    assert no["open"] is False
    assert again["topic"] == "what_to_say"
    assert again["key"].endswith("ask_text"), "a new session offers the text anew"
    assert out_of_the_blue["open"] is False


def test_blank_lines_and_comments_are_passed_over() -> None:
    assert len(lines("", "# a note", "what is a second opinion", "   ")) == 1


def test_silence_in_a_script() -> None:
    _, first, second = lines("what is a second opinion", "(silence)", "(silence)")
    assert first["open"] is True
    assert first["speech"]
    assert second["open"] is False


def test_the_terminal_reads_well_aloud() -> None:
    out = io.StringIO()
    talk(Rehearsal(), io.StringIO("# note\nwill my doctor be mad\nyes\nyes\nstop\n"), out)
    text = out.getvalue()
    assert text.startswith("You: will my doctor be mad\nGuide: ")
    assert "Text message to +12025550142: " in text
    assert "The conversation is over" in text
    assert text.isprintable() or "\x1b" not in text


def test_a_missing_script_is_a_message_not_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--script", "no/such/file"]) == 2
    assert "cannot read" in capsys.readouterr().err


# -- the stand-in for Alexa's understanding -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("open second opinion guide", names.LAUNCH),
        ("Alexa, open Second Opinion Guide.", names.LAUNCH),
        ("Alexa, ask second opinion guide should I get a second opinion?", "ShouldIGetSecondOpinionIntent"),
        ("ask second opinion guide how do i ask my doctor", "HowDoIAskMyDoctorIntent"),
        ("um, should I get a second opinion, please?", "ShouldIGetSecondOpinionIntent"),
        ("Yes.", names.YES),
        ("tell me more", names.MORE),
        ("stop", names.STOP),
    ],
)
def test_ears_hear_samples_and_invocations(said: str, intent: str) -> None:
    assert ears().hear(said).intent == intent


def test_speech_that_only_begins_like_an_invocation_is_no_launch() -> None:
    for said in ("tell me more", "how do i ask my doctor", "open", "ask my doctor"):
        assert ears().hear(said).intent != names.LAUNCH


def test_ears_fill_lists_and_numbers() -> None:
    cared = ears().hear("should my mom get a second opinion")
    assert (cared.intent, cared.resolved) == ("ShouldIGetSecondOpinionIntent", {"who": "mother"})
    number = ears().hear("my number is two oh two, five five five, oh one four three")
    assert number.intent == names.PHONE_NUMBER
    assert number.slots["phone"].split()[:3] == ["two", "oh", "two"]


def test_the_longest_carrier_is_cut_off() -> None:
    made = Ears(
        {
            "interactionModel": {
                "languageModel": {
                    "invocationName": "x y",
                    "intents": [
                        {"name": "A", "samples": ["my {question}"]},
                        {"name": "B", "samples": ["my doctor {question}"]},
                    ],
                }
            }
        }
    )
    heard = made.hear("my doctor won't listen")
    assert (heard.intent, heard.slots) == ("B", {"question": "won't listen"})
    assert made.hear("zebra").intent == names.FALLBACK


def test_normal_text_is_what_speech_recognition_gives() -> None:
    assert normal("Dr. O\u2019Neil's 2nd opinion\u2014please?!") == "doctor o'neil's second opinion please"


def test_an_open_prompt_takes_any_words_without_a_carrier() -> None:
    rehearsal = Rehearsal()
    rehearsal.device.open()
    assert rehearsal.device.say("gleason six somebody recheck").understood.how == "elicited"


def test_a_yes_no_prompt_takes_only_what_alexa_would_hear() -> None:
    rehearsal = Rehearsal()
    rehearsal.device.say("text me the number")
    assert rehearsal.device.say("zzyzx quux").understood.intent == names.FALLBACK


def test_the_device_sends_what_alexa_sends() -> None:
    sent: list[dict[str, Any]] = []

    def skill(event: dict[str, Any]) -> dict[str, Any]:
        sent.append(event)
        return {
            "version": "1.0",
            "sessionAttributes": {"n": len(sent)},
            "response": {"outputSpeech": {"ssml": "<speak>Hm?</speak>"}, "shouldEndSession": len(sent) > 1},
        }

    device = Device(skill)
    device.say("what is a second opinion")
    device.say("yes")
    device.say("no")
    one, two, three = sent
    assert one["session"]["new"] is True
    assert two["session"]["new"] is False
    assert two["session"]["attributes"] == {"n": 1}
    assert two["session"]["sessionId"] == one["session"]["sessionId"]
    assert three["session"]["new"] is True, "the second reply closed the session"
    assert three["session"]["attributes"] == {}
    assert len({e["request"]["requestId"] for e in sent}) == 3
