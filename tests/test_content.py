"""The words: the real ones keep every rule; limits, grades, languages, what the code names, and the command."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import nltk
import pytest
from drafts import TODAY, Draft
from edits import fact, for_other, line, say, step, words

import content
from tools import content as checker
from tools.content_rules import (
    check,
    code,
    facts,
    keys,
    length,
    questions,
    reading,
    tables,
)
from tools.content_rules.book import Book, Finding


def test_the_real_words_keep_every_rule() -> None:
    wrong = [str(finding) for finding in check(Book(content.DEFAULT_LOCALE, TODAY)) if not finding.warning]
    assert not wrong, "\n\n".join(wrong)


# -- limits, to the word -------------------------------------------------------------------------------------


def test_thirty_words_a_sentence_of_eighteen_and_a_step_of_forty_five_are_allowed() -> None:
    draft = Draft()
    say("what_is", words(30))(draft)
    step("what_is", words(45, 15))(draft)
    line("thanks", words(18, 18))(draft)
    for rule in (length.first_answer, length.steps, length.sentence):
        assert not [f for f in draft.found_by(rule) if "[what_is]" in f.where or "[line.thanks]" in f.where]


def test_a_person_with_a_long_name_counts() -> None:
    draft = Draft()
    for_other("what_is", f"{words(28)} Tell {{who}}.")(draft)
    assert any("34 words" in finding.wrong for finding in draft.found_by(length.first_answer))


def test_a_confirmed_fact_with_a_person_and_a_day_is_fine() -> None:
    draft = Draft()
    fact("S43", state="confirmed", confirmed_by="A. Person", confirmed_on="2026-11-22")(draft)
    assert draft.found_by(facts.state) == []
    assert any("no day that has been" in f.wrong for f in draft.found_by(facts.state, date(2026, 11, 21)))


def test_a_fact_of_grade_d_is_never_among_those_spoken() -> None:
    book = Book(content.DEFAULT_LOCALE, TODAY)
    spoken = {key for answer in book.content.answers.values() for key in answer.cited}
    assert "X13" not in spoken
    assert {facts.grade_of(book, key) for key in spoken} <= {"A", "B", "C"}


def test_what_changes_with_little_warning_is_marked() -> None:
    listed = [
        *("S43", "S46", "E13", "E28", "E29", "E30", "E31", "E32", "E33", "E35", "E36", "E38", "E53", "E54", "E55"),
        *("E56", "E57", "E58", "E59", "E60", "E62", "E63", "E64", "E65", "E66", "X1", "X2", "X13"),
    ]
    rows = Draft().facts
    assert [key for key in listed if not rows[key].get("time_sensitive")] == []


# -- reading grade -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("about", 2),
        ("any", 2),
        ("opinion", 3),
        ("doctor", 2),
        ("treatment", 2),
        ("isn't", 2),
        ("don't", 1),
        ("time", 1),
        ("asked", 1),
        ("pathologist", 4),
    ],
)
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert reading.syllables(word) == count


def test_the_grade_is_the_flesch_kincaid_formula() -> None:
    # Nine words, one sentence, ten syllables.
    assert reading.grade("You can ask your doctor to help with this.") == pytest.approx(
        0.39 * 9 + 11.8 * 10 / 9 - 15.59
    )


def test_an_unavoidable_word_counts_as_a_plain_one() -> None:
    listed = frozenset({"pathologist"})
    text = "A pathologist can look at your slides."
    assert reading.grade(text, listed) == pytest.approx(reading.grade(text) - 11.8 * 2 / 7)


def test_measuring_the_grade_asks_nobody_on_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the reading grade went out to the network")

    monkeypatch.setattr(nltk, "download", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    reading.syllables.cache_clear()
    assert reading.grade("Quixotic zeppelins embarrass melancholy bandicoots tremendously.") > 6


def test_another_language_is_not_measured_with_the_english_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Draft()
    say("what_is", "Individualized interdisciplinary recommendations.")(draft)
    assert draft.found_by(reading.reading_grade)
    monkeypatch.setattr(Book, "english", False)
    assert draft.found_by(reading.reading_grade) == []


# -- languages, on files -------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the content on disk with a second language, `es-US`, that is as yet the same."""
    root = tmp_path / "content"
    shutil.copytree(content.ROOT, root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(root / "locales" / "es-US", ignore_errors=True)
    shutil.copytree(root / "locales" / "en-US", root / "locales" / "es-US")
    monkeypatch.setattr(content, "ROOT", root)
    content.load.cache_clear()
    yield root / "locales" / "es-US"
    content.load.cache_clear()


def alike(today: date = TODAY) -> list[Finding]:
    return list(tables.locales_alike(Book("es-US", today)))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_two_languages_with_the_same_keys_are_alike(library: Path) -> None:
    assert alike() == []


def test_a_missing_file_is_named(library: Path) -> None:
    (library / "texts.toml").unlink()
    assert any("'texts.toml' is missing" in finding.wrong for finding in alike())


def test_a_missing_answer_and_one_too_many_are_named(library: Path) -> None:
    change(library / "answers.toml", "[get_number]", "[got_number]")
    said = [finding.wrong for finding in alike()]
    assert any("'get_number' is missing" in wrong for wrong in said)
    assert any("'got_number' stands here only" in wrong for wrong in said)


def test_a_missing_line_and_a_missing_reprompt_are_named(library: Path) -> None:
    change(library / "dialog.toml", "[line.goodbye]", "[line.bye_bye]")
    change(library / "dialog.toml", "reprompt = ", "# reprompt = ")
    said = [str(finding) for finding in alike()]
    assert any("'goodbye' is missing" in text for text in said)
    assert any("'reprompt' is missing" in text and "[line], " in text for text in said)


def test_an_intent_that_differs_is_named(library: Path) -> None:
    change(library / "answers.toml", "DoIHaveTheRightIntent", "HaveIARightIntent")
    assert any("`intent` is not the same" in finding.wrong for finding in alike())


# -- what the code names -------------------------------------------------------------------------------------

CODE = '''
class Bye(Handler):
    KEYS: ClassVar[dict[str, str]] = {names.THANKS: "you_are_welcome"}

    def act(self, turn, voice):
        """Say "not a key"."""
        keys = ["first_half" if date else "other_half"]
        keys.append("second_half")
        log.info("not_spoken")
        before = "short" if short else "long"
        return voice.say(turn, "hello", "ask_name", name=turn.slot("name")) or ask_again(turn, voice, f"why_{reason}")
'''


@pytest.fixture
def handlers(tmp_path: Path) -> Path:
    """A folder of code."""
    (tmp_path / "skill").mkdir()
    (tmp_path / "skill" / "bye.py").write_text(CODE, encoding="utf-8")
    return tmp_path / "skill"


def test_keys_are_found_wherever_code_names_them(handlers: Path) -> None:
    found = code.named(handlers)
    spoken = {"hello", "ask_name", "first_half", "other_half", "second_half", "short", "long", "you_are_welcome"}
    assert set(found) == spoken
    assert found["hello"] == "skill/bye.py, line 11"


def test_keys_that_code_puts_together_are_known_by_their_beginning(handlers: Path) -> None:
    assert code.prefixes(handlers) == {"why_"}


def test_values_that_code_fills_in_are_known_by_name(handlers: Path) -> None:
    assert "name" in code.values(handlers)


def test_a_key_that_only_code_knows_is_reported_with_its_place(handlers: Path) -> None:
    found = Draft(code=handlers).found_by(keys.missing)
    assert any("[line.hello]" in f.where and "skill/bye.py, line 11" in f.wrong for f in found)


def test_lines_said_together_are_found_in_every_choice(handlers: Path) -> None:
    (handlers / "bye.py").write_text(
        'voice.say(turn, "thanks" if kind else "no_more", "ask_more")\nask_again(turn, voice, "ask_text")\n',
        encoding="utf-8",
    )
    groups = [keys for _, keys in code.said_together(handlers)]
    assert groups == [["thanks", "ask_more"], ["no_more", "ask_more"], ["ask_text", "ask_question"]]
    found = Draft(code=handlers).found_by(questions.composed)
    assert any("ask_text and ask_question" in finding.wrong for finding in found)


# -- the command ---------------------------------------------------------------------------------------------


def test_the_command_passes_the_real_words_and_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert checker.main(["--today", TODAY.isoformat()]) == 0
    said = capsys.readouterr().out
    assert "no things to mend" in said
    assert f"{len(content.load().answers)} answers" in said


def test_the_command_fails_in_an_editors_words(capsys: pytest.CaptureFixture[str]) -> None:
    draft = Draft()
    say("right_to", words(31))(draft)
    with draft.in_use():
        assert checker.main(["--today", TODAY.isoformat()]) == 1
    said = capsys.readouterr().out
    assert "content/locales/en-US/answers.toml, [right_to], say" in said
    assert "It has 31 words as it is heard" in said
    assert "To mend: Keep what answers the question" in said
    assert "1 thing to mend" in said


def test_the_command_fails_once_facts_are_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert checker.main(["--today", "2030-01-01"]) == 1
    assert "was to be reviewed by" in capsys.readouterr().out


def test_the_command_says_which_file_and_line_cannot_be_read(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(library / "answers.toml", 'title = "', "title = ")
    assert checker.main(["--locale", "es-US", "--today", TODAY.isoformat()]) == 1
    said = capsys.readouterr().err
    assert "content/locales/es-US/answers.toml" in said
    assert "line" in said


def test_an_answer_is_shown_with_all_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert checker.main(["--who-says", "caregiver"]) == 0
    said = capsys.readouterr().out
    answer = content.load().answer("caregiver")
    assert answer.wording.say in said
    assert "Asked about somebody else" in said
    for key in answer.cited:
        held = content.load().facts[key]
        assert held.text in said
        assert all(source.url in said and source.organisation in said for source in held.sources)
    assert "still to be confirmed" in said


def test_every_answer_can_be_shown() -> None:
    book = Book(content.DEFAULT_LOCALE, TODAY)
    for topic, answer in book.content.answers.items():
        assert answer.title in checker.show(book, topic)


def test_a_misspelt_topic_is_met_with_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert checker.main(["--show", "caregivr"]) == 1
    assert "Did you mean: caregiver" in capsys.readouterr().err
