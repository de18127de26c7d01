"""Panels as SVG text, written by hand: no image library."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from lintel.planning.drawing import Area, Mark, Panel, PointM

WIDTH_PX = 760.0
GAP_PX = 24.0
TITLE_PX = 30.0
LEGEND_PX = 22.0
MOST_GRID_LINES = 60


def svg_of(panels: Sequence[Panel]) -> str:
    """The panels one below the other."""
    tops: list[float] = []
    bottom = GAP_PX
    for panel in panels:
        tops.append(bottom)
        bottom += _height_px(panel) + GAP_PX
    width = WIDTH_PX + 2 * GAP_PX
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {bottom:.0f}" '
        'font-family="sans-serif" font-size="14" role="img" aria-label="Plan of a mount">'
    )
    parts = [opening, f'<rect width="{width:.0f}" height="{bottom:.0f}" fill="white"/>']
    for top, panel in zip(tops, panels, strict=True):
        parts.append(f'<g transform="translate({GAP_PX:.0f} {top:.1f})">')
        parts.extend(_panel(panel))
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _scale(panel: Panel) -> float:
    """Pixels per metre."""
    return WIDTH_PX / (panel.high_m[0] - panel.low_m[0])


def _plot_px(panel: Panel) -> float:
    return (panel.high_m[1] - panel.low_m[1]) * _scale(panel)


def _height_px(panel: Panel) -> float:
    return TITLE_PX + _plot_px(panel) + LEGEND_PX * (len(panel.legend) + 1)


def _panel(panel: Panel) -> Iterator[str]:
    yield f'<text y="16" font-size="16" font-weight="bold">{escape(panel.title)}</text>'
    yield from _grid(panel)
    for area in panel.areas:
        yield _polygon(panel, area)
    for mark in panel.marks:
        yield _mark(panel, mark)
    top = TITLE_PX + _plot_px(panel)
    for number, area in enumerate(panel.legend):
        y = top + LEGEND_PX * (number + 1)
        yield (
            f'<rect y="{y - 12:.1f}" width="16" height="12" fill="{area.colour}" '
            f'fill-opacity="0.45"/><text x="24" y="{y:.1f}">{escape(area.about)}</text>'
        )


def _grid(panel: Panel) -> Iterator[str]:
    """Lines at whole metres, or at every few where there would be too many; their numbers."""
    span = max(high - low for low, high in zip(panel.low_m, panel.high_m, strict=True))
    step = max(1, math.ceil(span / MOST_GRID_LINES))
    style = 'stroke="#d5dbe0" stroke-width="1"'
    for x in range(math.ceil(panel.low_m[0]), math.floor(panel.high_m[0]) + 1, step):
        (x1, y1), (x2, y2) = _at(panel, (x, panel.low_m[1])), _at(panel, (x, panel.high_m[1]))
        yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'
        yield f'<text x="{x1 + 3:.1f}" y="{y1 - 4:.1f}" font-size="10" fill="#778">{x} m</text>'
    for y in range(math.ceil(panel.low_m[1]), math.floor(panel.high_m[1]) + 1, step):
        (x1, y1), (x2, y2) = _at(panel, (panel.low_m[0], y)), _at(panel, (panel.high_m[0], y))
        yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>'
        if panel.low_m[1] < y < panel.high_m[1]:  # the corner belongs to x, the top to the title
            yield f'<text x="{x1 + 3:.1f}" y="{y1 - 4:.1f}" font-size="10" fill="#778">{y} m</text>'


def _polygon(panel: Panel, area: Area) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_at(panel, c) for c in area.corners_m))
    dash = ' stroke-dasharray="7 5"' if area.dashed else ""
    return (
        f'<polygon points="{points}" fill="{area.colour}" fill-opacity="{area.opacity:g}" '
        f'stroke="{area.colour}" stroke-width="1.5"{dash}/>'
    )


def _mark(panel: Panel, mark: Mark) -> str:
    x, y = _at(panel, mark.place_m)
    # The text goes to the side where there is more room.
    left = x > WIDTH_PX / 2
    beside, anchor = (x - 8, "end") if left else (x + 8, "start")
    base = y - 5 if mark.above else y + 15
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{mark.colour}"/><text x="{beside:.1f}" '
        f'y="{base:.1f}" font-size="12" fill="{mark.colour}" text-anchor="{anchor}">'
        f"{escape(mark.text)}</text>"
    )


def _at(panel: Panel, place_m: PointM) -> PointM:
    """Pixel inside the panel; y down."""
    scale = _scale(panel)
    x = (place_m[0] - panel.low_m[0]) * scale
    return x, TITLE_PX + (panel.high_m[1] - place_m[1]) * scale
