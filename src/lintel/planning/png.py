"""Panels as a PNG; drawn by matplotlib, which the extra [report] brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lintel.errors import ExtraError
from lintel.planning.drawing import Area, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Polygon

WIDTH_IN = 9.0
LEGEND_IN = 1.6
DPI = 110


def write_png(panels: Sequence[Panel], path: Path) -> None:
    """Draw the panels one below the other.

    Raises:
        ExtraError: matplotlib is not installed.
        OSError: the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraError(
            "pictures as PNG need matplotlib: pip install 'lintel[report]', or ask for .svg"
        ) from error
    heights = [_height_in(panel) for panel in panels]
    figure = Figure(figsize=(WIDTH_IN, sum(heights)), dpi=DPI, layout="constrained")
    rows = figure.subplots(len(panels), 1, height_ratios=heights, squeeze=False)
    for panel, axes in zip(panels, rows[:, 0], strict=True):
        _draw(panel, axes)
    figure.savefig(path, format="png")


def _height_in(panel: Panel) -> float:
    across, along = (
        high - low for low, high in zip(panel.low_m, panel.high_m, strict=True)
    )  # metres
    return min(WIDTH_IN * along / across, 3 * WIDTH_IN) + LEGEND_IN


def _draw(panel: Panel, axes: Axes) -> None:
    shapes = {area.about: axes.add_patch(_patch(area)) for area in panel.areas}
    for mark in panel.marks:
        axes.plot(*mark.place_m, "o", color=mark.colour, markersize=4)
        axes.annotate(
            mark.text,
            mark.place_m,
            xytext=(5, 4 if mark.above else -12),
            textcoords="offset points",
            color=mark.colour,
            fontsize=8,
        )
    axes.set_xlim(panel.low_m[0], panel.high_m[0])
    axes.set_ylim(panel.low_m[1], panel.high_m[1])
    axes.set_aspect("equal")
    axes.set_axisbelow(True)
    axes.grid(visible=True, color="#d5dbe0")
    axes.set_xlabel("x, metres")
    axes.set_ylabel("y, metres")
    axes.set_title(panel.title, fontsize=11)
    axes.legend(shapes.values(), shapes.keys(), loc="upper center", bbox_to_anchor=(0.5, -0.1))


def _patch(area: Area) -> Polygon:
    from matplotlib.colors import to_rgba  # noqa: PLC0415 - an extra
    from matplotlib.patches import Polygon  # noqa: PLC0415 - an extra

    return Polygon(
        area.corners_m,
        facecolor=to_rgba(area.colour, area.opacity),
        edgecolor=area.colour,
        linestyle="--" if area.dashed else "-",
    )
