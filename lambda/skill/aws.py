"""Clients of AWS: made when first needed, with timeouts that fit a conversation, and silent about what they send."""

from __future__ import annotations

import logging
import threading
from typing import Any

#: Libraries that log whole requests, telephone numbers included, when somebody turns on debugging.
TALKATIVE = ("boto3", "botocore", "urllib3")


def keep_quiet() -> None:
    """Keep the libraries' debug output, which holds what is sent, out of every log."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


class Client:
    """One AWS client, made at most once and only when something asks for it."""

    #: boto3 may not make two clients at the same time.
    _making = threading.Lock()

    def __init__(
        self, service: str, *, connect_s: float, read_s: float, attempts: int, endpoint: str = "", pool: int = 10
    ) -> None:
        """Take the service's name and its limits; `endpoint` names another server than Amazon's, for rehearsals."""
        self._service = service
        self._endpoint = endpoint or None
        self._limits = {"connect_timeout": connect_s, "read_timeout": read_s, "max_pool_connections": pool}
        self._attempts = attempts
        self._client: Any = None

    def get(self) -> Any:
        """Give the client."""
        if self._client is None:
            with self._making:
                if self._client is None:
                    self._client = self._make()
        return self._client

    def _make(self) -> Any:
        import boto3.session  # slow to import: only a conversation that texts pays for it
        from botocore.config import Config

        keep_quiet()
        config = Config(retries={"total_max_attempts": self._attempts, "mode": "standard"}, **self._limits)
        return boto3.session.Session().client(self._service, config=config, endpoint_url=self._endpoint)
