"""Pictures: what is drawn is what was counted; read back from the SVG."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lintel.config import SiteConfig
from lintel.config.site import LineConfig, ZoneConfig
from lintel.errors import ExtraError, ReportError
from lintel.report import FloorMap, draw_dwell, draw_footfall, draw_map
from report_builders import hour

DAY = [hour(k, 3 * k, 2 * k, dwell=((60.0, k), (math.inf, 1))) for k in range(8, 20)]
SITE = SiteConfig(
    lines=(LineConfig("door $1", np.array([[0.0, 1.0], [0.0, -1.0]])),),
    zones=(ZoneConfig("till", np.array([[0.5, 0.0], [1.5, 0.0], [1.5, 1.0]])),),
)


def heat() -> FloorMap:
    values = np.zeros((20, 30))
    values[5:9, 10:20] = 3.0
    return FloorMap("presence", "person-seconds", values, (-1.5, -1.0), 0.1)


PICTURES: list[Callable[[Path], None]] = [
    lambda path: draw_footfall(DAY, path, zone="Europe/Berlin"),
    lambda path: draw_dwell(DAY, path),
    lambda path: draw_map(heat(), path, site=SITE),
]


@pytest.mark.parametrize("draw", PICTURES)
def test_pictures_are_png_or_svg_and_the_same_each_time(
    tmp_path: Path, draw: Callable[[Path], None]
) -> None:
    draw(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    for name in ("b.svg", "c.svg"):
        draw(tmp_path / name)
    assert (tmp_path / "b.svg").read_bytes() == (tmp_path / "c.svg").read_bytes()
    assert b"<svg" in (tmp_path / "b.svg").read_bytes()
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("draw", PICTURES)
def test_other_endings_are_refused(tmp_path: Path, draw: Callable[[Path], None]) -> None:
    with pytest.raises(ReportError, match=r"\.png or \.svg"):
        draw(tmp_path / "a.gif")


def test_a_missing_hour_breaks_the_curve(tmp_path: Path) -> None:
    draw_footfall(DAY, tmp_path / "whole.svg")
    draw_footfall([*DAY[:4], *DAY[6:]], tmp_path / "gap.svg")
    whole, gap = ((tmp_path / name).read_text() for name in ("whole.svg", "gap.svg"))
    assert whole != gap


def test_hours_watched_in_part_are_shaded(tmp_path: Path) -> None:
    draw_footfall([hour(8, 5, 5), hour(9, 5, 5, coverage=0.4)], tmp_path / "part.svg")
    draw_footfall([hour(8, 5, 5), hour(9, 5, 5)], tmp_path / "full.svg")
    part, full = ((tmp_path / name).read_text() for name in ("part.svg", "full.svg"))
    assert "watched in part" in part
    assert "watched in part" not in full


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no intervals"):
        draw_footfall([], tmp_path / "a.svg")
    with pytest.raises(ReportError, match="no visit"):
        draw_dwell([hour(8, 5, 5)], tmp_path / "a.svg")


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExtraError, match=r"lintel\[report\]"):
        draw_dwell(DAY, tmp_path / "a.png")


def test_a_map_shows_holes_and_not_the_empty_floor_around(tmp_path: Path) -> None:
    values = np.zeros((200, 200))
    values[100:103, 100:104] = 5.0
    small = FloorMap("presence", "person-seconds", values, (-10.0, -10.0), 0.1)
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    whole = SiteConfig(zones=(ZoneConfig("hall", square.copy()),))
    holed = SiteConfig(zones=(ZoneConfig("hall", square.copy(), (0.5 + 0.2 * square,)),))
    texts = []
    for name, site in (("whole", whole), ("holed", holed), ("none", None)):
        draw_map(small, tmp_path / f"{name}.svg", site=site)
        texts.append((tmp_path / f"{name}.svg").read_text())
    assert len(set(texts)) == 3
    assert not any("\u221210" in text for text in texts)  # no tick that far out
