"""The service that sends a text message: protocol, AWS class, in-memory stand-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from skill.settings import Settings


class Outcome(Enum):
    """What became of a text; each has an honest sentence of its own in content (`text_<value>`)."""

    SENT = "sent"
    OPTED_OUT = "opted_out"
    NOT_VERIFIED = "not_verified"
    BLOCKED = "blocked"
    LIMIT = "limit"
    THROTTLED = "throttled"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"  # no answer in time: it may have been sent, so it is never sent again by itself
    FAILED = "failed"


#: From the reasons and codes of the End User Messaging API (botocore's service model) to what we say.
REASONS: dict[str, Outcome] = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": Outcome.OPTED_OUT,
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": Outcome.NOT_VERIFIED,
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": Outcome.BLOCKED,
    "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": Outcome.BLOCKED,
    "DESTINATION_COUNTRY_BLOCKED": Outcome.BLOCKED,
    "COUNTRY_NOT_ENABLED": Outcome.BLOCKED,
    "INTERNATIONAL_SENDING_NOT_SUPPORTED": Outcome.BLOCKED,
    "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": Outcome.BLOCKED,
    "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": Outcome.LIMIT,
    "PRICE_OVER_THRESHOLD": Outcome.LIMIT,
    "REGISTRATION_NOT_COMPLETE": Outcome.NOT_READY,
    "NO_ORIGINATION_IDENTITIES_FOUND": Outcome.NOT_READY,
    "RESOURCE_NOT_ACTIVE": Outcome.NOT_READY,
    "NUMBER_CAPABILITIES_MISMATCH": Outcome.NOT_READY,
    "MESSAGE_TYPE_MISMATCH": Outcome.NOT_READY,
    "INSUFFICIENT_ACCOUNT_REPUTATION": Outcome.NOT_READY,
    "ACCOUNT_DISABLED": Outcome.NOT_READY,
}
CODES: dict[str, Outcome] = {
    "ThrottlingException": Outcome.THROTTLED,
    "ServiceQuotaExceededException": Outcome.LIMIT,
    "AccessDeniedException": Outcome.NOT_READY,
    "ResourceNotFoundException": Outcome.NOT_READY,
}


class Texts(Protocol):
    """Who can send a text message."""

    def send(self, to: str, body: str) -> Outcome:
        """Send one text to an E.164 number, at most once, and say what became of it. Never raises."""


class AwsTexts:
    """AWS End User Messaging: one attempt, inside Alexa's eight seconds."""

    def __init__(self, settings: Settings, client: Any = None) -> None:
        """Take the settings; the client is made when the first text is sent, unless one is given."""
        self._settings = settings
        self._client = client

    def _connected(self) -> Any:
        if self._client is None:
            import boto3  # slow to import: only a conversation that texts pays for it
            from botocore.config import Config

            # One attempt: the API has no client token, so a retry after a timeout could send twice.
            config = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1, "mode": "standard"})
            self._client = boto3.client("pinpoint-sms-voice-v2", config=config)
        return self._client

    def send(self, to: str, body: str) -> Outcome:
        """Send one text and translate every documented reason."""
        s = self._settings
        if not s.origination_identity:
            return Outcome.NOT_READY
        wanted: dict[str, Any] = {
            "DestinationPhoneNumber": to,
            "OriginationIdentity": s.origination_identity,
            "MessageBody": body,
            "MessageType": "TRANSACTIONAL",
            "TimeToLive": s.text_ttl_s,
            "ConfigurationSetName": s.configuration_set,
            "ProtectConfigurationId": s.protect_configuration,
        }
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectTimeoutError,
            EndpointConnectionError,
        )

        try:
            self._connected().send_text_message(**{k: v for k, v in wanted.items() if v})
        except ClientError as error:
            # `Reason` stands beside `Error` in the parsed answer, not inside it.
            reason = str(error.response.get("Reason", ""))
            code = str(error.response.get("Error", {}).get("Code", ""))
            return REASONS.get(reason) or CODES.get(code) or Outcome.FAILED
        except (ConnectTimeoutError, EndpointConnectionError):
            return Outcome.FAILED  # nothing left this machine
        except BotoCoreError as error:
            cut_off = type(error).__name__ in {"ReadTimeoutError", "ConnectionClosedError", "HTTPClientError"}
            return Outcome.UNKNOWN if cut_off else Outcome.FAILED
        return Outcome.SENT


@dataclass(slots=True)
class Outbox:
    """The stand-in: keeps what would have been sent, and can fail in every way the real one can."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    outcome: Outcome = Outcome.SENT

    def send(self, to: str, body: str) -> Outcome:
        """Keep the text, or fail as set; an unknown outcome keeps it, as the real one may have."""
        if self.outcome in {Outcome.SENT, Outcome.UNKNOWN}:
            self.sent.append((to, body))
        return self.outcome
