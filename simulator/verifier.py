"""Checks that a request really comes from Alexa: the SDK's verifier, made fit to face the internet.

The SDK's own fetches without a time limit or a size limit, keeps whatever it fetched for ever, and answers bad
base64, an odd port or a chain that is a web page with an error (500) instead of a refusal (400).
"""

from __future__ import annotations

import posixpath
import re
import ssl
import threading
from collections import OrderedDict
from concurrent.futures import Future
from functools import cache
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, build_opener

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from simulator import certvalidator_standin as standin

standin.install()  # before the SDK's verifier is imported, which asks for certvalidator

from ask_sdk_webservice_support.verifier import RequestVerifier, VerificationException  # noqa: E402

__all__ = ["SignatureVerifier", "VerificationException", "fetch"]

FETCH_TIMEOUT_S = 2.0
#: Seconds a request waits for a fetch another request began; Alexa itself gives up after eight.
WAIT_S = 5.0
#: Alexa's chain is about 8 KiB.
MAX_CHAIN_BYTES = 64 * 1024
MAX_CERTIFICATES = 8
MAX_KEPT_CHAINS = 8

#: Plain names only: no percent signs or backslashes that a server might read in another way than we do.
_PATH = re.compile(r"/echo\.api/[A-Za-z0-9._/-]+")


class SignatureVerifier(RequestVerifier):
    """Raises `VerificationException`, and nothing else, for any request that Alexa did not sign."""

    def __init__(self) -> None:
        """Start with nothing fetched."""
        super().__init__()
        #: Chains that validated, by address, oldest first.
        self._cert_cache: OrderedDict[str, bytes] = OrderedDict()
        self._flights: dict[str, Future[x509.Certificate]] = {}
        self._lock = threading.Lock()

    # The SDK calls it by keyword, so the parameters keep their names.
    def verify(self, headers: Any, serialized_request_env: str, deserialized_request_env: Any = None) -> None:
        """Check the signature over the body as it was received; the read envelope is not looked at."""
        try:
            super().verify(headers, serialized_request_env, deserialized_request_env)
        except VerificationException:
            raise
        except Exception as error:
            # Bad base64, a port that is no number, a chain that is no chain: all of it is a bad request.
            raise VerificationException(f"the signature cannot be checked ({type(error).__name__})") from error

    def _retrieve_and_validate_certificate_chain(self, cert_url: str, x509_backend: Any = None) -> x509.Certificate:
        """Give the certificate whose key signed, from a kept chain that still holds or freshly fetched."""
        url = self._address(cert_url)
        with self._lock:
            kept = self._cert_cache.get(url)
        if kept is not None:
            try:
                return self._signer(kept)
            except Exception:
                # It ran out, most likely, and Alexa has put a new one in its place: forget it and look once.
                with self._lock:
                    if self._cert_cache.get(url) is kept:
                        del self._cert_cache[url]
        return self._fetched(url)

    def _address(self, cert_url: str) -> str:
        """Give the one address a chain is fetched from. Raises `VerificationException` for any but Alexa's."""
        self._validate_certificate_url(cert_url)  # the SDK's: scheme, host, path, port
        path = posixpath.normpath(urlsplit(cert_url).path)
        if set("@?#") & set(cert_url) or not _PATH.fullmatch(path):
            raise VerificationException("the certificate's address holds more than a host and a path")
        # Written anew, so that one chain has one address, and what was checked is what is fetched.
        return f"https://s3.amazonaws.com{path}"

    def _fetched(self, url: str) -> x509.Certificate:
        """Fetch a chain, once for all requests that wait for it, and keep it only if it is good."""
        with self._lock:
            kept = self._cert_cache.get(url)  # another request may have been quicker
            flight = self._flights.get(url)
            ours = kept is None and flight is None
            if flight is None:
                flight = Future()
                if ours:
                    self._flights[url] = flight
        if kept is not None:
            return self._signer(kept)
        if not ours:
            return flight.result(timeout=WAIT_S)
        try:
            chain = fetch(url)
            signer = self._signer(chain)
        except BaseException as error:
            with self._lock:
                del self._flights[url]
            flight.set_exception(error)
            raise
        with self._lock:
            self._cert_cache[url] = chain
            if len(self._cert_cache) > MAX_KEPT_CHAINS:
                self._cert_cache.popitem(last=False)
            del self._flights[url]
        flight.set_result(signer)
        return signer

    def _signer(self, chain: bytes) -> x509.Certificate:
        """Give the leaf of a chain that holds today. Raises `VerificationException` or `ValueError`.

        The SDK reads the chain twice, with two readers that can disagree about which certificate comes first;
        here the leaf that is trusted is the leaf whose key is used.
        """
        leaf, *others = x509.load_pem_x509_certificates(chain)
        if len(others) >= MAX_CERTIFICATES:
            raise VerificationException("the chain is longer than any real one")
        ders = [certificate.public_bytes(Encoding.DER) for certificate in (leaf, *others)]
        try:
            standin.CertificateValidator(ders[0], ders[1:]).validate_usage({"digital_signature"})
        except (standin.PathError, standin.ValidationError) as error:
            raise VerificationException(str(error)) from error
        self._validate_end_certificate(leaf)  # the SDK's second look at the dates and the name
        return leaf


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: the address was checked, where it points to was not."""

    def redirect_request(self, *_: Any) -> None:
        """Decline, which makes the redirect an error."""
        return


@cache
def _opener() -> OpenerDirector:
    trust = ssl.create_default_context()
    trust.load_verify_locations(certifi.where())  # slim images have no roots of their own
    return build_opener(_NoRedirect(), HTTPSHandler(context=trust))


def fetch(url: str, *, timeout_s: float = FETCH_TIMEOUT_S) -> bytes:
    """Fetch a chain from an address already checked: no redirects, little time, bounded size.

    Raises `VerificationException` for any answer that is not a small 200, `OSError` when nothing answers.
    """
    try:
        with _opener().open(url, timeout=timeout_s) as answer:
            chain: bytes = answer.read(MAX_CHAIN_BYTES + 1)
    except HTTPError as error:
        error.close()
        raise VerificationException(f"the certificate's address answered {error.code}") from None
    if len(chain) > MAX_CHAIN_BYTES:
        raise VerificationException("the chain is larger than any real one")
    return chain
