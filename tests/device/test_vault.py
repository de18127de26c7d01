"""The vault: what is sealed comes back, and only there, only whole, only for its owner."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lintel.device.vault import MAX_CONTENT_BYTES, Vault
from lintel.errors import BusyError, VaultError

ADDS_ONE = """
import sys
from pathlib import Path
from lintel.device.vault import Vault
vault = Vault.open(Path(sys.argv[1]))
for _ in range(20):
    with vault.exclusive("count"):
        vault.seal("count", str(int(vault.unseal("count") or b"0") + 1).encode())
"""


def test_what_is_sealed_comes_back_after_a_restart(tmp_path: Path) -> None:
    Vault.open(tmp_path / "data").seal("users", b"somebody")
    again = Vault.open(tmp_path / "data")
    assert again.unseal("users") == b"somebody"
    assert again.unseal("tokens") is None


def test_everything_is_private_and_unreadable_without_the_key(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path / "data")
    vault.seal("users", b"somebody known")
    for path in [tmp_path / "data", *(tmp_path / "data").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert b"somebody" not in (tmp_path / "data/sealed/users").read_bytes()
    assert (tmp_path / "data/keys/device.key").read_text().strip() not in repr(vault)


def test_the_same_content_is_sealed_differently_each_time(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    vault.seal("a", b"same")
    first = (tmp_path / "sealed/a").read_bytes()
    vault.seal("a", b"same")
    assert (tmp_path / "sealed/a").read_bytes() != first


def test_a_file_that_was_moved_changed_or_brought_from_elsewhere_does_not_open(
    tmp_path: Path,
) -> None:
    vault, other = Vault.open(tmp_path / "one"), Vault.open(tmp_path / "other")
    vault.seal("viewer", b"role")
    sealed = (tmp_path / "one/sealed/viewer").read_bytes()
    (tmp_path / "one/sealed/installer").write_bytes(sealed)
    with pytest.raises(VaultError, match="does not open"):
        vault.unseal("installer")
    (tmp_path / "other/sealed/viewer").write_bytes(sealed)
    with pytest.raises(VaultError, match="another device"):
        other.unseal("viewer")
    assert vault.unseal("viewer") == b"role"


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=64), place=st.integers(0), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, place: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("vault")
    vault = Vault.open(folder)
    vault.seal("a", content)
    path = folder / "sealed/a"
    sealed = bytearray(path.read_bytes())
    sealed[place % len(sealed)] ^= flip
    path.write_bytes(sealed)
    with pytest.raises(VaultError):
        vault.unseal("a")
    path.write_bytes(sealed[: place % len(sealed)])
    with pytest.raises(VaultError):
        vault.unseal("a")


def test_what_is_erased_is_gone(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    vault.seal("a", b"x")
    vault.erase("a")
    vault.erase("a")
    assert vault.unseal("a") is None
    assert vault.stamp("a") is None


def test_a_stamp_changes_with_every_sealing(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    stamps = set()
    for _ in range(5):
        vault.seal("a", b"same")
        stamps.add(vault.stamp("a"))
    assert len(stamps) == 5
    assert vault.stamp("a") in stamps


@pytest.mark.parametrize("name", ["", "../users", "a/b", ".hidden", "A", "a" * 65, "a\n", "a.b"])
def test_a_name_cannot_lead_out_of_the_vault(tmp_path: Path, name: str) -> None:
    vault = Vault.open(tmp_path)
    with pytest.raises(VaultError):
        vault.seal(name, b"")
    with pytest.raises(VaultError):
        vault.unseal(name)


def test_what_is_too_large_is_refused_and_the_old_stays(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    vault.seal("a", b"old")
    with pytest.raises(VaultError, match="at most"):
        vault.seal("a", bytes(MAX_CONTENT_BYTES + 1))
    assert vault.unseal("a") == b"old"


def test_a_root_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Vault.open(tmp_path)
    (tmp_path / "keys/device.key").chmod(0o644)
    with pytest.raises(VaultError, match="others may read it"):
        Vault.open(tmp_path)


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError, match="file"):
        Vault.open(tmp_path / "file")


def test_what_a_killed_process_left_half_written_is_swept_away_later(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    old, new = tmp_path / "sealed/.a.1.partial", tmp_path / "sealed/.a.2.partial"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    Vault.open(vault.folder)
    assert (old.exists(), new.exists()) == (False, True)


def test_derived_secrets_differ_by_purpose_and_device_and_stay_the_same(tmp_path: Path) -> None:
    one, other = Vault.open(tmp_path / "one"), Vault.open(tmp_path / "other")
    secrets = {one.derive("nonce"), one.derive("tls"), other.derive("nonce")}
    assert len(secrets) == 3
    assert Vault.open(tmp_path / "one").derive("nonce") in secrets
    assert len(one.derive("tls", length=48)) == 48
    for purpose, length in (("", 32), ("x", 8), ("x", 65)):
        with pytest.raises(VaultError):
            one.derive(purpose, length=length)


def test_processes_that_change_one_file_at_once_lose_nothing(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", ADDS_ONE, str(tmp_path / "data")]) for _ in range(3)
    ]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert Vault.open(tmp_path / "data").unseal("count") == b"60"


def test_threads_exclude_each_other_too(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)

    def add(_: int) -> None:
        with vault.exclusive("n"):
            vault.seal("n", str(int(vault.unseal("n") or b"0") + 1).encode())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(20)))
    assert vault.unseal("n") == b"20"


def test_a_lock_that_is_never_let_go_is_an_error_and_not_a_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lintel.device.vault.LOCK_WAIT_S", 0.05)
    vault = Vault.open(tmp_path)
    with (
        vault.exclusive("a"),
        pytest.raises(BusyError, match="another process"),
        vault.exclusive("a"),
    ):
        raise AssertionError
    with vault.exclusive("a"):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files for others")
def test_what_root_adds_belongs_to_whom_the_folder_belongs_to(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)
    for path in [tmp_path, *tmp_path.rglob("*")]:
        os.chown(path, 4711, 4711)
    with vault.exclusive("new"):
        vault.seal("new", b"x")
    owners = {path.stat().st_uid for path in (tmp_path / "sealed").iterdir()}
    assert owners == {4711}
