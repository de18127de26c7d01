"""``lintel count --store``: what is counted is kept, and running totals go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lintel.capture import Source
from lintel.clock import SystemClock, UtcMap
from lintel.config import SiteConfig
from lintel.count.occupancy import OccupancyEstimate
from lintel.count.standing import Notice, Standing
from lintel.errors import StoreError
from lintel.pipeline import FrameResult
from lintel.pipeline.bookkeeping import Bookkeeper, Wall
from lintel.pipeline.counting import Counting
from lintel.records import Event
from lintel.store.key import StoreKey
from lintel.store.key_places import find_or_make_key
from lintel.store.opening import open_or_recover
from lintel.store.store import Store

STORE, KEY = "lintel.db", "store.key"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where and when: what the options of --store say."""

    folder: Path
    key: StoreKey
    start_utc: datetime | None
    zone: str

    @classmethod
    def of(cls, folder: Path, *, key: str | None, start: str | None, zone: str) -> Self:
        """Make the folder and the key where they are not there.

        Raises:
            StoreError: the folder cannot be made, or a time or zone makes no sense.
            StoreKeyError: the key cannot be read or made.
        """
        try:
            local = ZoneInfo(zone)
            moment = None if start is None else datetime.fromisoformat(start)
        except (ZoneInfoNotFoundError, IsADirectoryError, ValueError) as error:
            raise StoreError(
                f"--start, --zone: expected a time such as 2026-05-04T08:00 in an IANA zone such "
                f"as Europe/Berlin, got {start!r} in {zone!r}"
            ) from error
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=local)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"--store: {folder} cannot be made: {error}") from error
        secret = find_or_make_key(key or folder / KEY)
        return cls(folder, secret, None if moment is None else moment.astimezone(UTC), zone)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run left in the store."""

    folder: Path
    standing: Standing
    occupancy: OccupancyEstimate | None
    notices: tuple[Notice, ...]


class Keeper:
    """Hands frames to a bookkeeper that begins with the first of them; or to nobody."""

    def __init__(
        self, keeping: Keeping | None, store: Store | None, site: SiteConfig, counting: Counting
    ) -> None:
        self._keeping, self._store = keeping, store
        self._site, self._counting = site, counting
        self._books: Bookkeeper | None = None
        self._seen = 0

    def step(self, result: FrameResult) -> None:
        """Take in one analysed frame.

        Raises:
            StoreError: it cannot be kept.
        """
        if self._keeping is None or self._store is None:
            return
        if self._books is None:
            wall = Wall(_clock(self._keeping.start_utc, result.t_ns), self._keeping.zone)
            self._books = Bookkeeper(self._store, self._site, self._counting, wall)
        self._seen += len(result.events)
        self._books.step(result)

    def finish(self, events: Sequence[Event]) -> Kept | None:
        """The run is over; ``events`` are those of the whole run."""
        if self._keeping is None or self._books is None:
            return None
        notices = self._books.finish(events[self._seen :])
        standing = self._books.standing
        estimate = self._books.rules.estimate(standing)
        return Kept(self._keeping.folder, standing, estimate, notices)


@contextmanager
def keeping_run(
    keeping: Keeping | None, source: Source, site: SiteConfig, counting: Counting
) -> Iterator[Keeper]:
    """Open the store for one run; a damaged one is set aside.

    Raises:
        StoreError: it cannot be opened, or a recording needs a time.
    """
    if keeping is None:
        yield Keeper(None, None, site, counting)
        return
    if source.live and keeping.start_utc is not None:
        raise StoreError("--start is for recordings: a live source is kept at the present time")
    now = datetime.now(UTC)
    with open_or_recover(keeping.folder / STORE, keeping.key, now=now).store as store:
        yield Keeper(keeping, store, site, counting)


def kept_json(kept: Kept) -> dict[str, object]:
    """What --json says of the store."""
    estimate = kept.occupancy
    return {
        "path": str(kept.folder / STORE),
        "totals": {
            name: {
                "in": one.totals.entered,
                "out": one.totals.left,
                "since": one.since_utc.isoformat(),
            }
            for name, one in kept.standing.lines.items()
        },
        "occupancy": None
        if estimate is None
        else {
            "people": round(estimate.people, 2),
            "lower": round(estimate.lower, 2),
            "upper": round(estimate.upper, 2),
        },
        "notices": [f"{one.utc.isoformat()} {one.kind}: {one.detail}" for one in kept.notices],
    }


def kept_text(kept: Kept) -> str:
    """The same for people."""
    parts = [f"kept in {kept.folder / STORE}"]
    parts += [
        f"line {name}: {one.totals.entered} in, {one.totals.left} out since "
        f"{one.since_utc:%Y-%m-%d %H:%M} UTC"
        for name, one in kept.standing.lines.items()
    ]
    if kept.occupancy is not None:
        estimate = kept.occupancy
        parts.append(
            f"people inside: {estimate.people:.0f} (95 % interval {estimate.lower:.1f} to "
            f"{estimate.upper:.1f})"
        )
    parts += [f"{one.utc:%Y-%m-%d %H:%M} UTC: {one.detail}" for one in kept.notices]
    return "\n".join(parts)


def _clock(start_utc: datetime | None, t_ns: int) -> UtcMap:
    """The first frame is taken now, unless a recording's time was said."""
    return UtcMap(t_ns, start_utc or SystemClock().utc(), 0.0)
