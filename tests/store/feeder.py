"""A process that feeds a store without end, for tests that kill it: PATH KEY FIRST SIZE.

It writes "ack LAST" after each acknowledged batch. When there is no room left it writes "full",
makes room, stores ten more, writes "ack LAST" and ends.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lintel.errors import StoreFullError
from lintel.store.key import StoreKey
from lintel.store.opening import open_store
from store_builders import START, batch


def main() -> None:
    """Feed until killed."""
    path, secret, first, size = sys.argv[1:5]
    store = open_store(Path(path), StoreKey(bytes.fromhex(secret)), reserve_bytes=5 * 2**20)
    number = int(first)
    while True:
        try:
            ack = store.append(batch(number, int(size)))
        except StoreFullError:
            os.write(1, b"full\n")
            break
        os.write(1, f"ack {ack.last_seq}\n".encode())
        number = ack.last_seq + 1
    with store:
        store.make_room(now=START)
        os.write(1, f"ack {store.append(batch(number, 10)).last_seq}\n".encode())


if __name__ == "__main__":
    main()
