"""Certificates of the device: making one, reading one, and saying what is wrong with one."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lintel.errors import CertificateError

LIFE = timedelta(days=800)  # Apple's systems refuse more than 825 days
RENEW_BEFORE = timedelta(days=60)
FIRST_TIME = datetime(2025, 1, 1, tzinfo=UTC)  # a device without a clock battery starts in 1970
BACKDATED = timedelta(days=1)  # clocks of others may be behind
ORGANIZATION = "Lintel self-made certificate"
MAX_COMMON_NAME = 64
MAX_PEM_BYTES = 64 * 1024
MAX_CHAIN = 8
MIN_RSA_BITS = 2048
CURVES = ("secp256r1", "secp384r1", "secp521r1")

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """What can be said to anybody about the device's certificate.

    ``sha256`` is the fingerprint of the certificate, which browsers show; ``pin`` is that of its
    public key, as ``curl --pinnedpubkey`` takes it, and outlives a renewal.
    """

    sha256: str
    pin: str
    names: tuple[str, ...]
    from_utc: datetime
    until_utc: datetime
    made_here: bool

    def is_over(self, utc: datetime) -> bool:
        """Whether clients refuse it at ``utc`` for its age."""
        return not self.from_utc <= utc <= self.until_utc

    def wants_renewal(self, utc: datetime) -> bool:
        """Whether it ends within 60 days."""
        return self.is_over(utc) or self.until_utc - utc < RENEW_BEFORE


def make_certificate(
    key: Key,
    *,
    names: tuple[str, ...],
    addresses: tuple[IPv4Address | IPv6Address, ...],
    utc: datetime,
) -> x509.Certificate:
    """A certificate signed by its own key, for servers only, good for 800 days."""
    begin = max(utc, FIRST_TIME) - BACKDATED
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, names[0][:MAX_COMMON_NAME]),
        ]
    )
    public = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    alternatives = [*map(x509.DNSName, names), *map(x509.IPAddress, addresses)]
    builder = (
        x509.CertificateBuilder(subject, subject, public, x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + LIFE)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_only_signs(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
    )
    return builder.sign(key, hashes.SHA256())


def describe(certificate: x509.Certificate) -> CertificateInfo:
    """What can be said to anybody about a certificate."""
    public = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    made_here = certificate.issuer == certificate.subject and any(
        attribute.value == ORGANIZATION
        for attribute in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    )
    return CertificateInfo(
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        pin="sha256//" + base64.b64encode(hashlib.sha256(public).digest()).decode(),
        names=names_of(certificate),
        from_utc=certificate.not_valid_before_utc,
        until_utc=certificate.not_valid_after_utc,
        made_here=made_here,
    )


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """Host names and addresses that it is good for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*found.get_values_for_type(x509.DNSName), *map(str, addresses))


def read_chain(pem: str) -> list[x509.Certificate]:
    """Certificates of a PEM text, in its order.

    Raises:
        CertificateError: it is too long, or no certificates can be read.
    """
    if len(pem) > MAX_PEM_BYTES:
        raise CertificateError(f"the certificate has more than {MAX_PEM_BYTES} bytes")
    try:
        chain = x509.load_pem_x509_certificates(pem.encode())
        for certificate in chain:
            _ = certificate.extensions  # read lazily: faults show here and not later
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateError(
            "the certificate is not PEM (-----BEGIN CERTIFICATE-----) that can be read"
        ) from error
    if not 1 <= len(chain) <= MAX_CHAIN:
        raise CertificateError(f"expected 1 to {MAX_CHAIN} certificates, got {len(chain)}")
    return chain


def read_key(pem: str) -> Key:
    """A private key of a PEM text without a passphrase; no error text shows any of it.

    Raises:
        CertificateError: it cannot be read, has a passphrase, or is of a kind browsers refuse.
    """
    if len(pem) > MAX_PEM_BYTES:
        raise CertificateError(f"the key has more than {MAX_PEM_BYTES} bytes")
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise CertificateError(
            "the key has a passphrase: take it off first (openssl pkey -in key.pem)"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError(
            "the key is not PEM (-----BEGIN PRIVATE KEY-----) that can be read"
        ) from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES:
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= MIN_RSA_BITS:
        return key
    raise CertificateError(
        f"expected an EC key ({', '.join(CURVES)}) or RSA of {MIN_RSA_BITS} bits or more: "
        "browsers refuse others"
    )


def check_chain(chain: list[x509.Certificate], key: Key, *, utc: datetime) -> None:
    """Everything a client would refuse, said here.

    Raises:
        CertificateError: the first fault found.
    """
    fits = [certificate.public_key() == key.public_key() for certificate in chain]
    if not any(fits):
        raise CertificateError("the certificate was made for another key: they do not fit")
    if not fits[0]:
        raise CertificateError("the device's own certificate must stand first, its issuer next")
    for place, certificate in enumerate(chain, 1):
        _check_time(certificate, place, utc)
        _check_signature(certificate, place)
    for place, (below, above) in enumerate(pairwise(chain), 1):
        _check_issued(below, above, place)
    _check_server(chain[0])


def _only_signs() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _check_time(certificate: x509.Certificate, place: int, utc: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if utc > end:
        raise CertificateError(f"certificate {place} is over since {end:%Y-%m-%d %H:%M} UTC")
    if utc < begin:
        raise CertificateError(
            f"certificate {place} is good only from {begin:%Y-%m-%d %H:%M} UTC on; "
            f"the device's clock says {utc:%Y-%m-%d %H:%M} UTC"
        )


def _check_signature(certificate: x509.Certificate, place: int) -> None:
    if place > 1 and certificate.issuer == certificate.subject:
        return  # nobody verifies how a root signs itself
    try:
        used = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        used = None
    if isinstance(used, hashes.MD5 | hashes.SHA1):
        raise CertificateError(f"certificate {place} is signed with {used.name}: clients refuse it")


def _check_issued(below: x509.Certificate, above: x509.Certificate, place: int) -> None:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise CertificateError(
            f"certificate {place} was not issued by certificate {place + 1}: "
            "each must be followed by its issuer"
        ) from error


def _check_server(certificate: x509.Certificate) -> None:
    if not names_of(certificate):
        raise CertificateError(
            "the certificate names no host or address (subjectAltName): browsers refuse it"
        )
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    allowed = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    if not any(use in allowed for use in uses):
        raise CertificateError("the certificate is not for servers (extendedKeyUsage serverAuth)")
