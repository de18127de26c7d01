"""Counting rules as a table: Lintel's line counter beside supervision's LineZone.

Every case of tests/line_cases.py whose line has two points (LineZone knows no polylines) is run
on both. Positions are drawn at 100 px per metre with boxes of 40 px, ids are the same. Two ways
of using LineZone are shown: its default (four corners of the box) and the centre of the box.
The cases hold Lintel's published rules, so Lintel is expected to be right on all of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import supervision as sv

from count_builders import crossings, steps
from line_cases import CASES, LineCase
from lintel.records import Direction, Phase

PX_PER_M = 100.0
ORIGIN_PX = 500.0
HALF_BOX_PX = 20.0
CORNERS = (
    sv.Position.TOP_LEFT,
    sv.Position.TOP_RIGHT,
    sv.Position.BOTTOM_LEFT,
    sv.Position.BOTTOM_RIGHT,
)


@dataclass(frozen=True, slots=True)
class Count:
    """Crossings in each direction."""

    entered: int
    left: int

    def __str__(self) -> str:
        return f"+{self.entered} -{self.left}"


@dataclass(frozen=True, slots=True)
class Row:
    """One case on all counters."""

    case: str
    expected: Count
    lintel: Count
    linezone_corners: Count
    linezone_centre: Count


COUNTERS = ("lintel", "linezone_corners", "linezone_centre")


def ours(case: LineCase) -> Count:
    """What Lintel counts."""
    found = [event.direction for event in crossings([case.config()], case.walkers, fps=case.fps)]
    return Count(found.count(Direction.IN), found.count(Direction.OUT))


def pixel(point: Sequence[float]) -> sv.Point:
    """Image position, y down, of a place on the floor."""
    return sv.Point(ORIGIN_PX + point[0] * PX_PER_M, ORIGIN_PX - point[1] * PX_PER_M)


def line_zone(case: LineCase, anchors: Sequence[sv.Position]) -> Count:
    """What LineZone counts on the same tracks."""
    start, end = case.line
    zone = sv.LineZone(start=pixel(start), end=pixel(end), triggering_anchors=anchors)
    for tracks in steps(case.walkers, fps=case.fps):
        seen = tracks.phase != Phase.COASTING
        centres = np.array([[p.x, p.y] for p in map(pixel, tracks.xyz_m[seen].tolist())])
        if len(centres):
            boxes = np.hstack([centres - HALF_BOX_PX, centres + HALF_BOX_PX])
            zone.trigger(sv.Detections(xyxy=boxes, tracker_id=tracks.id[seen]))
    return Count(zone.in_count, zone.out_count)


def compare(case: LineCase) -> Row:
    """One case on all counters."""
    return Row(
        case=case.story,
        expected=Count(case.expected.count("in"), case.expected.count("out")),
        lintel=ours(case),
        linezone_corners=line_zone(case, CORNERS),
        linezone_centre=line_zone(case, [sv.Position.CENTER]),
    )


def show(rows: list[Row], right: dict[str, int]) -> None:
    """The table for people; a wrong count is marked."""
    print(f"{'case':50} {'expected':>9}" + "".join(f"{name:>18}" for name in COUNTERS))
    for row in rows:
        counts = [getattr(row, name) for name in COUNTERS]
        cells = [f"{'' if count == row.expected else 'wrong '}{count}" for count in counts]
        print(f"{row.case[:49]:50} {row.expected!s:>9}" + "".join(f"{cell:>18}" for cell in cells))
    print(f"right, of {len(rows)}:{'':42}" + "".join(f"{right[name]:>18}" for name in COUNTERS))


def main() -> None:
    """Print the table, or with ``--json`` one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    as_json = parser.parse_args().json
    rows = [compare(case) for case in CASES if len(case.line) == 2]
    right = {name: sum(getattr(row, name) == row.expected for row in rows) for name in COUNTERS}
    if as_json:
        print(json.dumps({"cases": len(rows), "right": right, "rows": [asdict(r) for r in rows]}))
    else:
        show(rows, right)


if __name__ == "__main__":
    main()
