"""HTTPS of the device: its key and certificate, kept, renewed, replaced, and used.

::

    DIR/tls/device.pem   certificate chain, the device's own first
    DIR/tls/device.key   its key, encrypted; the passphrase is derived by the vault
    DIR/tls/device.next  both, while they are being replaced; a start finishes what was begun

A certificate made here keeps its key when it is renewed, so that a client may pin the public key.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lintel.clock import Clock, SystemClock
from lintel.device.certificate import (
    CertificateInfo,
    Key,
    check_chain,
    describe,
    make_certificate,
    read_chain,
    read_key,
)
from lintel.device.machine_names import Address, addresses, host_names, is_host_name
from lintel.device.vault import PRIVATE_FOLDER, Vault, write_private
from lintel.errors import CertificateError, VaultError

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # TLS 1.2: forward secret and authenticated; 1.3 all is
MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Pair:
    """A key and the chain that belongs to it, both as PEM; the key encrypted."""

    chain: bytes
    key: bytes = field(repr=False)


class DeviceTls:
    """Owner of the certificate; every method leaves the files whole, whenever power goes."""

    def __init__(self, folder: Path, vault: Vault, *, clock: Clock | None = None) -> None:
        """Prepare ``folder``/tls and finish a replacement that was interrupted.

        Raises:
            VaultError: the folder cannot be made or written.
        """
        self._folder = folder / "tls"
        self._vault = vault
        self._clock = clock or SystemClock()
        self._passphrase = vault.derive("passphrase of the TLS key").hex().encode()
        self._set_aside = False
        try:
            self._folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._folder.chmod(PRIVATE_FOLDER)
        except OSError as error:
            raise VaultError(f"{self._folder}: cannot hold the certificate: {error}") from error
        self._finish()

    @property
    def set_aside(self) -> bool:
        """Whether damaged files were found since the start and renamed to ``*.damaged``."""
        return self._set_aside

    def ensure(self, *, extra_names: Sequence[str] = ()) -> CertificateInfo:
        """Have a certificate that is good now: make, renew or keep it. Call it at start and daily.

        One made here is renewed 60 days before its end, and when the machine has got a name or
        address that it does not cover. One that was installed is never touched.

        Raises:
            CertificateError: an extra name is no host name.
            VaultError: nothing can be written.
        """
        names = _names(extra_names)
        found = self._load()
        if found is None:
            return self._make(_new_key(), names)
        chain, key = found
        info = describe(chain[0])
        if info.made_here and self._is_outdated(info, names):
            return self._make(key, names)
        return info

    def info(self) -> CertificateInfo:
        """What can be said to anybody.

        Raises:
            CertificateError: there is none yet, or it is damaged: ``ensure`` makes one.
        """
        found = self._load()
        if found is None:
            raise CertificateError("the device has no certificate yet: ensure() makes it")
        return describe(found[0][0])

    def install(self, certificate_pem: str, key_pem: str) -> CertificateInfo:
        """Use a certificate from elsewhere: the device's own first, then its issuers.

        Raises:
            CertificateError: it does not fit its key, is over, is out of order, or TLS refuses it;
                the one in use stays.
            VaultError: nothing can be written.
        """
        chain, key = read_chain(certificate_pem), read_key(key_pem)
        check_chain(chain, key, utc=self._clock.utc())
        return self._replace(chain, key)

    def make_anew(self, *, extra_names: Sequence[str] = ()) -> CertificateInfo:
        """Forget the certificate and its key, and make new ones.

        Raises:
            CertificateError: an extra name is no host name.
            VaultError: nothing can be written.
        """
        return self._make(_new_key(), _names(extra_names))

    def context(self) -> ssl.SSLContext:
        """Settings of a server: TLS 1.2 or newer, forward secret, authenticated ciphers.

        Raises:
            CertificateError: there is no certificate, or it cannot be used.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        context.set_alpn_protocols(["http/1.1"])
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
        self.load_into(context)
        return context

    def load_into(self, context: ssl.SSLContext) -> None:
        """Let a running server use the certificate for its next connections.

        Raises:
            CertificateError: there is no certificate, or it cannot be used.
        """
        _load_into(context, self._chain_path, self._key_path, self._passphrase)

    @property
    def _chain_path(self) -> Path:
        return self._folder / "device.pem"

    @property
    def _key_path(self) -> Path:
        return self._folder / "device.key"

    @property
    def _next_path(self) -> Path:
        return self._folder / "device.next"

    def _is_outdated(self, info: CertificateInfo, names: Sequence[str]) -> bool:
        wanted = {*names, *map(str, addresses())}
        return info.wants_renewal(self._clock.utc()) or not wanted <= set(info.names)

    def _make(self, key: Key, names: tuple[str, ...]) -> CertificateInfo:
        reached_by: tuple[Address, ...] = addresses()
        made = make_certificate(key, names=names, addresses=reached_by, utc=self._clock.utc())
        return self._replace([made], key)

    def _replace(self, chain: list[x509.Certificate], key: Key) -> CertificateInfo:
        """Write both beside, prove that TLS takes them, then put them in place."""
        pem = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in chain)
        with self._vault.exclusive("tls"):
            write_private(self._next_path, self._encrypted(key) + pem)
            try:
                proof = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                _load_into(proof, self._next_path, self._next_path, self._passphrase)
            except CertificateError:
                self._next_path.unlink(missing_ok=True)
                raise
            self._put_in_place()
        return describe(chain[0])

    def _finish(self) -> None:
        with self._vault.exclusive("tls"):
            if self._next_path.exists():
                self._put_in_place()

    def _put_in_place(self) -> None:
        pair = _split(_read(self._next_path))
        write_private(self._key_path, pair.key)
        write_private(self._chain_path, pair.chain)
        self._next_path.unlink()

    def _encrypted(self, key: Key) -> bytes:
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self._passphrase),
        )

    def _load(self) -> tuple[list[x509.Certificate], Key] | None:
        """What is kept; damaged files are set aside, for a device must stay reachable."""
        if not self._chain_path.exists() and not self._key_path.exists():
            return None
        try:
            chain = read_chain(_read(self._chain_path).decode("ascii", "replace"))
            key = self._key()
            if chain[0].public_key() != key.public_key():
                raise CertificateError("the certificate was made for another key")
        except CertificateError:
            for path in (self._chain_path, self._key_path):
                if path.exists():
                    path.replace(path.with_name(path.name + ".damaged"))
            self._set_aside = True
            return None
        return chain, key

    def _key(self) -> Key:
        try:
            found = serialization.load_pem_private_key(_read(self._key_path), self._passphrase)
        except (ValueError, TypeError):
            raise CertificateError(f"{self._key_path}: does not open with this device") from None
        plain = found.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return read_key(plain.decode())


def _new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _names(extra: Sequence[str]) -> tuple[str, ...]:
    for name in extra:
        if not is_host_name(name):
            raise CertificateError(f"expected a host name like door.example.com, got {name!r}")
    return tuple(dict.fromkeys((*host_names(), *extra)))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES)
    except OSError as error:
        raise CertificateError(f"{path}: cannot be read: {error}") from error


def _split(both: bytes) -> _Pair:
    key, begin, rest = both.partition(b"-----BEGIN CERTIFICATE-----")
    return _Pair(begin + rest, key)


def _load_into(context: ssl.SSLContext, chain: Path, key: Path, passphrase: bytes) -> None:
    try:
        context.load_cert_chain(chain, key, password=passphrase)
    except (OSError, ssl.SSLError) as error:
        raise CertificateError(f"{chain}: TLS cannot use it: {error}") from error
