"""Stands in for the `certvalidator` package, which cannot be imported on today's OpenSSL.

The SDK's web support imports certvalidator, that imports oscrypto, and oscrypto's newest release cannot read a
version such as "3.0.19". This module offers the three names the SDK takes from it, built on `cryptography`;
`install()` puts it in their place. See docs/decisions/0003-self-hosting.md.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

import certifi
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

log = logging.getLogger(__name__)

#: The name every certificate that signs for Alexa carries.
SIGNER = "echo-api.amazon.com"

_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class ValidationError(Exception):
    """A certificate that must not be trusted, or not for signing."""


class PathError(Exception):
    """A chain that cannot be read as certificates at all."""


def load_roots(bundle: bytes) -> tuple[list[x509.Certificate], int]:
    """Read every certificate of a PEM bundle; give them with the count of those that could not be read."""
    roots, skipped = [], 0
    for block in _BLOCK.findall(bundle):
        try:
            with warnings.catch_warnings():
                # Some true roots, Amazon's older anchor among them, have serial number 0, which draws a warning.
                # Only what fails to load is left out: dropping a root for a warning would lock Alexa out.
                warnings.simplefilter("ignore")
                roots.append(x509.load_pem_x509_certificate(block))
        except ValueError:
            skipped += 1
    return roots, skipped


#: Read once, at import: before any request, so that no two threads race for it.
ROOTS, SKIPPED = load_roots(Path(certifi.where()).read_bytes())


class CertificateValidator:
    """Checks that a chain leads from Alexa's signing certificate to a root we trust."""

    #: What is trusted; tests put their own root here.
    store: ClassVar[Store] = Store(ROOTS)

    def __init__(self, end_entity_cert: bytes | None, intermediate_certs: Iterable[bytes] = ()) -> None:
        """Take the leaf and the intermediates as DER. Raises `PathError` for what is no certificate."""
        try:
            self._leaf = x509.load_der_x509_certificate(end_entity_cert)  # type: ignore[arg-type]
            self._others: Sequence[x509.Certificate] = [x509.load_der_x509_certificate(c) for c in intermediate_certs]
        except (ValueError, TypeError) as error:
            raise PathError("the chain does not hold certificates") from error

    def validate_usage(self, key_usage: Iterable[str]) -> None:
        """Require the key usages (as `cryptography` spells them), the dates, Alexa's name and a trusted root.

        Raises `ValidationError`.
        """
        try:
            allowed = self._leaf.extensions.get_extension_for_class(x509.KeyUsage).value
            missing = sorted(usage for usage in key_usage if not getattr(allowed, usage))
            if missing:
                raise ValidationError(f"the certificate is not meant for {', '.join(missing)}")
            verifier = PolicyBuilder().store(self.store).build_server_verifier(x509.DNSName(SIGNER))
            verifier.verify(self._leaf, list(self._others))
        except (VerificationError, x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
            raise ValidationError(f"the chain is not to be trusted: {error}") from error


def install() -> None:
    """Answer to the names `certvalidator` and `certvalidator.errors` from now on.

    Raises `RuntimeError` when the SDK's verifier was imported before and holds on to another.
    """
    here = sys.modules[__name__]
    if sys.modules.get("certvalidator") is here:
        return
    if "ask_sdk_webservice_support.verifier" in sys.modules:
        raise RuntimeError("import simulator.endpoint or simulator.verifier before flask_ask_sdk")
    sys.modules["certvalidator"] = sys.modules["certvalidator.errors"] = here
    log.info("trusted roots: %d loaded, %d unreadable", len(ROOTS), SKIPPED)
