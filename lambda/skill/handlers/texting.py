"""The text with the number: whose phone, a clear yes, one text, and the number aloud whatever happens."""

from __future__ import annotations

from ask_sdk_model.interfaces.connections.v1 import StartConnectionDirective

from content import Content
from skill import names
from skill.contacts import Mobile
from skill.handlers import Desk, Handler
from skill.rules import phone
from skill.say import Reply, Voice
from skill.texts import Outcome
from skill.turn import Turn

#: The questions asked while a text is being settled.
QUESTIONS = frozenset({"account", "own", "spoken", "phone"})
#: How often a number is asked for before it is simply read out.
MAX_TRIES = 3
TOKEN = "text"  # noqa: S105 - marks our own connection when Alexa hands the session back


def forget(turn: Turn) -> None:
    """Drop the number being settled."""
    turn.memory.phone, turn.memory.whose, turn.memory.tries = "", "", 0


def values_for(turn: Turn) -> dict[str, str]:
    """Give what the questions about a number are asked with."""
    number = turn.memory.phone
    if not number:
        return {}
    return {"readback": phone.readback(number), "last_two": phone.last_two(number)}


def begin(turn: Turn, voice: Voice, desk: Desk) -> Reply:
    """Start to settle a text: the number Alexa knows if it may be told, else consent, else a spoken number."""
    memory = turn.memory
    forget(turn)
    memory.offer = "settled"
    if not desk.settings.texting:
        return voice.say(turn, "text_not_here", "ask_another")
    known = desk.contacts.mobile(turn)
    if known.state == "denied":
        return _ask_consent(turn, voice)
    return _with_known(turn, voice, desk, known)


def _with_known(turn: Turn, voice: Voice, desk: Desk, known: Mobile) -> Reply:
    if known.state == "unavailable":
        return voice.say(turn, "cannot_see_number", "ask_phone")
    number = parsed(known.raw, voice, desk) if known.state == "number" else None
    if number is None:
        return voice.say(turn, "no_number_on_account", "ask_phone")
    if not number.ok:
        return voice.say(turn, "account_number_unusable", "ask_phone")
    turn.memory.phone = number.e164
    turn.memory.whose = "own" if known.whose == "person" else "account"
    return voice.say(turn, f"ask_{turn.memory.whose}", **values_for(turn))


def _ask_consent(turn: Turn, voice: Voice) -> Reply:
    if turn.memory.consent_asked:
        return _card_and_phone(turn, voice)
    turn.memory.consent_asked = True
    reply = voice.say(turn, "asking_consent")
    level = "PERSON" if turn.person_id else "ACCOUNT"
    reply.directives.append(
        StartConnectionDirective(
            uri=names.CONSENT_URI,
            input={
                "@type": "AskForPermissionsConsentRequest",
                "@version": "2",
                "permissionScopes": [{"permissionScope": names.MOBILE_NUMBER_SCOPE, "consentLevel": level}],
            },
            token=TOKEN,
        )
    )
    return reply


def _card_and_phone(turn: Turn, voice: Voice) -> Reply:
    reply = voice.say(turn, "no_permission", "ask_phone")
    reply.permission_card = True
    return reply


def parsed(heard: str, voice: Voice, desk: Desk) -> phone.Number:
    """Judge a number by the countries served and the helplines that must never be texted."""
    lines = frozenset(p.digits for p in voice.content.phones.values())
    return phone.parse(heard, desk.settings.countries, lines)


def heard_number(turn: Turn, voice: Voice, desk: Desk, heard: str) -> Reply:
    """Take a spoken number: read it back when it may be texted, else say why not and ask again."""
    memory = turn.memory
    if not desk.settings.texting:
        return voice.say(turn, "text_not_here", "ask_another")
    memory.offer = "settled"
    number = parsed(heard, voice, desk)
    if number.ok:
        memory.phone, memory.whose = number.e164, "spoken"
        return voice.say(turn, "ask_spoken", **values_for(turn))
    memory.tries += 1
    memory.phone = ""
    if memory.tries >= MAX_TRIES:
        forget(turn)
        return voice.say(turn, "number_instead", "ask_another")
    return voice.say(turn, f"phone_{number.problem}", "ask_phone")


def answered(turn: Turn, voice: Voice, desk: Desk, *, yes: bool) -> Reply:
    """Take a yes or no to a question about the number."""
    memory = turn.memory
    if memory.pending == "phone":
        if yes:
            return voice.say(turn, "ask_phone")
        forget(turn)
        return voice.say(turn, "number_instead", "ask_another")
    if yes:
        return send(turn, voice, desk)
    was_spoken = memory.pending == "spoken"
    memory.phone = ""
    if was_spoken:
        memory.tries += 1
        if memory.tries >= MAX_TRIES:
            forget(turn)
            return voice.say(turn, "number_instead", "ask_another")
        return voice.say(turn, "sorry_number", "ask_phone")
    return voice.say(turn, "not_that_number", "ask_phone")


def send(turn: Turn, voice: Voice, desk: Desk) -> Reply:
    """Send the one text and say honestly what became of it, and the number itself."""
    number = parsed(turn.memory.phone, voice, desk)
    forget(turn)
    if not number.ok:
        # The session came back without the number, or with one we would not have settled on.
        return voice.say(turn, "text_failed", "ask_another")
    outcome: Outcome = desk.texts.send(number.e164, voice.written_text("helpline"))
    return voice.say(turn, f"text_{outcome.value}", "ask_another")


def not_understood(turn: Turn, voice: Voice) -> Reply:
    """Meet nonsense while a number is being settled: ask easier, then read the helpline's number out."""
    memory = turn.memory
    memory.tries += 1
    if memory.tries >= MAX_TRIES:
        forget(turn)
        return voice.say(turn, "number_instead", "ask_another")
    before = "phone_short" if memory.pending == "phone" else "yes_or_no"
    return voice.say(turn, before, f"ask_{memory.pending}", **values_for(turn))


class TextMe(Handler):
    """ "Text me the number", and a phone of one's own choosing."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take every intent about the text."""
        return turn.asks(names.TEXT_ME, names.OTHER_PHONE, names.PHONE_NUMBER, names.FIX_NUMBER)

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Settle whose phone it is."""
        memory = turn.memory
        heard = turn.slot(names.PHONE_SLOT)
        if turn.intent == names.TEXT_ME:
            return begin(turn, voice, self.desk)
        if turn.intent == names.FIX_NUMBER:
            return self._fix(turn, voice, heard)
        if heard:
            return heard_number(turn, voice, self.desk, heard)
        if not self.desk.settings.texting:
            return voice.say(turn, "text_not_here", "ask_another")
        memory.offer, memory.phone = "settled", ""
        return voice.say(turn, "ask_phone")

    def _fix(self, turn: Turn, voice: Voice, heard: str) -> Reply:
        if not self.desk.settings.texting or turn.memory.pending not in QUESTIONS:
            return heard_number(turn, voice, self.desk, heard) if heard else voice.say(turn, "nothing_to_fix")
        # Only a number the person spoke is mended in part; of the account's they know the last two digits only.
        base = turn.memory.phone if turn.memory.pending == "spoken" else ""
        digits = phone.corrected(base, heard) if heard else ""
        if not digits:
            turn.memory.phone = ""
            return voice.say(turn, "sorry_number", "ask_phone")
        return heard_number(turn, voice, self.desk, digits)


class ConsentAnswered(Handler):
    """Alexa hands the session back after asking for the permission."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take the resumed session."""
        return turn.type == names.SESSION_RESUMED

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Go on with the text if permission was given; else ask for a number and send the card."""
        turn.memory.consent_asked = True
        turn.memory.offer = "settled"
        if turn.resumed_token != TOKEN:
            return voice.say(turn, "welcome_back")
        accepted = turn.resumed_code in {"200", ""} and turn.resumed_status == "ACCEPTED"
        if not accepted:
            return _card_and_phone(turn, voice)
        known = self.desk.contacts.mobile(turn)
        if known.state == "denied":
            return _card_and_phone(turn, voice)
        return _with_known(turn, voice, self.desk, known)
