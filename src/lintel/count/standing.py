"""How things stand: running totals and the people inside, always derived from the events.

A frozen value and the rules that move it on, so that it can be kept in the transaction that stores
its events. Running totals count from an explicit epoch (``since_utc``): what happened before the
epoch and is told later belongs to the epoch before. Schedules are in local time. Whatever changes
totals or occupancy other than a crossing gives a notice: nothing is repaired silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from lintel.config import LineConfig, SiteConfig
from lintel.count.occupancy import (
    OccupancyCorrection,
    OccupancyEstimate,
    OccupancyMeter,
    OccupancySettings,
    OccupancyState,
)
from lintel.count.schedule import DailySchedule
from lintel.errors import ContractError
from lintel.records import Crossing, Direction, Event, LineTotals

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NoticeKind: TypeAlias = Literal["totals_reset", "occupancy_corrected"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something other than a crossing changed what is told; for the log and the audit log."""

    kind: NoticeKind
    utc: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class LineSince:
    """Totals of one line in epoch number ``epoch``, which began at ``since_utc``.

    ``shape`` tells whether it is still the same line.
    """

    totals: LineTotals
    since_utc: datetime
    epoch: int
    shape: str

    def plus(self, direction: Direction) -> LineSince:
        """With one crossing more."""
        entered, left = self.totals.entered, self.totals.left
        inward = direction is Direction.IN
        return replace(self, totals=LineTotals(entered + inward, left + (not inward)))

    def anew(self, utc: datetime) -> LineSince:
        """At zero, in the next epoch."""
        return LineSince(LineTotals(), utc, self.epoch + 1, self.shape)


@dataclass(frozen=True, slots=True)
class Standing:
    """Totals of all lines in the site's order, and the occupancy of the room.

    ``emptied_utc``: when the room was last known to be empty. ``kept_until``: schedules were kept
    up to there.
    """

    lines: Mapping[str, LineSince]
    occupancy: OccupancyState
    emptied_utc: datetime
    kept_until: datetime

    @property
    def totals(self) -> dict[str, LineTotals]:
        """Running totals by line."""
        return {name: one.totals for name, one in self.lines.items()}

    def to_text(self) -> str:
        """One line of JSON, to be kept over a restart."""
        lines = {
            name: {
                "in": one.totals.entered,
                "out": one.totals.left,
                "since": one.since_utc.isoformat(),
                "epoch": one.epoch,
                "shape": one.shape,
            }
            for name, one in self.lines.items()
        }
        return json.dumps(
            {
                "lines": lines,
                "occupancy": json.loads(self.occupancy.to_text()),
                "emptied": self.emptied_utc.isoformat(),
                "kept_until": self.kept_until.isoformat(),
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Standing:
        """What ``to_text`` wrote.

        Raises:
            ContractError: it did not write this.
        """
        try:
            content = json.loads(text)
            lines = {
                str(name): LineSince(
                    LineTotals(int(one["in"]), int(one["out"])),
                    datetime.fromisoformat(one["since"]),
                    int(one["epoch"]),
                    str(one["shape"]),
                )
                for name, one in content["lines"].items()
            }
            return cls(
                lines,
                OccupancyState.from_text(json.dumps(content["occupancy"])),
                datetime.fromisoformat(content["emptied"]),
                datetime.fromisoformat(content["kept_until"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContractError(f"no kept standing: {text[:80]!r}") from error


@dataclass(frozen=True, slots=True)
class StandingStep:
    """The new value, and what must be told about it."""

    standing: Standing
    notices: tuple[Notice, ...] = ()


class StandingRules:
    """What a site and its time zone say about totals and occupancy. Holds no state."""

    def __init__(
        self, site: SiteConfig, *, zone: str = "UTC", settings: OccupancySettings | None = None
    ) -> None:
        self._site = site
        self._sides = site.inward
        self._settings = settings
        self._resets = DailySchedule(site.reset_totals_at, zone)
        self._empties = DailySchedule(site.occupancy.known_empty_at, zone)

    def begin(self, now: datetime, kept: Standing | None = None) -> StandingStep:
        """Start, or go on with what was kept: lines that are the same go on, others begin.

        A scheduled moment that passed meanwhile is made up for.
        """
        if kept is None:
            kept = Standing({}, OccupancyState(), now, now)
        lines = {line.name: _begun(line, kept.lines.get(line.name), now) for line in self._lines}
        return self.advance(replace(kept, lines=lines), now)

    def plus(self, standing: Standing, events: Iterable[tuple[datetime, Event]]) -> StandingStep:
        """With more events; scheduled moments between them are kept."""
        notices: list[Notice] = []
        crossings = [(utc, event) for utc, event in events if isinstance(event, Crossing)]
        for utc, crossing in sorted(crossings, key=lambda one: one[0]):
            step = self.advance(standing, utc)
            standing = step.standing
            notices += step.notices
            standing, told = self._count(standing, utc, crossing)
            notices += told
        return StandingStep(standing, tuple(notices))

    def advance(self, standing: Standing, now: datetime) -> StandingStep:
        """Keep the schedules up to ``now``; of several missed moments the latest counts."""
        if now <= standing.kept_until:
            return StandingStep(standing)
        notices: list[Notice] = []
        since = standing.kept_until
        empty_at = self._empties.latest(since, now)
        reset_at = self._resets.latest(since, now)
        standing = replace(standing, kept_until=now)
        if empty_at is not None:
            step = self.known_empty(standing, empty_at)
            standing, notices = step.standing, [*notices, *step.notices]
        if reset_at is not None:
            step = self.reset(standing, reset_at, why="scheduled")
            standing, notices = step.standing, [*notices, *step.notices]
        return StandingStep(standing, tuple(notices))

    def reset(self, standing: Standing, utc: datetime, *, why: str) -> StandingStep:
        """Begin the running totals at zero: a new epoch from ``utc`` on."""
        before = ", ".join(
            f"{name} {one.totals.entered} in {one.totals.left} out"
            for name, one in standing.lines.items()
        )
        lines = {name: one.anew(utc) for name, one in standing.lines.items()}
        notice = Notice("totals_reset", utc, f"{why}; before: {before or 'no lines'}")
        return StandingStep(replace(standing, lines=lines), (notice,))

    def known_empty(self, standing: Standing, utc: datetime) -> StandingStep:
        """Nobody is inside at ``utc``: set to zero, and learn the drift from what remained."""
        if not self._sides:
            return StandingStep(standing)
        meter = self._meter(standing)
        notice = _corrected(meter.known_empty(t_ns=_ns(utc)))
        return StandingStep(replace(standing, occupancy=meter.state, emptied_utc=utc), (notice,))

    def estimate(self, standing: Standing) -> OccupancyEstimate | None:
        """People inside; None where no line leads into the room."""
        return self._meter(standing).estimate() if self._sides else None

    @property
    def _lines(self) -> tuple[LineConfig, ...]:
        return self._site.lines

    def _meter(self, standing: Standing) -> OccupancyMeter:
        return OccupancyMeter(self._sides, settings=self._settings, state=standing.occupancy)

    def _count(
        self, standing: Standing, utc: datetime, crossing: Crossing
    ) -> tuple[Standing, list[Notice]]:
        line, notices = standing.lines.get(crossing.line), list[Notice]()
        if line is not None and utc >= line.since_utc:
            lines = {**standing.lines, crossing.line: line.plus(crossing.direction)}
            standing = replace(standing, lines=lines)
        if crossing.line in self._sides and utc >= standing.emptied_utc:
            meter = self._meter(standing)
            moment = replace(crossing, t_ns=_ns(utc))
            notices = [_corrected(one) for one in meter.step([moment])]
            standing = replace(standing, occupancy=meter.state)
        return standing, notices


def shape_of(line: LineConfig) -> str:
    """Tells lines of other places or rules apart; names may change."""
    only = line.only
    rule = (
        line.points_m.tolist(),
        line.hysteresis_m,
        (line.uturn_policy, line.uturn_within_s, line.uturn_within_m),
        (only.from_zone, only.to_zone, only.within_s if only.zones else None),
    )
    return hashlib.sha256(json.dumps(rule).encode()).hexdigest()[:16]


def _begun(line: LineConfig, kept: LineSince | None, now: datetime) -> LineSince:
    shape = shape_of(line)
    if kept is not None and kept.shape == shape:
        return kept
    return LineSince(LineTotals(), now, 1 if kept is None else kept.epoch + 1, shape)


def _corrected(correction: OccupancyCorrection) -> Notice:
    utc = EPOCH + timedelta(microseconds=correction.t_ns // 1000)
    detail = f"{correction.before:.1f} to {correction.after:.1f} people: {correction.reason}"
    return Notice("occupancy_corrected", utc, detail)


def _ns(utc: datetime) -> int:
    return (utc - EPOCH) // timedelta(microseconds=1) * 1000
