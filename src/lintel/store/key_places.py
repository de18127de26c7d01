"""Where a store's key lies: a file, the system's keyring, or a credential that systemd hands over.

A place is written as text: a path, ``keyring:NAME`` or ``credential:NAME``.
"""

from __future__ import annotations

import os
import stat
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from lintel.errors import ExtraError, StoreKeyError
from lintel.store.key import StoreKey, key_of_text, load_key, load_or_make_key

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

KEYRING, CREDENTIAL = "keyring:", "credential:"
SERVICE = "lintel"  # under which all keys of Lintel lie in the keyring
CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY"
CLEAR = ("Plaintext", "Null")  # keyrings that keep secrets in the clear, or not at all


def find_key(place: str | Path) -> StoreKey:
    """The key at ``place``.

    Raises:
        StoreKeyError: there is none, it is malformed, or others may read it.
        ExtraError: the keyring is asked for, and the extra [keyring] is not installed.
    """
    text = str(place)
    if text.startswith(KEYRING):
        name = _name(text, KEYRING)
        found = _from_keyring(name)
        if found is None:
            raise StoreKeyError(f"the keyring holds no key {SERVICE}/{name}: make or restore it")
        return found
    if text.startswith(CREDENTIAL):
        return _from_credential(_name(text, CREDENTIAL))
    return load_key(Path(text))


def find_or_make_key(place: str | Path) -> StoreKey:
    """The key at ``place``, made on first use; a credential is made by whoever hands it over.

    Raises:
        StoreKeyError, ExtraError: as ``find_key``; or it cannot be written.
    """
    text = str(place)
    if text.startswith(CREDENTIAL):
        return find_key(text)
    if not text.startswith(KEYRING):
        return load_or_make_key(Path(text))
    name = _name(text, KEYRING)
    return _from_keyring(name) or _into_keyring(name, StoreKey.new())


def _from_credential(name: str) -> StoreKey:
    """A file in the folder that systemd makes for the service alone.

    systemd grants a service user its credentials by an access control list, which shows as bits
    of the group; so only bits of all others are a fault.
    """
    folder = os.environ.get(CREDENTIALS_DIRECTORY)
    if not folder:
        raise StoreKeyError(
            f"credential {name!r}: {CREDENTIALS_DIRECTORY} is not set; start Lintel as a systemd "
            f"service with LoadCredentialEncrypted={name}:FILE, or give another place for the key"
        )
    path = Path(folder) / name
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreKeyError(f"credential {name!r}: cannot be read: {error}") from error
    if stat.S_IMODE(mode) & 0o007:
        raise StoreKeyError(f"{path}: others may read it (mode {mode & 0o777:o})")
    return key_of_text(text, f"credential {name!r}")


def _from_keyring(name: str) -> StoreKey | None:
    backend = _keyring()
    from keyring.errors import KeyringError  # noqa: PLC0415 - an extra

    try:
        text = backend.get_password(SERVICE, name)
    except KeyringError as error:
        raise StoreKeyError(f"keyring: {SERVICE}/{name} cannot be read: {error}") from error
    return None if text is None else key_of_text(text, f"keyring {SERVICE}/{name}")


def _into_keyring(name: str, key: StoreKey) -> StoreKey:
    """Keep a new key and read it back: a keyring that lost it would lose the store."""
    backend = _keyring()
    from keyring.errors import KeyringError  # noqa: PLC0415 - an extra

    try:
        backend.set_password(SERVICE, name, key.secret.hex())
    except KeyringError as error:
        raise StoreKeyError(f"keyring: {SERVICE}/{name} cannot be kept: {error}") from error
    if _from_keyring(name) != key:
        raise StoreKeyError(f"keyring: {SERVICE}/{name} does not come back as it was kept")
    return key


def _keyring() -> KeyringBackend:
    """The system's keyring.

    Raises:
        ExtraError: the library is not installed.
        StoreKeyError: this machine has none, or it keeps secrets in the clear.
    """
    if find_spec("keyring") is None:
        raise ExtraError("the keyring needs the extra [keyring]: pip install 'lintel[keyring]'")
    import keyring  # noqa: PLC0415 - an extra
    from keyring.backends.fail import Keyring as NoKeyring  # noqa: PLC0415

    backend = keyring.get_keyring()
    name = type(backend).__qualname__
    if isinstance(backend, NoKeyring):
        raise StoreKeyError(
            "this machine has no keyring that Lintel can use: unlock or install one (Secret "
            "Service, KWallet, macOS Keychain, Windows Credential Locker), or use a key file"
        )
    if any(word in f"{type(backend).__module__}.{name}" for word in (*CLEAR, "null")):
        raise StoreKeyError(f"the keyring {backend} keeps secrets in the clear: use a key file")
    return backend


def _name(text: str, scheme: str) -> str:
    name = text.removeprefix(scheme)
    if not name or "/" in name or name.startswith("."):
        raise StoreKeyError(f"{text!r}: expected {scheme}NAME, a name without slashes")
    return name
