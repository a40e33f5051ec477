"""The least a Lambda function for Alexa can be: a dictionary in, a dictionary out."""

from __future__ import annotations

from typing import Any


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Say hello without any library."""
    speech = {"type": "PlainText", "text": "Hello."}
    return {"version": "1.0", "response": {"outputSpeech": speech, "shouldEndSession": True}}
