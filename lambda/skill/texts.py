"""The service that sends a text message: protocol, AWS class, in-memory stand-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from skill.aws import Client
from skill.settings import Settings


class Outcome(Enum):
    """What became of a text; each has an honest sentence of its own in content (`text_<value>`)."""

    SENT = "sent"
    LATER = "later"  # it waits in the queue
    # The service's reasons
    OPTED_OUT = "opted_out"
    NOT_VERIFIED = "not_verified"
    BLOCKED = "blocked"
    BAD_NUMBER = "bad_number"
    LIMIT = "limit"
    THROTTLED = "throttled"
    OUTAGE = "outage"
    NOT_READY = "not_ready"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # no answer in time: it may have been sent, so it is never sent again by itself
    FAILED = "failed"
    # Our own
    AGAIN = "again"  # the same yes arrived before and is being seen to
    NUMBER_LIMIT = "number_limit"
    PERSON_LIMIT = "person_limit"
    DAY_LIMIT = "day_limit"
    UNCHECKED = "unchecked"  # the store that keeps us to once cannot be reached


#: From the reasons of the End User Messaging API (botocore's service model) to what we say. Those that cannot come
#: from sending one text are left out and end in the sentence for the error's kind.
REASONS: dict[str, Outcome] = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": Outcome.OPTED_OUT,
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": Outcome.NOT_VERIFIED,
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": Outcome.BLOCKED,
    "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": Outcome.BLOCKED,
    "DESTINATION_COUNTRY_BLOCKED": Outcome.BLOCKED,
    "COUNTRY_NOT_ENABLED": Outcome.BLOCKED,
    "COUNTRY_CODE_MISMATCH": Outcome.BLOCKED,
    "INTERNATIONAL_SENDING_NOT_SUPPORTED": Outcome.BLOCKED,
    "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": Outcome.BLOCKED,
    "PRICE_OVER_THRESHOLD": Outcome.BLOCKED,
    "CANNOT_PARSE": Outcome.BAD_NUMBER,
    "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": Outcome.LIMIT,
    "REGISTRATION_NOT_COMPLETE": Outcome.NOT_READY,
    "NO_ORIGINATION_IDENTITIES_FOUND": Outcome.NOT_READY,
    "RESOURCE_NOT_ACTIVE": Outcome.NOT_READY,
    "RESOURCE_NOT_ACCESSIBLE": Outcome.NOT_READY,
    "NUMBER_CAPABILITIES_MISMATCH": Outcome.NOT_READY,
    "MESSAGE_TYPE_MISMATCH": Outcome.NOT_READY,
    "CHANNEL_NOT_ENABLED": Outcome.NOT_READY,
    "PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET": Outcome.NOT_READY,
    "SENDER_ID_NOT_REGISTERED": Outcome.NOT_READY,
    "SENDER_ID_NOT_SUPPORTED": Outcome.NOT_READY,
    "SENDER_ID_REQUIRES_REGISTRATION": Outcome.NOT_READY,
    "INSUFFICIENT_ACCOUNT_REPUTATION": Outcome.REFUSED,
    "ACCOUNT_DISABLED": Outcome.REFUSED,
}
CODES: dict[str, Outcome] = {
    "ThrottlingException": Outcome.THROTTLED,
    "TooManyRequestsException": Outcome.THROTTLED,
    "ServiceQuotaExceededException": Outcome.LIMIT,
    "ResourceNotFoundException": Outcome.NOT_READY,
    "AccessDeniedException": Outcome.REFUSED,
    "UnrecognizedClientException": Outcome.REFUSED,
    "InvalidSignatureException": Outcome.REFUSED,
    "ExpiredTokenException": Outcome.REFUSED,
    "InternalServerException": Outcome.OUTAGE,
    "ServiceUnavailableException": Outcome.OUTAGE,
}
#: An answer of a gateway on the way, which cannot know what became of the request behind it.
GATEWAY_STATUSES = frozenset({502, 504})
#: Worth a second try later: the line was busy, or the service was down.
PASSING = frozenset({Outcome.THROTTLED, Outcome.OUTAGE})
#: The text left, or may have: it counts, and is never sent again.
MAY_HAVE_LEFT = frozenset({Outcome.SENT, Outcome.UNKNOWN})


class Texts(Protocol):
    """Who can send a text message."""

    def send(self, to: str, body: str) -> Outcome:
        """Send one text to an E.164 number, at most once, and say what became of it. Never raises."""


class AwsTexts:
    """AWS End User Messaging: one attempt, inside Alexa's eight seconds."""

    CONNECT_S = 0.7
    READ_S = 2.4

    def __init__(self, settings: Settings, *, endpoint: str = "", patience: float = 1.0) -> None:
        """Take the settings; `patience` stretches the timeouts for a sender whom nobody waits for."""
        self._settings = settings
        # One attempt: the API has no client token, so a retry after a timeout could send twice.
        self.client = Client(
            "pinpoint-sms-voice-v2",
            connect_s=self.CONNECT_S * patience,
            read_s=self.READ_S * patience,
            attempts=1,
            endpoint=endpoint,
            pool=50,
        )

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
            HTTPClientError,
            NoCredentialsError,
        )

        try:
            client = self.client.get()
        except Exception:
            return Outcome.FAILED  # no client, so nothing left
        try:
            answer = client.send_text_message(**{k: v for k, v in wanted.items() if v})
        except ClientError as error:
            return outcome_of(error.response)
        except (ConnectTimeoutError, EndpointConnectionError):
            return Outcome.OUTAGE  # nothing left this machine
        except HTTPClientError:
            return Outcome.UNKNOWN  # cut off on the way there or back
        except NoCredentialsError:
            return Outcome.REFUSED
        except BotoCoreError:
            return Outcome.FAILED
        except Exception:  # an answer nobody documented; the request had left
            return Outcome.UNKNOWN
        # botocore takes half an answer for an empty one.
        return Outcome.SENT if answer.get("MessageId") else Outcome.UNKNOWN


def outcome_of(answer: dict[str, Any]) -> Outcome:
    """Translate an error of the service, as botocore parses it."""
    # `Reason` stands beside `Error` in the parsed answer, not inside it.
    reason = str(answer.get("Reason", ""))
    code = str(answer.get("Error", {}).get("Code", ""))
    known = REASONS.get(reason) or CODES.get(code)
    if known:
        return known
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status in GATEWAY_STATUSES:
        return Outcome.UNKNOWN
    if status == 429:
        return Outcome.THROTTLED
    return Outcome.OUTAGE if status >= 500 else Outcome.FAILED


@dataclass(slots=True)
class Outbox:
    """The stand-in: keeps what would have been sent, and can fail in every way the real one can."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    outcome: Outcome = Outcome.SENT

    def send(self, to: str, body: str) -> Outcome:
        """Keep the text, or fail as set; an unknown outcome keeps it, as the real one may have."""
        if self.outcome in MAY_HAVE_LEFT:
            self.sent.append((to, body))
        return self.outcome
