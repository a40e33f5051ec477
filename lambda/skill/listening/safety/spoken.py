"""Speech into plain words: one spelling for what punctuation, contractions, accents and hesitation make different."""

from __future__ import annotations

import re

from skill.listening.words import DIGITS, unaccented

#: Stands where words were hidden or left out; no gap of a phrase reaches across it.
MARK = "·"
#: Characters looked at from each end of a text. Nobody says more in one breath than both together.
LONGEST = 1500

_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-z]+(?:'[a-z]+)*")
_PLAIN = str.maketrans({"\u2019": "'", "\u2018": "'", "\u0060": "'", "\u00b4": "'"})

#: Contractions and spellings that no rule below covers.
_SHORT = {
    "can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not",
    "ain't": "is not", "aint": "is not", "shan't": "will not", "y'all": "you", "let's": "let us", "lets": "let us",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "wasnt": "was not", "arent": "are not",
    "hasnt": "has not", "havent": "have not", "couldnt": "could not", "wouldnt": "would not", "shouldnt": "should not",
    "im": "i am", "ive": "i have", "id": "i would", "hes": "he is", "shes": "she is", "thats": "that is",
    "theres": "there is", "whats": "what is", "theyre": "they are", "youre": "you are", "i'ma": "i will",
    "imma": "i will", "wanna": "want to", "gonna": "going to", "gonne": "going to", "gotta": "got to",
    "hafta": "have to", "oughta": "ought to", "tryna": "trying to", "finna": "going to", "dunno": "do not know",
    "lemme": "let me", "gimme": "give me", "outta": "out of", "'em": "them", "cuz": "because", "cos": "because",
    "'cause": "because", "hisself": "himself", "theirself": "themselves", "themself": "themselves",
    "everyone": "everybody", "anyone": "anybody", "someone": "somebody", "noone": "nobody", "grey": "gray",
    "meds": "medicine", "med": "medicine", "medication": "medicine", "medications": "medicine", "medicines": "medicine",
    "tablet": "pill", "tablets": "pills", "capsules": "pills", "pill's": "pills", "tumour": "tumor", "mum": "mom",
    "haemorrhaging": "hemorrhaging", "ok": "okay", "o'clock": "oclock",
}  # fmt: skip
_TAILS = (("n't", "not"), ("'ll", "will"), ("'re", "are"), ("'ve", "have"), ("'d", "would"), ("'m", "am"))
#: After these, 's is "is"; after any other word it may be "is" or a possessive, and stays a word of its own.
_IS = frozenset({
    "he", "she", "it", "that", "what", "who", "there", "here", "where", "how", "everything", "nothing", "nobody",
    "somebody", "someone", "everybody", "everyone", "anybody", "anyone",
})  # fmt: skip

#: Said for breath or weight only. Dropping them makes one phrase of many ways to say it.
_DROPPED = frozenset({
    "a", "an", "the", "um", "uh", "uhm", "umm", "uhh", "er", "erm", "hmm", "hm", "mm", "ah", "ow", "just",
    "really", "very", "quite", "literally", "honestly", "actually", "basically", "truly", "simply", "so", "even",
    "still", "also", "please", "already", "always", "sometimes", "maybe", "perhaps", "probably", "frankly",
    "alexa", "hey", "hi", "hello", "yeah", "yep", "seriously", "totally", "absolutely", "completely", "definitely",
    "certainly", "anyway", "pretty", "damn", "fucking", "goddamn", "terribly", "awfully",
})  # fmt: skip
_DROPPED_PAIRS = frozenset({("kind", "of"), ("sort", "of"), ("you", "know"), ("i", "mean"), ("i", "guess")})
#: "Like" is a word of its own only after these; elsewhere it is a pause.
_LIKE_AFTER = frozenset({
    "feel", "feels", "feeling", "felt", "look", "looks", "looked", "looking", "would", "seem", "seems", "i", "you",
    "we", "they", "sound", "sounds", "something", "anything", "do", "does", "not", "dying", "think", "more",
    "ground", "one", "me", "him", "her", "us", "it", "live", "living", "on", "act", "acting", "acts",
})  # fmt: skip
_TWICE = DIGITS - {"double", "triple"}


def tokens(text: str) -> list[str]:
    """Split a text into plain words, small words and hesitations left out."""
    raw = _WORD.findall(unaccented(text.lower().translate(_PLAIN)))
    return _kept([part for word in raw for part in _written_out(word)])


def words(text: str) -> list[str]:
    """Give the words of an utterance of any length; of a very long one, those of its beginning and its end."""
    if len(text) <= 2 * LONGEST:
        return tokens(text)
    return [*tokens(text[:LONGEST]), MARK, *tokens(text[-LONGEST:])]


def _written_out(word: str) -> list[str]:
    if word in _SHORT:
        return _SHORT[word].split()
    if "'" not in word:
        return [word]
    for tail, long in _TAILS:
        if word.endswith(tail):
            return [*_written_out(word[: -len(tail)]), long]
    if word.endswith("'s"):
        base = word[:-2]
        return [*_written_out(base), "is" if base in _IS else "'s"]
    return [word.replace("'", "")]


def _kept(spoken: list[str]) -> list[str]:
    out: list[str] = []
    skip = False
    for word, following in zip(spoken, [*spoken[1:], ""], strict=False):
        if skip:
            skip = False
            continue
        if (word, following) in _DROPPED_PAIRS:
            skip = True
            continue
        if word in _DROPPED or (word == "like" and not (out and out[-1] in _LIKE_AFTER)):
            continue
        if out and out[-1] == word and word not in _TWICE and not word[0].isdigit():
            continue
        out.append(word)
    return out
