"""The screens as devices draw them: the real APL renderer in Chromium, ten devices, the picture read and measured."""

from __future__ import annotations

import copy
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from apl_picture import Marks, Picture, agreement, contrast, read_lines, trimmed
from apl_screen import WAIT, Box, Screen, missing, screen
from invariants import bare_shown, drawn, shown_texts
from screens_cases import CONVERSATIONS, case, talk

from simulator.devices import BY_ID, SCREENS, Device

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("screens")]

ROOT = Path(__file__).parent.parent
SHOTS = ROOT / "build" / "screens"
#: The colour of numbers and the ground they stand on.
MARK = {"dark": ((255, 212, 0), (0, 0, 0)), "light": ((11, 42, 102), (255, 255, 255))}
#: Kinds whose first view is the whole screen; the others may go on below it.
ONE_VIEW = {"number", "another-number", "sent", "urgent", "suicide", "emergency", "answer", "distress"}
HELPLINE = "800-813-4673"
#: Two drawings of the same writing agree this far in every strip (measured: 1.000 where it is whole).
WHOLE = 0.99
MIN_CONTRAST = 7.0
MIN_TOUCH_DP = 48
MIN_TYPE_DP = 24


@dataclass(slots=True)
class NumberSeen:
    """One number on one screen: what it should be, and the picture of it."""

    text: str
    box: Box
    #: The whole width of the screen at the number's height, up to whatever stands beside it.
    marks: Marks
    agreement: float
    reference: Marks


@dataclass(slots=True)
class Seen:
    """One kind of screen on one device."""

    kind: str
    device: Device
    properties: dict[str, Any]
    words: list[str]
    boxes: list[Box]
    touchable: list[Box]
    numbers: list[NumberSeen] = field(default_factory=list)
    events: list[list[str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    picture: Picture | None = None

    @property
    def scale(self) -> float:
        """Give how many pixels a dp is."""
        return self.device.dpi / 160


@pytest.fixture(scope="module")
def browser() -> Iterator[Screen]:
    if lacks := missing():
        pytest.skip(lacks)
    with screen() as made:
        yield made


@pytest.fixture(scope="module")
def directives() -> dict[str, dict[str, Any]]:
    found = {}
    for kind, steps in CONVERSATIONS.items():
        directive = drawn(talk(steps)[1])
        assert directive is not None
        found[kind] = directive
    found["source"] = case("source", "source_dated", "ask_another").directive
    return found


#: Kinds that are laid out as another is are drawn on three devices of different shapes only.
LIKE_ANOTHER = {"another-number", "distress", "source"}
SHAPES = {"hubRound", "hubLandscapeSmall", "mobileSmall"}


@pytest.fixture(scope="module")
def seen(browser: Screen, directives: dict[str, dict[str, Any]]) -> dict[tuple[str, str], Seen]:
    """Every kind of screen on every device, drawn, pictured and touched once."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return {
        (kind, device.id): look(browser, kind, directive, device)
        for device in SCREENS
        for kind, directive in directives.items()
        if kind not in LIKE_ANOTHER or device.id in SHAPES
    }


def look(browser: Screen, kind: str, directive: dict[str, Any], device: Device, theme: str = "dark") -> Seen:
    before = len(browser.complaints)
    words = browser.draw(directive, device, theme)
    properties = directive["datasources"]["screen"]["properties"]
    made = Seen(kind, device, properties, words, browser.boxes(), browser.touchable())
    png = browser.png()
    (SHOTS / f"{kind}-{device.id}-{theme}.png").write_bytes(png)
    if device.shape == "ROUND":
        made.picture = browser.picture(png)
    for number in properties["numbers"]:
        made.numbers.append(see_number(browser, made, png, str(number["text"]), theme))
    for target in made.touchable:
        if target.bottom <= device.height and (device.shape != "ROUND" or kind in ONE_VIEW):
            event = browser.press(target.left + target.width / 2, target.top + target.height / 2)
            made.events.append(event["arguments"])
    made.complaints = browser.complaints[before:]
    return made


def see_number(browser: Screen, made: Seen, png: bytes, text: str, theme: str) -> NumberSeen:
    box = next(b for b in made.boxes if b.text == text)
    beside = [b for b in made.boxes if b is not box and b.top < box.bottom and b.bottom > box.top]
    left = max(((box.left + b.right) / 2 for b in beside if b.right <= box.left), default=0.0)
    right = min(((box.right + b.left) / 2 for b in beside if b.left >= box.right), default=float(made.device.width))
    top, bottom = max(box.top, 0), min(box.bottom, made.device.height)
    marks = browser.marks(*MARK[theme], png, x=left, y=top, width=right - left, height=bottom - top)
    if made.device.shape == "ROUND":
        y, x = np.mgrid[0 : marks.shape[0], 0 : marks.shape[1]]
        # What is beyond the rim is not the screen.
        marks = marks & (np.hypot(x + int(left) - 239.5, y + int(top) - 239.5) < 239)
    reference = reference_of(browser, text, box.size, box.weight)
    return NumberSeen(text, box, marks, agreement(marks, reference), reference)


REFERENCES: dict[tuple[str, float, int], Marks] = {}


def reference_of(browser: Screen, text: str, size: float, weight: int) -> Marks:
    key = (text, size, weight)
    if key not in REFERENCES:
        REFERENCES[key] = browser.reference(*key)
    return REFERENCES[key]


def of_kind(seen: dict[tuple[str, str], Seen], kind: str) -> list[Seen]:
    return [each for (name, _), each in seen.items() if name == kind]


def on_device(seen: dict[tuple[str, str], Seen], device: str) -> list[Seen]:
    return [each for (_, name), each in seen.items() if name == device]


KINDS = [*CONVERSATIONS, "source"]
NUMBERED = ["number", "confirm", "sent", "urgent", "suicide", "emergency"]
DEVICES = [device.id for device in SCREENS]


# -- the number ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", NUMBERED)
def test_the_number_is_drawn_whole(seen: dict[tuple[str, str], Seen], kind: str, device: str) -> None:
    """Pixel by pixel what it looks like with room to spare: nothing cut, nothing on a second line."""
    made = seen[kind, device]
    assert made.numbers
    for number in made.numbers:
        assert number.agreement > WHOLE, (number.text, number.agreement)
        assert number.box.lines == 1
        assert not number.box.cut


@pytest.mark.parametrize("kind", NUMBERED)
def test_the_number_can_be_read_off_the_picture(seen: dict[tuple[str, str], Seen], kind: str) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("no tesseract: apt-get install tesseract-ocr")
    numbers = [(each, number) for each in of_kind(seen, kind) for number in each.numbers]
    assert len(numbers) >= len(SCREENS)
    read = read_lines([number.marks for _, number in numbers])
    assert read == [number.text for _, number in numbers]


@pytest.mark.parametrize("device", DEVICES)
def test_the_number_is_as_large_as_it_can_be(seen: dict[tuple[str, str], Seen], device: str) -> None:
    for kind in ("number", "sent", "confirm"):
        made = seen[kind, device]
        number = made.numbers[0]
        width = trimmed(number.marks).shape[1]
        room = made.device.width * (0.9 if made.device.mode == "TV" else 0.92)
        if made.device.shape == "ROUND":
            far = max(abs(number.box.top - 240), abs(number.box.bottom - 240))
            room = 2 * (240**2 - far**2) ** 0.5
        # 6.23 of 6.9 em: the rest is for devices whose own face is wider than the one drawn with here.
        assert 0.86 * room <= width <= 0.93 * room, (kind, width / room)
        assert number.box.size <= room / 6.9 + 1


def test_a_crisis_number_is_huge(seen: dict[tuple[str, str], Seen]) -> None:
    for kind in ("suicide", "emergency", "urgent"):
        for made in of_kind(seen, kind):
            for number in made.numbers:
                least = 0.2 if made.device.shape == "ROUND" or made.device.height > made.device.width else 0.3
                assert number.box.size >= least * min(made.device.height, 1.8 * made.device.width), (
                    kind,
                    made.device.id,
                )


def spoiled(directive: dict[str, Any], **number: Any) -> dict[str, Any]:
    made = copy.deepcopy(directive)
    made["document"]["layouts"]["Number"]["item"].update(number)
    return made


SPOILED: dict[str, dict[str, Any]] = {
    "too large, on one line": {"fontSize": "${1.35 * wide / number.em}dp", "maxLines": 1},
    "too large, broken at a hyphen": {"fontSize": "${1.35 * wide / number.em}dp"},
    "not high enough": {"height": "30dp", "fontSize": "${wide / number.em}dp", "maxLines": 1, "paddingTop": "20dp"},
    "moved off the edge": {"paddingLeft": "30vw", "position": "relative"},
    "a digit lost": {"text": "800-813-467"},
    "a digit changed": {"text": "800-818-4673"},
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_number_is_caught(browser: Screen, directives: dict[str, dict[str, Any]], how: str) -> None:
    """The checks above can fail: each of these pictures is told from a whole number."""
    device = BY_ID["hubRound"]
    browser.draw(spoiled(directives["sent"], **SPOILED[how]), device)
    pictured = browser.marks(*MARK["dark"], x=0, y=100, width=480, height=120)
    size = device.width * 0.87 / 6.9
    assert agreement(pictured, reference_of(browser, HELPLINE, size, 700)) < WHOLE


def test_reading_the_picture_finds_a_lost_digit(browser: Screen, directives: dict[str, dict[str, Any]]) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("no tesseract: apt-get install tesseract-ocr")
    device = BY_ID["hubRound"]
    words = browser.draw(spoiled(directives["sent"], **SPOILED["too large, on one line"]), device)
    assert any(word.startswith("800-813") for word in words)
    pictured = browser.marks(*MARK["dark"], x=0, y=100, width=480, height=120)
    assert read_lines([pictured]) != [HELPLINE]


# -- the rest of the screen ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_all_the_words_are_drawn(seen: dict[tuple[str, str], Seen], kind: str) -> None:
    for made in of_kind(seen, kind):
        there = "".join(map(bare_shown, made.words))
        labels = [b["label"] for b in made.properties["main"]]
        more = made.properties["numbers"][1:]  # a round screen has no room for what leads to a second number
        skipped = {number["lead"] for number in more} if made.device.shape == "ROUND" and kind == "number" else set()
        for text in (*shown_texts(made.properties), *labels):
            assert bare_shown(text) in there or text in skipped, (made.device.id, text)
        assert "&amp;" not in "".join(made.words)
        assert "<b>" not in "".join(made.words)


@pytest.mark.parametrize("device", DEVICES)
def test_nothing_goes_over_the_edge(seen: dict[tuple[str, str], Seen], device: str) -> None:
    for made in on_device(seen, device):
        kind = made.kind
        for box in made.boxes:
            assert not box.cut, (kind, box)
            assert box.left >= 0, (kind, box)
            assert box.right <= made.device.width, (kind, box)
            assert box.scrolls or box.bottom <= made.device.height, (kind, box)
            assert box.size >= MIN_TYPE_DP * made.scale, (kind, box)


def test_the_renderer_has_nothing_to_adjust(seen: dict[tuple[str, str], Seen]) -> None:
    """It says when a component does not fit its parent; a pixel is rounding."""
    for made in seen.values():
        for complaint in made.complaints:
            changed = re.findall(r"(?:WIDTH|HEIGHT): (-?[\d.]+) => (-?[\d.]+)", complaint)
            assert changed, complaint
            assert all(abs(float(a) - float(b)) < 1.5 for a, b in changed), (made.kind, made.device.id, complaint)


def test_a_round_screen_cuts_nothing(seen: dict[tuple[str, str], Seen]) -> None:
    """Within four pixels of the rim there is no ink, where all is shown at once."""
    y, x = np.mgrid[0:480, 0:480]
    distance = np.hypot(x - 239.5, y - 239.5)
    rim = (distance > 234) & (distance < 239)
    for kind in ONE_VIEW:
        picture = seen[kind, "hubRound"].picture
        assert picture is not None
        assert picture[rim].max() < 30, kind


@pytest.mark.parametrize("device", DEVICES)
def test_the_question_and_its_buttons_are_in_view(seen: dict[tuple[str, str], Seen], device: str) -> None:
    for made in on_device(seen, device):
        kind = made.kind
        if made.properties["kind"] not in {"answer", "number", "sent"} or not made.properties["question"]:
            continue
        question = next(b for b in made.boxes if b.text == made.properties["question"])
        assert not question.scrolls
        assert question.bottom <= made.device.height
        assert {b.text for b in made.touchable} >= {b["label"] for b in made.properties["main"]}
        for target in made.touchable:
            assert target.bottom <= made.device.height, (kind, target)


@pytest.mark.parametrize("device", DEVICES)
def test_what_can_be_touched_is_large_and_does_as_it_says(seen: dict[tuple[str, str], Seen], device: str) -> None:
    for made in on_device(seen, device):
        kind = made.kind
        offered = {b["label"]: b["does"] for b in (*made.properties["main"], *made.properties["more"])}
        for target in made.touchable:
            assert min(target.width, target.height) >= MIN_TOUCH_DP * made.scale, (kind, target)
            assert bare_shown(target.text) in {bare_shown(label) for label in offered}
        wanted = [offered[target.text] for target in made.touchable][: len(made.events)]
        assert made.events == wanted, kind
        if offered and (made.device.shape != "ROUND" or kind in ONE_VIEW):
            assert made.events, kind


def test_what_is_below_can_be_scrolled_to(browser: Screen, directives: dict[str, dict[str, Any]]) -> None:
    browser.draw(directives["consent"], BY_ID["hubRound"])
    last = [b for b in browser.boxes() if b.scrolls][-1]
    question = next(b for b in browser.boxes() if b.text == "Shall I send it?")
    assert last.bottom > question.top, "nothing to scroll"
    browser.page.mouse.move(240, 180)
    browser.page.mouse.wheel(0, 2000)
    assert soon(lambda: [b for b in browser.boxes() if b.scrolls][-1].bottom <= question.top + 2)


def test_a_remote_control_can_press_the_button(browser: Screen, directives: dict[str, dict[str, Any]]) -> None:
    """Down past the words, which scroll, to the first button; it lights up, legibly, before it is pressed."""
    browser.draw(directives["answer"], BY_ID["tvFullscreen"])
    yes = browser.touchable()[0]
    assert not lit(browser, yes)
    for _ in range(6):
        browser.page.keyboard.press("ArrowDown")
        if soon(lambda: lit(browser, yes), 1.5):
            break
    assert lit(browser, yes)
    browser.page.keyboard.press("Enter")
    assert browser.page.evaluate(WAIT, "event")["arguments"] == ["intent", "AMAZON.YesIntent"]


def soon(seen: Callable[[], bool], seconds: float = 10) -> bool:
    """Look again and again until it is so; a busy machine takes its time to draw."""
    end = time.monotonic() + seconds
    while not (found := seen()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def lit(browser: Screen, button: Box) -> bool:
    """Tell whether a button is bright with dark writing, which nobody needs to tell hues apart to see."""
    inside = browser.picture(x=button.left + 30, y=button.top + 20, width=button.width - 60, height=button.height - 40)
    return bool(np.median(inside[..., 0]) > 200) and contrast(inside) >= MIN_CONTRAST


# -- colours -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("kind", ["help", "answer", "number", "suicide"])
def test_contrast_is_seven_to_one(
    browser: Screen, directives: dict[str, dict[str, Any]], kind: str, theme: str
) -> None:
    device = BY_ID["hubLandscapeMedium"]
    browser.draw(directives[kind], device, theme)
    (SHOTS / f"{kind}-{device.id}-{theme}.png").write_bytes(browser.png())
    whole = browser.picture()
    light = float(np.median(whole))
    assert light > 200 if theme == "light" else light < 55
    for box in browser.boxes():
        part = whole[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
        assert contrast(part) >= MIN_CONTRAST, (box.text, contrast(part))


def test_the_light_number_is_whole_too(browser: Screen, directives: dict[str, dict[str, Any]]) -> None:
    for device in (BY_ID["hubRound"], BY_ID["hubLandscapeSmall"]):
        made = look(browser, "sent", directives["sent"], device, "light")
        assert made.numbers[0].agreement > WHOLE


def test_contrast_is_measured() -> None:
    picture = np.zeros((50, 50, 3), np.uint8)
    picture[10:20, 10:40] = 118
    assert 4.4 < contrast(picture) < 4.7
    picture[10:20, 10:40] = 255
    assert contrast(picture) == pytest.approx(21)


def test_a_pressed_button_looks_different_by_more_than_colour(
    browser: Screen, directives: dict[str, dict[str, Any]]
) -> None:
    browser.draw(directives["answer"], BY_ID["hubLandscapeMedium"])
    target = browser.touchable()[0]
    assert not lit(browser, target)
    browser.page.mouse.move(target.left + 40, target.top + 40)
    browser.page.mouse.down()
    pressed = soon(lambda: lit(browser, target))
    browser.page.mouse.up()
    assert pressed


# -- the frame -----------------------------------------------------------------------------------------------------------


def test_nothing_leaves_the_machine(seen: dict[tuple[str, str], Seen], browser: Screen) -> None:
    assert seen
    assert browser.outside == []


def test_a_document_that_cannot_be_drawn_is_said_to_be_so(browser: Screen) -> None:
    with pytest.raises(RuntimeError):
        browser.draw({"document": {"type": "APL", "version": "1.4"}, "datasources": {}}, BY_ID["hubRound"])
    shown = browser.draw(case("", "goodbye").directive, BY_ID["hubRound"])
    assert any("Take care" in words for words in shown), "the next one is drawn again"


def test_the_frame_listens_to_the_page_around_it_only(browser: Screen) -> None:
    """A message from another window draws nothing; one from the page around it does."""
    page = browser.page.context.new_page()
    page.route("**/around", lambda route: route.fulfill(content_type="text/html", body=AROUND))
    page.goto(f"{browser.origin}/around")
    message = {**case("", "goodbye").directive, "kind": "render", "viewport": BY_ID["hubRound"].viewport}
    assert page.evaluate("(m) => ask(m)", message) == ["ready", "rendered"]
    page.close()
    browser.page.bring_to_front()


AROUND = """<!doctype html><meta charset="utf-8"><body><script>
const told = [];
const made = () => { const f = document.createElement("iframe"); f.setAttribute("sandbox", "allow-scripts"); return f; };
const frame = made();
frame.src = "/apl-frame";
document.body.append(frame);
const until = (kind) => new Promise((done) => {
  const look = () => (told.includes(kind) ? done() : setTimeout(look, 20));
  look();
});
addEventListener("message", (event) => { if (event.source === frame.contentWindow) told.push(event.data.kind); });
async function ask(message) {
  await until("ready");
  // A stranger beside it asks first, and for what cannot be drawn: an answer would be an error.
  const stranger = made();
  stranger.srcdoc = "<script>parent.frames[0].postMessage({kind: 'render', document: {}, viewport: {}}, '*')<\\/script>";
  document.body.append(stranger);
  await new Promise((done) => setTimeout(done, 300));
  frame.contentWindow.postMessage(message, "*");
  await until("rendered");
  return told;
}
</script>"""


@pytest.mark.parametrize("name", sorted(each.name for each in (ROOT / "docs" / "screens").glob("screen-*.png")))
def test_the_pictures_in_the_documentation_are_of_the_right_devices(name: str) -> None:
    kind, device, theme = name.removeprefix("screen-").removesuffix(".png").rsplit("-", 2)
    png = (ROOT / "docs" / "screens" / name).read_bytes()
    assert kind in CONVERSATIONS
    assert theme in MARK
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (BY_ID[device].width, BY_ID[device].height)
    assert len(png) < 60_000
