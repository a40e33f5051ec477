"""What AWS Lambda calls."""

from __future__ import annotations

import logging
from typing import Any

from skill.app import RefusedError, build
from skill.counts import to_metrics
from skill.settings import Settings

_settings = Settings.from_environment()
logging.getLogger().setLevel(_settings.log_level)
_skill = build(_settings, count=to_metrics)
_skill.warm_up()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer one Alexa request; refuse another skill's with an empty, closing answer."""
    try:
        return _skill(event)
    except RefusedError as refusal:
        logging.getLogger(__name__).warning("refused: %s", refusal)
        return {"version": "1.0", "response": {"shouldEndSession": True}}
