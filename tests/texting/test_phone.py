"""Telephone numbers: from what was heard to one number that may be texted, or the reason why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import content
from skill.rules import phone

HELPLINES = frozenset(p.digits for p in content.load().phones.values())
SPOKEN = ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
FICTIONAL = st.integers(100, 199).flatmap(
    lambda line: st.sampled_from(["202", "212", "310", "415", "907"]).map(lambda area: f"{area}5550{line}")
)


@pytest.mark.parametrize(
    ("heard", "digits"),
    [
        ("2025550143", "2025550143"),
        ("(202) 555-0143", "2025550143"),
        ("two oh two five five five oh one four three", "2025550143"),
        ("two zero two, triple five, oh one four three", "2025550143"),
        ("two oh two five double five oh one double four", "2025550144"),
        ("two oh two five fifty five zero one forty three", "2025550143"),
        ("two oh two 555 oh one 43", "2025550143"),
        ("eight hundred five five five oh one nine nine", "8005550199"),
        ("to oh too five five five oh won for three", "2025550143"),
        ("double 5 5", "555"),
        ("triple nine", "999"),
        ("five thousand", "5000"),
        ("forty fifty", "4050"),
        ("change it to eight nine for my daughter", "89"),
        ("oh no it's eight nine", "89"),
        ("a hundred percent", ""),
        ("my cell phone please", ""),
        ("", ""),
    ],
)
def test_digits_are_heard_in_figures_and_in_words(heard: str, digits: str) -> None:
    assert phone.digits_of(heard) == digits


@pytest.mark.parametrize(
    ("heard", "problem"),
    [
        ("911", "emergency"),
        ("nine eight eight", "emergency"),
        ("nine one one", "emergency"),
        ("112", "emergency"),
        ("800 813 4673", "helpline"),
        ("1 800 813 4673", "helpline"),
        ("800 227 2345", "helpline"),
        ("55555", "short"),
        ("555 0143", "short"),
        ("", "short"),
        ("20255501430", "long"),
        ("2025550143202555014320", "long"),
        ("900 555 0143", "premium"),
        ("two one two nine seven six oh one four three", "premium"),
        ("888 555 0143", "toll_free"),
        ("+44 7860 019066", "foreign"),
        ("plus 44 7860 019066", "foreign"),
        ("011 44 7860 019066", "foreign"),
        ("416 555 0143", "foreign"),
        ("876 555 0143", "foreign"),
        ("000 555 0143", "unreal"),
        ("two oh two nine one one oh one four three", "unreal"),
        ("two oh two five five five twelve twelve", "unreal"),
        ("1 202 555 014", "short"),
        ("500 555 0143", "landline"),
    ],
)
def test_a_number_that_may_not_be_texted_has_its_reason(heard: str, problem: str) -> None:
    number = phone.parse(heard, ("US",), HELPLINES)
    assert number.problem == problem
    assert not number.ok
    assert f"phone_{problem}" in content.load().lines


@pytest.mark.parametrize("heard", ["+14254147755", "425 414 7167", "1 202 555 0143", "+1 202 555 0143"])
def test_numbers_of_the_country_served_are_taken(heard: str) -> None:
    assert phone.parse(heard, ("US",), HELPLINES).ok


def test_a_second_country_is_served_when_the_settings_say_so() -> None:
    assert phone.parse("416 555 0143", ("US", "CA")).e164 == "+14165550143"


@given(FICTIONAL, st.data())
def test_a_number_said_in_any_way_is_the_same_number(digits: str, data: st.DataObject) -> None:
    said, rest = [], digits
    while rest:
        if len(rest) > 1 and rest[0] == rest[1] and data.draw(st.booleans()):
            said.append(f"double {SPOKEN[int(rest[0])]}")
            rest = rest[2:]
        elif len(rest) > 1 and rest[0] in "23456789" and rest[1] != "0" and data.draw(st.booleans()):
            tens = list(phone.TENS)[int(rest[0]) - 2]
            said.append(f"{tens} {SPOKEN[int(rest[1])]}")
            rest = rest[2:]
        else:
            said.append(data.draw(st.sampled_from([rest[0], SPOKEN[int(rest[0])]])))
            rest = rest[1:]
    assert phone.parse(" ".join(said)).e164 == f"+1{digits}"


@given(st.text(max_size=200) | st.text("0123456789+ -()", max_size=40))
def test_nothing_that_may_be_heard_raises_or_becomes_a_wrong_kind_of_number(heard: str) -> None:
    number = phone.parse(heard, ("US",), HELPLINES)
    assert number.ok != bool(number.problem)
    if number.ok:
        assert number.e164.startswith("+1")
        assert len(number.e164) == 12
        assert number.e164[2:] not in HELPLINES
    phone.joined("202555", heard)
    phone.corrected("+12025550143", heard)


@pytest.mark.parametrize(
    ("heard", "part", "becomes"),
    [
        ("eight nine", "", "2025550189"),
        ("no it ends in eight nine", "", "2025550189"),
        ("9", "", "2025550149"),
        ("0199", "", "2025550199"),
        ("the last four are oh one nine nine", "", "2025550199"),
        ("212", "", "2125550143"),
        ("556", "", "202" + "556" + "0143"),
        ("144", "", "2025550144"),
        ("310", "start", "3105550143"),
        ("it starts with three one oh", "", "3105550143"),
        ("the first three are three one oh", "", "3105550143"),
        ("the middle is five five six", "", "202" + "556" + "0143"),
        ("310", "end", "202555" + "0310"),
        ("555 0199", "", "2025550199"),
        ("212 555", "", "2125550143"),
        ("212 555 0199", "", "2125550199"),
        ("my daughter", "", ""),
    ],
)
def test_a_number_is_corrected_in_parts(heard: str, part: str, becomes: str) -> None:
    assert phone.corrected("+12025550143", heard, part) == becomes


@pytest.mark.parametrize(
    ("pieces", "becomes"),
    [
        (["202", "555", "0143"], "2025550143"),
        (["two oh two", "five five five oh one four three"], "2025550143"),
        (["5550143", "202"], "2025550143"),
        (["2025550", "143"], "2025550143"),
        (["1 202", "555 0143"], "12025550143"),
        (["202", "2025550143"], "2025550143"),
        (["202", "911"], "911"),
        (["202 555", "555 0143"], "5550143"),
    ],
)
def test_a_number_is_put_together_from_pieces(pieces: list[str], becomes: str) -> None:
    so_far = ""
    for piece in pieces:
        so_far = phone.digits_of(phone.joined(so_far, piece))
    assert so_far == becomes


@pytest.mark.parametrize(
    ("digits", "aloud"),
    [
        ("2025550143", "2 0 2, 5 5 5, 0 1 4 3"),
        ("5550143", "5 5 5, 0 1 4 3"),
        ("20255", "2 0 2, 5 5"),
        ("20", "2 0"),
    ],
)
def test_digits_are_read_back_in_groups(digits: str, aloud: str) -> None:
    assert phone.grouped(digits) == aloud


def test_only_the_last_two_digits_tell_a_number_apart() -> None:
    assert phone.last_two("+12025550142") == "4 2"
    assert phone.readback("+12025550142") == "2 0 2, 5 5 5, 0 1 4 2"
