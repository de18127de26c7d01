"""Counter, history and configuration in memory, for tests of the web API."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from pydantic import ValidationError

from lintel.config.sitefile import SiteFile
from lintel.device.ports import Json
from lintel.errors import (
    BusyError,
    ConflictError,
    InputError,
    NotFoundError,
    SiteError,
    place_of,
)
from lintel.wire.v1.health import (
    Calibration,
    Door,
    Health,
    MountCheck,
    Trajectory,
)
from lintel.wire.v1.history import (
    DwellBin,
    Event,
    EventPage,
    GroupSizes,
    HeatKind,
    HeatMap,
    Interval,
    IntervalList,
)
from lintel.wire.v1.live import LineNow, Live, OccupancyNow, Person, Plan, PlanLine, ZoneNow
from lintel.wire.v1.setting import (
    AuditEntry,
    AuditPage,
    ConfigFault,
    ConfigVersion,
    ErasureProof,
    Stored,
    StoredKind,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MAX_LISTENERS = 32
QUEUE = 64
SITE: dict[str, Json] = {
    "line": [{"name": "door", "points_m": [[-1.0, 0.0], [1.0, 0.0]]}],
    "zone": [{"name": "till", "polygon_m": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]}],
}


class MemoryFeed:
    """One listener's queue, bounded."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Live | Event | None] = asyncio.Queue()
        self.dropped = 0

    def put(self, message: Live | Event | None) -> None:
        if message is not None and self.queue.qsize() >= QUEUE:
            self.dropped += 1
        else:
            self.queue.put_nowait(message)

    async def __aiter__(self) -> AsyncIterator[Live | Event]:
        while (message := await self.queue.get()) is not None:
            yield message


@dataclass
class MemoryAudit:
    entries: list[AuditEntry] = field(default_factory=list)

    def note(self, who: str, what: str, detail: str) -> int:
        number = len(self.entries) + 1
        digest = hashlib.sha256(f"{number}{who}{what}{detail}".encode()).hexdigest()
        self.entries.append(AuditEntry(number, NOW, who, what, detail, digest))
        return number


def live_state(seq: int = 1) -> Live:
    return Live(
        utc=NOW,
        seq=seq,
        state="counting",
        fps=20.0,
        coverage=1.0,
        people=(Person(0.1, 0.2, 0.0, 1.0, 1.75, "adult", None),),
        lines=(LineNow("door", 3, 1, NOW - DAY),),
        zones=(ZoneNow("till", 1, 1, 0.5),),
        occupancy=OccupancyNow(2.0, 1.0, 3.0),
    )


class MemoryCounter:
    def __init__(self, audit: MemoryAudit) -> None:
        self.audit = audit
        self.feeds: list[MemoryFeed] = []
        self.state = live_state()
        self.broken = False

    def live(self) -> Live:
        if self.broken:
            raise RuntimeError("the secret of Ms Example")
        return self.state

    def plan(self) -> Plan:
        line = PlanLine("door", ((-1.0, 0.0), (1.0, 0.0)))
        return Plan(1, (line,), (), ((-2.0, -2.0), (2.0, -2.0), (0.0, 2.0)), 2.8)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[MemoryFeed]:
        if len(self.feeds) >= MAX_LISTENERS:
            raise BusyError("32 listen already; close one")
        feed = MemoryFeed()
        self.feeds.append(feed)
        try:
            yield feed
        finally:
            self.feeds.remove(feed)

    def publish(self, message: Live | Event | None) -> None:
        for feed in self.feeds:
            feed.put(message)

    def health(self) -> Health:
        return Health(
            utc=NOW,
            state="counting",
            causes=(),
            uptime_s=60.0,
            fps=20.0,
            latency_ms=40.0,
            valid_depth_share=0.9,
            coverage_day=1.0,
            dropped_frames=0,
            source_losses=0,
            restarts=0,
            live_messages_dropped=sum(feed.dropped for feed in self.feeds),
            items_lost=0,
            floor=None,
            stereo=None,
            store_bytes=4096,
            store_free_share=0.9,
            disk_free_bytes=10**9,
            clock_steps=0,
            temperature_c=None,
            temperature_why="no sensor",
            door=Door(1, 0, 0, 0, 0, 0),
            detector="classical",
            config_hash="0" * 64,
            config_version=1,
            version="0.1.0",
        )

    async def reset_totals(self, *, who: str) -> Live:
        self.audit.note(who, "reset_totals", "")
        lines = tuple(msgspec.structs.replace(n, entered=0, left=0) for n in self.state.lines)
        self.state = msgspec.structs.replace(self.state, lines=lines)
        return self.state

    def calibration(self) -> Calibration | None:
        return Calibration("test", 640, 400, "pinhole", 430.0, 0.075, 0.02, None)

    def mount_checks(self) -> tuple[MountCheck, ...]:
        return (MountCheck("height", passed=True, value=2.8, unit="m", limit="2.2..6", advice=""),)

    async def refit_floor(self, *, who: str) -> None:
        self.audit.note(who, "refit_floor", "")

    def trajectories(self) -> tuple[Trajectory, ...]:
        return (Trajectory(((0.0, -1.0), (0.0, 1.0)), ended=True),)


def crossing(k: int) -> Event:
    """The k-th event, one a minute."""
    return Event(
        type="crossing",
        utc=NOW + timedelta(minutes=k),
        place="door",
        reason="0.25 m beyond the line on both sides",
        direction="in" if k % 2 == 0 else "out",
        stature_m=1.7,
        position=f"p{k + 1}",
    )


class MemoryHistory:
    def __init__(self, audit: MemoryAudit) -> None:
        self.audit_log = audit
        self.kept: list[Event] = []

    def add(self, count: int) -> list[Event]:
        fresh = [crossing(k) for k in range(len(self.kept), len(self.kept) + count)]
        self.kept += fresh
        return fresh

    async def events(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> EventPage:
        skip = _number(after, "p")
        found = [e for e in self.kept if start <= e.utc < end and _number(e.position, "p") > skip]
        page = tuple(found[:limit])
        return EventPage(page, page[-1].position if len(found) > limit else None)

    async def news(self, after: str | None, *, limit: int) -> EventPage:
        head = len(self.kept)
        at = head if after is None else min(_number(after, "p"), head)
        page = tuple(self.kept[at : at + limit])
        return EventPage(page, f"p{at + len(page)}")

    async def intervals(
        self, start: datetime, end: datetime, *, period_s: int, place: str | None = None
    ) -> IntervalList:
        found: list[Interval] = []
        step = timedelta(seconds=period_s)
        at = start
        while at < end and len(found) < 20_000:
            if place in {None, "door"}:
                entered = sum(at <= e.utc < at + step and e.direction == "in" for e in self.kept)
                dwell = (DwellBin(10.0, 1), DwellBin(None, 0))
                found.append(Interval(at, at + step, "door", entered, 0, 0.0, 0, 1.0, 0, dwell))
            at += step
        return IntervalList(period_s, "Europe/Berlin", tuple(found))

    async def heat_map(self, start: datetime, end: datetime, *, kind: HeatKind) -> HeatMap:
        return HeatMap(kind, start, end, -1.0, -1.0, 1.0, 2, 2, (0.0, 1.0, 2.0, 3.0), 0.0)

    async def groups(self, start: datetime, end: datetime) -> tuple[GroupSizes, ...]:
        del start, end
        return (GroupSizes("door", {1: 5, 2: 1}),)

    async def stored(self) -> tuple[Stored, ...]:
        return (Stored("events", len(self.kept), 4096, NOW, 86_400.0),)

    async def erase(
        self, kind: StoredKind, start: datetime, end: datetime, *, who: str, why: str
    ) -> ErasureProof:
        before = len(self.kept)
        if kind == "events":
            self.kept = [e for e in self.kept if not start <= e.utc < end]
        number = self.audit_log.note(who, "erased", why)
        return ErasureProof(
            kind, start, end, before - len(self.kept), 0, proven=True, audit_entry=number
        )

    async def set_retention(self, seconds: Mapping[StoredKind, float], *, who: str) -> None:
        if seconds.get("tracks", 0.0) > 7 * 86_400.0:
            raise InputError("tracks are kept for at most 7 days")
        self.audit_log.note(who, "retention", str(dict(seconds)))

    async def audit(self, *, before: int | None, limit: int) -> AuditPage:
        entries = [e for e in self.audit_log.entries[::-1] if before is None or e.number < before]
        page = tuple(entries[:limit])
        more = page[-1].number if len(entries) > limit else None
        return AuditPage(page, more, whole=True)

    async def note(self, *, who: str, what: str, detail: str) -> int:
        return self.audit_log.note(who, what, detail)


def _number(text: str | None, prefix: str) -> int:
    if text is None:
        return 0
    if not text.startswith(prefix) or not text[1:].isascii() or not text[1:].isdigit():
        raise InputError(f"expected a position that was given before, got {text!r}")
    return int(text[1:18])


class MemoryConfiguration:
    def __init__(self, audit: MemoryAudit) -> None:
        self.audit = audit
        self.sites: list[Json] = [SITE]
        self.kept = [ConfigVersion(1, NOW, "factory", "first start", "0" * 64)]

    def current(self) -> tuple[ConfigVersion, Json]:
        return self.kept[-1], self.sites[-1]

    def schema(self) -> Json:
        schema: Json = SiteFile.model_json_schema()
        return schema

    def faults(self, site: Json) -> tuple[ConfigFault, ...]:
        try:
            SiteFile.model_validate_json(msgspec.json.encode(site))
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            return tuple(ConfigFault(place_of(f["loc"]), f["msg"]) for f in found[:50])
        return ()

    async def versions(self) -> tuple[ConfigVersion, ...]:
        return tuple(self.kept[::-1])

    async def version(self, number: int) -> Json:
        if not 1 <= number <= len(self.sites):
            raise NotFoundError(f"version {number} is not kept")
        return self.sites[number - 1]

    async def apply(self, site: Json, *, who: str, why: str, expected: int) -> ConfigVersion:
        faults = self.faults(site)
        if faults:
            raise SiteError("; ".join(f"{f.place}: {f.message}" for f in faults[:4]))
        if expected != len(self.kept):
            raise ConflictError(f"version {len(self.kept)} is in force, expected {expected}")
        self.audit.note(who, "config", why)
        self.sites.append(site)
        self.kept.append(ConfigVersion(len(self.sites), NOW, who, why, "1" * 64))
        return self.kept[-1]

    async def export(self) -> str:
        return '[[line]]\nname = "door"\npoints_m = [[-1.0, 0.0], [1.0, 0.0]]\n'

    def faults_of_toml(self, text: str) -> tuple[Json, tuple[ConfigFault, ...]]:
        try:
            site: Json = msgspec.toml.decode(text.encode("utf-8", "surrogatepass"))
        except (msgspec.DecodeError, ValueError) as error:
            return None, (ConfigFault("the whole", str(error)),)
        try:
            return site, self.faults(site)
        except TypeError as error:  # dates of TOML
            return None, (ConfigFault("the whole", str(error)),)
