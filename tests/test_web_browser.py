"""The rehearsal page in a real browser: by keyboard, in the dark, on a phone; kept, shared, timed, judged by axe."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path

import pytest
import web_visits
import yaml
from dialogs_player import Player
from playwright.sync_api import expect
from web_visits import ANSWER, LOOKS, MARKS, QUESTION, THOROUGH, Visits

browser, renderer, site, visits = web_visits.FIXTURES
pytestmark = MARKS

# ---- a conversation -------------------------------------------------------------------------------------------------


def test_a_whole_conversation_by_keyboard_to_a_text_received(visits: Visits) -> None:
    page = (visit := visits()).page
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("second opinion"))
    page.keyboard.press("Shift+Tab")  # off the box, which has the focus, and back by the first stop of the page
    page.locator("body").press("Home")
    page.locator(".skip").focus()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visit.answered(0)
    expect(visit.log).to_contain_text(ANSWER)
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator("#say")).to_have_value("")
    expect(page.locator("#messages")).to_contain_text("No text yet")
    for place, said in enumerate(("yes", "yes"), 1):
        page.keyboard.type(said)
        page.keyboard.press("Enter")
        visit.answered(place)
    message = page.locator(".message")
    expect(message).to_have_count(1)
    expect(message).to_contain_text("800-813-4673")
    expect(visit.log).to_contain_text("A text arrives on the phone on this Alexa account, 202-555-0142.")
    expect(page.locator("#ear-words")).to_have_text("The microphone is open: it is your turn.")
    page.keyboard.type("no")
    page.keyboard.press("Enter")
    visit.answered(3)
    expect(page.locator("#ear-words")).to_have_text("The microphone is closed.")
    expect(visit.log).to_contain_text("The conversation is over.")
    expect(page.locator("#say")).to_be_focused()


def test_every_control_can_be_reached_by_tab_and_shows_where_one_is(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    page = visit.page
    for summary in page.locator(".more > details > summary").all():
        summary.press("Enter")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
          .filter((node) => node.checkVisibility() && !node.disabled)
          .map((node, place) => { node.dataset.stop = place; return node.outerHTML.slice(0, 80); })"""
    )
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges(); window.scrollTo(0, 0)")
    reached: set[int] = set()
    for _ in range(len(wanted) + 10):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const node = document.activeElement;
              if (!node || node.dataset.stop === undefined) return null;
              const style = getComputedStyle(node);
              const box = node.getBoundingClientRect();
              const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              return { stop: Number(node.dataset.stop), ring,
                       seen: box.bottom > 0 && box.top < innerHeight };
            }"""
        )
        if stop:
            assert stop["ring"], f"no ring around {wanted[stop['stop']]}"
            assert stop["seen"], f"out of sight: {wanted[stop['stop']]}"
            reached.add(stop["stop"])
    missed = [html for place, html in enumerate(wanted) if place not in reached]
    assert not missed, f"not reached by Tab: {missed}"


def test_a_conversation_by_suggestions_alone(visits: Visits) -> None:
    visit = visits()
    for place, words in enumerate([QUESTION.rstrip("?"), "Yes", "Yes"]):
        visit.page.get_by_role("button", name=words, exact=True).click()
        visit.answered(place)
        expect(visit.page.locator("#say")).to_be_focused()
    expect(visit.page.locator(".message")).to_have_count(1)


def test_permission_refused_then_a_number_spoken(visits: Visits) -> None:
    visit = visits()
    page = visit.page
    page.locator("#situation summary").press("Enter")
    page.get_by_label("Permission to see the mobile number is").select_option("denied")
    page.get_by_label("When Alexa asks for it, the person says").select_option("DENIED")
    expect(page.locator("#situation-now")).to_have_text("(2 changed)")
    visit.say(QUESTION)
    page.locator("#say").fill("yes")
    page.keyboard.press("Enter")
    visit.answered(1, 2)
    expect(visit.log).to_contain_text("Alexa itself asks for permission to see the mobile number. The person says no.")
    expect(page.locator("#card")).to_contain_text("asks for permission")
    page.locator("#card").get_by_role("button", name="Allow").click()
    expect(page.get_by_label("Permission to see the mobile number is")).to_have_value("granted")
    page.get_by_role("button", name="202 555 0143").click()
    visit.answered(3)
    visit.say("yes")
    expect(page.locator("#messages")).to_contain_text("202-555-0143, a phone named aloud")


def test_trouble_with_the_service_is_told_and_the_number_given(visits: Visits) -> None:
    visit = visits()
    visit.page.locator("#situation summary").click()
    visit.page.get_by_label("The texting service").select_option("opted_out")
    visit.say(QUESTION, "yes", "yes")
    expect(visit.log).to_contain_text("8 0 0, 8 1 3, 4 6 7 3")
    expect(visit.page.locator(".message")).to_have_count(0)


def test_staying_silent_starting_again_and_letting_time_pass(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    page = visit.page
    page.get_by_role("button", name="Stay silent").click()
    visit.answered(1)
    expect(visit.log).to_contain_text("You stay silent.")
    page.get_by_role("button", name="Stay silent").click()
    visit.answered(2)
    page.get_by_role("button", name="Stay silent").click()
    expect(page.locator("#status")).to_contain_text("nothing to stay silent to")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator("#status")).to_have_text("Started again.")
    expect(visit.log).to_have_attribute("data-turns", "0")
    visit.say(QUESTION, "yes", "yes", "text me the number", "yes")
    expect(page.locator(".message")).to_have_count(1)
    page.locator("#situation summary").click()
    page.get_by_role("button", name="One day").click()
    expect(page.locator("#ahead")).to_have_text("The skill’s clock is 24 hours ahead.")
    visit.say("text me the number", "yes")
    expect(page.locator(".message")).to_have_count(2)


def test_nothing_typed_too_much_typed_and_markup_typed(visits: Visits) -> None:
    visit = visits()
    visit.page.locator("#say").press("Enter")
    expect(visit.page.locator("#status")).to_contain_text("Type something")
    visit.say("<img src=x onerror=alert(1)><b>bold</b>")
    expect(visit.log).to_contain_text("<img src=x onerror=alert(1)><b>bold</b>")
    assert visit.log.locator("img, b").count() == 0
    visit.page.locator("#say").fill("a" * 600)
    assert len(visit.page.locator("#say").input_value()) == 500


def test_what_happened_inside_can_be_seen_for_every_reply(visits: Visits) -> None:
    visit = visits().say(QUESTION, "who says so")
    page = visit.page
    page.get_by_role("button", name="Look inside").first.click()
    inside = page.locator("#inside-body")
    expect(inside).to_contain_text("ShouldIGetSecondOpinionIntent, exact")
    expect(inside).to_contain_text("when_needed")
    expect(inside).to_contain_text("Our own listening would have said")
    expect(inside).to_contain_text("ahead of the runner-up")
    inside.get_by_text("The request Alexa sends").click()
    sent = json.loads(inside.locator("pre").first.inner_text())
    assert sent["request"]["intent"]["name"] == "ShouldIGetSecondOpinionIntent"
    expect(visit.log).to_contain_text("seconds of speech")


# ---- keeping --------------------------------------------------------------------------------------------------------


def test_a_link_brings_the_conversation_to_another_browser(visits: Visits) -> None:
    visit = visits()
    visit.page.locator("#situation summary").click()
    visit.page.get_by_label("The texting service").select_option("throttled")
    visit.say(QUESTION, "yes", "yes")
    visit.page.locator("#keep summary").click()
    link = visit.page.get_by_label("Link").input_value()
    assert "#c=" in link
    other = visits(link.removeprefix(visit.site.address))
    assert other.turns() == 3
    assert other.log.inner_text() == visit.log.inner_text()
    expect(other.page).to_have_url(visit.site.address)
    assert not any("#" in url or "throttled" in url for url in other.asked), "the fragment stays in the browser"


def test_a_reload_keeps_the_conversation_and_a_broken_link_begins_anew(visits: Visits) -> None:
    visit = visits().say(QUESTION, "yes")
    before = visit.log.inner_text()
    visit.page.reload()
    visit.page.locator("html[data-ready]").wait_for()
    assert visit.log.inner_text() == before
    broken = visits("#c=@@@")
    expect(broken.page.locator("#status")).to_contain_text("The link is broken")
    broken.say(QUESTION)


def test_a_kept_test_file_is_a_dialog_that_passes(visits: Visits) -> None:
    visit = visits().say(QUESTION, "yes", "yes", "no")
    visit.page.locator("#keep summary").click()
    visit.page.get_by_label("Name of the test").fill("a text, by the page")
    with visit.page.expect_download() as caught:
        visit.page.get_by_role("button", name="Save as a test").click()
    assert caught.value.suggested_filename == "a-text-by-the-page.yaml"
    [conversation] = yaml.safe_load(Path(caught.value.path()).read_text(encoding="utf-8"))
    assert conversation["name"] == "a text, by the page"
    Player(conversation.get("given")).play(conversation["turns"])


def test_two_tabs_are_two_conversations_and_a_lost_room_is_made_again(visits: Visits) -> None:
    one = visits().say(QUESTION)
    two = visits.tab(one.page.context).open()
    assert two.turns() == 0
    two.say("how do i ask my doctor")
    one.site.rooms._rooms.clear()  # as when the rehearsal is stopped and started
    one.trouble.clear()
    one.say("yes")
    expect(one.log).to_contain_text("4 2. Shall I send it?")
    assert [line for line in one.trouble if "410" not in line] == []
    one.trouble.clear()


# ---- looks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", LOOKS)
def test_no_fault_in_any_state(visits: Visits, look: str) -> None:
    visit = visits(**LOOKS[look])
    page = visit.page
    faults: list[str] = []

    def judge(state: str, *, always: bool = False) -> None:
        # Sizes change where things stand, colors how they look: what axe judges was judged in the thorough looks.
        if always or look in THOROUGH:
            faults.extend(f"{state}: {fault}" for fault in visit.axe())
        faults.extend(f"{state}: too wide: {node}" for node in visit.too_wide())

    judge("at first")
    visit.say(QUESTION, "yes")
    judge("a question about a number")
    visit.say("yes")
    judge("a text received")
    for summary in page.locator(".more > details > summary").all():
        summary.click()
    page.locator("#inside-body summary").first.click()
    judge("everything open", always=True)
    page.get_by_label("Permission to see the mobile number is").select_option("denied")
    page.get_by_label("When Alexa asks for it, the person says").select_option("NOT_ANSWERED")
    visit.say("no")
    judge("over")
    before = visit.turns()
    page.locator("#say").fill("text me the number")
    page.locator("#say").press("Enter")
    visit.answered(before, 2)
    judge("permission asked for")
    for device in ("none", "hubRound", "hubPortraitMedium"):
        page.get_by_label("Device", exact=True).select_option(device)
        page.wait_for_timeout(100)
        judge(device)
    page.get_by_role("button", name="Larger").click()
    page.locator("#say").fill("")
    page.locator("#say").press("Enter")
    judge("larger, and trouble told")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("look", ["light", "dark", "a phone of 320 pixels", "forced colors"])
def test_no_fault_on_the_editors_page(visits: Visits, look: str) -> None:
    visit = visits("editors", **LOOKS[look])
    page = visit.page
    page.get_by_text("Show the list").click()
    page.locator(".answer").first.get_by_text(re.compile(r"^\d+ facts$")).click()
    page.locator(".answer").first.get_by_text("For somebody the asker cares for").click()
    assert not visit.too_wide()
    # axe needs long for so long a page: it judges the whole in one look, and a search in the others.
    if look != "light":
        page.get_by_label("Find words").fill("medicare second opinion")
    assert not visit.axe()


def test_no_fault_on_the_handout(visits: Visits) -> None:
    pytest.importorskip("tools.handout", reason="no handout in this copy")
    visit = visits("handout")
    assert not visit.axe()


def test_on_a_phone_the_reply_and_the_box_stay_in_sight(visits: Visits) -> None:
    visit = visits(viewport={"width": 390, "height": 844}, has_touch=True).say(QUESTION)
    for said in ("yes", "yes", "how do i ask my doctor"):
        expect(visit.page.locator("#say")).to_be_in_viewport(ratio=1)
        expect(visit.page.locator(".guide > p").last).to_be_in_viewport(ratio=0.9)
        visit.say(said)


def test_forced_colors_keep_what_colors_said(visits: Visits) -> None:
    visit = visits(forced_colors="active")
    light = visit.page.locator(".light")
    fill = "(node) => getComputedStyle(node).backgroundColor"
    idle = light.evaluate(fill)
    visit.say(QUESTION)
    assert light.evaluate(fill) != idle, "an open microphone looks like a closed one"
    for part in (".you", ".guide", ".chip", "#form .main"):
        assert visit.page.locator(part).first.evaluate("(n) => parseFloat(getComputedStyle(n).borderTopWidth)") >= 1


def test_reduced_motion_moves_nothing(visits: Visits) -> None:
    moving = "() => document.getAnimations().length"
    still = visits(reduced_motion="reduce").say(QUESTION)
    assert still.page.evaluate("() => getComputedStyle(document.querySelector('.guide')).animationName") == "none"
    assert still.page.evaluate(moving) == 0


# ---- speed and weight -----------------------------------------------------------------------------------------------

#: Watches from outside the page's own code: from the key to the frame after the reply is in the document.
STOPWATCH = """
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "say") return;
  const pressed = performance.now();
  const before = document.querySelectorAll(".guide").length;
  const watch = new MutationObserver(() => {
    if (document.querySelectorAll(".guide").length === before) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => {
      const box = [...document.querySelectorAll(".guide")].at(-1).getBoundingClientRect();
      (window.painted ||= []).push({ ms: performance.now() - pressed, seen: box.bottom > 0 && box.top < innerHeight });
    }));
  });
  watch.observe(document, { childList: true, subtree: true });
}, true);
"""


def test_a_reply_is_painted_within_three_tenths_of_a_second(visits: Visits) -> None:
    said = [QUESTION, "yes", "yes", "how do i ask my doctor", "slower", "who says so", "what is a second opinion"]
    painted: list[float] = []
    first: list[float] = []
    # Whatever else runs on this machine only adds to what a reply takes, so of several rounds each reply's quickest
    # counts; a page that is slow is slow in every round.
    for _ in range(6):
        if painted and statistics.median(painted) < 300 and first[0] < 300:
            break
        visit = visits(script=STOPWATCH)
        for text in said:
            visit.say(text)
            visit.page.wait_for_timeout(30)
        seen = visit.page.evaluate("() => window.painted")
        assert len(seen) == len(said)
        assert all(each["seen"] for each in seen), "a reply was painted out of sight"
        took = [each["ms"] for each in seen]
        painted = [min(pair) for pair in zip(painted or took, took, strict=True)]
        first = [min([*first, took[0]])]
    print(
        f"\nfrom Enter to painted: median {statistics.median(painted):.0f} ms, slowest {max(painted):.0f} ms, "
        f"first {first[0]:.0f} ms"
    )
    assert statistics.median(painted) < 300
    assert first[0] < 300


def test_the_pages_are_light(visits: Visits) -> None:
    visit = visits().say(QUESTION)
    editors = visits("editors")
    weights = {"page": sum(visit.bytes.values()), "editors": sum(editors.bytes.values())}
    print(f"\nbytes: {weights}")
    assert weights["page"] < 100_000
    assert weights["editors"] < 300_000
    assert any(url.endswith("/static/app.js") for url in visit.bytes)


# ---- at first sight ---------------------------------------------------------------------------------------------------


def test_the_page_looks_as_a_newcomer_needs_it(visits: Visits) -> None:
    """What must be in sight at once on a laptop: what this is, where to type, what to type, and the phone."""
    page = visits(viewport={"width": 1366, "height": 900}).page
    for part in ("h1", "#say", "#suggestions .chip", "#phone-title", "#device"):
        expect(page.locator(part).first).to_be_in_viewport()
    expect(page.get_by_label("What would you say?")).to_be_focused()
