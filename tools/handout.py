"""Write all answers with their sources as one page for reviewers: to read, to print, to send.

`python -m tools.handout` writes build/handout.html (and build/handout.<locale>.html for other languages).
The page is made of the content alone, so the same words always make the same page. It needs no script and no network.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path

import content
from content import Answer, Content, Fact, Wording
from skill.say import Voice
from skill.turn import Memory

ROOT = Path(__file__).parent.parent
TITLE = "Second Opinion Guide: every answer and its sources"

#: Dark text on white (contrast 15 to 1 and more), one column, sizes that follow the reader's own.
STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; color: #111; background: #fff;
  font: 1.05rem/1.6 system-ui, sans-serif; }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 .4em; }
h1 { font-size: 1.8rem; margin-top: .5rem; }
h3 { border-top: 2px solid #111; padding-top: 1rem; }
a { color: #003e9c; text-decoration: underline; overflow-wrap: anywhere; }
a:focus-visible { outline: 3px solid #111; outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
blockquote { margin: .4rem 0 .8rem; padding: .2rem 0 .2rem 1rem; border-left: 4px solid #444; font-size: 1.1em; }
.facts > li { margin-bottom: .9rem; }
.open { font-weight: bold; border: 1px solid #111; padding: 0 .3em; }
.small { font-size: .95em; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; }
th, td { border: 1px solid #444; padding: .3rem .5rem; text-align: left; vertical-align: top; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .skip { display: none; }
  nav { break-after: page; }
  h2, h3, h4 { break-after: avoid; }
  blockquote, .facts > li, tr { break-inside: avoid; }
  a { color: #111; }
  .facts a[href]::after { content: " <" attr(href) ">"; font-size: .85em; overflow-wrap: anywhere; }
}
"""


def page(locale: str = content.DEFAULT_LOCALE) -> str:
    """Give the whole page for a locale. Raises `ContentError` when its words cannot be loaded."""
    return "\n".join(_page(content.load(locale))) + "\n"


def _page(words: Content) -> Iterator[str]:
    groups = [
        ("answers", "Answers", [a for a in words.answers.values() if a.safety == "none"]),
        ("safety", "Safety answers", [a for a in words.answers.values() if a.safety != "none"]),
    ]
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(TITLE)}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield '<a class="skip" href="#main">Skip to the answers</a>'
    yield f"<header>\n<h1>{escape(TITLE)}</h1>\n{_preface(words)}\n</header>"
    yield '<nav aria-labelledby="toc">\n<h2 id="toc">Contents</h2>'
    for anchor, heading, answers in groups:
        yield f'<p><a href="#{anchor}">{heading}</a></p>\n<ol>'
        yield from (f'<li><a href="#topic-{_id(a.topic)}">{escape(a.title)}</a></li>' for a in answers)
        yield "</ol>"
    yield '<p><a href="#sources">All sources</a></p>\n</nav>\n<main id="main">'
    for anchor, heading, answers in groups:
        yield f'<section aria-labelledby="{anchor}">\n<h2 id="{anchor}">{heading}</h2>'
        if anchor == "safety":
            yield "<p>These are heard first, from anywhere. A clinician signs off every change to them.</p>"
        for answer in answers:
            yield from _answer(words, answer)
        yield "</section>"
    yield from _sources(words)
    yield "</main>\n</body>\n</html>"


def _preface(words: Content) -> str:
    cited = {key for answer in words.answers.values() for key in answer.cited}
    waiting = sum(_waiting(words.facts[key]) for key in cited if key in words.facts)
    return (
        f"<p>{len(words.answers)} answers ({escape(words.locale)}), resting on {len(cited)} facts. "
        f"<strong>{waiting} of these facts are still to be confirmed by a person on the live page</strong>; they are "
        'marked <span class="open">to confirm</span>. This is general information, not medical advice.</p>\n'
        "<p>What stands in a marked block is spoken. First comes the short answer; a step is heard only by somebody "
        "who asks for more. Numbers are read out digit by digit.</p>"
    )


def _answer(words: Content, answer: Answer) -> Iterator[str]:
    anchor = f"topic-{_id(answer.topic)}"
    yield f'<article aria-labelledby="{anchor}">\n<h3 id="{anchor}">{escape(answer.title)}</h3>'
    yield f'<p class="small">Topic <code>{escape(answer.topic)}</code>{_marks(answer)}</p>'
    yield from _wording(words, answer.wording, "Asked for oneself" if answer.for_other else "", "")
    if answer.for_other:
        somebody = _somebody(words)
        who = words.people[somebody].who if somebody else "somebody else"
        yield from _wording(words, answer.for_other, f"Asked about {who}", somebody)
    for label, text in (
        ("Added when somebody speaks of stopping or changing treatment", answer.stop),
        ("After a silence", answer.reprompt),
    ):
        if text:
            yield f"<h4>{label}</h4>\n{_spoken(words, text, '')}"
    yield '<h4>What it rests on</h4>\n<ul class="facts">'
    for key in answer.cited:
        if key in words.facts:
            yield _fact(words.facts[key])
    yield "</ul>\n</article>"


def _marks(answer: Answer) -> str:
    marks = []
    if answer.care_team:
        marks.append("about treatment: leads back to the care team")
    if answer.helpline:
        marks.append("about a helpline: no text is offered after it")
    if answer.safety != "none":
        marks.append(f"safety: {answer.safety}")
    return "".join(f"; {escape(mark)}" for mark in marks)


def _somebody(words: Content) -> str:
    return max(words.people, key=lambda key: len(words.people[key].who), default="")


def _wording(words: Content, wording: Wording, heading: str, who: str) -> Iterator[str]:
    if heading:
        yield f"<h4>{escape(heading)}</h4>"
    yield _spoken(words, wording.say, who)
    if wording.more:
        yield "<p>Then, step by step:</p>\n<ol>"
        yield from (f"<li>{_spoken(words, step, who)}</li>" for step in wording.more)
        yield "</ol>"


def _spoken(words: Content, template: str, who: str) -> str:
    said = Voice(words).written(template, {}, Memory(who=who))
    return f'<blockquote lang="{escape(words.locale)}">{escape(said)}</blockquote>'


def _waiting(fact: Fact) -> bool:
    return fact.time_sensitive and fact.state != "confirmed"


def _fact(fact: Fact) -> str:
    rows = [f"<strong>{escape(fact.id)}</strong> {escape(fact.text)}"]
    for source in fact.sources:
        shown = f"dated {_date(source.date)}" if source.date else "the page shows no date"
        rows.append(
            f'{escape(source.organisation)}: <a href="{escape(source.url)}">{escape(source.title)}</a>, '
            f"{shown}, grade {escape(source.grade)}"
        )
    rows.append(f"Read {_date(fact.read)}; to be reviewed by {_date(fact.review_by)}; {_standing(fact)}")
    if fact.note:
        rows.append(f"Note for editors: {escape(fact.note)}")
    return f"<li>{'<br>'.join(rows)}</li>"


def _standing(fact: Fact) -> str:
    if not fact.time_sensitive:
        return "not expected to change soon"
    if _waiting(fact):
        return '<span class="open">to confirm</span>'
    return f"confirmed by {escape(fact.confirmed_by)} on {_date(fact.confirmed_on)}"


def _date(iso: str) -> str:
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return escape(iso)  # a year, or a year and a month
    return f'<time datetime="{day.isoformat()}">{day:%B} {day.day}, {day.year}</time>'


def _sources(words: Content) -> Iterator[str]:
    cited = {key for answer in words.answers.values() for key in answer.cited if key in words.facts}
    sources = {source.id: source for key in sorted(cited) for source in words.facts[key].sources}
    yield '<section aria-labelledby="sources">\n<h2 id="sources">All sources</h2>\n<table>'
    yield "<caption>Every page that a spoken answer rests on</caption>"
    yield '<thead><tr><th scope="col">Organisation</th><th scope="col">Page</th>'
    yield '<th scope="col">Date shown</th><th scope="col">Grade</th></tr></thead>\n<tbody>'
    for source in sorted(sources.values(), key=lambda s: (s.organisation.lower(), s.title)):
        yield (
            f'<tr><th scope="row">{escape(source.organisation)}</th>'
            f'<td><a href="{escape(source.url)}">{escape(source.title)}</a></td>'
            f"<td>{_date(source.date) or 'none'}</td><td>{escape(source.grade)}</td></tr>"
        )
    yield "</tbody>\n</table>"
    yield "<p>Grades: A, the organisation's own page was read. B, a copy or an old version of an authoritative page. "
    yield "C, a reputable page that passes on what others say. D, weak: background only, never spoken.</p>\n</section>"


def _id(text: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in text)


def main(arguments: list[str] | None = None) -> int:
    """Write the page of each language; gives the exit code."""
    parser = argparse.ArgumentParser(description="Write all answers with their sources as one page.")
    parser.add_argument("--into", type=Path, default=ROOT / "build", help="the folder to write to")
    options = parser.parse_args(arguments)
    options.into.mkdir(parents=True, exist_ok=True)
    for locale in content.locales():
        name = "handout.html" if locale == content.DEFAULT_LOCALE else f"handout.{locale}.html"
        made = page(locale)
        (options.into / name).write_text(made, encoding="utf-8")
        print(f"{options.into.name}/{name}: {len(made.encode()) // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
