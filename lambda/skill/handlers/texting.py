"""The text with the number: whose phone, a clear yes, one text, and the number aloud whatever happens."""

from __future__ import annotations

from ask_sdk_model.interfaces.connections.v1 import StartConnectionDirective

from content import Content
from skill import names
from skill.consent import new_ticket
from skill.contacts import Mobile, Whose
from skill.deadline import Deadline
from skill.delivery import Order
from skill.handlers import Desk, Handler
from skill.rules import offers, phone, token
from skill.say import Reply, Voice
from skill.turn import Memory, Turn

#: The questions asked while a text is being settled.
QUESTIONS = offers.SENDS | {"phone"}
#: Alexa's words for a permission that was not given.
REFUSALS = frozenset({"DENIED", "NOT_ANSWERED"})
#: How often a number is asked for before it is simply read out.
MAX_TRIES = 3
#: What goes along while Alexa asks for the permission: the session's memory may be gone after it. Never a number.
CARRIED = ("topic", "step", "who", "patient", "pace")


def forget(turn: Turn) -> None:
    """Drop the number being settled, and the yes that was being asked for."""
    memory = turn.memory
    memory.phone, memory.whose, memory.ending, memory.mark, memory.digits = "", "", "", "", ""
    memory.ticket, memory.script, memory.tries = "", "", 0


def values_for(turn: Turn) -> dict[str, str]:
    """Give what the questions about a number are asked with."""
    return _values(turn.memory) if turn.memory.pending in QUESTIONS else {}


def _values(memory: Memory) -> dict[str, str]:
    return {"readback": phone.readback(memory.phone), "last_two": memory.ending}


def begin(turn: Turn, voice: Voice, desk: Desk) -> Reply:
    """Start to settle a text: the number Alexa knows if it may be told, else consent, else a spoken number."""
    forget(turn)
    turn.memory.offer = "settled"
    if not desk.settings.texting:
        return voice.say(turn, "text_not_here", "ask_another")
    desk.delivery.warm()
    known = desk.contacts.mobile(turn)
    if known.state == "denied":
        return _ask_permission(turn, voice)
    return _with_known(turn, voice, desk, known)


def _with_known(turn: Turn, voice: Voice, desk: Desk, known: Mobile) -> Reply:
    if known.state in {"unavailable", "denied"}:
        return voice.say(turn, "cannot_see_number", "ask_phone")
    number = parsed(known.raw, voice, desk) if known.state == "number" else None
    if number is None:
        return voice.say(turn, "no_number_on_account", "ask_phone")
    if not number.ok:
        return voice.say(turn, "account_number_unusable", "ask_phone")
    # Alexa is asked again when it is to be sent, so of this number only its end and a mark stay in the session.
    memory = turn.memory
    memory.whose = "own" if known.whose == "person" else "account"
    memory.ending, memory.mark = phone.last_two(number.e164), _mark(number.e164, desk)
    return _ask_to_send(turn, voice)


def _mark(e164: str, desk: Desk) -> str:
    return desk.delivery.hasher.number(e164)


def _ask_to_send(turn: Turn, voice: Voice, *before: str) -> Reply:
    """Say to what the person agrees, once for each text, and ask for the yes."""
    memory = turn.memory
    memory.ticket = new_ticket()
    version = script_version(voice)
    script = [] if memory.script == version else ["consent"]
    memory.script = version
    return voice.say(turn, *before, *script, f"ask_{memory.whose}", **_values(memory))


def script_version(voice: Voice) -> str:
    """Name the script of consent that this locale speaks."""
    return f"{voice.content.locale}/{voice.content.words['consent_version']}"


def _ask_permission(turn: Turn, voice: Voice) -> Reply:
    """Let Alexa ask by voice, once in a session; after that the card and a spoken number are left."""
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
            token=token.pack({name: getattr(turn.memory, name) for name in CARRIED}),
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
    """Take a spoken number or a piece of one: ask to send, or for what is missing, or say why it cannot be."""
    memory = turn.memory
    if not desk.settings.texting:
        return voice.say(turn, "text_not_here", "ask_another")
    memory.offer = "settled"
    so_far = memory.digits if memory.pending == "phone" else ""
    whole = phone.joined(so_far, heard)
    number = parsed(whole, voice, desk)
    memory.phone, memory.ending, memory.mark, memory.whose, memory.digits = "", "", "", "", ""
    if number.ok:
        memory.phone, memory.whose = number.e164, "spoken"
        return _ask_to_send(turn, voice)
    if number.problem == "short" and len(so_far) < len(number.digits) < phone.LOCAL_DIGITS:
        memory.digits = number.digits
        missing = "ask_area_code" if len(number.digits) == len("5550143") else "ask_rest"
        return voice.say(turn, "phone_so_far", missing, so_far=phone.grouped(number.digits))
    memory.tries += 1
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
    memory.phone, memory.ticket = "", ""
    if was_spoken:
        memory.tries += 1
        if memory.tries >= MAX_TRIES:
            forget(turn)
            return voice.say(turn, "number_instead", "ask_another")
        return voice.say(turn, "sorry_number", "ask_phone")
    return voice.say(turn, "not_that_number", "ask_phone")


def send(turn: Turn, voice: Voice, desk: Desk) -> Reply:
    """Send the one text that was agreed to and say honestly what became of it, and the number itself."""
    deadline = Deadline(desk.settings.reply_s * desk.settings.patience)
    memory = turn.memory
    if not desk.settings.texting:
        forget(turn)
        return voice.say(turn, "text_not_here", "ask_another")
    number = parsed(memory.phone, voice, desk)
    if memory.pending != "spoken":
        whose: Whose = "person" if memory.pending == "own" else "account"
        known = desk.contacts.mobile(turn, whose)
        number = parsed(known.raw, voice, desk)
        if number.ok and memory.mark != _mark(number.e164, desk):
            # The number was changed between the question and the yes: nobody agreed to this one.
            return _with_known(turn, voice, desk, known)
    if not number.ok:
        forget(turn)
        return voice.say(turn, "text_lost", "ask_another")
    if not memory.ticket or memory.script != script_version(voice):
        # The session came back from another version of the skill: what was agreed to is not what would be sent.
        memory.whose = memory.pending
        return _ask_to_send(turn, voice)
    outcome = desk.delivery.send(
        Order(
            to=number.e164,
            body=voice.written_text("helpline"),
            user_id=turn.user_id,
            ticket=memory.ticket,
            script=memory.script,
            locale=voice.content.locale,
        ),
        deadline,
    )
    forget(turn)
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
            # "Shall I send it?" "Send it": a yes in other words.
            return send(turn, voice, self.desk) if memory.pending in offers.SENDS else begin(turn, voice, self.desk)
        if turn.intent == names.FIX_NUMBER:
            return self._fix(turn, voice, heard)
        if heard:
            return heard_number(turn, voice, self.desk, heard)
        if not self.desk.settings.texting:
            return voice.say(turn, "text_not_here", "ask_another")
        forget(turn)
        memory.offer = "settled"
        return voice.say(turn, "ask_phone")

    def _fix(self, turn: Turn, voice: Voice, heard: str) -> Reply:
        memory = turn.memory
        if not self.desk.settings.texting or memory.pending not in QUESTIONS:
            return heard_number(turn, voice, self.desk, heard) if heard else voice.say(turn, "nothing_to_fix")
        # Only a number the person spoke is mended in part; of the account's they know the last two digits only.
        base = memory.phone if memory.pending == "spoken" else ""
        part = turn.resolved.get(names.PART_SLOT, "")
        if memory.pending == "phone" and phone.continues(memory.digits, heard, part):
            return heard_number(turn, voice, self.desk, heard)
        digits = phone.corrected(base, heard, part) if heard else ""
        memory.digits = ""
        if not digits:
            memory.phone = ""
            return voice.say(turn, "sorry_number", "ask_phone")
        return heard_number(turn, voice, self.desk, digits)


class ConsentAnswered(Handler):
    """Alexa hands the session back after asking for the permission; it may be a new session, with nothing in it."""

    def wants(self, turn: Turn, content: Content) -> bool:
        """Take the resumed session."""
        return turn.type == names.SESSION_RESUMED

    def act(self, turn: Turn, voice: Voice) -> Reply:
        """Go on with the text if permission was given; else ask for a number and send the card."""
        memory = turn.memory
        memory.consent_asked = True
        carried = token.unpack(turn.resumed_token)
        if carried is None:
            return voice.say(turn, "welcome_back")
        for name in CARRIED if not memory.topic else ():
            if type(carried.get(name)) is type(getattr(memory, name)):
                setattr(memory, name, carried[name])
        forget(turn)
        memory.offer = "settled"
        if not self.desk.settings.texting:
            return voice.say(turn, "text_not_here", "ask_another")
        if turn.resumed_status in REFUSALS:
            return _card_and_phone(turn, voice)
        # Accepted, or something nobody documented, or an error of the dialog with a permission that was given
        # before: the profile itself tells whether we may know the number.
        self.desk.delivery.warm()
        known = self.desk.contacts.mobile(turn)
        if known.state == "denied":
            return _card_and_phone(turn, voice)
        return _with_known(turn, voice, self.desk, known)
