"""Words into Alexa's speech markup and back: escaping, numbers read out, pace, plain words, seconds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # only our own speech is parsed, never a request's
from collections.abc import Iterable
from html import escape

#: Alexa's own rates. Slower is mild: very slow synthetic speech is harder to follow, not easier
#: (Sutton 1995; "Age Differences in Identifying Words in Synthetic Speech").
RATES = {"slow": "85%", "normal": "", "fast": "120%"}
#: Words a minute at the normal rate, for estimating how long speech takes (Sutton 1995: 150-200).
WORDS_PER_MINUTE = 165
#: Alexa's limit for one outputSpeech, markup included.
MAX_SPEECH_CHARACTERS = 8000


def escaped(text: str) -> str:
    """Make any text safe inside speech markup; characters XML cannot hold are dropped."""
    legal = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return escape(legal, quote=False)


def digits_aloud(groups: Iterable[str]) -> str:
    """Spell digit groups the way a person reads a number out: "8 0 0, 8 1 3, 4 6 7 3"."""
    return ", ".join(" ".join(group) for group in groups)


def number_aloud(groups: Iterable[str]) -> str:
    """Give the markup for a number read out slowly, digit by digit, with a rest after each group.

    Plain digits, not `say-as telephone`, so that every voice and every text-to-speech engine
    says the same and nobody hears "eight hundred".
    """
    return f'<prosody rate="{RATES["slow"]}">{_rested(digits_aloud(groups))}</prosody>'


def _rested(spelled: str) -> str:
    return spelled.replace(", ", ',<break time="350ms"/> ')


def short_code(digits: str) -> str:
    """Give the markup for a three-digit code (911, 988) that is said digit by digit."""
    return f'<say-as interpret-as="digits">{digits}</say-as>'


def in_language(markup: str, lang: str) -> str:
    """Let markup be said in another language ("es-US"); without a language it stays as it is."""
    return f'<lang xml:lang="{lang}">{markup}</lang>' if lang else markup


def spoken(body: str, pace: str = "normal") -> str:
    """Wrap a marked-up body as Alexa's speech at a pace: "slow", "normal" or "fast"."""
    rate = RATES.get(pace, "")
    return f'<speak><prosody rate="{rate}">{body}</prosody></speak>' if rate else f"<speak>{body}</speak>"


def plain(ssml: str) -> str:
    """Give the words of speech markup with the markup taken out. Raises `ParseError` when it does not parse."""
    root = ET.fromstring(ssml if ssml.startswith("<speak") else f"<speak>{ssml}</speak>")  # noqa: S314
    return " ".join("".join(root.itertext()).split())


def seconds(ssml: str) -> float:
    """Estimate how many seconds Alexa takes to say this, breaks and pace included.

    Words at `WORDS_PER_MINUTE`; a spelled digit counts as a word. An estimate for authors, not a promise.
    """
    rate = 1.0
    if match := re.match(r'<speak><prosody rate="(\d+)%">', ssml):
        rate = int(match.group(1)) / 100
    rests = sum(float(ms) / 1000 for ms in re.findall(r'<break time="(\d+)ms"/>', ssml))
    rests += sum(float(s) for s in re.findall(r'<break time="([\d.]+)s"/>', ssml))
    words = plain(ssml).split()
    return round(len(words) / WORDS_PER_MINUTE * 60 / rate + rests, 1)
