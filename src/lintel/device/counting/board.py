"""The board: what is known at this moment, put together from what both threads last wrote on it.

The counting thread writes what it sees, the store thread what is on disk. Totals come from the
store alone: nobody is shown a count that a power cut could take back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from lintel.count.occupancy import OccupancyEstimate
from lintel.count.standing import Standing
from lintel.count.trails import Trail
from lintel.device.keeping.ledger import Stored
from lintel.records import FloorFit, StereoHealth
from lintel.rig import StereoRig
from lintel.wire.v1.live import DeviceState, LineNow, Live, OccupancyNow, Person, PointM, ZoneNow


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the counting thread saw last."""

    utc: datetime
    seq: int = 0
    state: DeviceState = "starting"
    fps: float = 0.0
    coverage: float = 0.0
    latency_ms: float | None = None
    view_share: float | None = None
    dropped_frames: int = 0
    people: tuple[Person, ...] = ()
    zones: tuple[ZoneNow, ...] = ()
    trails: tuple[Trail, ...] = ()
    floor: FloorFit | None = None
    stereo: StereoHealth | None = None
    source: str = ""
    detector: str = ""
    field_m: tuple[PointM, ...] = ()
    rig: StereoRig | None = None


class Board:
    """Frozen values, replaced whole under a lock."""

    def __init__(self, utc: datetime) -> None:
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._seen = Seen(utc)
        self._standing: Standing | None = None
        self._occupancy: OccupancyEstimate | None = None

    @property
    def seen(self) -> Seen:
        """What the counting thread wrote last."""
        return self._seen

    @property
    def standing(self) -> Standing | None:
        """Running totals that are on disk; None before the store is open."""
        return self._standing

    @property
    def people_in_room(self) -> float | None:
        """How many are in the room, by what is on disk; None where no line leads into it."""
        occupancy = self._occupancy
        return None if occupancy is None else occupancy.people

    def put_seen(self, seen: Seen) -> None:
        """Replace what is seen; ``seq`` goes on by itself."""
        with self._lock:
            self._seen = replace(seen, seq=self._seen.seq + 1)

    def put_stored(self, stored: Stored) -> None:
        """Take in what is on disk."""
        with self._lock:
            self._standing, self._occupancy = stored.standing, stored.occupancy

    def tell(self, publish: Callable[[Live], None]) -> Live:
        """Publish what is known; one at a time, so that nobody hears of the past after the present.

        Without this a thread could put a message together, be held up, and hand it out after
        another thread's newer one: totals would go back for a moment.
        """
        with self._telling:
            live = self.live()
            publish(live)
            return live

    def live(self) -> Live:
        """All of it as a message."""
        with self._lock:
            seen, standing, occupancy = self._seen, self._standing, self._occupancy
        return Live(
            utc=seen.utc,
            seq=seen.seq,
            state=seen.state,
            fps=round(seen.fps, 1),
            coverage=round(seen.coverage, 3),
            people=seen.people,
            lines=_lines(standing),
            zones=seen.zones,
            occupancy=_occupancy(occupancy),
        )


def _lines(standing: Standing | None) -> tuple[LineNow, ...]:
    lines = {} if standing is None else standing.lines
    return tuple(
        LineNow(name, one.totals.entered, one.totals.left, one.since_utc)
        for name, one in lines.items()
    )


def _occupancy(estimate: OccupancyEstimate | None) -> OccupancyNow | None:
    if estimate is None:
        return None
    people, low, high = (round(n, 1) for n in (estimate.people, estimate.lower, estimate.upper))
    return OccupancyNow(people, low, high)
