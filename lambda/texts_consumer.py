"""What AWS Lambda calls for the queue: texts that had to wait, and deletions that could not be done at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

import content
from skill.app import deliveries
from skill.delivery import Delivery
from skill.queue import read
from skill.say import Voice
from skill.settings import Settings

log = logging.getLogger(__name__)

#: Nobody waits for a reply here, so the sender may take its time.
PATIENCE = 4.0


@cache
def _delivery() -> Delivery:
    settings = Settings.from_environment(patience=PATIENCE)
    logging.getLogger().setLevel(settings.log_level)
    return deliveries(settings)


def body(locale: str) -> str:
    """Write the text message of a locale."""
    return Voice(content.load(content.best_locale(locale))).written_text("helpline")


def consume(event: Mapping[str, Any], delivery: Delivery) -> dict[str, Any]:
    """Take up the messages of one SQS event; gives those that have to be tried again, in SQS's own words.

    What fails is left in the queue: SQS hands it out again after its rest, and moves it to the dead-letter queue
    after the fifth time. What a message holds is never logged.
    """
    again = []
    for record in event.get("Records", []):
        try:
            done = delivery.take_up(read(record["body"]), body)
        except Exception as error:
            log.error("queue: not done: message=%s error=%s", record.get("messageId"), type(error).__name__)
            done = False
        if not done:
            again.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": again}


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Take up what waits in the queue."""
    return consume(event, _delivery())
