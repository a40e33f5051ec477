"""A small certificate authority: chains like Alexa's, and every way in which one can be wrong."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ALEXA = "echo-api.amazon.com"


def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(signer: rsa.RSAPrivateKey, body: bytes) -> str:
    """Sign a body the way Alexa does, for the header Signature-256."""
    return base64.b64encode(signer.sign(body, PKCS1v15(), SHA256())).decode()


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(Encoding.PEM) for c in certificates)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*allowed: str) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{usage: usage in allowed for usage in every})


@dataclass
class Authority:
    """Root and intermediate, each with its key; issues the leaves a test needs."""

    name: str
    root_key: rsa.RSAPrivateKey = field(default_factory=key)
    middle_key: rsa.RSAPrivateKey = field(default_factory=key)
    leaf_key: rsa.RSAPrivateKey = field(default_factory=key)

    def __post_init__(self) -> None:
        self.root = self._certify(f"{self.name} root", self.root_key, f"{self.name} root", self.root_key, path=None)
        self.middle = self._certify(f"{self.name} middle", self.middle_key, f"{self.name} root", self.root_key, path=0)

    def chain(self, leaf: x509.Certificate | None = None) -> bytes:
        return pem(leaf or self.leaf(), self.middle)

    def leaf(
        self,
        san: str | None = ALEXA,
        *,
        begins_in_days: int = -1,
        days: int = 300,
        usages: tuple[str, ...] = ("digital_signature", "key_encipherment"),
        self_signed: bool = False,
    ) -> x509.Certificate:
        """Issue a signing certificate; without arguments it is a good one."""
        issuer, issuer_key = (ALEXA, self.leaf_key) if self_signed else (f"{self.name} middle", self.middle_key)
        builder = self._begin(ALEXA, self.leaf_key, issuer, begins_in_days, days)
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(*usages), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
        )
        if san is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(san)]), critical=False)
        return builder.sign(issuer_key, SHA256())

    def _begin(
        self, subject: str, subject_key: rsa.RSAPrivateKey, issuer: str, begins_in_days: int, days: int
    ) -> x509.CertificateBuilder:
        begin = datetime.now(UTC) + timedelta(days=begins_in_days)
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(issuer))
            .public_key(subject_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key.public_key()), critical=False)
        )

    def _certify(
        self,
        subject: str,
        subject_key: rsa.RSAPrivateKey,
        issuer: str,
        issuer_key: rsa.RSAPrivateKey,
        path: int | None,
    ) -> x509.Certificate:
        return (
            self._begin(subject, subject_key, issuer, -2, 3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=path), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign", "digital_signature"), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
            .sign(issuer_key, SHA256())
        )
