"""From what was said to the words listening works with: one spelling for each thing, however it was heard."""

from __future__ import annotations

import re
import unicodedata

_NUMBERS = {
    "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven",
    "8": "eight", "9": "nine", "10": "ten", "11": "eleven", "12": "twelve", "13": "thirteen", "14": "fourteen",
    "15": "fifteen", "16": "sixteen", "17": "seventeen", "18": "eighteen", "19": "nineteen", "20": "twenty",
    "30": "thirty", "40": "forty", "50": "fifty", "60": "sixty", "70": "seventy", "80": "eighty", "90": "ninety",
}  # fmt: skip
DIGITS = frozenset(
    ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple"]
)

#: Said in one breath, written in two ways, or heard wrong by the recogniser in a known way.
_SPELLINGS = {
    "2nd": "second",
    "dr": "doctor",
    "doc": "doctor",
    "docs": "doctors",
    "mr": "mister",
    "okay": "ok",
    "okey": "ok",
    "e-mail": "email",
    "mum": "mom",
    "mama": "mom",
    "momma": "mom",
    "mommy": "mom",
    "daddy": "dad",
    "papa": "dad",
    "wanna": "want to",
    "gonna": "going to",
    "gotta": "got to",
    "gimme": "give me",
    "lemme": "let me",
    "dunno": "do not know",
    "kinda": "kind of",
    "sorta": "sort of",
    "cannot": "can not",
    "cuz": "because",
    "yeah": "yes",
    "yep": "yes",
    "yup": "yes",
    "nope": "no",
    "nah": "no",
    "oncologists": "oncologists",
    "tumour": "tumor",
    "tumours": "tumors",
    "centre": "center",
    "grey": "gray",
    "thru": "through",
    "tho": "though",
    "ain't": "is not",
    "won't": "will not",
    "can't": "can not",
    "shan't": "shall not",
    "let's": "let us",
    "y'all": "you all",
    "'em": "them",
    "uncovered": "not covered",
}
_PHRASES = {
    "a pinion": "opinion",
    "a pinions": "opinions",
    "second onion": "second opinion",
    "sick and opinion": "second opinion",
    "secondo pinion": "second opinion",
    "second oh pinion": "second opinion",
    "help line": "helpline",
    "help lines": "helplines",
    "hope line": "hopeline",
    "hot line": "hotline",
    "cancer cares": "cancercare",
    "cancer care": "cancercare",
    "care giver": "caregiver",
    "medi care": "medicare",
    "medic air": "medicare",
    "medic care": "medicare",
    "medicaid care": "medicaid",
    "key mo": "chemo",
    "kemo": "chemo",
    "keemo": "chemo",
    "on college ist": "oncologist",
    "on colleges": "oncologist",
    "on cologist": "oncologist",
    "on call a gist": "oncologist",
    "path ologist": "pathologist",
    "path ology": "pathology",
    "radio ation": "radiation",
    "by opsy": "biopsy",
    "buy opsy": "biopsy",
    "tele health": "telehealth",
    "co pay": "copay",
    "check up": "checkup",
    "in law": "inlaw",
    "cell phone": "cellphone",
    "smart phone": "smartphone",
    "land line": "landline",
    "nine one one": "911",
    "nine eight eight": "988",
    "all right": "ok",
    "alright": "ok",
    "never mind": "nevermind",
    "thank you": "thanks",
}
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'m", " am"), ("'d", " would"))
_IS = frozenset({
    "he", "she", "it", "that", "this", "there", "here", "what", "who", "where", "when", "how", "why", "everything",
    "nobody", "somebody",
})  # fmt: skip

_LETTERS = re.compile(r"\b(?:[a-z] ){1,}[a-z]\b")
_PHRASE = re.compile(r"\b(" + "|".join(sorted(_PHRASES, key=len, reverse=True)) + r")\b")


def _spoken(digits: str) -> str:
    """Write a run of digits as it is said: small numbers as numbers, the rest digit by digit."""
    if digits in _NUMBERS:
        return _NUMBERS[digits]
    if len(digits) == 2:
        return f"{_NUMBERS[digits[0] + '0']} {_NUMBERS[digits[1]]}" if digits[0] != "0" else digits
    if len(digits) == 3 and digits.endswith("00"):
        return f"{_NUMBERS[digits[0]]} hundred"
    return " ".join(_NUMBERS[d] for d in digits)


def _joined(match: re.Match[str]) -> str:
    """Join letters said one by one (`m r i`), but leave `i` and `a` alone where they are words."""
    letters = match[0].split()
    if len(letters) == 2 and set(letters) & {"i", "a"}:
        return match[0]
    if letters[0] in {"a", "i"} and len(letters) > 2:
        return letters[0] + " " + "".join(letters[1:])
    return "".join(letters)


def _expanded(word: str) -> str:
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    for ending, full in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)] + full
    if word.endswith("'s"):
        return word[:-2] + (" is" if word[:-2] in _IS else " 's")
    return word.strip("'")


def unaccented(text: str) -> str:
    """Write a text as a recogniser for English writes it: without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Split what was said into plain words: small letters, contractions undone, numbers and names in one spelling."""
    plain = unaccented(text.lower().replace("\u2019", "'"))
    plain = re.sub(r"\d+", lambda m: f" {_spoken(m[0])} ", plain.replace("2nd", "second").replace("1st", "first"))
    plain = " ".join(re.sub(r"[^a-z' ]", " ", plain).split())
    plain = _LETTERS.sub(_joined, plain)
    plain = _PHRASE.sub(lambda m: _PHRASES[m[0]], plain)
    plain = " ".join(_expanded(word) for word in plain.split())
    return _numbers_apart(plain.split())


def _numbers_apart(said: list[str]) -> list[str]:
    """Put one word in place of a run of four or more digits: a telephone number is a number, whichever it is."""
    out: list[str] = []
    run: list[str] = []
    for word in [*said, ""]:
        if word in DIGITS:
            run.append(word)
            continue
        out += ["#number"] if len(run) > 3 else run
        run = []
        if word:
            out.append(word)
    return out
