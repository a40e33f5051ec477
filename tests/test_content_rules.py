"""The rules for what is said: each is shown failing on words that break it, and letting near misses pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest
from drafts import Draft
from edits import Change, fact, for_other, line, rests, say, step, step_rests, without, words

from content import ContentError
from tools.content_rules import (
    FIRST,
    RULES,
    Rule,
    facts,
    keys,
    length,
    markup,
    medicine,
    numbers,
    others,
    questions,
    reading,
    safety,
    tables,
)

CREDIT = facts.not_in_the_fact_sheet
SECONDS_TOO_LONG = "one two three four five six seven eight nine ten. " * 6


@dataclass(frozen=True)
class Case:
    """A change an editor might make, the rule that must object, and words its objection holds."""

    rule: Rule
    change: Change
    says: str
    at: str = ""
    warning: bool = False


CASES = [
    # -- the files
    Case(tables.shape, without(lambda d: d.answers["what_is"], "title"), "lacks title", "[what_is]"),
    Case(tables.shape, lambda d: d.answers["what_is"].update(for_others={"say": "One."}), "for_others", "[what_is]"),
    Case(tables.shape, lambda d: d.answers["what_is"]["for_other"].update(steps=[]), "steps", "[what_is.for_other]"),
    Case(tables.shape, lambda d: d.answers["what_is"].update(more="One step."), "list", "[what_is], more"),
    Case(tables.shape, lambda d: d.answers["what_is"].update(more_facts=["S5"]), "each step", "[what_is], more_facts"),
    Case(tables.shape, lambda d: d.answers["what_is"].update(care_team="yes"), "true or false", "care_team"),
    Case(tables.shape, lambda d: d.answers["what_is"].update(stop="Stop."), "Nothing reads stop", "[what_is]"),
    Case(tables.shape, lambda d: d.answers.update(what_is="One."), "not a table", "[what_is]"),
    Case(tables.shape, lambda d: d.lines["welcome"].update(reprompts="One?"), "reprompts", "[line.welcome]"),
    Case(tables.shape, without(lambda d: d.dialog["person"]["mother"], "they"), "lacks they", "mother"),
    Case(tables.shape, without(lambda d: d.facts["S1"], "review_by"), "lacks review_by", "[fact.S1]"),
    Case(tables.shape, without(lambda d: d.sources["cancercare_sheet"], "date"), "lacks date", "cancercare_sheet"),
    Case(tables.shape, without(lambda d: d.phones["nci"], "fact"), "lacks fact", "[nci]"),
    Case(facts.sourced, without(lambda d: d.facts["S1"], "source"), "no source", "[fact.S1]"),
    Case(facts.sourced, fact("S1", source="my_aunt"), "'my_aunt' is not in this file", "[fact.S1]"),
    Case(facts.sourced, fact("S1", read="2026-11-23"), "not a day that has been", "[fact.S1]"),
    Case(facts.sourced, fact("S1", read="last week"), "not a day that has been", "[fact.S1]"),
    Case(facts.sourced, fact("E10", why=""), "does not say why", "[fact.E10]"),
    Case(facts.complete_sources, lambda d: d.sources["macmillan"].update(url=""), "no web address", "macmillan"),
    Case(facts.complete_sources, lambda d: d.sources["macmillan"].update(title=" "), "title is empty", "macmillan"),
    Case(facts.complete_sources, lambda d: d.sources["macmillan"].update(grade="E"), "grade", "macmillan"),
    Case(facts.complete_sources, lambda d: d.sources["macmillan"].update(date="May"), "not a date", "macmillan"),
    Case(facts.complete_sources, lambda d: d.sources["macmillan"].update(date="2026-12-01"), "not a date", "macmillan"),
    # -- what answers rest on
    Case(facts.answers_rest_on_facts, lambda d: d.answers["what_is"].update(facts=[]), "no source", "[what_is]"),
    Case(facts.answers_rest_on_facts, lambda d: d.answers["what_is"]["facts"].append("S99"), "'S99' is not in"),
    Case(facts.fresh, fact("S25", review_by="2026-11-21"), "1 days ago. Spoken in: doctor_upset", "[fact.S25]"),
    Case(facts.fresh, fact("S25", review_by="soon"), "no day", "[fact.S25]"),
    Case(facts.fresh, fact("S25", review_by="2026-12-22"), "in 30 days", "[fact.S25]", warning=True),
    Case(facts.fresh, fact("S25", review_by="2026-11-22"), "in 0 days", "[fact.S25]", warning=True),
    Case(facts.state, without(lambda d: d.facts["S43"], "state"), "no state", "[fact.S43]"),
    Case(facts.state, fact("S43", state="checked"), "no state", "[fact.S43]"),
    Case(facts.state, fact("S1", state="to_confirm"), "not marked", "[fact.S1]"),
    Case(facts.state, fact("S43", state="confirmed", confirmed_on="2026-11-22"), "by nobody", "[fact.S43]"),
    Case(facts.state, fact("S43", state="confirmed", confirmed_by="A. Person"), "no day", "[fact.S43]"),
    Case(facts.state, fact("S43", confirmed_by="A. Person"), "state is not confirmed", "[fact.S43]"),
    Case(tables.shape, without(lambda d: d.checks["old_pages"], "topics"), "lacks topics", "[check.old_pages]"),
    Case(facts.checks, lambda d: d.checks["old_pages"].update(facts=["E99"]), "'E99' is not in", "[check.old_pages]"),
    Case(facts.checks, lambda d: d.checks["old_pages"].update(topics=["cook"]), "id 'cook'", "[check.old_pages]"),
    Case(facts.checks, lambda d: d.checks["old_pages"].update(state="open"), "no state", "[check.old_pages]"),
    Case(facts.checks, lambda d: d.checks["old_pages"].update(state="confirmed"), "by nobody", "[check.old_pages]"),
    Case(facts.may_be_spoken, lambda d: d.answers["what_is"]["facts"].append("E27"), "E27 may not be spoken"),
    Case(facts.may_be_spoken, lambda d: d.answers["what_is"]["facts"].append("S45"), "only be spoken in about"),
    Case(facts.may_be_spoken, lambda d: d.sources["macmillan"].update(grade="D"), "E66 is of grade D", "[outside_us]"),
    Case(facts.may_be_spoken, fact("E66", grade="D"), "E66 is of grade D", "[outside_us]"),
    Case(facts.answers_rest_on_facts, lambda d: d.answers["records"]["more_facts"].pop(), "there are 3", "[records]"),
    Case(facts.answers_rest_on_facts, lambda d: d.answers["records"]["more_facts"][0].append("S99"), "'S99' is not in"),
    Case(
        facts.may_be_spoken, lambda d: d.answers["records"]["more_facts"][0].append("E27"), "E27 may not", "[records]"
    ),
    Case(facts.answers_rest_on_facts, line("spanish", "Hola.", facts=["S99"]), "'S99' is not in", "[line.spanish]"),
    # -- what CancerCare's fact sheet never says
    Case(CREDIT, rests("records", "S49"), "which records to bring", "[records], say"),
    Case(CREDIT, rests("insurance_cost", "S13", "E28", "E29"), "what insurance pays", "[insurance_cost], say"),
    Case(CREDIT, rests("how_long_wait", "S2", "S3"), "how long one may wait", "[how_long_wait], say"),
    Case(CREDIT, rests("medicare", "S13"), "Medicare", "[medicare], say"),
    Case(CREDIT, rests("virtual", "S49"), "opinions from afar", "[virtual], say"),
    Case(CREDIT, rests("differ", "S41"), "opinions that differ", "[differ.for_other], say"),
    Case(CREDIT, rests("hopeline_hours", "S43"), "hours", "[hopeline_hours], say"),
    Case(CREDIT, rests("language", "S43", "E54"), "languages", "[language], say"),
    Case(CREDIT, rests("financial_help", "S42"), "money help", "[financial_help], say"),
    Case(CREDIT, rests("emergency", "S1"), "emergencies", "[emergency], reprompt"),
    Case(CREDIT, rests("distress", "S1", "X1"), "texting", "[distress], say"),
    Case(CREDIT, step_rests("first_step", 3), "which records to bring", "[first_step], more, step 3"),
    Case(CREDIT, step_rests("where_find", 2), "what insurance pays", "[where_find], more, step 2"),
    Case(CREDIT, step_rests("no_insurance", 2, "S42"), "prices", "[no_insurance.for_other], more, step 2"),
    Case(CREDIT, step_rests("hopeline_services", 2, "S42"), "support groups", "[hopeline_services], more, step 2"),
    Case(CREDIT, without(lambda d: d.lines["spanish"], "facts"), "languages", "[line.spanish]"),
    Case(facts.forbidden, step("why_helps", "It can point to alternative therapies."), "(S8)", "[why_helps], more"),
    Case(facts.forbidden, line("welcome", "Welcome. Takeda brought it to you."), "(S45)", "[line.welcome]"),
    # -- length
    Case(length.first_answer, say("what_is", words(31)), "31 words", "[what_is], say"),
    Case(length.first_answer, for_other("what_is", words(31)), "31 words", "[what_is.for_other], say"),
    Case(length.first_answer, say("get_number", f"{{hopeline}}. {words(21)}"), "31 words", "[get_number], say"),
    Case(length.first_answer, lambda d: d.answers["med_advice"].update(stop=words(20)), "words", "[med_advice], stop"),
    Case(length.steps, step("what_is", words(46)), "46 words", "[what_is], more, step 1"),
    Case(length.sentence, say("what_is", words(19, 19)), "19 words", "[what_is], say"),
    Case(length.sentence, line("thanks", f"{words(4)} {words(19, 19)}"), "19 words", "[line.thanks]"),
    Case(length.labels, lambda d: d.answers["what_is"].update(title="x" * 41), "41 characters", "[what_is], title"),
    Case(length.labels, lambda d: d.answers["what_is"].update(name=words(8)), "8 words", "[what_is], name"),
    Case(length.long_lines, line("thanks", words(46)), "46 words", "[line.thanks]", warning=True),
    Case(length.speech_size, say("what_is", "word " * 1600 + "end."), "takes 8000", "[what_is]"),
    Case(length.seconds, say("what_is", SECONDS_TOO_LONG), "seconds", "[what_is], say", warning=True),
    # -- reading
    Case(reading.reading_grade, say("what_is", "Oncological consultation facilitates deliberation."), "grade"),
    Case(reading.reading_grade, step("what_is", "Individualized interdisciplinary recommendations."), "Long words"),
    Case(reading.short_list, lambda d: d.words["unavoidable"].append("metastasis"), "Nothing says 'metastasis'"),
    Case(reading.short_list, lambda d: d.words["unavoidable"].append("doctor"), "not a long word"),
    Case(reading.short_list, lambda d: d.words["unavoidable"].extend(["opinion"] * 20), "thirty are the most"),
    # -- questions
    Case(questions.answers_ask_nothing, say("what_is", "Why not ask? You can."), "asks nothing", "[what_is], say"),
    Case(questions.answers_ask_nothing, step("what_is", "Is it clear?"), "asks nothing", "[what_is], more"),
    Case(questions.one_question_last, line("ask_more", "More? Or less?"), "2 questions", "[line.ask_more], say"),
    Case(questions.one_question_last, line("ask_more", "More? Say yes."), "not last", "[line.ask_more], say"),
    Case(
        questions.one_question_last,
        lambda d: d.lines["ask_more"].update(reprompt="More? Say yes."),
        "not last",
        "[line.ask_more], reprompt",
    ),
    Case(questions.open_when_asked, line("thanks", "Anything else?"), "does not listen", "[line.thanks]"),
    Case(questions.open_when_asked, line("ask_more", "More."), "does not ask", "[line.ask_more]"),
    Case(
        questions.open_when_asked,
        lambda d: d.lines["spanish_suicide"].update(asks="more"),
        "does not ask",
        "[line.spanish_suicide]",
    ),
    Case(questions.open_when_asked, lambda d: d.lines["ask_more"].update(asks=""), "name", "[line.ask_more]"),
    Case(questions.composed, say("what_is", "Shall we start? It helps."), "2 questions", "[what_is]"),
    Case(questions.composed, line("thanks", "You're welcome. All right?"), "2 questions", "conversation.py"),
    Case(
        questions.spoken_titles,
        lambda d: d.sources["cancercare_sheet"].update(title="When to get one?"),
        "question of its own",
        "[source.cancercare_sheet], title",
    ),
    Case(
        questions.spoken_titles,
        without(lambda d: d.sources["nccn_ovarian_2013"], "spoken"),
        "Add `spoken`",
        "[source.nccn_ovarian_2013], title",
    ),
    # -- numbers
    Case(numbers.typed, step("what_is", "Call 800-813-4673."), "'800-813-4673' is typed", "[what_is]"),
    Case(numbers.typed, say("emergency", "Call 911 now."), "'911'", "[emergency]"),
    Case(numbers.typed, line("thanks", "Call nine eight eight."), "'nine eight eight'", "[line.thanks]"),
    Case(numbers.typed, lambda d: d.texts.update(helpline="Call (800) 813 4673"), "typed", "texts.toml"),
    Case(numbers.typed, lambda d: d.dialog["words"].update(card_helpline="8008134673"), "typed", "card_helpline"),
    Case(
        numbers.typed,
        lambda d: d.local("screens.toml")["button"]["number"].update(label="Call 911"),
        "'911'",
        "screens.toml, [button.number.label]",
    ),
    Case(numbers.letters, say("get_number", "It's {hopeline_letters}."), "letters alone", "[get_number]"),
    Case(numbers.letters, step("what_is", "Call 1-800-813-HOPE."), "'1-800-813-HOPE'", "[what_is]"),
    Case(numbers.letters, say("get_number", "{nci}. {nci_letters}."), "read out wrongly", "[get_number]"),
    Case(numbers.phone_book, lambda d: d.phones["acs"].update(groups=["800", "227", "2346"]), "agree", "[acs]"),
    Case(numbers.phone_book, lambda d: d.phones["acs"].update(digits="18002272345"), "agree", "[acs]"),
    Case(numbers.phone_book, lambda d: d.phones["hopeline"].update(letters="HELP"), "'HELP'", "[hopeline]"),
    Case(numbers.phone_book, lambda d: d.phones["acs"].update(fact="E99"), "'E99'", "[acs]"),
    # -- markup
    Case(markup.parses, say("what_is", "It is {nobody}."), "cannot be spoken", "[what_is], say"),
    Case(markup.parses, line("thanks", "Thank {you."), "cannot be spoken", "[line.thanks]"),
    Case(markup.parses, say("what_is", "It is {0}."), "cannot be spoken", "[what_is], say"),
    Case(markup.placeholders, line("thanks", "Thank you, {unheard_of}."), "{unheard_of}", "[line.thanks]"),
    Case(markup.placeholders, say("what_is", "It is {readback}."), "{readback}", "[what_is], say"),
    Case(markup.placeholders, line("thanks", "{They} may call."), "{They}", "[line.thanks]"),
    Case(markup.capitals, say("what_is", "Ask the NCI."), "'NCI'", "[what_is]"),
    Case(markup.tidy, say("what_is", "It is one.\n  And two."), "line breaks", "[what_is]"),
    Case(markup.tidy, say("what_is", "It is one"), "does not end", "[what_is]"),
    Case(markup.speakable, lambda d: d.answers["what_is"].update(name="what it is *"), "cannot read *", "name"),
    Case(
        markup.speakable,
        lambda d: d.sources["cancercare_sheet"].update(title="When (and why)"),
        "cannot read (, )",
        "[source.cancercare_sheet], title",
    ),
    # -- medicine; more sentences for each are below
    Case(medicine.dose, step("what_is", "Take two pills."), "like a dose", "[what_is]"),
    Case(medicine.prognosis, step("what_is", "Most survive."), "forecast", "[what_is]"),
    Case(medicine.recommendation, step("what_is", "You should have chemo."), "recommends", "[what_is]"),
    Case(medicine.promise, step("what_is", "There is always hope."), "promises", "[what_is]"),
    Case(medicine.price, step("what_is", "It is six hundred dollars."), "price", "[what_is]"),
    Case(
        medicine.treatment_has_care_team,
        lambda d: d.answers["what_is"].pop("care_team"),
        "not marked",
        "[what_is]",
    ),
    Case(
        medicine.treatment_has_care_team,
        lambda d: d.words["not_about_treatment"].update(get_number="a number"),
        "needs no exception",
        "words.toml",
    ),
    Case(
        medicine.treatment_has_care_team,
        lambda d: d.words["not_about_treatment"].update(records="tissue slides"),
        "needs no exception",
        "words.toml",
    ),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "You can put off surgery and wait."), "'surgery'"),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "The operation can be later."), "'operation'"),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "These pills can wait."), "'pills'"),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "The medicine can wait."), "'medicine'"),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "There are new drugs."), "'drugs'"),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "A hormone shot is one way."), "'hormone'"),
    Case(medicine.treatment_has_care_team, step("doctor_upset", "A transplant is one way."), "'transplant'"),
    # an exception is for its words alone, and wording for somebody else is looked at as well
    Case(medicine.treatment_has_care_team, step("medicare", "Some drugs can wait."), "'drugs'", "[medicare]"),
    Case(medicine.treatment_has_care_team, for_other("doctor_upset", "{They} can have surgery."), "'surgery'"),
    Case(
        medicine.leads_back,
        say("what_is", "Another cancer doctor looks.", more=["It is quick.", "Ask your own doctor."]),
        "leads back",
        "[what_is], say",
    ),
    Case(
        medicine.leads_back,
        lambda d: d.answers["agree"]["for_other"].update(say="They agree.", more=["Go on.", "Go on."]),
        "leads back",
        "[agree.for_other]",
    ),
    *(
        Case(medicine.leads_back, say("agree", sentence, more=["Go on."]), "leads back", "[agree], say")
        for sentence in (
            "Chemo may help. Your doctor can be wrong.",
            "Chemo may help. Your own doctor may know.",
            "You can start chemo without the care team.",
            "Chemo may help. Don't ask your doctor.",
            "Chemo may help. Ask a friend. Your doctor may not know.",
        )
    ),
    # -- somebody else
    Case(others.worded_for_others, lambda d: d.answers["what_is"].pop("for_other"), "no wording", "[what_is]"),
    Case(others.worded_for_others, for_other("what_is", "Ask your doctor."), "somebody else", "[what_is.for_other]"),
    Case(
        others.same_steps, lambda d: d.answers["what_is"]["for_other"]["more"].pop(), "1 steps", "[what_is.for_other]"
    ),
    Case(others.persons_only_there, say("what_is", "It helps {them}."), "nobody to stand for", "[what_is], say"),
    Case(others.persons_only_there, for_other("what_is", "Yes. {who} can ask."), "cannot begin", "[what_is.for_other]"),
    Case(others.agrees, for_other("what_is", "{They} has a right."), "{they} has", "[what_is.for_other]"),
    Case(others.agrees, for_other("what_is", "It is best if {they} also ask."), "{they} ask", "[what_is.for_other]"),
    Case(others.agrees, for_other("what_is", "{They}'re allowed."), "{they}'re", "[what_is.for_other]"),
    # -- safety
    Case(safety.all_there, lambda d: d.answers.pop("suicide"), "missing", "[suicide]"),
    Case(safety.all_there, lambda d: d.answers["emergency"].update(safety="urgent"), "crisis", "[emergency]"),
    Case(safety.all_there, lambda d: d.answers["what_is"].update(safety="crisis"), "not one of", "[what_is]"),
    Case(safety.crisis_names_help, say("suicide", "Call {emergency}."), "{lifeline}", "[suicide], say"),
    Case(safety.crisis_names_help, say("suicide", "Call {lifeline}."), "{emergency}", "[suicide], say"),
    Case(
        safety.crisis_names_help,
        lambda d: d.answers["suicide_other"].update(reprompt="Stay with them."),
        "{lifeline}",
        "[suicide_other], reprompt",
    ),
    Case(safety.crisis_names_help, lambda d: d.answers["emergency"].pop("reprompt"), "no reprompt", "[emergency]"),
    Case(safety.crisis_names_help, for_other("urgent_symptom", "Call the team."), "{emergency}", "[urgent_symptom]"),
    Case(
        safety.crisis_in_spanish,
        line("spanish_suicide", "Llame al {emergency}."),
        "{lifeline}",
        "[line.spanish_suicide]",
    ),
    Case(
        safety.crisis_in_spanish,
        lambda d: d.lines["spanish_emergency"].pop("lang"),
        "names no language",
        "[line.spanish_emergency]",
    ),
    Case(
        safety.crisis_in_spanish, line("spanish_emergency", "¿{emergency}?"), "asks nothing", "[line.spanish_emergency]"
    ),
    Case(safety.crisis_is_bare, say("suicide", "Are you safe? {lifeline}, {emergency}."), "asks nothing", "[suicide]"),
    Case(safety.crisis_is_bare, say("suicide", "{lifeline}, {emergency}, or the Hopeline."), "Hopeline", "[suicide]"),
    Case(safety.crisis_is_bare, say("urgent_symptom", "Call CancerCare. {emergency}."), "Hopeline", "[urgent_symptom]"),
    Case(safety.crisis_is_bare, lambda d: d.answers["suicide"].update(more=["One."]), "comes after", "[suicide]"),
    Case(safety.crisis_is_bare, lambda d: d.answers["suicide"].update(yes="get_number"), "comes after", "[suicide]"),
    Case(safety.emergency_first, say("emergency", "Please call {emergency} now."), "first words", "[emergency]"),
    Case(safety.emergency_first, say("emergency", "Call {emergency} now. One. Two."), "Seconds matter", "[emergency]"),
    Case(safety.distress_offers_both, say("distress", "Call or text {lifeline}."), "both", "[distress]"),
    Case(safety.distress_offers_both, for_other("distress", "Ask CancerCare."), "both", "[distress]"),
    Case(safety.distress_offers_both, lambda d: d.answers["distress"].update(yes="about"), "number", "[distress]"),
    Case(safety.advice_gives_no_hint, say("med_advice", "Your team can say if chemo helps."), "hint", "[med_advice]"),
    Case(safety.advice_gives_no_hint, say("med_advice", "I can't tell you that."), "care team", "[med_advice]"),
    Case(safety.never_in_safety, say("distress", "Did that help?"), "Did that help", "[distress]"),
    Case(safety.never_in_safety, say("suicide", "It stays our secret."), "secret", "[suicide]"),
    Case(safety.never_in_safety, say("suicide", "Put the pills away."), "pills", "[suicide]"),
    Case(safety.never_in_safety, line("ask_get_number", "Did it help you?"), "Did it help", "[line.ask_get_number]"),
    # -- keys
    Case(keys.missing, without(lambda d: d.lines, "goodbye"), "The code says this line", "[line.goodbye]"),
    Case(keys.missing, without(lambda d: d.lines, "text_sent"), "`text_...`", "[line.text_sent]"),
    Case(keys.missing, without(lambda d: d.lines, "phone_short"), "line", "[line.phone_short]"),
    Case(keys.missing, without(lambda d: d.lines, "ask_first_step"), "`ask_...`", "[line.ask_first_step]"),
    Case(keys.missing, without(lambda d: d.texts, "helpline"), "'helpline' is missing", "texts.toml"),
    Case(keys.unused, line("sing_a_song", "La la."), "Nothing ever says", "[line.sing_a_song]"),
    Case(keys.unused, line("help_cook", "Stir."), "Nothing ever says", "[line.help_cook]"),
    Case(keys.unused, lambda d: d.dialog["words"].update(tune="la"), "Nothing uses", "tune"),
    Case(keys.unused, lambda d: d.texts.update(birthday="Happy birthday"), "Nothing sends", "birthday"),
    Case(keys.unused, lambda d: d.phones.update(taxi=dict(d.phones["acs"])), "Nothing says", "[taxi]"),
    Case(keys.people, lambda d: d.dialog["person"].pop("mother"), "one of the two files", "mother"),
    Case(
        keys.people,
        lambda d: d.dialog["person"].update(teacher=dict(d.dialog["person"]["friend"])),
        "one of the two files",
        "types.toml, teacher",
    ),
]


def _name(case: Case) -> str:
    return f"{case.rule.__module__.rpartition('.')[2]}.{case.rule.__name__}"


@cache
def already(rule: Rule) -> frozenset[str]:
    """What a rule finds in the words as they are."""
    return frozenset(str(finding) for finding in Draft().found_by(rule))


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_rule_objects_to_words_that_break_it(case: Case) -> None:
    draft = Draft()
    case.change(draft)
    new = [finding for finding in draft.found_by(case.rule) if str(finding) not in already(case.rule)]
    fitting = [f for f in new if case.says in str(f) and case.at in f.where and f.warning == case.warning]
    assert fitting, f"found only: {[str(finding) for finding in new]}"


def test_every_rule_has_been_shown_to_fail() -> None:
    shown = {case.rule for case in CASES} | {tables.locales_alike}  # shown below, on files
    assert set(FIRST) | set(RULES) == shown


# -- what must never be said ---------------------------------------------------------------------------------

#: (sentence, the rule that must object) for each thing the editor's rules forbid.
NEVER = [
    ("Take 20 mg of it.", medicine.dose),
    ("Take it every six hours.", medicine.dose),
    ("You could skip your dose.", medicine.dose),
    ("Half a pill is enough.", medicine.dose),
    ("Take it once a day.", medicine.dose),
    ("Take some aspirin.", medicine.dose),
    ("Take two aspirin with food.", medicine.dose),
    ("Take it daily.", medicine.dose),
    ("Two a day will do.", medicine.dose),
    ("Take it with food.", medicine.dose),
    ("Double up on your pain medicine.", medicine.dose),
    ("You can cut back on your pills.", medicine.dose),
    ("It works for 80% of people.", medicine.prognosis),
    ("It works for eighty percent.", medicine.prognosis),
    ("Nine out of ten get well.", medicine.prognosis),
    ("You may have six months to live.", medicine.prognosis),
    ("People live for about two more years.", medicine.prognosis),
    ("This can be cured.", medicine.prognosis),
    ("The life expectancy is good.", medicine.prognosis),
    ("It is curable.", medicine.prognosis),
    ("It is fatal.", medicine.prognosis),
    ("People with this often die.", medicine.prognosis),
    ("The outlook is good.", medicine.prognosis),
    ("Half of people live five years.", medicine.prognosis),
    ("Most people with it live for years.", medicine.prognosis),
    ("You have a year left.", medicine.prognosis),
    ("Most people beat this cancer.", medicine.prognosis),
    ("You have a good chance of beating this.", medicine.prognosis),
    ("Your chances are good.", medicine.prognosis),
    ("You will get better.", medicine.prognosis),
    ("It can only get worse.", medicine.prognosis),
    ("You should have chemo.", medicine.recommendation),
    ("Surgery is the way to go.", medicine.recommendation),
    ("Ask for Keytruda.", medicine.recommendation),
    ("Ask about pembrolizumab.", medicine.recommendation),
    ("A trial is your best bet.", medicine.recommendation),
    ("Chemo is worth it.", medicine.recommendation),
    ("Turmeric can help with cancer.", medicine.recommendation),
    ("This diet fights cancer.", medicine.recommendation),
    ("Herbs may help.", medicine.recommendation),
    ("Your first doctor is right.", medicine.recommendation),
    ("Your doctor can be wrong.", medicine.recommendation),
    ("You can put off surgery and wait.", medicine.recommendation),
    ("I recommend surgery.", medicine.recommendation),
    ("Dr. Smith is good.", medicine.recommendation),
    ("Go to the best hospital you can.", medicine.recommendation),
    ("Try the Mayo Clinic.", medicine.recommendation),
    ("Radiation is better.", medicine.recommendation),
    ("You need surgery first.", medicine.recommendation),
    ("Don't worry about it.", medicine.promise),
    ("You'll be fine.", medicine.promise),
    ("Insurance covers it.", medicine.promise),
    ("It costs about $600.", medicine.price),
    ("They have thirty days by law.", medicine.price),
    # what the facts' own notes forbid
    ("It can point to alternative therapies.", facts.forbidden),
    ("It takes 41 days instead of thirty-five days.", facts.forbidden),
    ("There are seventy-two of these centers.", facts.forbidden),
    ("There are 72 centers in 36 states.", facts.forbidden),
    ("About 86 percent agreed.", facts.forbidden),
    ("In 15 to 50 percent it differs.", facts.forbidden),
    ("It costs 590 dollars.", facts.forbidden),
    ("The Hopeline is open nine to seven.", facts.forbidden),
    ("The institute answers eight to eight.", facts.forbidden),
    ("The institute answers from eight until eight.", facts.forbidden),
    ("The National Cancer Institute answers day and night.", facts.forbidden),
    ("Call {nci}. It answers at any hour.", facts.forbidden),
    ("Eighty six of a hundred agree.", facts.forbidden),
    ("In 86 of a hundred they agree.", facts.forbidden),
    ("You can text the Hopeline.", facts.forbidden),
    ("You can message the Hopeline.", facts.forbidden),
    ("Send the Hopeline a text.", facts.forbidden),
    ("The Hopeline takes messages.", facts.forbidden),
    ("Call or text {hopeline}.", facts.forbidden),
    ("Shall I text the number.", facts.forbidden),
    ("Takeda paid for it.", facts.forbidden),
    ("Carly O'Brien wrote it.", facts.forbidden),
    ("Counseling is for everyone.", facts.forbidden),
    ("Only people in New Jersey can get it.", facts.forbidden),
    ("Assistants were right in 41 percent.", facts.forbidden),
    # what a voice cannot say
    ("Ask your doctor*.", markup.speakable),
    ("You are number #1.", markup.speakable),
    ("Ask your doctor and/or nurse.", markup.speakable),
    ("This | that.", markup.speakable),
    ("Take care \N{SLIGHTLY SMILING FACE}.", markup.speakable),
    ("It\N{RIGHT SINGLE QUOTATION MARK}s fine.", markup.speakable),
    ("Ask \N{EM DASH} then listen.", markup.speakable),
    ("Scans (and slides).", markup.speakable),
    ("Scans; slides.", markup.speakable),
    ("You & your doctor.", markup.speakable),
    ("<break/> Wait.", markup.speakable),
    ("See www.cancer.gov today.", markup.speakable),
    ("Write to info@cancercare.org today.", markup.speakable),
    ("Go to cancercare.org today.", markup.speakable),
    ("Bring papers, e.g. scans.", markup.speakable),
    ("Bring scans, slides, etc.", markup.speakable),
    ("It opens at ten a.m. each day.", markup.speakable),
    ("You live in the U.S. now.", markup.speakable),
]


@pytest.mark.parametrize(("sentence", "rule"), NEVER, ids=[sentence for sentence, _ in NEVER])
def test_what_must_not_be_said_is_not_said(sentence: str, rule: Rule) -> None:
    places: list[Change] = [step("diff_hospital", sentence), for_other("agree", sentence), line("thanks", sentence)]
    for change in places:
        draft = Draft()
        change(draft)
        assert any(sentence in finding.quote for finding in draft.found_by(rule))


#: Sentences that come close to what is forbidden and are fine.
FINE = [
    "A pathologist reads your slides.",
    "Ask which choice the doctor thinks is best, and why.",
    "Your own doctor is the best one to ask.",
    "It's better to go to a different hospital.",
    "One may know surgery best. Another may know radiation.",
    "You can choose to pay on your own.",
    "Call or text {lifeline}, day or night.",
    "I can send you a text with the number.",
    "Most people can take a few weeks.",
    "The Hopeline is open ten to six, Eastern time.",
    "Last updated in October 2022.",
    "It's toll-free. You can say yes or no.",
    "Ask once or twice. That's fine.",
    "I use a fact sheet. I'm not a doctor.",
    "Ask early. It can take a few weeks.",
    "Bring a list of your medicines. Take it with you.",
    "You may feel better with a doctor who is open to it.",
    "If it gets worse, call your team.",
    "Ask the doctor you saw last week.",
    "This is a chance to ask all you like.",
    "It's worth a call. Take the result back to your doctor.",
    "There may be other ways to treat the cancer.",
    "You can help someone with cancer. Ask for Spanish.",
    "Ask each doctor what they think is right for you.",
    "It can delay treatment, so talk with your doctor.",
    "The American Cancer Society answers day and night.",
    "I can send you one text message with the Hopeline's number.",
    "Call the National Cancer Institute. Call your doctor any day.",
]


@pytest.mark.parametrize("sentence", FINE)
def test_what_may_be_said_is_left_alone(sentence: str) -> None:
    draft = Draft()
    step("diff_hospital", sentence)(draft)
    rules = [
        medicine.dose, medicine.prognosis, medicine.recommendation, medicine.promise, medicine.price,
        facts.forbidden, numbers.typed, numbers.letters, markup.speakable, markup.parses,
    ]  # fmt: skip
    assert [str(f) for rule in rules for f in draft.found_by(rule) if sentence in f.quote] == []


#: Ways of leading back to the person's own doctor or team.
BACK = [
    "Ask your doctor.",
    "You can also ask your own cancer doctor.",
    "Talk it over with your care team.",
    "You could tell your doctor: I have a question.",
    "Call the cancer team first.",
    "Ask the new hospital, or your own doctor, how.",
    "Take what you learn back to your own doctor.",
    "You can start with the doctor who found the cancer.",
    "Your own doctor is the best one to ask.",
]


@pytest.mark.parametrize("sentence", BACK)
def test_whatever_sends_people_back_to_their_doctor_is_understood(sentence: str) -> None:
    draft = Draft()
    say("agree", sentence, more=["Go on."])(draft)
    assert not [f for f in draft.found_by(medicine.leads_back) if "[agree]" in f.where]


@pytest.mark.parametrize("kind", ["dose", "prognosis", "recommendation", "promise", "price"])
def test_a_list_that_was_emptied_is_an_error_not_a_pass(kind: str) -> None:
    draft = Draft()
    draft.words["never"][kind]["patterns"] = []
    with pytest.raises(ContentError, match="nothing would be checked"):
        draft.found_by(getattr(medicine, kind))


def test_a_subject_without_patterns_is_an_error_not_a_pass() -> None:
    draft = Draft()
    draft.words["not_in_fact_sheet"]["hours"] = []
    with pytest.raises(ContentError, match="nothing would be checked"):
        draft.found_by(CREDIT)
    draft.words["not_in_fact_sheet"] = {}
    with pytest.raises(ContentError, match="nothing would be checked"):
        draft.found_by(CREDIT)


def test_the_fact_sheet_keeps_the_credit_for_what_it_does_say() -> None:
    draft = Draft()
    rests("social_worker", "S40")(draft)
    step_rests("when_needed", 1, "S13")(draft)  # insurance may ask for one: that it does say
    step_rests("differ", 2, "S41")(draft)
    assert draft.found_by(CREDIT) == []


def test_a_broken_pattern_is_named() -> None:
    draft = Draft()
    draft.facts["S8"]["forbidden"] = ["("]
    with pytest.raises(ContentError, match="S8"):
        draft.found_by(facts.forbidden)
