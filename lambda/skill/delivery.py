"""One agreed text from the yes to what became of it: recorded, counted, sent once, or handed on to wait."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread

from skill.aws import Client
from skill.consent import Hasher
from skill.deadline import Deadline, TooLateError, within
from skill.queue import Deletion, Message, Queue, QueueError, WaitingText
from skill.rules import limits
from skill.settings import Settings
from skill.store import Key, Store, StoreError
from skill.texts import MAY_HAVE_LEFT, PASSING, Outcome, Texts

log = logging.getLogger(__name__)

#: Seconds, of the budget for a whole reply: for the records before a text, and for what has to follow it.
RECORD_S = 1.3
AFTER_S = 0.8
#: With less than this left there is no point in beginning to send.
LEAST_SEND_S = 0.4
LEAST_SETTLE_S, MOST_SETTLE_S = 0.05, 1.2
#: How long a yes that came to nothing is remembered, so that its repetition is told the same.
FAILED_S = limits.DAY_S

# States of the record of a yes, besides the outcomes'
CLAIMED = "claimed"  # somebody is sending it right now
SENDING = "sending"  # the same, for a text that had waited
DROPPED = "dropped"  # it waited too long


@dataclass(frozen=True, slots=True)
class Order:
    """What was agreed to: one text, to one number, asked for by one person, in answer to one question."""

    to: str
    body: str
    user_id: str
    ticket: str
    #: The version of the script the person said yes to.
    script: str
    locale: str


@dataclass(frozen=True, slots=True)
class _Slip:
    """The keys of one order: hashes, and the day it counts for."""

    person: str
    number: str
    ticket: str
    day: str

    @property
    def record(self) -> Key:
        return (f"person#{self.person}", f"text#{self.ticket}")


class Delivery:
    """Sends what was agreed to, once, within the limits, and keeps what must be kept."""

    def __init__(
        self,
        settings: Settings,
        *,
        texts: Texts,
        store: Store,
        hasher: Hasher,
        queue: Queue | None = None,
        clock: Callable[[], float] = time.time,
        clients: tuple[Client, ...] = (),
    ) -> None:
        """Take the collaborators; without a queue nothing waits; `clients` are those worth making early."""
        self.hasher = hasher
        self._settings = settings
        self._texts, self._store, self._queue = texts, store, queue
        self._clock = clock
        self._clients = clients

    def warm(self) -> None:
        """Begin to make the clients, in the shadow of a question: they cost a quarter of a second or more."""
        if self._clients:
            Thread(target=self.make_clients, daemon=True).start()

    def make_clients(self) -> None:
        """Make the clients that are not made yet."""
        for client in self._clients:
            try:
                client.get()
            except Exception as error:  # whoever needs it meets the same error and says so
                log.warning("no client: error=%s", type(error).__name__)

    # -- right now -----------------------------------------------------------------------------------------

    def send(self, order: Order, deadline: Deadline) -> Outcome:
        """Send an order, once, and say what became of it before the deadline."""
        slip = _Slip(
            self.hasher.person(order.user_id),
            self.hasher.number(order.to),
            self.hasher.ticket(order.ticket),
            limits.day_of(self._clock()),
        )
        patience = self._settings.patience
        abandoned = Event()
        try:
            self._wait_for_clients(deadline)
            spare = deadline.left() - (AFTER_S + LEAST_SEND_S) * patience
            standing = within(min(RECORD_S * patience, spare), lambda: self._claim(slip, order.script, abandoned))
        except (StoreError, TooLateError) as error:
            abandoned.set()
            log.warning("text: nothing sent, no record could be made: error=%s", type(error).__name__)
            return Outcome.UNCHECKED
        if standing is not None:
            log.info("text: not sent again: %s", standing.value)
            return standing
        outcome = self._try(order, deadline)
        try:
            left = min(max(deadline.left(), LEAST_SETTLE_S), MOST_SETTLE_S * patience)
            outcome = within(left, lambda: self._settle(slip, order, outcome))
        except TooLateError:
            # A text that was being handed on may or may not wait now; any other outcome stands.
            outcome = Outcome.UNKNOWN if outcome in PASSING and self._queue else outcome
        log.info("text: %s", outcome.value)
        return outcome

    def _wait_for_clients(self, deadline: Deadline) -> None:
        if self._clients:
            spare = deadline.left() - (RECORD_S + AFTER_S + LEAST_SEND_S) * self._settings.patience
            within(spare, self.make_clients)

    def _claim(self, slip: _Slip, script: str, abandoned: Event) -> Outcome | None:
        """Record the yes and count the text; gives None to the one who may send, to all others what to say."""
        now = int(self._clock())
        kept_until = now + self._settings.consent_days * limits.DAY_S
        record = {"number": slip.number, "at": str(now), "script": script, "state": CLAIMED, "day": slip.day}
        if not self._store.put_once(slip.record, record, kept_until):
            return self._standing(slip)
        try:
            refused = self._count(slip, now)
        except StoreError:
            with suppress(StoreError):
                self._give_up(slip, (CLAIMED,), Outcome.UNCHECKED.value)
            raise
        if refused is None and abandoned.is_set():
            # The store answered after everybody had gone: nobody will send this.
            self._give_up(slip, (CLAIMED,), Outcome.UNCHECKED.value)
        return refused

    def _count(self, slip: _Slip, now: int) -> Outcome | None:
        """Count the text everywhere, or nowhere; gives the limit that stands in the way."""
        taken: list[limits.Count] = []
        for count in self._counts(slip):
            member = self.hasher.member(count.who, slip.ticket)
            if not self._store.join((count.who, slip.day), member, count.limit, now + limits.KEEP_COUNTS_S):
                self._leave(slip, taken)
                self._store.move(slip.record, (CLAIMED,), count.refused, now + FAILED_S)
                return Outcome(count.refused)
            taken.append(count)
        return None

    def _standing(self, slip: _Slip) -> Outcome:
        """Tell what became of a yes that arrived before."""
        state = (self._store.read(slip.record) or {}).get("state", "")
        return Outcome(state) if state in {o.value for o in Outcome} else Outcome.AGAIN

    def _counts(self, slip: _Slip) -> tuple[limits.Count, ...]:
        return limits.counts(self._settings.limits, slip.person, slip.number)

    def _leave(self, slip: _Slip, counts: Iterable[limits.Count]) -> None:
        for count in counts:
            self._store.leave((count.who, slip.day), self.hasher.member(count.who, slip.ticket))

    def _try(self, order: Order, deadline: Deadline) -> Outcome:
        spare = deadline.left() - AFTER_S * self._settings.patience
        if spare < LEAST_SEND_S:
            return Outcome.OUTAGE  # the records took all the time: nothing was tried yet
        try:
            return within(spare, lambda: self._texts.send(order.to, order.body))
        except TooLateError:
            return Outcome.UNKNOWN
        except Exception as error:  # a sender promises not to raise; if it does, the text may have left
            log.error("text: the sender raised: error=%s", type(error).__name__)
            return Outcome.UNKNOWN

    def _settle(self, slip: _Slip, order: Order, outcome: Outcome) -> Outcome:
        """Write down what became of it, and let it wait where that helps."""
        try:
            if outcome in MAY_HAVE_LEFT:
                self._store.move(slip.record, (CLAIMED,), outcome.value)
                return outcome
            if outcome in PASSING and self._queue:
                return self._hand_on(slip, order, outcome)
            self._give_up(slip, (CLAIMED,), outcome.value)
        except StoreError as error:
            log.warning("text: %s, but the record stays open: error=%s", outcome.value, type(error).__name__)
        return outcome

    def _hand_on(self, slip: _Slip, order: Order, outcome: Outcome) -> Outcome:
        # The record changes first: a text whose record does not say that it waits is never taken up.
        if self._queue is None or not self._store.move(slip.record, (CLAIMED,), Outcome.LATER.value):
            return outcome
        until = int(self._clock()) + self._settings.queue_minutes * 60
        try:
            self._queue.put(WaitingText(order.to, slip.person, slip.ticket, order.locale, slip.day, until))
        except QueueError as error:
            log.error("text: could not be queued: error=%s", error)
            try:
                self._give_up(slip, (Outcome.LATER.value,), outcome.value)
            except StoreError:
                return outcome if error.certain else Outcome.UNKNOWN
            return outcome
        return Outcome.LATER

    def _give_up(self, slip: _Slip, before: tuple[str, ...], state: str) -> None:
        """Note that nothing was sent and take the text out of the counts; only the first to say so does it."""
        if self._store.move(slip.record, before, state, int(self._clock()) + FAILED_S):
            self._leave(slip, self._counts(slip))

    # -- what waited ---------------------------------------------------------------------------------------

    def take_up(self, message: Message, body: Callable[[str], str]) -> bool:
        """Do what waited; `body` gives the text in a locale. False: try again later.

        Raises `StoreError` when the store cannot be reached before anything was done.
        """
        if isinstance(message, Deletion):
            self._delete(message)
            return True
        slip = _Slip(message.person, self.hasher.number(message.to), message.ticket, message.day)
        if self._clock() > message.until:
            self._give_up(slip, (Outcome.LATER.value,), DROPPED)
            log.warning("text: waited too long and was dropped")
            return True
        if not self._store.move(slip.record, (Outcome.LATER.value,), SENDING):
            # Sent by a twin of this message, forgotten at the person's wish, or cut off while sending: never again.
            log.info("text: no longer waiting")
            return True
        outcome = self._texts.send(message.to, body(message.locale))
        log.info("text, after waiting: %s", outcome.value)
        try:
            if outcome in PASSING:
                return not self._store.move(slip.record, (SENDING,), Outcome.LATER.value)
            if outcome in MAY_HAVE_LEFT:
                self._store.move(slip.record, (SENDING,), outcome.value)
            else:
                self._give_up(slip, (SENDING,), outcome.value)
        except StoreError as error:
            log.warning("text: %s, but the record stays open: error=%s", outcome.value, type(error).__name__)
        return True

    # -- forgetting ----------------------------------------------------------------------------------------

    def forget(self, user_id: str, *, count_too: bool, seconds: float) -> int | None:
        """Delete what is kept for a person; gives how many records that was, or None when it has to wait.

        The day's count stays unless `count_too`: else "forget me" would lift the limit that protects strangers.
        Raises `QueueError` when it can neither be done now nor wait.
        """
        deletion = Deletion(self.hasher.person(user_id), count_too)
        try:
            return within(seconds, lambda: self._delete(deletion))
        except (StoreError, TooLateError) as error:
            log.warning("forget: the store is away: error=%s", type(error).__name__)
        if self._queue is None:
            raise QueueError("there is no queue")
        self._queue.put(deletion)
        return None

    def _delete(self, deletion: Deletion) -> int:
        gone = self._store.forget(f"person#{deletion.person}")
        if deletion.count_too:
            gone += self._store.forget(f"today#{deletion.person}")
        log.info("forget: records=%d", gone)
        return gone
