"""The second look for danger: learned, where the crisis recogniser is written.

The recogniser's lexicon says why it heard what it heard, and misses wordings nobody thought of; a machine that has
seen the same phrasings misses others. Either one is enough to be met as somebody in danger.
"""

from __future__ import annotations

from skill.listening.index import index

GRAVE = ("emergency", "suicide", "suicide_other", "urgent_symptom")
#: Fewer words than this are no sentence to judge by.
LEAST_WORDS = 4
MILD = ("med_advice", "distress", "other")


def danger(text: str, recognised: str, locale: str = "en-US") -> str:
    """Name the grave topic a text belongs to, or give what the recogniser said (`recognised`, maybe empty).

    Where the recogniser was silent a weak sign is enough; where it heard something milder the sign must be stronger.
    """
    if recognised in GRAVE or len(text.split()) < LEAST_WORDS:
        return recognised
    known = index(f"danger-{locale}")
    scores = dict(zip(known.labels, known.scores(text), strict=True))
    worst = max(GRAVE, key=lambda name: scores[name])
    ahead = scores[worst] - max(scores[name] for name in MILD)
    return worst if ahead > known.limits["mild" if recognised else "silent"] else recognised
