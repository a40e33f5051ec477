"""Who is the patient: the speaker, or somebody the speaker names, by the words of the locale."""

from __future__ import annotations

import pytest

import content
from skill import names
from skill.hearing import settle, whom
from skill.turn import Memory, Turn

#: The speaker is meant whoever is named; nobody is, where a relative only comes along.
SPEAKER = [
    "my husband thinks i should get a second opinion",
    "my daughter says i need one",
    "my daughter says i need one what do i do",
    "my wife wants me to see another doctor",
    "my son told me to ask for a second opinion",
    "my husband doesn't think i need one",
    "my mother wants me to stop chemo should i",
    "my friend says i should ask for my records",
    "my mom had breast cancer and now i have it do i have time",
    "my mom had breast cancer should i get a second opinion",
    "my brother had it do i need another opinion",
    "he missed my brother's cancer so could he be wrong about mine",
    "i have breast cancer and my mom had it too",
    "i have cancer and my husband wants to come",
    "should i get a second opinion my wife is worried",
    "i want a second opinion but my husband says no",
    "do i need a second opinion my aunt says so",
    "will my doctor be mad if my husband asks",
    "can my son ask for me",
    "my wife left me when i got sick",
]
BESIDE = [
    "can my husband come with me to the appointment",
    "should i bring my wife",
    "can i bring my son to the appointment",
    "what do i bring my husband is driving me",
    "my sister is driving me what should i bring",
    "can my daughter listen in by phone",
    "is it ok if my wife comes",
    "would they let my wife come in during the exam",
    "can my husband take me home after",
    "my husband pays for my insurance what do i do",
    "i'm on my husband's insurance will they pay",
    "i talked it over with my wife how do i start",
]
RELATIVE = {
    "my mom says she wants a second opinion": "mother",
    "my mom wants a second opinion what do i do": "mother",
    "my mom thinks the doctor will be mad": "mother",
    "my mom is so scared": "mother",
    "should my mom stop chemo": "mother",
    "our mom won't ask": "mother",
    "can another lab read my mom's slides": "mother",
    "can i get my mom's records": "mother",
    "where can i take my mom for another opinion": "mother",
    "my mother threw up all day after chemo": "mother",
    "my husband thinks my mom should get one": "mother",
    "my husband has cancer should we ask another doctor": "husband",
    "my husband has cancer and he is coming with me": "husband",
    "my husband told me he wants to die": "husband",
    "my husband's chemo quit working": "husband",
    "will my husband's doctor be mad": "husband",
    "do i need power of attorney for my husband": "husband",
    "can i go with my husband to his appointment": "husband",
    "my dad says he'll kill himself": "father",
    "should i push my dad": "father",
    "how do i get my dad to see another doctor": "father",
    "my dad's so weak he can't get up": "father",
    "my wife's records what does she need to bring": "wife",
    "my brother's doctors don't agree": "brother",
    "my husband died of it and now my sister has it": "sister",
    "my mom's sister has cancer": "sister",
    "our daughter needs a second opinion": "daughter",
    "my kid has leukemia": "child",
    "does my child need a second opinion": "child",
    "my niece was diagnosed with lymphoma": "niece",
    "should my nephew see someone else": "nephew",
    "our grandchild has a brain tumor": "grandchild",
    "i'm asking for a friend": "friend",
    "it's not for me it's for my mom": "mother",
}


@pytest.mark.parametrize("said", SPEAKER)
def test_whoever_is_named_the_speaker_is_meant(said: str) -> None:
    assert whom("en-US").meant(said).who == ""


@pytest.mark.parametrize("said", BESIDE)
def test_who_only_comes_along_drives_or_pays_is_not_meant(said: str) -> None:
    assert not whom("en-US").meant(said).who


@pytest.mark.parametrize(("said", "who"), RELATIVE.items())
def test_the_person_who_is_named_is_meant(said: str, who: str) -> None:
    found = whom("en-US").meant(said)
    assert (found.who, found.lasting) == (who, True)


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("will her doctor be upset", "mother"),
        ("do i need one for her", "mother"),
        ("should i get her records", "mother"),
        ("they say she needs surgery", "mother"),
        ("what do i bring", None),
        ("can my sister come too", None),
        ("do i need one", ""),
        ("will my doctor be upset", ""),
        ("she says i need one", ""),
        ("i have cancer too", ""),
        ("what about me", ""),
        ("and my dad", "father"),
    ],
)
def test_in_a_conversation_about_a_mother(said: str, who: str | None) -> None:
    assert whom("en-US").meant(said, "mother").who == who


def test_only_who_says_it_is_about_them_takes_the_conversation_over() -> None:
    assert whom("en-US").meant("is there a social worker for me", "mother").lasting
    assert not whom("en-US").meant("will my doctor be upset", "mother").lasting


def test_before_anybody_was_named_she_is_nobody() -> None:
    assert whom("en-US").meant("will she be mad").who is None


def heard(intent: str, slots: dict[str, str], *, about: str = "", who: str = "") -> Turn:
    resolved = {names.WHO_SLOT: who} if who else {}
    turn = Turn(names.INTENT, "en-US", Memory(patient=about), intent, slots=slots, resolved=resolved)
    settle(turn, content.load("en-US"))
    return turn


def question(said: str, about: str = "") -> Turn:
    return heard(names.OPEN_QUESTION, {names.QUESTION_SLOT: said}, about=about)


@pytest.mark.parametrize(
    ("said", "about", "topic", "who"),
    [
        ("my mom has a fever after chemo", "", "urgent_symptom", "mother"),
        ("she has a fever of a hundred and two after chemo", "mother", "urgent_symptom", "mother"),
        ("i have a fever of a hundred and two after chemo", "mother", "urgent_symptom", ""),
        ("my dad says he'll kill himself", "", "suicide_other", "father"),
        ("my husband says i'd be better off if he was dead and he has a gun", "", "suicide_other", "husband"),
        ("how long does my brother have to live", "", "med_advice", "brother"),
    ],
)
def test_a_safety_answer_is_for_whom_the_sentence_speaks_of(said: str, about: str, topic: str, who: str) -> None:
    turn = question(said, about)
    assert content.load("en-US").topic_by_intent[turn.intent] == topic
    assert turn.resolved.get(names.WHO_SLOT, "") == who


def test_a_safety_sentence_without_words_is_never_for_whom_was_spoken_of_before() -> None:
    urgent = content.load("en-US").answers["urgent_symptom"].intent
    assert heard(urgent, {}, about="mother").resolved == {}
    assert heard(urgent, {names.WHO_SLOT: "my dad"}, about="mother", who="father").resolved == {"who": "father"}


def test_a_question_without_words_is_for_whom_the_conversation_is_about() -> None:
    first_step = content.load("en-US").answers["first_step"].intent
    assert heard(first_step, {}, about="friend").resolved == {"who": "friend"}
    assert heard(first_step, {names.WHO_SLOT: "my dad"}, about="friend", who="father").memory.patient == "father"


def test_whose_phone_a_text_goes_to_is_not_the_patient() -> None:
    turn = heard(names.OTHER_PHONE, {names.WHO_SLOT: "my daughter"}, about="mother", who="daughter")
    assert turn.memory.patient == "mother"
