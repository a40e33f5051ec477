"""Telephone numbers: from what was said or stored to one number that may be texted, or the reason why not.

The one rule that leans on a library: `phonenumbers` knows which numbers exist and of what type.
It is imported when first needed; most conversations never reach it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

#: Digits as Alexa writes them or as people say them.
WORDS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "one": "1", "won": "1", "two": "2", "to": "2", "too": "2",
    "three": "3", "four": "4", "for": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "ate": "8",
    "nine": "9", "niner": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fifty": "5",
    "sixty": "6", "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
TIMES = {"double": 2, "triple": 3}

Problem = Literal["", "short", "long", "unreal", "foreign", "premium", "toll_free", "emergency", "helpline", "landline"]

EMERGENCY_CODES = frozenset({"911", "112", "999", "988", "000"})
MAX_DIGITS = 15  # E.164


@dataclass(frozen=True, slots=True)
class Number:
    """One number: E.164 when it may be texted, else the problem that forbids it."""

    e164: str = ""
    problem: Problem = ""
    digits: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether this number may be texted."""
        return bool(self.e164) and not self.problem


def digits_of(heard: str) -> str:
    """Turn what was said into digits: "five five five, oh one double four" gives "5550144"."""
    out: list[str] = []
    times, tens = 1, ""
    for word in re.findall(r"\+?\d+|[a-z]+", heard.lower().replace("-", " ")):
        if word in TIMES:
            times = TIMES[word]
            continue
        if word in TENS:
            if tens:
                out.append(tens + "0")
            tens = TENS[word]
            continue
        digits = word.lstrip("+") if word[-1].isdigit() else WORDS.get(word, "")
        if word == "hundred" and out:
            digits = "00"
        if not digits:
            continue
        if tens:
            # "forty two" is 42, "forty, fifteen" is 4015
            digits = tens + digits if len(digits) == 1 and digits != "0" else tens + "0" + digits
            tens = ""
        out.append(digits * times)
        times = 1
    if tens:
        out.append(tens + "0")
    return "".join(out)


def parse(heard: str, countries: tuple[str, ...] = ("US",), helplines: frozenset[str] = frozenset()) -> Number:
    """Decide whether what was heard is a number we may text.

    `countries` are ISO 3166 codes that are served, the first one being assumed when no country was said;
    `helplines` are digits of lines that must never be texted. Gives a `Number`; it never raises.
    """
    import phonenumbers as pn
    from phonenumbers import PhoneNumberType as Kind

    digits = digits_of(heard)
    if digits in EMERGENCY_CODES:
        return Number(problem="emergency", digits=digits)
    if len(digits) < 7:
        return Number(problem="short", digits=digits)
    if len(digits) > MAX_DIGITS:
        return Number(problem="long", digits=digits[:MAX_DIGITS])
    international = heard.strip().startswith("+")
    try:
        number = pn.parse(f"+{digits}" if international else digits, countries[0])
    except pn.NumberParseException:
        return Number(problem="unreal", digits=digits)
    national = str(number.national_number)
    if national in helplines:
        return Number(problem="helpline", digits=digits)
    region = pn.region_code_for_number(number)
    if not pn.is_valid_number(number):
        return Number(problem=_invalid(digits, international), digits=digits)
    kind = pn.number_type(number)
    if kind in {Kind.PREMIUM_RATE, Kind.SHARED_COST}:
        return Number(problem="premium", digits=digits)
    if kind == Kind.TOLL_FREE:
        return Number(problem="toll_free", digits=digits)
    if region not in countries:
        return Number(problem="foreign", digits=digits)
    if kind in {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE}:
        return Number(e164=pn.format_number(number, pn.PhoneNumberFormat.E164), digits=digits)
    return Number(problem="landline", digits=digits)


def _invalid(digits: str, international: bool) -> Problem:
    local = digits[1:] if digits.startswith("1") and not international else digits
    if len(local) < 10:
        return "short"
    return "long" if len(local) > 10 and not international else "unreal"


def readback(e164: str) -> str:
    """Group a number for reading back: "2 0 2, 5 5 5, 0 1 4 3"."""
    local = national(e164)
    groups = (local[:3], local[3:6], local[6:]) if len(local) == 10 else tuple(re.findall(r"\d{1,3}", local))
    return ", ".join(" ".join(group) for group in groups)


def last_two(e164: str) -> str:
    """Give the last two digits, spaced so that they are said one by one."""
    return " ".join(e164[-2:])


def national(e164: str) -> str:
    """Give the national digits of a North American number, or all digits of another."""
    digits = e164.lstrip("+")
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def corrected(e164: str, heard: str) -> str:
    """Apply a partial correction ("no, it ends in eight nine") to a number; gives its new national digits.

    Four digits or fewer replace the end; three with "starts" or "area code" the beginning; seven the last seven;
    ten or more are a new number. An empty string means that nothing usable was heard.
    """
    digits, base = digits_of(heard), national(e164)
    if not digits:
        return ""
    if len(digits) >= 10 or not base:
        return digits
    if re.search(r"\b(start|starts|begin|begins|area|first)\b", heard.lower()):
        return digits + base[len(digits) :]
    if re.search(r"\bmiddle\b", heard.lower()) and len(digits) == 3:
        return base[:3] + digits + base[6:]
    return base[: len(base) - len(digits)] + digits
