"""The port ``History``: what is stored, asked of the store thread, as messages."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from lintel.clock import Clock
from lintel.config.site import HEAT_GRID
from lintel.count.period import DAY_S, Period
from lintel.device.counting.reading import event_message
from lintel.device.keeping.keeper import Keeper
from lintel.device.keeping.ledger import PERIODS_S, Ledger
from lintel.device.keeping.merging import merged
from lintel.device.keeping.retaining import RetentionBook
from lintel.errors import InputError, StoreCorruptError
from lintel.records import Direction, Interval
from lintel.store.heat_tile import HeatKind as Heat
from lintel.store.heat_tile import HeatSum
from lintel.store.kinds import Kind
from lintel.store.store import Store
from lintel.wire.v1 import history as wire
from lintel.wire.v1.setting import AuditEntry, AuditPage, ErasureProof, Stored, StoredKind

T = TypeVar("T")

SLICE = timedelta(days=7)  # of intervals read at once, so that storing never waits long
MAX_INTERVALS = 100_000
MAX_GROUPS = 1000


class Clips(Protocol):
    """Recordings for validation, which lie beside the store."""

    async def stored(self) -> Stored:
        """How much is kept."""
        ...

    async def erase_span(
        self, start: datetime, end: datetime, *, who: str, why: str
    ) -> ErasureProof:
        """Erase those that began in ``[start, end)`` and prove it."""
        ...


class StoredHistory:
    """What one device's store holds.

    Args:
        keeper: owns the store.
        clock: for the audit log.
        time_zone: IANA name that intervals are aligned to.
        retention: how long each kind is kept.
    """

    def __init__(
        self,
        keeper: Keeper,
        *,
        clock: Clock,
        time_zone: Callable[[], str],
        retention: RetentionBook,
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._time_zone = time_zone
        self._retention = retention
        self._clips: Clips | None = None

    def tell_of(self, clips: Clips) -> None:
        """Speak for the recordings too, from now on."""
        self._clips = clips

    async def events(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> wire.EventPage:
        """Events in ``[start, end)``, by time."""
        page = await self._ask(lambda store: store.event_page(start, end, limit=limit, after=after))
        events = tuple(event_message(one.event, one.utc) for one in page.events)
        return wire.EventPage(events, page.next_after)

    async def news(self, after: str | None, *, limit: int) -> wire.EventPage:
        """Events stored after a position, in the order of storing.

        Raises:
            InputError: ``after`` is no position.
        """
        if after is not None and not (after.isascii() and after.isdigit() and len(after) < 19):
            raise InputError(f"after: expected the position of an event, got {after[:40]!r}")
        place = None if after is None else int(after)
        news = await self._ask(lambda store: store.news(place, limit=limit))
        events = tuple(event_message(one.event, one.utc, n) for n, one in news.events)
        return wire.EventPage(events, str(news.last))

    async def intervals(
        self, start: datetime, end: datetime, *, period_s: int, place: str | None = None
    ) -> wire.IntervalList:
        """Intervals that start in ``[start, end)``.

        Raises:
            InputError: the period is no whole number of minutes that divides a day, or there
                would be too many intervals.
        """
        zone = self._time_zone()
        base_s = _base_of(period_s)
        if (end - start).total_seconds() / period_s > MAX_INTERVALS:
            raise InputError(f"at most {MAX_INTERVALS} intervals at once: ask for less, or longer")
        period = Period(period_s, zone)
        found: list[Interval] = []
        first, last = _whole(period, start), _whole(period, end)
        moment = first
        while moment < last:
            until = min(moment + SLICE, last)
            found += await self._ask(_intervals_query(moment, until, base_s, place))
            moment = until
        whole = merged(found, period) if base_s != period_s else tuple(found)
        return wire.IntervalList(period_s, zone, tuple(map(interval_message, whole)))

    async def heat_map(
        self, start: datetime, end: datetime, *, kind: wire.HeatKind
    ) -> wire.HeatMap:
        """The sum of the heat maps in ``[start, end)``, of the newest floor grid.

        Without cells where none was gathered in that time.
        """
        sums = await self._ask(lambda store: store.heat(start, end, Heat(kind)))
        if not sums:
            return wire.HeatMap(kind, start, end, 0.0, 0.0, HEAT_GRID.cell_m, 0, 0, (), 0.0)
        return _heat_message(sums[-1], kind, (start, end))

    async def groups(self, start: datetime, end: datetime) -> tuple[wire.GroupSizes, ...]:
        """Sizes of groups that came in ``[start, end)``."""
        counts = await self._ask(lambda store: store.group_sizes(start, end))
        lines: dict[str, dict[int, int]] = {}
        for one in counts:
            if one.direction is Direction.IN:
                lines.setdefault(one.line, {})[one.size] = one.groups
        return tuple(wire.GroupSizes(line, sizes) for line, sizes in lines.items())

    async def stored(self) -> tuple[Stored, ...]:
        """How much is kept."""
        stats = await self._ask(lambda store: store.stats())
        kept_s = self._retention.seconds
        clips = () if self._clips is None else (await self._clips.stored(),)
        return clips + tuple(
            Stored(
                kind=kind,
                rows=stats.of(Kind(kind)).rows,
                bytes=stats.of(Kind(kind)).content_bytes,
                oldest_utc=stats.of(Kind(kind)).oldest_utc,
                retention_s=kept_s.get(kind),
            )
            for kind in STORED
        )

    async def erase(
        self, kind: StoredKind, start: datetime, end: datetime, *, who: str, why: str
    ) -> ErasureProof:
        """Erase one kind in ``[start, end)`` and prove it.

        Raises:
            InputError: this kind does not lie in the store.
        """
        if kind == "recordings" and self._clips is not None:
            return await self._clips.erase_span(start, end, who=who, why=why)
        if kind not in STORED:
            raise InputError(f"expected one of {', '.join(STORED)}, got {kind!r}")
        now = self._clock.utc()
        done = await self._ask(
            lambda store: store.erase(Kind(kind), start, end, who=who, why=why, now=now)
        )
        return ErasureProof(
            kind, start, end, done.rows, done.remaining, done.proven, done.audit_entry
        )

    async def set_retention(self, seconds: Mapping[StoredKind, float], *, who: str) -> None:
        """Change how long kinds are kept; what is too old goes within the hour.

        Raises:
            InputError: a time is out of the bounds of its kind.
        """
        now = self._clock.utc()
        await self._ask(lambda store: self._retention.change(store, seconds, who=who, now=now))

    async def audit(self, *, before: int | None, limit: int) -> AuditPage:
        """The audit log, newest first."""

        def page(store: Store) -> AuditPage:
            entries = store.audit_page(before=before, limit=limit)
            last = entries[-1].number if entries else 1
            return AuditPage(
                entries=tuple(
                    AuditEntry(e.number, e.utc, e.who, e.what, e.detail, e.digest.hex())
                    for e in entries
                ),
                next_before=last if last > 1 else None,
                whole=_is_whole(store),
            )

        return await self._ask(page)

    async def note(self, *, who: str, what: str, detail: str) -> int:
        """Add an entry to the audit log; its number."""
        now = self._clock.utc()
        return await self._ask(
            lambda store: store.note_in_audit(utc=now, who=who, what=what, detail=detail)
        )

    async def _ask(self, question: Callable[[Store], T]) -> T:
        def asked(store: Store, ledger: Ledger) -> T:
            del ledger
            return question(store)

        return await asyncio.wrap_future(self._keeper.ask(asked))


STORED: tuple[StoredKind, ...] = ("tracks", "events", "watches", "intervals", "heat")


def interval_message(interval: Interval) -> wire.Interval:
    """An interval as a message."""
    return wire.Interval(
        start_utc=interval.start_utc,
        end_utc=interval.end_utc,
        place=interval.place,
        entered=interval.totals.entered,
        left=interval.totals.left,
        occupancy_mean=round(interval.occupancy_mean, 4),
        occupancy_max=interval.occupancy_max,
        coverage=round(interval.coverage, 4),
        dropped_frames=interval.dropped_frames,
        dwell=tuple(
            wire.DwellBin(None if math.isinf(edge) else edge, visits)
            for edge, visits in interval.dwell_histogram_s
        ),
    )


def _base_of(period_s: int) -> int:
    """The longest stored period that makes up the wanted one."""
    if not (0 < period_s <= DAY_S and DAY_S % period_s == 0 and period_s % PERIODS_S[0] == 0):
        raise InputError(
            f"period_s: expected a whole number of minutes that divides a day, got {period_s}"
        )
    return max(base_s for base_s in PERIODS_S if period_s % base_s == 0)


def _whole(period: Period, moment: datetime) -> datetime:
    """The first start of a period at or after a moment."""
    start, end = period.span_of(moment)
    return start if start == moment else end


def _intervals_query(
    start: datetime, end: datetime, base_s: int, place: str | None
) -> Callable[[Store], list[Interval]]:
    def query(store: Store) -> list[Interval]:
        stamped = store.intervals(start, end, period_s=base_s)
        return [one.interval for one in stamped if place is None or one.interval.place == place]

    return query


def _heat_message(
    total: HeatSum, kind: wire.HeatKind, span: tuple[datetime, datetime]
) -> wire.HeatMap:
    return wire.HeatMap(
        kind=kind,
        start_utc=span[0],
        end_utc=span[1],
        x_min_m=total.grid.origin_m[0],
        y_min_m=total.grid.origin_m[1],
        cell_m=total.grid.cell_m,
        columns=total.grid.columns,
        rows=total.grid.rows,
        values=tuple(round(value, 3) for value in total.values.ravel().tolist()),
        beside=round(total.beside, 3),
    )


def _is_whole(store: Store) -> bool:
    try:
        store.verify_audit()
    except StoreCorruptError:
        return False
    return True
