"""Environment variables into one frozen value; the only place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


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
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of a deployed function. Raises `SettingsError` that names the variable."""
        env = os.environ if env is None else env
        skill_id = env.get("SKILL_ID", "")
        if not skill_id:
            # Without it any skill that learns the function's name could speak through us.
            raise SettingsError("SKILL_ID is not set: name the one skill that may call this function")
        try:
            ttl = int(env.get("TEXT_TTL_SECONDS", "900"))
        except ValueError as error:
            raise SettingsError("TEXT_TTL_SECONDS is not a whole number of seconds") from error
        countries = tuple(c.strip().upper() for c in env.get("COUNTRIES", "US").split(",") if c.strip())
        return cls(
            skill_id=skill_id,
            origination_identity=env.get("ORIGINATION_IDENTITY", ""),
            configuration_set=env.get("CONFIGURATION_SET", ""),
            protect_configuration=env.get("PROTECT_CONFIGURATION", ""),
            countries=countries,
            text_ttl_s=ttl,
            texting=env.get("TEXTING", "on").lower() != "off",
            log_level=env.get("LOG_LEVEL", "INFO"),
        )
