"""Certificates from elsewhere, and a TLS server on a port of its own, for tests."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Issued:
    """A key, its certificate, and who stands above."""

    key: PrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()

    @property
    def chain_pem(self) -> str:
        return pem_of(self.certificate, *self.above)

    @property
    def key_pem(self) -> str:
        return key_pem(self.key)


def issue(
    name: str,
    *,
    by: Issued | None = None,
    key: PrivateKey | None = None,
    names: tuple[str, ...] = ("door.example.com",),
    begin: datetime = NOW - timedelta(days=10),
    days: float = 90,
    signed_with: hashes.HashAlgorithm | None = None,
    uses: tuple[ObjectIdentifier, ...] = (ExtendedKeyUsageOID.SERVER_AUTH,),
    authority: bool = False,
) -> Issued:
    """A certificate by ``by``, or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        by.certificate.subject if by else subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        begin,
        begin + timedelta(days=days),
    ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(n) for n in names])
        builder = builder.add_extension(alternatives, critical=False)
    if uses and not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    signer = by.key if by else key
    used = None if isinstance(signer, ed25519.Ed25519PrivateKey) else signed_with or hashes.SHA256()
    made = builder.sign(signer, used)  # type: ignore[arg-type]
    return Issued(key, made, (by.certificate, *by.above) if by else ())


def pem_of(*certificates: x509.Certificate) -> str:
    """Certificates as PEM, in this order."""
    return "".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in certificates)


def key_pem(key: PrivateKey, *, passphrase: bytes | None = None) -> str:
    """A key as PEM."""
    sealed = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed
    ).decode()


@contextmanager
def greeting_over(context: ssl.SSLContext) -> Iterator[int]:
    """A server that greets everyone over TLS; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        done = threading.Event()

        def greet() -> None:
            while not done.is_set():
                with suppress(OSError):  # a client that was refused, or nobody came
                    connection, _ = listening.accept()
                    connection.settimeout(5)
                    with connection, context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(4096)
                        secure.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")

        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            done.set()
            thread.join()
