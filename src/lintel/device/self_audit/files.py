"""What lies in the data folder: who may read it, and that nothing of it is in the clear."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from lintel.device.recordings.clipfile import MAGIC as CLIP_MAGIC
from lintel.device.recordings.shelf import Shelf
from lintel.device.self_audit.finding import failed, judged, passed, unknown
from lintel.device.vault import MAGIC as SEALED_MAGIC
from lintel.device.vault import Vault
from lintel.errors import VaultError
from lintel.wire.v1.health import Finding

SQLITE_HEADER = b"SQLite format 3\x00"
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"BM", b"GIF8", b"RIFF", b"\x00\x00\x00\x18ftyp")
HEAD_BYTES = 16


def check_files(folder: Path, vault: Vault) -> Iterator[Finding]:
    """Permissions, encryption at rest, no picture on the disk."""
    yield _private(folder)
    yield _store_is_encrypted(folder / "store" / "lintel.db")
    yield _sealed(folder / "sealed", vault)
    yield _clips(folder / "recordings", vault)
    yield _no_pictures(folder)


def _private(folder: Path) -> Finding:
    faults = []
    for path in (folder, *_everything(folder)):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if not path.is_symlink() and mode & 0o077:
            faults.append(f"{_shown(path, folder)} has mode {mode:o}")
    return judged(
        "files.private",
        faults,
        fine="files and folders belong to one account alone",
        advice=f"chmod -R go-rwx {folder}",
    )


def _store_is_encrypted(path: Path) -> Finding:
    check = "store.encrypted"
    if not path.exists():
        return unknown(check, "there is no store yet")
    with path.open("rb") as file:
        if file.read(len(SQLITE_HEADER)) == SQLITE_HEADER:
            return failed(check, "the store begins as a plain SQLite file", "set it aside")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return passed(check, "no plain header, and it does not open without its key")
    else:
        return failed(check, "the store opens without a key", "set it aside and begin a new one")
    finally:
        connection.close()


def _sealed(folder: Path, vault: Vault) -> Finding:
    faults, count = [], 0
    for path in _everything(folder):
        if path.name.startswith("."):
            continue
        count += 1
        if _head(path, len(SEALED_MAGIC)) != SEALED_MAGIC:
            faults.append(f"{path.name} is not sealed")
            continue
        try:
            vault.unseal(path.name)
        except VaultError:
            faults.append(f"{path.name} does not open with this device's key")
    return judged(
        "secrets.sealed",
        faults,
        fine=f"{count} secrets are sealed and open with this device's key",
        advice="restore them together with keys/device.key, or erase them and set them up anew",
    )


def _clips(folder: Path, vault: Vault) -> Finding:
    if not folder.is_dir():
        return passed("recordings.sealed", "there are no recordings")
    known = set(Shelf(folder, vault).ids())
    faults = []
    for path in _everything(folder):
        if path.name not in known:
            faults.append(f"{path.name} belongs to no recording")
        elif _head(path, len(CLIP_MAGIC)) != CLIP_MAGIC:
            faults.append(f"{path.name} is not sealed")
    return judged(
        "recordings.sealed",
        faults,
        fine=f"{len(known)} recordings, sealed under a key of their own",
        advice="start the device once: it removes what belongs to no recording",
    )


def _no_pictures(folder: Path) -> Finding:
    faults = [
        _shown(path, folder)
        for path in _everything(folder)
        if path.is_file() and _head(path, HEAD_BYTES).startswith(PICTURES)
    ]
    return judged(
        "files.no_picture",
        faults,
        fine="no file begins like a picture or a video",
        advice="find out who wrote it, and erase it",
    )


def _everything(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*")) if folder.is_dir() else []


def _head(path: Path, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError:
        return b""


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path != folder else "the data folder"
