"""The key of a store: 32 random bytes in a file of their own that only its owner may read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from lintel.errors import StoreKeyError

KEY_BYTES = 32  # AES-256


@dataclass(frozen=True, slots=True)
class StoreKey:
    """A key; never shown by ``repr``."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise StoreKeyError(f"a store key has {KEY_BYTES} bytes, got {len(self.secret)}")

    @classmethod
    def new(cls) -> StoreKey:
        """A new random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def fingerprint(self) -> str:
        """Tells keys apart and gives nothing of them away (HMAC-SHA-256 of a fixed text)."""
        return hmac.new(self.secret, b"lintel store fingerprint", hashlib.sha256).hexdigest()[:32]


def load_key(path: Path) -> StoreKey:
    """Read a key file: 64 hexadecimal digits.

    Raises:
        StoreKeyError: missing, malformed, or readable by others.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise StoreKeyError(f"{path}: no such key file; without it the store stays shut") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StoreKeyError(f"{path}: cannot be read: {error}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise StoreKeyError(f"{path}: others may read it (mode {mode & 0o777:o}): chmod 600 {path}")
    return key_of_text(text, str(path))


def key_of_text(text: str, place: str) -> StoreKey:
    """The key that 64 hexadecimal digits write; ``place`` is named in the error.

    Raises:
        StoreKeyError: it is something else.
    """
    try:
        return StoreKey(bytes.fromhex(text.strip()))
    except ValueError as error:
        raise StoreKeyError(f"{place}: expected {2 * KEY_BYTES} hexadecimal digits") from error


def make_key(path: Path) -> StoreKey:
    """Make a new key file with mode 600, safely on disk before this returns.

    Raises:
        StoreKeyError: the file is there already, or cannot be written.
    """
    key = StoreKey.new()
    partial = path.with_name(path.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.secret.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(partial, path)  # unlike a rename, never replaces a key that is there
        partial.unlink()
        sync_folder(path.parent)
    except FileExistsError as error:
        raise StoreKeyError(f"{path}: is there already; a key is never overwritten") from error
    except OSError as error:
        raise StoreKeyError(f"{path}: cannot be written: {error}") from error
    return key


def load_or_make_key(path: Path) -> StoreKey:
    """The key of this device, made on first use."""
    return load_key(path) if path.exists() else make_key(path)


def sync_folder(folder: Path) -> None:
    """Put the folder's own entries on disk, so that new names survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
