"""The skill with its real clients of AWS and Alexa, wired to servers on loopback: what `make run-aws` rehearses."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from simulator.device import SKILL_ID
from simulator.loopback import AwsServer, ProfileServer, TextingServer
from simulator.loopback.aws import TABLE
from skill.app import Skill, build, deliveries
from skill.contacts import AlexaContacts
from skill.delivery import Delivery
from skill.queue import SqsQueue
from skill.settings import Settings
from skill.store import DynamoStore
from skill.texts import AwsTexts
from texts_consumer import consume

#: Keys that no account has: the servers ask for a signature but cannot check it.
NO_ACCOUNT = {"AWS_ACCESS_KEY_ID": "loopback", "AWS_SECRET_ACCESS_KEY": "loopback", "AWS_DEFAULT_REGION": "us-east-1"}


class Loopback:
    """The servers, and skills that know no others."""

    def __init__(self) -> None:
        """Start the servers."""
        for name, value in {**NO_ACCOUNT, "AWS_EC2_METADATA_DISABLED": "true"}.items():
            os.environ.setdefault(name, value)
        self.aws = AwsServer()
        self.texting = TextingServer()
        self.profile = ProfileServer()
        self.hash_key = secrets.token_hex()
        self._services: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._stop = threading.Event()
        self._consumer: threading.Thread | None = None

    def settings(self, **changes: Any) -> Settings:
        """Give the settings of a deployed function, with changes."""
        deployed: dict[str, Any] = {
            "skill_id": SKILL_ID,
            "origination_identity": "phone-number-loopback",
            "configuration_set": "loopback",
            "protect_configuration": "protect-loopback",
            "hash_key": self.hash_key,
            "texts_table": TABLE,
            "queue_url": self.aws.queue_url,
        }
        return Settings(**{**deployed, **changes})

    def services(
        self, settings: Settings, *, delay_s: int = 0, store_at: str = "", queue_at: str = ""
    ) -> dict[str, Any]:
        """Give one Lambda's services; `store_at` and `queue_at` name other servers than moto's.

        Equal ones are given again: making a client takes longer than a conversation.
        """
        key = (settings, delay_s, store_at, queue_at)
        if key not in self._services:
            self._services[key] = {
                "texts": AwsTexts(settings, endpoint=self.texting.url, patience=settings.patience),
                "store": DynamoStore(
                    settings.texts_table, endpoint=store_at or self.aws.url, patience=settings.patience
                ),
                "queue": SqsQueue(
                    settings.queue_url, endpoint=queue_at or self.aws.url, patience=settings.patience, delay_s=delay_s
                )
                if settings.queue_url
                else None,
            }
        return self._services[key]

    def skill(
        self, settings: Settings | None = None, *, others: Mapping[str, Any] | None = None, **where: Any
    ) -> Skill:
        """Build the skill as one Lambda would; `others` are collaborators in the place of some of these."""
        settings = settings or self.settings()
        contacts = AlexaContacts(settings.patience)
        return build(settings, **{"contacts": contacts, **self.services(settings, **where), **(others or {})})

    def delivery(self, settings: Settings | None = None, **where: Any) -> Delivery:
        """Wire what the consumer uses."""
        settings = settings or self.settings()
        return deliveries(settings, **self.services(settings, **where))

    def drain(self, delivery: Delivery | None = None) -> int:
        """Let the consumer take up once what waits in the queue; gives how many messages it was handed."""
        records = self.aws.messages()
        self.take_up(records, delivery or self.delivery())
        return len(records)

    def take_up(self, records: list[dict[str, Any]], delivery: Delivery) -> None:
        """Hand messages to the consumer, and delete those it is done with, as Lambda does."""
        again = {row["itemIdentifier"] for row in consume({"Records": records}, delivery)["batchItemFailures"]}
        for record in records:
            if record["messageId"] not in again:
                self.aws.delete(record)

    def keep_draining(self, every_s: float = 1.0) -> None:
        """Take up what waits, again and again, until closed."""

        def run() -> None:
            delivery = self.delivery()
            while not self._stop.wait(every_s):
                self.drain(delivery)

        self._consumer = threading.Thread(target=run, daemon=True)
        self._consumer.start()

    def reset(self) -> None:
        """Empty the servers and let them behave."""
        self.aws.reset()
        self.texting.reset()
        self.profile.reset()

    def close(self) -> None:
        """Stop everything."""
        self._stop.set()
        if self._consumer:
            self._consumer.join()
        for server in (self.texting, self.profile, self.aws):
            server.close()


def aws_loopback() -> tuple[Skill, Loopback]:
    """Start the servers and the consumer, and build the skill against them.

    The device has to speak with `api_endpoint=loopback.profile.url`; texts arrive in `loopback.texting.sent`.
    """
    loopback = Loopback()
    loopback.keep_draining()
    return loopback.skill(delay_s=5), loopback
