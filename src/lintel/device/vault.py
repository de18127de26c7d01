"""The vault: small secrets of the device, sealed by a root secret that never leaves it.

::

    DIR/keys/device.key    root secret, 64 hexadecimal digits, made once
    DIR/sealed/NAME        AES-256-GCM under a key derived from it; the name is sealed in
    DIR/sealed/.NAME.lock  held while NAME is read, changed and written by one process

A file in the vault is replaced whole: after a power cut the old or the new one is there. Whoever
holds the root secret opens everything, so it is kept for its owner alone. What is moved from one
name to another, or comes from another device, does not open.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lintel.errors import BusyError, StoreKeyError, VaultError
from lintel.store.key import load_key, make_key, sync_folder

MAGIC = b"lintel sealed 1\n"
NONCE_BYTES = 12
TAG_BYTES = 16
MAX_CONTENT_BYTES = 4 * 2**20
MAX_DERIVED_BYTES = 64
LOCK_WAIT_S = 5.0
LOCK_STEP_S = 0.01
LEFT_BEHIND_S = 3600.0
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

Stamp: TypeAlias = bytes | None
"""Which writing of a file this is; None when there is none."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals small contents by name; ``repr`` shows no secret."""

    folder: Path
    _root: bytes = field(repr=False)

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """The vault in the data folder ``folder``; what is missing is made.

        Raises:
            VaultError: the folder cannot be made, or the root secret is damaged or readable by
                others.
        """
        try:
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            for inner in (folder / "keys", folder / "sealed"):
                inner.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
                inner.chmod(PRIVATE_FOLDER)
        except OSError as error:
            raise VaultError(f"{folder}: cannot hold the device's secrets: {error}") from error
        vault = cls(folder, b"")
        with vault.exclusive("root"):  # two first starts at once agree on one secret
            _sweep(folder / "sealed")
            return cls(folder, _root_secret(folder / "keys" / "device.key"))

    def seal(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``; safely on disk before this returns.

        Raises:
            VaultError: the name or the size cannot be, or nothing can be written.
        """
        path = self._path(name)
        if len(content) > MAX_CONTENT_BYTES:
            raise VaultError(f"{name}: at most {MAX_CONTENT_BYTES} bytes, got {len(content)}")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.derive("seal")).encrypt(nonce, content, name.encode())
        write_private(path, MAGIC + nonce + sealed)

    def unseal(self, name: str) -> bytes | None:
        """What is kept under ``name``; None when nothing is.

        Raises:
            VaultError: it is damaged, was sealed by another device or under another name.
        """
        path = self._path(name)
        try:
            with path.open("rb") as file:
                sealed = file.read(len(MAGIC) + NONCE_BYTES + MAX_CONTENT_BYTES + TAG_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultError(f"{path}: cannot be read: {error}") from error
        nonce, rest = sealed[len(MAGIC) :][:NONCE_BYTES], sealed[len(MAGIC) + NONCE_BYTES :]
        try:
            if not sealed.startswith(MAGIC) or len(nonce) < NONCE_BYTES:
                raise InvalidTag
            return AESGCM(self.derive("seal")).decrypt(nonce, rest, name.encode())
        except InvalidTag as error:
            raise VaultError(
                f"{path}: does not open: damaged, moved, or sealed by another device's key; "
                "restore it together with keys/device.key, or erase it and set it up anew"
            ) from error

    def erase(self, name: str) -> None:
        """Forget what is kept under ``name``; nothing happens when nothing is.

        Raises:
            VaultError: it cannot be erased.
        """
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        except OSError as error:
            raise VaultError(f"{path}: cannot be erased: {error}") from error

    def stamp(self, name: str) -> Stamp:
        """Tells cheaply whether ``name`` was sealed anew since, by this process or another."""
        try:
            with self._path(name).open("rb") as file:
                return file.read(len(MAGIC) + NONCE_BYTES)  # a nonce is never used twice
        except OSError:
            return None

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Hold ``name`` against other processes and threads while it is read, changed, sealed.

        Raises:
            BusyError: another one holds it for longer than 5 s.
            VaultError: the lock cannot be made.
        """
        path = self._path(name).with_name(f".{name}.lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        except OSError as error:
            raise VaultError(f"{path}: cannot be made: {error}") from error
        try:
            _own_as(path.parent, descriptor)
            _lock(descriptor, name)
            yield
        finally:
            os.close(descriptor)  # lets go of the lock; the file stays, or two could hold it

    def derive(self, purpose: str, *, length: int = 32) -> bytes:
        """A secret of ``length`` bytes for one purpose (HKDF with SHA-256, RFC 5869).

        Purposes are independent: one gives nothing away of another, nor of the root.

        Raises:
            VaultError: no purpose, or a length out of 16..64.
        """
        if not purpose or not 16 <= length <= MAX_DERIVED_BYTES:
            raise VaultError(
                f"expected a purpose and 16..{MAX_DERIVED_BYTES} bytes, got {purpose!r}, {length}"
            )
        info = b"lintel vault 1: " + purpose.encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self._root)

    def _path(self, name: str) -> Path:
        if NAME.fullmatch(name) is None:
            raise VaultError(f"a name in the vault is a-z, 0-9, _ and -, up to 64; got {name!r}")
        return self.folder / "sealed" / name


def write_private(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` for its owner alone, all or nothing, on disk on return.

    Raises:
        VaultError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            _own_as(path.parent, descriptor)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise VaultError(f"{path}: cannot be written: {error}") from error


def _own_as(folder: Path, descriptor: int) -> None:
    """Give a file that root makes to the owner of its folder, or the service could not read it."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _sweep(folder: Path) -> None:
    """Remove what a killed process left half written, long ago enough to be nobody's work now."""
    for partial in folder.glob(".*.partial"):
        with suppress(OSError):
            if time.time() - partial.stat().st_mtime > LEFT_BEHIND_S:
                partial.unlink()


def _root_secret(path: Path) -> bytes:
    try:
        return (load_key(path) if path.exists() else make_key(path)).secret
    except StoreKeyError as error:
        raise VaultError(f"root secret of the device: {error}") from error


def _lock(descriptor: int, name: str) -> None:
    end_s = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > end_s:
                raise BusyError(
                    f"{name}: another process holds it for {LOCK_WAIT_S:.0f} s; try again"
                ) from error
            time.sleep(LOCK_STEP_S)
        else:
            return
