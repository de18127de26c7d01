"""The port ``Counter``: the running count, for the web API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from lintel import __version__
from lintel.clock import Clock
from lintel.config import SiteConfig
from lintel.device.causes import Causes
from lintel.device.counting.board import Board
from lintel.device.counting.reading import (
    calibration_message,
    floor_message,
    stereo_message,
    trails_of,
)
from lintel.device.counting.worker import Worker
from lintel.device.hub import Hub, Listener
from lintel.device.keeping.keeper import Keeper
from lintel.device.keeping.ledger import Ledger, Stored
from lintel.device.mount import mount_checks
from lintel.device.temperature import Temperature
from lintel.geometry import Floats
from lintel.store.store import Store
from lintel.wire.v1.health import Calibration, Door, Health, MountCheck, Trajectory
from lintel.wire.v1.history import Event
from lintel.wire.v1.live import Live, Plan, PlanLine, PlanZone, PointM
from lintel.wire.v1.setting import ConfigVersion, ImageMode


@dataclass(frozen=True, slots=True)
class Running:
    """The parts that a counter tells about."""

    board: Board
    worker: Worker
    keeper: Keeper
    hub: Hub
    causes: Causes
    clock: Clock
    mode: Callable[[], ImageMode]
    version: Callable[[], ConfigVersion]
    site: Callable[[], SiteConfig]
    focus: Callable[[], float | None]
    restarts: int
    clock_steps: Callable[[], int]
    temperature: Callable[[], Temperature]
    door: Callable[[], Door]


class DeviceCounter:
    """Live state, health and mount of one device."""

    def __init__(self, running: Running) -> None:
        self._of = running
        self._started_s = time.monotonic()

    def live(self) -> Live:
        """The newest state, without people in the image mode ``counts``."""
        return self._fit(self._of.board.live())

    def plan(self) -> Plan:
        """Lines, zones and the field of view on the floor."""
        site, seen = self._of.site(), self._of.board.seen
        return Plan(
            version=self._of.version().version,
            lines=tuple(
                PlanLine(line.name, _points(line.points_m), line.in_label, line.out_label)
                for line in site.lines
            ),
            zones=tuple(
                PlanZone(zone.name, _points(zone.polygon_m), tuple(map(_points, zone.holes_m)))
                for zone in site.zones
            ),
            field_m=seen.field_m,
            height_m=None if seen.floor is None else round(float(seen.floor.height_m), 3),
        )

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[DeviceFeed]:
        """Listen; at most 32 listen at once.

        Raises:
            BusyError: too many listen already.
        """
        async with self._of.hub.subscribe() as listener:
            yield DeviceFeed(listener, self._fit)

    def health(self) -> Health:
        """How the device is, with causes."""
        of, seen, room = self._of, self._of.board.seen, self._of.keeper.room
        version, temperature = of.version(), of.temperature()
        return Health(
            utc=of.clock.utc(),
            state=seen.state,
            causes=of.causes.now(),
            uptime_s=round(time.monotonic() - self._started_s, 1),
            fps=round(float(seen.fps), 2),
            latency_ms=seen.latency_ms,
            valid_depth_share=None if seen.view_share is None else round(float(seen.view_share), 3),
            coverage_day=round(of.keeper.coverage_day, 4),
            dropped_frames=seen.dropped_frames,
            source_losses=of.worker.losses,
            restarts=of.restarts,
            live_messages_dropped=of.hub.dropped,
            items_lost=of.keeper.dropped,
            floor=floor_message(seen.floor),
            stereo=stereo_message(seen.stereo),
            store_bytes=room.store_bytes,
            store_free_share=round(room.store_free_share, 4),
            disk_free_bytes=room.disk_free_bytes,
            clock_steps=of.clock_steps(),
            temperature_c=temperature.celsius,
            temperature_why=temperature.why,
            door=of.door(),
            detector=seen.detector,
            config_hash=version.config_hash,
            config_version=version.version,
            version=__version__,
        )

    async def reset_totals(self, *, who: str) -> Live:
        """Begin the running totals anew; the stored events stay."""
        of, now = self._of, self._of.clock.utc()

        def reset(store: Store, ledger: Ledger) -> Stored:
            del store
            ledger.reset_totals(now=now, who=who)
            return ledger.state()

        of.board.put_stored(await asyncio.wrap_future(of.keeper.ask(reset)))
        return self._fit(of.board.tell(of.hub.publish))

    def mount_checks(self) -> tuple[MountCheck, ...]:
        """Focus, depth, floor, height, cameras: pass or fail, with advice."""
        return mount_checks(self._of.board.seen, blur_px=self._of.focus())

    def calibration(self) -> Calibration | None:
        """What is known of the two cameras; None before a source was opened."""
        seen = self._of.board.seen
        return None if seen.rig is None else calibration_message(seen.rig, seen.stereo)

    async def refit_floor(self, *, who: str) -> None:
        """Forget the floor and find it anew."""
        await asyncio.wrap_future(self._of.worker.refit_floor())
        now = self._of.clock.utc()
        await asyncio.wrap_future(
            self._of.keeper.ask(
                lambda store, _: store.note_in_audit(
                    utc=now, who=who, what="floor", detail="looked for anew"
                )
            )
        )

    def trajectories(self) -> tuple[Trajectory, ...]:
        """The latest paths, at most 200; none in the image mode ``counts``."""
        return () if self._of.mode() == "counts" else trails_of(self._of.board.seen.trails)

    def _fit(self, live: Live) -> Live:
        return msgspec.structs.replace(live, people=()) if self._of.mode() == "counts" else live


class DeviceFeed:
    """A listener's messages, as the image mode allows them at the moment of reading."""

    def __init__(self, listener: Listener, fit: Callable[[Live], Live]) -> None:
        self._listener = listener
        self._fit = fit

    @property
    def dropped(self) -> int:
        """Messages that this reader was too slow for."""
        return self._listener.dropped

    async def __aiter__(self) -> AsyncIterator[Live | Event]:
        """Messages until the device stops."""
        async for message in self._listener:
            yield self._fit(message) if isinstance(message, Live) else message


def _points(points_m: Floats) -> tuple[PointM, ...]:
    return tuple((float(x), float(y)) for x, y in points_m)
