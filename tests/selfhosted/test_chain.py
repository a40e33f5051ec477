"""The certificate chain: fetched once, with little patience, kept only when good, trusted to the right roots."""

from __future__ import annotations

import re
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from selfhosted.amazon import OURS, URL, Amazon, Post, assert_spoken, event, raw
from selfhosted.certificates import Authority, pem

from simulator import certvalidator_standin as standin
from simulator import verifier
from simulator.verifier import VerificationException


def test_a_kept_chain_that_fails_is_fetched_once_more(amazon: Amazon, ca: Authority, post: Post) -> None:
    assert_spoken(post(raw(event())))
    signatures = post.app.extensions["ASK_SDK_SKILL_ADAPTER"][OURS]._signatures
    expired = ca.chain(ca.leaf(begins_in_days=-301, days=300))
    signatures._cert_cache[URL] = expired
    assert_spoken(post(raw(event())))
    assert amazon.fetched == [URL, URL]
    assert signatures._cert_cache[URL] == amazon.chains[URL]
    # And when Amazon serves the expired one too, it is refused and not kept.
    signatures._cert_cache[URL] = amazon.chains[URL] = expired
    assert post(raw(event())).status_code == 400
    assert amazon.fetched == [URL, URL, URL]
    assert not signatures._cert_cache


def test_junk_cannot_push_out_the_good_chain(amazon: Amazon, post: Post) -> None:
    assert_spoken(post(raw(event())))
    for number in range(3 * verifier.MAX_KEPT_CHAINS):
        body = raw(event())
        url = URL.replace("99", f"junk-{number}")
        amazon.chains[url] = b"junk"
        assert post(body, amazon.headers(body, url)).status_code == 400
    assert_spoken(post(raw(event())))
    assert amazon.fetched.count(URL) == 1


def test_the_number_of_kept_chains_is_bounded(amazon: Amazon, post: Post) -> None:
    body = raw(event())
    for number in range(verifier.MAX_KEPT_CHAINS + 3):
        url = URL.replace("99", str(number))
        amazon.chains[url] = amazon.chains[URL]
        assert_spoken(post(body, amazon.headers(body, url)))
    signatures = post.app.extensions["ASK_SDK_SKILL_ADAPTER"][OURS]._signatures
    assert len(signatures._cert_cache) == verifier.MAX_KEPT_CHAINS
    assert URL.replace("99", "0") not in signatures._cert_cache


def test_the_leaf_that_is_trusted_is_the_leaf_whose_key_is_used(amazon: Amazon, ca: Authority, post: Post) -> None:
    """A true leaf under a false label, then a forger's: two readers would each take another one for the first."""
    forger = Authority("forger")
    true_leaf = pem(ca.leaf()).replace(b" CERTIFICATE-", b" ATTESTATION-")
    amazon.chains[URL] = true_leaf + pem(forger.leaf(self_signed=True), ca.middle)
    body = raw(event())
    assert post(body, amazon.headers(body, signer=forger.leaf_key)).status_code == 400


def test_a_chain_without_end_is_refused(amazon: Amazon, ca: Authority, post: Post) -> None:
    amazon.chains[URL] = ca.chain() + pem(ca.middle) * verifier.MAX_CERTIFICATES
    assert post(raw(event())).status_code == 400


@dataclass
class Served:
    """What the small web server answers next."""

    status: int = 200
    body: bytes = b"chain"
    location: str = ""
    wait_s: float = 0
    release: threading.Event = field(default_factory=threading.Event)
    #: Bytes announced but never sent.
    withheld: int = 0
    paths: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.paths.append(self.path)
            served.release.wait(served.wait_s)
            self.send_response(served.status)
            if served.location:
                self.send_header("Location", served.location)
            self.send_header("Content-Length", str(len(served.body) + served.withheld))
            self.end_headers()
            try:
                self.wfile.write(served.body)
                self.rfile.read(served.withheld and 1)  # holds the line until the client hangs up
            except OSError:
                self.close_connection = True  # the client has heard enough

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        served.address = f"http://127.0.0.1:{server.server_port}/echo.api/cert.pem"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        served.release.set()
        server.shutdown()
        thread.join()


def test_fetch_takes_what_is_there(served: Served) -> None:
    served.body = b"x" * verifier.MAX_CHAIN_BYTES
    assert verifier.fetch(served.address) == served.body


def test_fetch_takes_no_more_than_64_kib(served: Served) -> None:
    served.body = b"x" * (verifier.MAX_CHAIN_BYTES + 1)
    with pytest.raises(VerificationException, match="larger"):
        verifier.fetch(served.address)


def test_fetch_reads_no_further_than_the_limit(served: Served) -> None:
    """The rest never comes: whoever reads to the end before measuring waits for nothing."""
    served.body, served.withheld = b"x" * (verifier.MAX_CHAIN_BYTES + 1), 10**9
    with pytest.raises(VerificationException, match="larger"):
        verifier.fetch(served.address, timeout_s=0.5)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_fetch_follows_no_redirect(status: int, served: Served) -> None:
    served.status, served.location = status, served.address.replace("cert", "other")
    with pytest.raises(VerificationException, match=str(status)):
        verifier.fetch(served.address)
    assert served.paths == ["/echo.api/cert.pem"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_fetch_takes_no_error_page(status: int, served: Served) -> None:
    served.status = status
    with pytest.raises(VerificationException, match=str(status)):
        verifier.fetch(served.address)


def test_fetch_does_not_wait_for_ever(served: Served) -> None:
    served.wait_s = 60
    begun = time.monotonic()
    with pytest.raises(OSError, match="timed out"):
        verifier.fetch(served.address, timeout_s=0.1)
    assert time.monotonic() - begun < 10
    assert verifier.fetch.__kwdefaults__["timeout_s"] == verifier.FETCH_TIMEOUT_S == 2.0


def test_amazons_roots_are_trusted() -> None:
    names = {root.subject.rfc4514_string() for root in standin.ROOTS}
    for wanted in (
        "CN=Amazon Root CA 1,",
        "CN=Amazon Root CA 2,",
        "CN=Amazon Root CA 3,",
        "CN=Amazon Root CA 4,",
        "CN=Starfield Services Root Certificate Authority - G2,",
        "CN=Starfield Root Certificate Authority - G2,",
    ):
        assert any(name.startswith(wanted) for name in names), wanted


def test_no_root_of_the_bundle_is_left_out() -> None:
    blocks = Path(certifi.where()).read_text(encoding="utf-8").count("BEGIN CERTIFICATE")
    assert (len(standin.ROOTS), standin.SKIPPED) == (blocks, 0)


def test_a_root_is_dropped_for_an_error_but_not_for_a_warning() -> None:
    bundle = Path(certifi.where()).read_bytes()
    blocks = re.findall(rb"-----BEGIN CERT.+?-----END CERTIFICATE-----", bundle, re.DOTALL)

    def warns(block: bytes) -> bool:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            x509.load_pem_x509_certificate(block)
        return bool(caught)

    warned = [block for block in blocks if warns(block)]
    assert warned, "no root draws a warning any more: this test has lost its subject"
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    roots, skipped = standin.load_roots(b"\n".join([warned[0], broken, blocks[0]]))
    assert (len(roots), skipped) == (2, 1)


def test_the_stand_in_speaks_as_certvalidator_does(ca: Authority) -> None:
    for leaf in (None, b"", b"junk", "text"):
        with pytest.raises(standin.PathError):
            standin.CertificateValidator(leaf, [])  # type: ignore[arg-type]

    der = ca.leaf().public_bytes(Encoding.DER)
    with pytest.raises(standin.ValidationError):  # its root is not among the world's
        standin.CertificateValidator(der, [ca.middle.public_bytes(Encoding.DER)]).validate_usage({"digital_signature"})
