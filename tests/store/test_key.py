"""The key: made once, private, never shown."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lintel.errors import StoreKeyError
from lintel.store.key import StoreKey, load_key, load_or_make_key, make_key


def test_a_new_key_is_private_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    made = load_or_make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make_key(path) == made
    assert load_key(path) == made
    assert [entry.name for entry in tmp_path.iterdir()] == ["store.key"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    make_key(tmp_path / "store.key")
    with pytest.raises(StoreKeyError, match="never overwritten"):
        make_key(tmp_path / "store.key")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    make_key(path)
    path.chmod(0o640)
    with pytest.raises(StoreKeyError, match="others may read it"):
        load_key(path)


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "ab" * 33])
def test_a_malformed_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "store.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(StoreKeyError):
        load_key(path)


def test_a_missing_key_and_an_unwritable_place_are_named(tmp_path: Path) -> None:
    with pytest.raises(StoreKeyError, match="no such key file"):
        load_key(tmp_path / "store.key")
    with pytest.raises(StoreKeyError, match="cannot be written"):
        make_key(tmp_path / "nowhere" / "store.key")


def test_keys_differ_and_show_nothing() -> None:
    one, other = StoreKey.new(), StoreKey.new()
    assert one != other
    assert one.fingerprint != other.fingerprint
    assert one.secret.hex() not in repr(one) + one.fingerprint
