"""The board: what two threads tell comes in the order in which it was so."""

from __future__ import annotations

import threading

from device_traffic import SITE, START
from lintel.count.standing import StandingRules
from lintel.device.counting.board import Board
from lintel.device.keeping.ledger import Stored
from lintel.records import Crossing, Direction
from lintel.wire.v1.live import Live


def stored(crossings: int) -> Stored:
    """How things stand after so many came in."""
    rules = StandingRules(SITE, zone="UTC")
    standing = rules.begin(START, None).standing
    events = [(START, Crossing("door", Direction.IN, k, (0.0, 0.0), "")) for k in range(crossings)]
    return Stored((), rules.plus(standing, events).standing, None, 0)


def test_a_message_that_is_held_up_is_not_told_after_a_newer_one() -> None:
    board, told = Board(START), list[int]()
    held_up, go_on = threading.Event(), threading.Event()
    board.put_stored(stored(1))

    def slowly(live: Live) -> None:
        held_up.set()
        assert go_on.wait(timeout=60)
        told.append(live.lines[0].entered)

    def store() -> None:
        board.put_stored(stored(2))
        board.tell(lambda live: told.append(live.lines[0].entered))

    counting = threading.Thread(target=board.tell, args=(slowly,))
    counting.start()
    assert held_up.wait(timeout=60)
    storing = threading.Thread(target=store)
    storing.start()
    storing.join(timeout=0.2)  # without taking turns it would be over by now
    go_on.set()
    counting.join()
    storing.join()
    assert told == [1, 2]
