"""Killed at any moment: what was acknowledged is there, and nothing is there twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from lintel.store.key import StoreKey
from lintel.store.opening import open_or_recover
from lintel.store.store import Store
from store_builders import START, batch

TESTS = Path(__file__).resolve().parent.parent
FEEDER = Path(__file__).with_name("feeder.py")
ROUNDS = int(os.environ.get("LINTEL_KILL_ROUNDS", "20"))


def feed_and_kill(path: Path, key: StoreKey, first: int, wait_s: float) -> int:
    """Start a feeder, let it run until after its first answer, kill it; the last it said."""
    command = [sys.executable, str(FEEDER), str(path), key.secret.hex(), str(first), "37"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as feeder:
        assert feeder.stdout is not None
        head = feeder.stdout.readline()
        time.sleep(wait_s)
        feeder.kill()
        lines = (head + feeder.stdout.read()).decode().split("\n")[:-1]  # the last may be torn
    return max(int(line.split()[1]) for line in lines)


def numbers(store: Store) -> list[int]:
    """Which crossings are stored, in order."""
    day = timedelta(days=1)
    return [
        (e.utc - START) // timedelta(seconds=1)
        for e in store.events(START - day, START + 999 * day)
    ]


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(tmp_path: Path, key: StoreKey) -> None:
    path, rng, said = tmp_path / "lintel.db", random.Random(5), -1
    for _ in range(ROUNDS):
        # a producer that knows less than the store sends again: the store must not mind
        again = max(said + 1 - rng.randrange(100), 0)
        said = max(feed_and_kill(path, key, again, rng.uniform(0.0, 0.05)), said)
        opened = open_or_recover(path, key, now=START)
        assert opened.recovery is None
        with opened.store as store:
            last = store.last_seq("count", "run-1")
            assert last >= said
            assert numbers(store) == list(range(last + 1))
            said = last


def test_a_fresh_producer_goes_on_where_the_store_stands(tmp_path: Path, key: StoreKey) -> None:
    path = tmp_path / "lintel.db"
    feed_and_kill(path, key, 0, 0.01)
    with open_or_recover(path, key, now=START).store as store:
        last = store.last_seq("count", "run-1")
        assert store.append(batch(last + 1, 10)).stored == 10
        assert numbers(store) == list(range(last + 11))
        assert store.is_whole()


@pytest.mark.skipif(sys.platform == "win32", reason="mount namespaces are Linux's")
def test_a_full_disk_loses_nothing_and_room_can_be_made(tmp_path: Path, key: StoreKey) -> None:
    """A real file system of 12 MiB, in a mount namespace of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    feeder = f"'{sys.executable}' '{FEEDER}' '{disk}/lintel.db' {key.secret.hex()}"
    script = (
        f"mount -t tmpfs -o size=12m tmpfs '{disk}' || exit 77; "
        f"{feeder} 0 2000 > '{tmp_path}/told'; "
        f"cp '{disk}'/lintel.db* '{tmp_path}'"
    )
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed: a full file system cannot be made here")
    if done.returncode in {1, 77} and not (tmp_path / "told").exists():
        pytest.skip(f"a file system of its own is not permitted here: {done.stderr.decode()}")
    told = (tmp_path / "told").read_text().split("\n")[:-1]
    assert told[-2:-1] == ["full"], done.stderr.decode()
    said = int(told[-3].split()[1])
    assert told[-1] == f"ack {said + 10}"
    with open_or_recover(tmp_path / "lintel.db", key, now=START).store as store:
        kept = numbers(store)
        assert kept == list(range(kept[0], said + 11))
        assert kept[0] <= 0.26 * said
        assert store.verify_audit().entries == 2
