"""Who looks at what, and when they begin to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lintel.config import TargetConfig
from lintel.count.attention import AttentionMeter, AttentionState, faces_target
from lintel.errors import SiteError
from walk_builders import tracks_of

SHELF = TargetConfig("shelf", np.array([[-1.0, 3.0], [1.0, 3.0]]), reach_m=2.5)
NORTH, SOUTH = math.pi / 2, -math.pi / 2
Heading = Callable[[float], float]


def watch(
    heading: Heading, *, y_m: float = 1.0, seconds: float = 6.0, fps: float = 10.0
) -> AttentionState:
    """Someone stands at (0, y) and turns the head."""
    meter, state = AttentionMeter([SHELF]), tuple[AttentionState, ...]()
    for k in range(round(seconds * fps)):
        t_s = k / fps
        plain = tracks_of({1: (0.0, y_m, 0.0, 0.0)}, t_s=t_s)
        head = np.array([heading(t_s)], dtype=np.float32)
        state = meter.step(replace(plain, heading_rad=head))
    (one,) = state
    meter.step(tracks_of({}, t_s=seconds, ended=[1]))
    assert meter.people_remembered == 0
    return one


@pytest.mark.parametrize(
    ("place", "heading", "faces"),
    [
        ((0.0, 0.0), NORTH, True),
        ((0.0, 0.0), SOUTH, False),
        ((0.0, 0.0), 0.0, False),
        ((0.0, 0.0), math.atan2(3.0, 1.0) - math.radians(14), True),
        ((0.0, 0.0), math.atan2(3.0, 1.0) - math.radians(16), False),
        ((-3.0, 3.0), 0.0, True),
        ((3.0, 3.0), math.pi, True),
        ((3.0, 3.0), -math.pi, True),
        ((0.0, 6.0), SOUTH, True),
        ((0.0, 0.0), math.nan, False),
    ],
)
def test_a_face_points_at_the_target_or_past_it(
    place: tuple[float, float],
    heading: float,
    faces: bool,  # noqa: FBT001
) -> None:
    assert faces_target(SHELF, np.array([place]), np.array([heading])).tolist() == [faces]


@pytest.mark.parametrize("fps", [5.0, 30.0])
def test_who_looks_after_two_seconds_is_a_viewer_with_that_onset(fps: float) -> None:
    state = watch(lambda t_s: NORTH if t_s >= 2.0 else SOUTH, fps=fps)
    assert (state.exposed, state.viewers, state.effective, state.looking) == (1, 1, 1, 1)
    assert state.mean_onset_s == pytest.approx(2.0, abs=0.21)
    assert state.looked_s == pytest.approx(4.0, abs=0.25)
    assert state.measured_share == 1.0


def test_a_glance_is_no_look_and_a_short_look_not_effective() -> None:
    glance = watch(lambda t_s: NORTH if t_s < 0.15 else SOUTH)
    assert (glance.exposed, glance.viewers) == (1, 0)
    assert math.isnan(glance.mean_onset_s)
    short = watch(lambda t_s: NORTH if 1.0 <= t_s < 1.8 else SOUTH)
    assert (short.viewers, short.effective, short.looking) == (1, 0, 0)


def test_several_short_looks_add_up_to_an_effective_viewer() -> None:
    state = watch(lambda t_s: NORTH if t_s % 2.0 < 0.8 else SOUTH)
    assert (state.viewers, state.effective) == (1, 1)


def test_from_too_far_away_nobody_looks() -> None:
    state = watch(lambda _: NORTH, y_m=0.0)
    assert (state.exposed, state.viewers) == (0, 0)


def test_without_a_measured_heading_nobody_looks_and_that_is_said() -> None:
    state = watch(lambda t_s: NORTH if t_s < 3.0 else math.nan)
    assert state.measured_share == pytest.approx(0.5, abs=0.05)
    assert state.looked_s == pytest.approx(2.9, abs=0.15)
    assert watch(lambda _: math.nan).viewers == 0


def test_ends_must_be_apart() -> None:
    with pytest.raises(SiteError, match="1 cm apart"):
        TargetConfig("dot", np.zeros((2, 2)))
