"""Pictures of what was counted: footfall, dwell, heat maps. As .png or .svg.

Drawn by matplotlib (the extra [report]) without any window or global state; the same data give
the same SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from lintel.config import SiteConfig
from lintel.errors import ExtraError, ReportError
from lintel.geometry import Floats
from lintel.records import Interval
from lintel.report.export import MISSING, replacing
from lintel.report.sheet import FloorMap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SIZE_IN = (10.0, 4.5)
DPI = 120
WATCHED_SHARE = 0.95  # an interval watched less is shaded
ENDINGS = (".png", ".svg")
MARGIN_M = 0.5  # around a map
LABEL_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.0}  # on any colour


def draw_footfall(intervals: Iterable[Interval], path: Path, *, zone: str = "UTC") -> None:
    """People in and out per interval, per place; gaps where nobody looked, shade where little.

    Raises:
        ReportError: there is nothing to draw, or the file cannot be written.
        ExtraError: matplotlib is not installed.
    """
    given = sorted(intervals, key=lambda one: (one.place, one.start_utc))
    if not given:
        raise ReportError("no intervals in this range: nothing to draw")
    figure, axes = _figure(path)
    for number, place in enumerate(dict.fromkeys(one.place for one in given)):
        own = [one for one in given if one.place == place]
        for values, label, style in (
            ([one.totals.entered for one in own], f"{_literal(place)}: in", "-"),
            ([one.totals.left for one in own], f"{_literal(place)}: out", "--"),
        ):
            x, y = _steps(own, values, zone)
            axes.plot(x, y, style, color=f"C{number % 10}", label=label, linewidth=1.4)  # type: ignore[arg-type] # dates
    _shade(axes, given, zone)
    axes.set_ylabel("people per interval")
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"local time, {zone}")
    axes.set_title("Footfall")
    figure.legend(loc="outside right upper", fontsize=8)  # never over the curves
    _tell_dates(axes, zone)
    _save(figure, path)


def draw_dwell(intervals: Iterable[Interval], path: Path) -> None:
    """Visits per dwell class, all intervals together, per place.

    Raises:
        ReportError: no visit ended in this range, or the file cannot be written.
        ExtraError: matplotlib is not installed.
    """
    sums: dict[str, dict[float, int]] = {}
    for one in intervals:
        for edge_s, visits in one.dwell_histogram_s:
            own = sums.setdefault(one.place, {})
            own[edge_s] = own.get(edge_s, 0) + visits
    if not any(visits for own in sums.values() for visits in own.values()):
        raise ReportError("no visit ended in this range: no dwell to draw")
    figure, axes = _figure(path)
    edges_s = sorted({edge_s for own in sums.values() for edge_s in own})
    longest_s = max(edge_s for own in sums.values() for edge_s, visits in own.items() if visits)
    edges_s = [edge_s for edge_s in edges_s if edge_s <= longest_s]
    width = 0.8 / len(sums)
    for number, (place, own) in enumerate(sorted(sums.items())):
        at = np.arange(len(edges_s)) + (number + 0.5) * width - 0.4
        axes.bar(at, [own.get(edge_s, 0) for edge_s in edges_s], width, label=_literal(place))
    axes.set_xticks(range(len(edges_s)), _class_names(edges_s))
    axes.set_xlabel("dwell")
    axes.set_ylabel("visits")
    axes.set_title("Dwell")
    axes.legend(fontsize=8)
    _save(figure, path)


def draw_map(floor_map: FloorMap, path: Path, *, site: SiteConfig | None = None) -> None:
    """A heat map on the floor plan: lines with their directions, zones, metres.

    Raises:
        ReportError: the file cannot be written.
        ExtraError: matplotlib is not installed.
    """
    figure, axes = _figure(path, size_in=(8.0, 7.0))
    rows, columns = floor_map.values.shape
    x_m, y_m = floor_map.origin_m
    shown = np.ma.masked_equal(floor_map.values, 0.0)
    image = axes.imshow(
        shown,
        origin="lower",
        extent=(x_m, x_m + columns * floor_map.cell_m, y_m, y_m + rows * floor_map.cell_m),
        cmap="inferno_r",
        interpolation="nearest",
        vmin=min(0.0, float(floor_map.values.min())),
    )
    figure.colorbar(image, ax=axes, label=floor_map.unit, shrink=0.8)
    if site is not None:
        _draw_site(axes, site)
    (left_m, low_m), (right_m, top_m) = _corners(floor_map, site)
    axes.set_xlim(left_m, right_m)
    axes.set_ylim(low_m, top_m)
    axes.set_aspect("equal")
    axes.set_xlabel("x, metres")
    axes.set_ylabel("y, metres")
    axes.set_title(floor_map.name.replace("_", " ").capitalize())
    axes.grid(visible=True, color="#d5dbe0", linewidth=0.5)
    _save(figure, path)


def _corners(floor_map: FloorMap, site: SiteConfig | None) -> Floats:
    """Lower left and upper right of what there is to see, and a margin; the whole where nothing."""
    low_m = np.array(floor_map.origin_m)
    cells = np.argwhere(floor_map.values != 0.0)[:, ::-1]
    drawn = [low_m + floor_map.cell_m * (cells + corner) for corner in (0, 1)]
    if site is not None:
        drawn += [line.points_m for line in site.lines]
        drawn += [zone.polygon_m for zone in site.zones]
    points_m = np.concatenate(drawn)
    if not len(points_m):
        points_m = low_m + floor_map.cell_m * np.array([(0, 0), floor_map.values.shape[::-1]])
    return np.array([points_m.min(axis=0) - MARGIN_M, points_m.max(axis=0) + MARGIN_M])


def _tell_dates(axes: Axes, zone: str) -> None:
    """Hours on the axis, the date once beside it, in the local time of the zone."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415 - an extra

    local = ZoneInfo(zone)
    locator = AutoDateLocator(tz=local)  # type: ignore[no-untyped-call] # matplotlib has no types
    axes.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, tz=local)  # type: ignore[no-untyped-call] # same
    axes.xaxis.set_major_formatter(formatter)


def _figure(path: Path, *, size_in: tuple[float, float] = SIZE_IN) -> tuple[Figure, Axes]:
    if path.suffix.lower() not in ENDINGS:
        raise ReportError(f"{path}: expected a name that ends in {' or '.join(ENDINGS)}")
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraError(f"a picture {MISSING}") from error
    figure = Figure(figsize=size_in, dpi=DPI, layout="constrained")
    return figure, figure.subplots()


def _save(figure: Figure, path: Path) -> None:
    from matplotlib import rc_context  # noqa: PLC0415 - an extra

    kind = path.suffix.lower().lstrip(".")
    # Without a date and with fixed names of parts, equal data make equal files.
    metadata: dict[str, str | None] = {"Date": None} if kind == "svg" else {}
    with replacing(path) as partial, rc_context({"svg.hashsalt": "lintel"}):
        figure.savefig(partial, format=kind, metadata=metadata)


def _steps(
    own: Sequence[Interval], values: Sequence[int], zone: str
) -> tuple[list[datetime], list[float]]:
    """A staircase over the intervals, broken where one is missing."""
    local = ZoneInfo(zone)
    x: list[datetime] = []
    y: list[float] = []
    for one, value in zip(own, values, strict=True):
        start = one.start_utc.astimezone(local)
        if x and start > x[-1]:
            x.append(start)
            y.append(float("nan"))
        x += [start, one.end_utc.astimezone(local)]
        y += [float(value)] * 2
    return x, y


def _shade(axes: Axes, intervals: Iterable[Interval], zone: str) -> None:
    """Grey where less than WATCHED_SHARE of the time was watched."""
    local = ZoneInfo(zone)
    little = {(one.start_utc, one.end_utc) for one in intervals if one.coverage < WATCHED_SHARE}
    for number, (start, end) in enumerate(sorted(little)):
        axes.axvspan(
            start.astimezone(local),  # type: ignore[arg-type] # matplotlib takes dates
            end.astimezone(local),  # type: ignore[arg-type] # same
            color="#888888",
            alpha=0.2,
            linewidth=0,
            label="watched in part" if number == 0 else None,
        )


def _class_names(edges_s: Sequence[float]) -> list[str]:
    names: list[str] = []
    lower_s = 0.0
    for edge_s in edges_s:
        names.append(
            _between(lower_s, edge_s) if np.isfinite(edge_s) else f"over {_duration(lower_s)}"
        )
        lower_s = edge_s
    return names


def _between(lower_s: float, upper_s: float) -> str:
    """A class of dwell, its unit once where both ends have the same."""
    lower, upper = _duration(lower_s), _duration(upper_s)
    same = lower.split()[1] == upper.split()[1]
    return f"{lower.split()[0] if same else lower} to\n{upper}"


def _duration(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 60 else f"{seconds / 60:g} min"


def _draw_site(axes: Axes, site: SiteConfig) -> None:
    for zone in site.zones:
        for ring_m in (zone.polygon_m, *zone.holes_m):
            ring = np.vstack([ring_m, ring_m[:1]])
            axes.plot(ring[:, 0], ring[:, 1], color="#2f7fd1", linewidth=1.2)
        x_m, top_m = zone.polygon_m[:, 0].mean(), zone.polygon_m[:, 1].max()
        axes.annotate(
            _literal(zone.name),
            (x_m, top_m),
            xytext=(0, 3),
            textcoords="offset points",
            color="#2f7fd1",
            ha="center",
            fontsize=9,
            bbox=LABEL_BOX,
        )
    for line in site.lines:
        axes.plot(line.points_m[:, 0], line.points_m[:, 1], color="#2a9d5c", linewidth=2.0)
        middle = len(line.points_m) // 2
        start, end = line.points_m[middle - 1], line.points_m[middle]
        along = (end - start) / np.linalg.norm(end - start)
        centre, to_left = (start + end) / 2, np.array([-along[1], along[0]])
        axes.annotate(
            f"{_literal(line.name)}: in",
            tuple(centre),
            xytext=tuple(centre + 0.5 * to_left),
            color="#2a9d5c",
            fontsize=9,
            ha="center",
            bbox=LABEL_BOX,
            arrowprops={"arrowstyle": "<-", "color": "#2a9d5c"},
        )


def _literal(name: str) -> str:
    """A user's name, never read as a formula."""
    return name.replace("$", r"\$")
