"""What one could say next: a few phrases that fit the question that is open, each a sample of the model."""

from __future__ import annotations

import json
import re
from functools import cache

import content
from simulator.ears import MODELS, ears
from skill import names
from skill.turn import Memory

#: How many are shown at a time.
MOST = 5
A_NUMBER = "202 555 0143"
NUMBERED = ("the first one", "the second one", "the third one")

#: Topics a newcomer may want, most wanted first.
FIRST = (
    "when_needed", "what_to_say", "doctor_upset", "insurance_cost", "where_find", "what_is", "records",
    "how_long_wait", "social_worker", "clinical_trials", "differ", "virtual", "caregiver",
)  # fmt: skip

#: By the question that is open: the intents that answer it.
ANSWERS: dict[str, tuple[str, ...]] = {
    "text": (names.YES, names.NO, names.SAY_NUMBER),
    "more": (names.YES, names.NO),
    "another": (names.NO,),
    "account": (names.YES, names.NO, names.OTHER_PHONE),
    "own": (names.YES, names.NO, names.OTHER_PHONE),
    "phone": (names.NO_CELL,),
    "spoken": (names.YES, names.NO, names.FIX_NUMBER),
}
YES_OR_NO = (names.YES, names.NO)
ALWAYS = (names.REPEAT, names.SLOWER, names.WHO_SAYS_SO)

#: Nicer than the first sample of an intent, where the model still holds them.
NICER: dict[str, dict[str, str]] = {
    "en-US": {
        names.SAY_NUMBER: "say the number",
        names.OTHER_PHONE: "send it to a different phone",
        names.TEXT_ME: "text me the number",
        names.SLOWER: "slower",
        "HowDoIAskMyDoctorIntent": "how do i ask my doctor",
        "WillMyDoctorBeUpsetIntent": "will my doctor be upset",
        "WillInsurancePayIntent": "will my insurance pay for a second opinion",
        "WhereToGetSecondOpinionIntent": "where do i go for a second opinion",
        "WhatIsSecondOpinionIntent": "what is a second opinion",
        "FindClinicalTrialsIntent": "how do i find a clinical trial",
        "WhatIsOncologySocialWorkerIntent": "what does an oncology social worker do",
    }
}


@cache
def samples(locale: str) -> dict[str, str]:
    """Give one plain sample for each intent of the compiled model that has one."""
    model = json.loads((MODELS / f"{locale}.json").read_text(encoding="utf-8"))
    intents = model["interactionModel"]["languageModel"]["intents"]
    found = {i["name"]: next((s for s in i.get("samples", []) if "{" not in s), "") for i in intents}
    return {intent: sample for intent, sample in found.items() if sample}


def phrase(locale: str, intent: str) -> str:
    """Give one thing to say that the model takes for an intent; empty when it has no plain sample."""
    nicer = NICER.get(locale, {}).get(intent, "")
    if nicer and ears(locale).hear(nicer).intent == intent:
        return nicer
    return samples(locale).get(intent, "")


def written(said: str) -> str:
    """Write a sample as a person would: a capital first, and the word I."""
    said = re.sub(r"\bi\b", "I", said)
    return said[:1].upper() + said[1:]


def suggest(locale: str, memory: Memory, asked: set[str]) -> list[str]:
    """List up to `MOST` things to say next; `asked` holds the topics that were heard already."""
    words = content.load(locale)
    intents = list(ANSWERS.get(memory.pending, ()))
    if memory.pending in {"more", "another"} and memory.offer != "settled":
        intents.append(names.TEXT_ME)  # whoever went past the offer of a text can still find it
    said = [A_NUMBER] if memory.pending == "phone" else []
    if memory.pending == "choice":
        said += [one for one, _ in zip(NUMBERED, memory.choices, strict=False)]
    elif memory.pending and not intents and memory.pending not in {"question", "safety"}:
        intents += YES_OR_NO
    if memory.said:
        intents += ALWAYS[:2] if memory.pending in {"account", "own", "phone", "spoken"} else ALWAYS
    if memory.pending in {"", "question", "another"}:
        topics = [words.answers[t].intent for t in FIRST if t in words.answers and t not in asked]
        # With nothing open, questions come first; after "anything else?", they follow its answers.
        answers = sum(intent in {names.NO, names.TEXT_ME} for intent in intents)
        intents = (
            topics[:3] + intents if memory.pending != "another" else intents[:answers] + topics[:3] + intents[answers:]
        )
    said += [found for intent in intents if (found := phrase(locale, intent))]
    return [written(s) for s in list(dict.fromkeys(said))[:MOST]]
