"""The printable page: every answer and source on it, sound and accessible, made of nothing but the content."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from drafts import Draft

import content
from tools import handout

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Outline(HTMLParser):
    """What a page is made of: elements, headings, ids, links, text; and whether every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.levels: list[int] = []
        self.text = ""
        self._open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def all(self, name: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.tags if tag == name]

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _, attrs in self.tags if attribute in attrs]


@pytest.fixture(scope="module")
def outline() -> Outline:
    """The real page."""
    return Outline(handout.page())


def test_it_is_one_sound_document(outline: Outline) -> None:
    assert outline.unbalanced == []
    assert len(outline.all("h1")) == 1
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("title")) == 1
    ids = outline.values("id")
    assert len(ids) == len(set(ids))


def test_it_can_be_found_one_s_way_in_without_sight(outline: Outline) -> None:
    for landmark in ("header", "nav", "main"):
        assert len(outline.all(landmark)) == 1
    assert outline.levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
    ids = set(outline.values("id"))
    named = outline.values("aria-labelledby")
    assert named
    assert set(named) <= ids
    inside = {href[1:] for href in outline.values("href") if href.startswith("#")}
    assert "main" in inside
    assert inside <= ids
    assert all(attrs.get("scope") for attrs in outline.all("th"))
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert {attrs.get("lang") for attrs in outline.all("blockquote")} == {"en-US"}


def test_it_needs_no_script_and_no_network(outline: Outline) -> None:
    assert outline.all("script") == []
    assert outline.all("link") == []
    assert outline.values("src") == []
    assert not [attrs for _, attrs in outline.tags if any(name.startswith("on") for name in attrs)]
    assert "url(" not in handout.STYLE
    assert "@import" not in handout.STYLE


def test_it_is_made_for_paper_too() -> None:
    assert "@media print" in handout.STYLE


def test_every_answer_stands_on_it_with_its_words(outline: Outline) -> None:
    ids = set(outline.values("id"))
    linked = set(outline.values("href"))
    for topic, answer in content.load().answers.items():
        assert f"topic-{topic}" in ids
        assert f"#topic-{topic}" in linked
        wordings = [answer.wording, *([answer.for_other] if answer.for_other else [])]
        for wording in wordings:
            for said in (wording.say, *wording.more):
                # Between placeholders the words are those of the file.
                for part in re.split(r"\{\w+\}", said):
                    assert part in outline.text, (topic, part)
    assert "{" not in outline.text


def test_every_source_fact_and_date_stands_on_it(outline: Outline) -> None:
    held = content.load()
    linked = set(outline.values("href"))
    dates = set(outline.values("datetime"))
    for answer in held.answers.values():
        for key in answer.cited:
            fact = held.facts[key]
            assert fact.text in outline.text
            assert {fact.read, fact.review_by} <= dates
            for source in fact.sources:
                assert source.url in linked
                assert source.organisation in outline.text
                assert len(source.date) < 10 or source.date in dates


def test_what_is_still_to_be_confirmed_is_marked_and_what_is_confirmed_says_by_whom(outline: Outline) -> None:
    held = content.load()
    cited = [held.facts[key] for answer in held.answers.values() for key in answer.cited]
    waiting = [fact for fact in cited if fact.time_sensitive and fact.state != "confirmed"]
    marks = [attrs for attrs in outline.all("span") if attrs.get("class") == "open"]
    assert len(marks) == len(waiting) + 1  # one explains the mark
    draft = Draft()
    draft.facts["E66"].update(state="confirmed", confirmed_by="A. Person", confirmed_on="2026-11-22")
    with draft.in_use():
        assert "confirmed by A. Person on November 22, 2026" in Outline(handout.page()).text


def test_whatever_stands_in_the_content_stays_text() -> None:
    draft = Draft()
    nasty = "</blockquote><script>alert(1)</script> \"quotes\" & 'more' <b>"
    draft.answers["what_is"].update(say=nasty, title=nasty)
    draft.facts["S5"].update(fact=nasty, note=nasty)
    draft.sources["cancercare_sheet"].update(organisation=nasty, title=nasty, url='https://a.b/"onclick="x', date=nasty)
    with draft.in_use():
        made = Outline(handout.page())
    assert made.unbalanced == []
    assert made.all("script") == []
    assert made.all("b") == []
    assert not [attrs for attrs in made.all("a") if "onclick" in attrs]
    assert made.text.count(nasty) >= 5


def test_the_same_words_make_the_same_page() -> None:
    assert handout.page() == handout.page()


def test_a_locale_that_is_not_there_is_an_error() -> None:
    with pytest.raises(content.ContentError):
        handout.page("xx-XX")


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert handout.main(["--into", str(tmp_path / "build")]) == 0
    assert (tmp_path / "build" / "handout.html").read_text(encoding="utf-8") == handout.page()
    assert "handout.html" in capsys.readouterr().out
