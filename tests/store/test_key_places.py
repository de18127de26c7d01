"""The key from a file, from the keyring, from systemd."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked

from lintel.errors import StoreKeyError
from lintel.store.key import load_key
from lintel.store.key_places import find_key, find_or_make_key

DIGITS = "ab" * 32


class Wallet(KeyringBackend):
    """A keyring in memory; the library finds real ones by the session that runs."""

    priority = 0.1
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("the wallet is locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("the wallet is locked")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def wallet() -> Iterator[Wallet]:
    before = keyring.get_keyring()
    wallet = Wallet()
    keyring.set_keyring(wallet)
    yield wallet
    keyring.set_keyring(before)


def test_a_path_is_a_key_file(tmp_path: Path) -> None:
    made = find_or_make_key(tmp_path / "store.key")
    assert find_key(str(tmp_path / "store.key")) == made == load_key(tmp_path / "store.key")


def test_a_key_is_made_in_the_keyring_once(wallet: Wallet) -> None:
    with pytest.raises(StoreKeyError, match="holds no key lintel/store"):
        find_key("keyring:store")
    made = find_or_make_key("keyring:store")
    assert wallet.held == {("lintel", "store"): made.secret.hex()}
    assert find_key("keyring:store") == find_or_make_key("keyring:store") == made


def test_a_locked_keyring_says_so(wallet: Wallet) -> None:
    wallet.locked = True
    with pytest.raises(StoreKeyError, match="the wallet is locked"):
        find_or_make_key("keyring:store")


def test_a_keyring_that_forgets_is_found_out(wallet: Wallet) -> None:
    class Sieve(Wallet):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    keyring.set_keyring(Sieve())
    with pytest.raises(StoreKeyError, match="does not come back"):
        find_or_make_key("keyring:store")
    assert wallet.held == {}


def test_a_malformed_key_in_the_keyring_is_refused(wallet: Wallet) -> None:
    wallet.held["lintel", "store"] = "secret"
    with pytest.raises(StoreKeyError, match="keyring lintel/store: expected 64"):
        find_key("keyring:store")


@pytest.mark.parametrize(
    ("backend", "words"), [(NoKeyring, "no keyring"), (NullKeyring, "in the clear")]
)
def test_no_keyring_is_no_place_for_a_key(
    wallet: Wallet, backend: type[KeyringBackend], words: str
) -> None:
    keyring.set_keyring(backend())
    with pytest.raises(StoreKeyError, match=words):
        find_or_make_key("keyring:store")
    assert wallet.held == {}


def credential(folder: Path, text: str, mode: int) -> None:
    path = folder / "lintel-store"
    path.write_text(text)
    path.chmod(mode)


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o600])
def test_systemd_hands_a_key_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    credential(tmp_path, DIGITS + "\n", mode)
    assert find_key("credential:lintel-store").secret == bytes.fromhex(DIGITS)
    assert find_or_make_key("credential:lintel-store") == find_key("credential:lintel-store")


def test_a_credential_that_is_missing_open_or_malformed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(StoreKeyError, match="LoadCredentialEncrypted=lintel-store:FILE"):
        find_key("credential:lintel-store")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(StoreKeyError, match="cannot be read"):
        find_key("credential:lintel-store")
    credential(tmp_path, DIGITS, 0o604)
    with pytest.raises(StoreKeyError, match="others may read it"):
        find_key("credential:lintel-store")
    credential(tmp_path, "short", 0o600)
    with pytest.raises(StoreKeyError, match="expected 64 hexadecimal"):
        find_key("credential:lintel-store")


@pytest.mark.parametrize("place", ["keyring:", "credential:", "credential:../key", "keyring:a/b"])
def test_odd_names_are_refused(place: str) -> None:
    with pytest.raises(StoreKeyError, match="NAME"):
        find_key(place)
