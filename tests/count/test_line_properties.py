"""What must hold for any path: invariances of the crossing rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from count_builders import PointM, tracks_of
from line_cases import BOX, CORNER, DOOR
from lintel.config import LineConfig
from lintel.count import LineCounter
from lintel.geometry import distance_to_segments, inside_polygon
from lintel.records import Crossing

steady = settings(deadline=None, max_examples=60)  # a busy machine is no failure

Path = npt.NDArray[np.float64]  # (T, 2)

HOOK: tuple[PointM, ...] = (
    (-1.0, -1.0),
    (1.0, -1.0),
    (1.0, 1.0),
    (0.3, 1.0),
    (0.3, -0.3),
    (-1.0, -0.3),
    (-1.0, -1.0),
)  # fmt: skip - an L-shaped room

# A grid that keeps clear of the line, its ends and the edges of its band by millimetres, so that
# no rounding decides.
coordinate = st.integers(-20, 20).map(lambda k: 0.083 * k + 0.0127)
walks = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=25).map(np.array)


def follow(
    line: Sequence[PointM] | Path, path: Path, *, h_m: float = 0.25, fps: float = 5.0
) -> list[Crossing]:
    """Crossings of one confirmed track, seen at every point of the path."""
    counter = LineCounter([LineConfig("line", np.array(line), hysteresis_m=h_m)])
    found: list[Crossing] = []
    for frame, place in enumerate(path):
        found += counter.step(tracks_of(t_s=frame / fps, ids=[1], xy_m=[place]))
    return found


def directions(found: Sequence[Crossing]) -> list[str]:
    return [crossing.direction.value for crossing in found]


def swapped(names: list[str]) -> list[str]:
    return ["out" if name == "in" else "in" for name in names]


def is_clear(point: Path, line: Sequence[PointM], h_m: float) -> bool:
    corners = np.array(line)
    return bool(distance_to_segments(point, corners[:-1], corners[1:]).min() >= h_m + 1e-3)


@steady
@given(walks)
def test_a_mirrored_path_swaps_in_and_out(path: Path) -> None:
    mirrored = path * [1.0, -1.0]
    assert directions(follow(DOOR, mirrored)) == swapped(directions(follow(DOOR, path)))


@steady
@given(walks)
def test_a_reversed_line_swaps_in_and_out(path: Path) -> None:
    for line in (DOOR, CORNER):
        there, back = follow(line, path), follow(line[::-1], path)
        assert directions(back) == swapped(directions(there))


@steady
@given(walks)
def test_a_reversed_path_swaps_and_reverses(path: Path) -> None:
    assume(all(abs(place[1]) > 0.26 for place in path[[0, -1]]))
    there, back = follow(DOOR, path), follow(DOOR, path[::-1])
    assert directions(back) == swapped(directions(there))[::-1]


@steady
@given(walks, st.floats(-np.pi, np.pi), coordinate, coordinate)
def test_turning_and_moving_the_floor_changes_nothing(
    path: Path, angle: float, x_m: float, y_m: float
) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = np.array([x_m, y_m])
    moved = follow(np.array(DOOR) @ turn.T + shift, path @ turn.T + shift)
    assert directions(moved) == directions(follow(DOOR, path))


@steady
@given(walks, st.sampled_from([BOX, HOOK]), st.sampled_from([0.05, 0.12, 0.25]))
def test_crossings_of_an_outline_sum_to_the_change_of_being_inside(
    path: Path, outline: tuple[PointM, ...], h_m: float
) -> None:
    assume(all(is_clear(place, outline, h_m) for place in path[[0, -1]]))
    found = directions(follow(outline, path, h_m=h_m))
    before, after = inside_polygon(path[[0, -1]], np.array(outline[:-1])).astype(int)
    assert found.count("in") - found.count("out") == after - before


radii = st.lists(st.integers(4, 20).map(lambda k: 0.083 * k), min_size=4, max_size=9)


@steady
@given(walks, radii)
def test_so_they_do_for_any_star_shaped_outline(path: Path, radius_m: list[float]) -> None:
    angles = np.linspace(0.1, 0.1 + 2 * np.pi, len(radius_m), endpoint=False)
    corners = np.array(radius_m)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    outline = np.concatenate([corners, corners[:1]])
    closed = [(float(x), float(y)) for x, y in outline]
    assume(all(is_clear(place, closed, 0.1) for place in path[[0, -1]]))
    found = directions(follow(outline, path, h_m=0.1))
    before, after = inside_polygon(path[[0, -1]], corners).astype(int)
    assert found.count("in") - found.count("out") == after - before


sides = st.lists(st.sampled_from([-1.3, -0.7, 0.6, 1.1]), min_size=2, max_size=6)


@settings(steady, max_examples=25)
@given(sides, st.floats(5.0, 60.0), st.floats(0.5, 3.0), st.floats(-0.9, 0.9))
def test_the_frame_rate_changes_nothing(
    stops_m: list[float], fps: float, speed_mps: float, x_m: float
) -> None:
    """Someone goes from stop to stop across the line and rests at each for half a second."""
    times, places = [0.0], [stops_m[0]]
    for stop in stops_m:
        times += [times[-1] + abs(stop - places[-1]) / speed_mps + 1e-6]
        times += [times[-1] + 0.5]
        places += [stop, stop]
    moments = np.arange(0.0, times[-1], 1.0 / fps)
    path = np.column_stack([np.full(len(moments), x_m), np.interp(moments, times, places)])
    right = [stop < 0 for stop in stops_m]
    expected = ["in" if a else "out" for a, b in pairwise(right) if a != b]
    assert directions(follow(DOOR, path, fps=fps)) == expected


@steady
@given(walks)
def test_cutting_every_step_into_pieces_changes_no_count(path: Path) -> None:
    share = np.linspace(0.0, 1.0, 4)[1:, None]
    legs = [a + share * (b - a) for a, b in pairwise(path)]
    fine = np.concatenate([path[:1], *legs])
    assume(abs(path[0, 1]) > 0.26)
    assert directions(follow(DOOR, fine, fps=15)) == directions(follow(DOOR, path, fps=5))


@steady
@given(st.lists(walks, min_size=2, max_size=5))
def test_people_and_lines_count_alone_as_they_do_together(paths: list[Path]) -> None:
    lines = [LineConfig("door", np.array(DOOR)), LineConfig("corner", np.array(CORNER))]
    length = min(len(path) for path in paths)
    counter, together = LineCounter(lines), list[tuple[str, int, str]]()
    for frame in range(length):
        places = [path[frame] for path in paths]
        step = tracks_of(t_s=frame / 5.0, ids=range(len(paths)), xy_m=places)
        together += [(c.line, c.t_ns, c.direction.value) for c in counter.step(step)]
    alone = [
        (name, c.t_ns, c.direction.value)
        for path in paths
        for name, line in (("door", DOOR), ("corner", CORNER))
        for c in follow(line, path[:length])
    ]
    assert sorted(together) == sorted(alone)
