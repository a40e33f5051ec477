"""Environment variables into one frozen value; the only place that reads the environment."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from skill.rules.limits import Limits

log = logging.getLogger(__name__)

LIMITS = Limits()
#: Characters a secret must have to be one: what `openssl rand -hex 16` gives.
LEAST_KEY_CHARACTERS = 32


class SettingsError(ValueError):
    """A setting that is missing or cannot be read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between one deployment and another. The defaults rehearse: no account, no key."""

    #: Alexa's id of the skill; requests of any other are refused. Empty only in rehearsal.
    skill_id: str = ""
    #: Phone number, pool or sender id that texts come from (id or ARN). Empty: no texts are sent.
    origination_identity: str = ""
    configuration_set: str = ""
    protect_configuration: str = ""
    #: Countries (ISO 3166 alpha-2) whose numbers may be texted.
    countries: tuple[str, ...] = ("US",)
    #: Seconds a text may wait at the carrier before it is dropped.
    text_ttl_s: int = 900
    #: False in builds that may not hold personal data (hospital rooms): the number is only spoken.
    texting: bool = True
    #: Secret under which persons and numbers are hashed. On AWS there is no texting without it.
    hash_key: str = field(default="", repr=False)
    #: DynamoDB table that keeps us to one text. Empty: memory, in rehearsal only.
    texts_table: str = ""
    #: SQS queue for texts that have to wait. Empty: none waits.
    queue_url: str = ""
    limits: Limits = LIMITS
    #: Days the record of a yes is kept, unless the person says "forget me".
    consent_days: int = 90
    #: Minutes a text may wait in the queue before it is dropped.
    queue_minutes: int = 10
    #: Seconds for a reply that asks the outside world, whatever hangs there.
    reply_s: float = 3.2
    #: Stretches every timeout, for load tests in which hundreds of Lambdas share one small machine.
    patience: float = 1.0
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None, *, patience: float = 1.0) -> Settings:
        """Read the settings of a deployed function. Raises `SettingsError` that names the variable."""
        env = os.environ if env is None else env
        skill_id = env.get("SKILL_ID", "")
        if not skill_id:
            # Without it any skill that learns the function's name could speak through us.
            raise SettingsError("SKILL_ID is not set: name the one skill that may call this function")
        texting = env.get("TEXTING", "on").lower() != "off"
        hash_key, table = env.get("HASH_KEY", "").strip(), env.get("TEXTS_TABLE", "")
        if texting and (len(hash_key) < LEAST_KEY_CHARACTERS or not table):
            # Answers go on, so this raises nothing: the skill says that it cannot text, and reads the number out.
            log.error("texting is off: HASH_KEY (at least 32 characters) and TEXTS_TABLE must both be set")
            texting = False
        countries = tuple(c.strip().upper() for c in env.get("COUNTRIES", "US").split(",") if c.strip())
        return cls(
            skill_id=skill_id,
            origination_identity=env.get("ORIGINATION_IDENTITY", ""),
            configuration_set=env.get("CONFIGURATION_SET", ""),
            protect_configuration=env.get("PROTECT_CONFIGURATION", ""),
            countries=countries,
            text_ttl_s=_number(env, "TEXT_TTL_SECONDS", 900, least=5),
            texting=texting,
            hash_key=hash_key,
            texts_table=table,
            queue_url=env.get("TEXTS_QUEUE_URL", ""),
            limits=Limits(
                number=_number(env, "TEXTS_PER_NUMBER", LIMITS.number),
                person=_number(env, "TEXTS_PER_PERSON", LIMITS.person),
                everyone=_number(env, "TEXTS_PER_DAY", LIMITS.everyone),
            ),
            consent_days=_number(env, "CONSENT_DAYS", 90, least=1),
            queue_minutes=_number(env, "QUEUE_MINUTES", 10, least=1),
            patience=patience,
            log_level=env.get("LOG_LEVEL", "INFO"),
        )


def _number(env: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    """Read a whole number. Raises `SettingsError` that names the variable."""
    try:
        value = int(env.get(name) or default)
    except ValueError as error:
        raise SettingsError(f"{name} is not a whole number") from error
    if value < least:
        raise SettingsError(f"{name} is less than {least}")
    return value
