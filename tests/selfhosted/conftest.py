"""An Alexa of our own, trusted in place of the world's roots for one test."""

from __future__ import annotations

import pytest
from cryptography.x509.verification import Store
from selfhosted.amazon import URL, Amazon, Post, make_skill
from selfhosted.certificates import Authority

from simulator import certvalidator_standin as standin
from simulator import endpoint, verifier


@pytest.fixture(scope="session")
def ca() -> Authority:
    return Authority("ours")


@pytest.fixture
def amazon(ca: Authority, monkeypatch: pytest.MonkeyPatch) -> Amazon:
    amazon = Amazon(ca, {URL: ca.chain()})
    monkeypatch.setattr(standin.CertificateValidator, "store", Store([ca.root]))
    monkeypatch.setattr(verifier, "fetch", amazon.fetch)
    return amazon


@pytest.fixture
def post(amazon: Amazon) -> Post:
    return Post(endpoint.create_app(make_skill()), amazon)
