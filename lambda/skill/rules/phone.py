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
ZEROS = {"hundred": "00", "thousand": "000"}
#: Words of every sentence that also sound like a digit.
HOMOPHONES = frozenset({"o", "oh", "won", "to", "too", "for", "ate"})

Problem = Literal["", "short", "long", "unreal", "foreign", "premium", "toll_free", "emergency", "helpline", "landline"]
#: Words that say which part of a number is meant, where the whole sentence is known and not only the digits.
PARTS = {
    "start": re.compile(r"\b(starts?|begins?|area code|first)\b"),
    "middle": re.compile(r"\bmiddle\b"),
    "end": re.compile(r"\b(ends?|ending|last)\b"),
}

EMERGENCY_CODES = frozenset({"911", "112", "999", "988", "000"})
MAX_DIGITS = 15  # E.164
LOCAL_DIGITS = 10  # a North American number without the 1 in front
#: "The last four are ...": how many digits follow, which is no digit itself.
COUNTED = re.compile(r"\b(first|middle|last) (\w+) (?=(digits|numbers|are|is|should)\b)")
#: Codes in the middle of a North American number that no cell phone has, and that the library lets pass.
PREMIUM_EXCHANGES = frozenset({"976"})
SERVICE_EXCHANGE = re.compile(r"[2-9]11")
DIRECTORY = "5551212"


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
    words = re.findall(r"\d+|[a-z]+", heard.lower())
    plain = all(map(_is_number, words))
    out: list[str] = []
    times, tens, counted = 1, "", False
    for place, word in enumerate(words):
        after = words[place + 1 : place + 2]
        # "to" and "for" are digits only among digits: "change it to eight nine for my daughter" ends in 89.
        said = plain or word not in HOMOPHONES or (counted and all(map(_is_number, after)))
        before, counted = counted, said and _is_number(word)
        if not counted:
            continue
        if word in TIMES:
            times = TIMES[word]
            continue
        if word in TENS:
            out.append(f"{tens}0" if tens else "")
            tens = TENS[word]
            continue
        digits = word if word.isdigit() else WORDS.get(word) or (ZEROS[word] if before else "")
        if tens:
            # "forty two" is 42, "forty, fifteen" is 4015
            digits = tens + digits if len(digits) == 1 and digits != "0" else f"{tens}0{digits}"
            tens = ""
        # "double four five" and "double 45" both mean 445
        out.append(digits[:1] * (times - 1) + digits)
        times = 1
    return "".join(out) + (f"{tens}0" if tens else "")


def _is_number(word: str) -> bool:
    return word.isdigit() or word in WORDS or word in TENS or word in TIMES or word in ZEROS


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
    international = bool(re.match(r"\s*(\+|plus\b)", heard.lower()))
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
    exchange = national[3:6] if number.country_code == 1 else ""
    if kind in {Kind.PREMIUM_RATE, Kind.SHARED_COST} or exchange in PREMIUM_EXCHANGES:
        return Number(problem="premium", digits=digits)
    if kind == Kind.TOLL_FREE:
        return Number(problem="toll_free", digits=digits)
    if region not in countries:
        return Number(problem="foreign", digits=digits)
    if exchange and (SERVICE_EXCHANGE.fullmatch(exchange) or national[3:] == DIRECTORY):
        return Number(problem="unreal", digits=digits)
    if kind in {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE}:
        return Number(e164=pn.format_number(number, pn.PhoneNumberFormat.E164), digits=digits)
    return Number(problem="landline", digits=digits)


def _invalid(digits: str, international: bool) -> Problem:
    local = digits[1:] if digits.startswith("1") and not international else digits
    if len(local) < LOCAL_DIGITS:
        return "short"
    return "long" if len(local) > LOCAL_DIGITS and not international else "unreal"


def readback(e164: str) -> str:
    """Group a number for reading back: "2 0 2, 5 5 5, 0 1 4 3"."""
    return grouped(national(e164))


def grouped(digits: str) -> str:
    """Group digits as people say them, also an unfinished number: "2 0 2, 5 5"; seven are "5 5 5, 0 1 4 3"."""
    if len(digits) == 7:
        groups: tuple[str, ...] = (digits[:3], digits[3:])
    elif len(digits) <= LOCAL_DIGITS:
        groups = (digits[:3], digits[3:6], digits[6:])
    else:
        groups = tuple(re.findall(r"\d{1,3}", digits))
    return ", ".join(" ".join(group) for group in groups if group)


def last_two(e164: str) -> str:
    """Give the last two digits, spaced so that they are said one by one."""
    return " ".join(e164[-2:])


def national(e164: str) -> str:
    """Give the national digits of a North American number, or all digits of another."""
    digits = e164.lstrip("+")
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def joined(before: str, heard: str) -> str:
    """Put a number together that is said in pieces: `before` are the digits so far, `heard` is the next piece.

    Alexa stops listening at a pause, and people pause between the groups. A whole number starts over; three digits
    after seven are the area code, unless only the other order makes a number.
    """
    digits = digits_of(heard)
    if not before or len(digits) >= LOCAL_DIGITS or digits in EMERGENCY_CODES:
        return heard
    if len(before) + len(digits) > LOCAL_DIGITS + before.startswith("1"):
        return heard
    both = before + digits
    if len(before) == 7 and len(digits) == 3 and parse(digits + before).ok:
        return digits + before
    return both


def corrected(e164: str, heard: str, part: str = "") -> str:
    """Apply a partial correction ("no, it ends in eight nine") to a number; gives its new national digits.

    `part` says where it belongs ("start", "middle", "end") when the person said so. Otherwise three or six digits go
    where they differ least, since one digit is what is usually misheard; any other piece is the end. Ten or more
    are a new number. An empty string means that nothing usable was heard. Whatever comes out is read back again.
    """
    digits, base = _said(heard), national(e164)
    if not digits:
        return ""
    part = part_of(heard, part)
    if len(digits) >= LOCAL_DIGITS or len(base) != LOCAL_DIGITS:
        return digits
    size = len(digits)
    places = {"start": 0, "middle": 3, "end": LOCAL_DIGITS - size}
    if part in places and places[part] + size <= LOCAL_DIGITS:
        at = places[part]
    elif size in {3, 6}:
        likely = (0, 3, 7) if size == 3 else (0, 4)
        at = min(likely, key=lambda start: sum(a != b for a, b in zip(base[start:], digits, strict=False)))
    else:
        at = places["end"]
    return base[:at] + digits + base[at + size :]


def continues(so_far: str, heard: str, part: str = "") -> bool:
    """Tell whether a part of a number that was named is the piece that its digits so far lack.

    "The area code is two oh two", said when it was asked for, puts nothing right; "no, it's two oh two" does.
    """
    before, size, part = len(so_far), len(_said(heard)), part_of(heard, part)
    if part == "middle":
        return before == size == 3
    return size > 0 and before + size == LOCAL_DIGITS and ((before == 7) if part == "start" else part in {"", "end"})


def part_of(heard: str, part: str = "") -> str:
    """Name the part of a number that was meant, "start", "middle" or "end"; empty when nobody said."""
    return part or next((name for name, words in PARTS.items() if words.search(heard.lower())), "")


def _said(heard: str) -> str:
    return digits_of(COUNTED.sub(r"\1 ", heard.lower()))
