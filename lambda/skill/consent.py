"""What stands for a person, a number or a request in our records: keyed hashes, never the thing itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets

#: Characters of hexadecimal kept of a hash: 128 bits, far beyond chance.
LENGTH = 32


class Hasher:
    """HMAC-SHA256 under the deployment's secret key.

    Telephone numbers are few enough to try them all; without the key a hash of one tells nothing, and with the key
    gone nothing that was kept can be read any more.
    """

    def __init__(self, key: str = "") -> None:
        """Take the secret; without one a new one is made that lasts as long as this process."""
        self._key = (key or secrets.token_hex()).encode()

    def person(self, user_id: str) -> str:
        """Stand for an Alexa user."""
        return self._hash("person", user_id)

    def number(self, e164: str) -> str:
        """Stand for a telephone number."""
        return self._hash("number", e164)

    def ticket(self, ticket: str) -> str:
        """Stand for one question that was asked and may be said yes to once."""
        return self._hash("ticket", ticket)

    def member(self, who: str, ticket: str) -> str:
        """Stand for one text inside one count; the counts of one text have nothing in common to join them by."""
        return self._hash(f"member of {who}", ticket)[: LENGTH // 2]

    def _hash(self, kind: str, value: str) -> str:
        # The kind goes in first, so that equal values of different kinds have nothing in common.
        return hmac.new(self._key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:LENGTH]


def new_ticket() -> str:
    """Make the mark of one question about a text; a yes to it counts once, however often it arrives."""
    return secrets.token_hex(8)
