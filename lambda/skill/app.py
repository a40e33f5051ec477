"""The composition root: collaborators in, ordered handler table, skill out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_core.skill import CustomSkill
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import RequestEnvelope

import content
from skill import counts, hearing, names
from skill.consent import Hasher
from skill.contacts import AlexaContacts, Contacts
from skill.delivery import Delivery
from skill.handlers import Call, Desk, Handler, answers, conversation, events, privacy, safety, texting
from skill.handlers.errors import Apologise
from skill.queue import Queue, SqsQueue
from skill.say import Voice
from skill.settings import Settings
from skill.store import DynamoStore, MemoryStore, Store
from skill.texts import AwsTexts, Texts
from skill.turn import Turn, read

log = logging.getLogger(__name__)

#: Walked from the top: what nobody said, safety, the text, the pending question, topics, conversation.
TABLE: tuple[type[Handler], ...] = (
    events.SessionEnded,
    safety.Safety,
    safety.StillInDanger,
    conversation.Launch,
    conversation.Leave,
    texting.ConsentAnswered,
    texting.TextMe,
    conversation.PendingYesNo,
    conversation.Choose,
    conversation.DidYouMean,
    conversation.Repeat,
    conversation.Help,
    conversation.More,
    conversation.Back,
    conversation.Thanks,
    conversation.SayNumber,
    conversation.WhoSaysSo,
    privacy.Privacy,
    privacy.ForgetMe,
    conversation.SayLine,
    answers.AnswerTopic,
    conversation.NotUnderstood,
)

#: The classes that speak to AWS and have a client to make.
REAL = (AwsTexts, DynamoStore, SqsQueue)
KNOWN_TYPES = frozenset({names.LAUNCH, names.INTENT, names.SESSION_ENDED, names.SESSION_RESUMED, names.USER_EVENT})


class RefusedError(Exception):
    """A request that is not ours to answer: another skill's, or no Alexa request at all."""


class Skill:
    """Takes Alexa's JSON and gives Alexa's JSON.

    It raises nothing but `RefusedError`, and `NotForgottenError` for an event whose deletion has to be tried again.
    """

    def __init__(self, desk: Desk, inner: CustomSkill) -> None:
        """Take the collaborators and the SDK's skill."""
        self.desk = desk
        self._inner = inner
        self._serializer = DefaultSerializer()

    def __call__(self, event: Any) -> dict[str, Any]:
        """Answer one request envelope (the JSON as a dictionary).

        Raises `RefusedError` for another skill's request and for what is no request at all.
        """
        if not isinstance(event, Mapping) or not isinstance(event.get("request"), Mapping):
            raise RefusedError("not an Alexa request")
        turn = read(event)
        self._check_ours(event)
        voice = self.voice(turn.locale)
        call = Call(turn, voice)
        if turn.type.startswith(names.SKILL_EVENT_PREFIX):
            # Events have no session and never pass through the SDK, which knows only some of them.
            events.happened(turn, self.desk)
            return {"version": "1.0", "response": {}}
        if not self.desk.settings.texting:
            turn.memory.offer = "settled"  # what cannot be sent is not offered
        response = self._answer(call)
        log.info(
            "turn: request=%s intent=%s keys=%s",
            turn.request_id,
            turn.intent or turn.type,
            "+".join(call.keys),
        )
        return {"version": "1.0", "sessionAttributes": turn.memory.attributes(), "response": response}

    def warm_up(self) -> None:
        """Take one dummy turn, so that what is loaded late is loaded before the first person speaks."""
        turn = read({"request": {"type": names.LAUNCH, "locale": content.DEFAULT_LOCALE}})
        self._answer(Call(turn, self.voice(turn.locale)))

    def voice(self, locale: str) -> Voice:
        """Give the voice for a locale, or the nearest there is."""
        best = content.best_locale(locale)
        if best not in self.desk.voices:
            self.desk.voices[best] = Voice(content.load(best))
        return self.desk.voices[best]

    def _check_ours(self, event: Mapping[str, Any]) -> None:
        wanted = self.desk.settings.skill_id
        if not wanted:
            return
        named = {
            _application(event.get("session")),
            _application(
                (event.get("context") or {}).get("System") if isinstance(event.get("context"), Mapping) else None
            ),
        } - {""}
        if named != {wanted}:
            raise RefusedError("the request names another skill")

    def _answer(self, call: Call) -> dict[str, Any]:
        turn = call.turn
        if turn.type not in KNOWN_TYPES:
            log.warning("unknown request type: request=%s", turn.request_id)
            return self._response(call.voice.response(turn, call.voice.say(turn, "unknown_request")))
        try:
            if turn.type == names.USER_EVENT:
                from skill.screens import touch  # needed on devices with a screen only

                touch.settle(turn, call.voice.content)
            else:
                if count := hearing.settle(turn, call.voice.content):
                    self.desk.counts(count)
            envelope = self._serializer.deserialize(_clean(turn), RequestEnvelope)
            answered = self._inner.invoke(request_envelope=envelope, context=call)
            return self._response(answered.response)
        except Exception as error:  # the apology handler itself failed; the person still hears the number
            log.error("turn failed twice: request=%s error=%s", turn.request_id, type(error).__name__)
            turn.memory.pending = ""
            return self._response(call.voice.response(turn, call.voice.say(turn, "apology")))

    def _response(self, response: Any) -> dict[str, Any]:
        out = self._serializer.serialize(response)
        return out if isinstance(out, dict) else {}


def _application(holder: Any) -> str:
    if not isinstance(holder, Mapping) or not isinstance(holder.get("application"), Mapping):
        return ""
    return str(holder["application"].get("applicationId") or "")


def _clean(turn: Turn) -> str:
    """Write the envelope the SDK gets: only what was understood, so that no unknown enum can break it.

    The SDK raises for an unknown value anywhere in an envelope, before any handler runs; Alexa adds such values
    without notice. Our handlers read the turn, so the SDK needs no more than this to dispatch.
    """
    import json

    request: dict[str, Any] = {"type": turn.type, "requestId": turn.request_id, "locale": turn.locale}
    if turn.is_intent:
        request["intent"] = {"name": turn.intent}
    return json.dumps({"version": "1.0", "request": request})


def deliveries(
    settings: Settings,
    *,
    texts: Texts | None = None,
    store: Store | None = None,
    queue: Queue | None = None,
    clock: Callable[[], float] = time.time,
) -> Delivery:
    """Wire what sends texts: the real services that the settings name, unless others are given."""
    patience = settings.patience
    if texts is None:
        texts = AwsTexts(settings, patience=patience)
    if store is None and settings.texts_table:
        store = DynamoStore(settings.texts_table, patience=patience, clock=clock)
    if queue is None and settings.queue_url:
        queue = SqsQueue(settings.queue_url, patience=patience)
    return Delivery(
        settings,
        texts=texts,
        store=store or MemoryStore(clock),
        queue=queue,
        hasher=Hasher(settings.hash_key),
        clock=clock,
        clients=tuple(real.client for real in (texts, store, queue) if isinstance(real, REAL)),
    )


def build(
    settings: Settings,
    *,
    texts: Texts | None = None,
    contacts: Contacts | None = None,
    store: Store | None = None,
    queue: Queue | None = None,
    clock: Callable[[], float] = time.time,
    count: counts.Counts = counts.nowhere,
) -> Skill:
    """Wire a skill: the real services, unless others are given."""
    if texts is None:
        texts = AwsTexts(settings, patience=settings.patience)
    desk = Desk(
        settings=settings,
        texts=texts,
        contacts=contacts or AlexaContacts(settings.patience),
        delivery=deliveries(settings, texts=texts, store=store, queue=queue, clock=clock),
        counts=count,
    )
    builder = SkillBuilder()
    for handler in TABLE:
        builder.add_request_handler(handler(desk))
    builder.add_exception_handler(Apologise())
    return Skill(desk, builder.create())
