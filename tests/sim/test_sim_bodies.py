"""Bodies have the stature that was asked for, stand on the floor, and say where they come from."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lintel.errors import ScenarioError
from lintel.sim.bodies import ASSET, BodyShape, body_asset, make_body
from lintel.sim.figure import SHOE_M, Figure, dress
from lintel.sim.gait import COLUMNS, Col
from lintel.sim.outfit import Hair, Headgear, random_outfit

ROOT = Path(__file__).resolve().parents[2]
SHAPES = [
    BodyShape(1.78, 35.0, 0.0, 0.5),
    BodyShape(1.62, 70.0, 1.0, 0.8),
    BodyShape(1.05, 5.0, 0.5, 0.4),
    BodyShape(0.80, 2.0, 1.0, 0.5),
    BodyShape(2.02, 25.0, 0.0, 0.2),
]


def figure_of(shape: BodyShape, *, hair: Hair = Hair.BALD) -> Figure:
    outfit = random_outfit(np.random.default_rng(1), femininity=0.0, age_years=30.0)
    return dress(make_body(shape), replace(outfit, hair=hair, headgear=Headgear.NONE))


def standing() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.zeros(COLUMNS)


@pytest.mark.parametrize("shape", SHAPES)
def test_stature_is_exact_barefoot(shape: BodyShape) -> None:
    body, asset = make_body(shape), body_asset()
    top = body.vertices_m[asset.part_mask("head"), 2].max()
    soles = body.vertices_m[asset.part_mask("foot"), 2].min()
    assert top - soles == pytest.approx(shape.stature_m, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_standing_bald_person_is_as_tall_as_body_and_shoes(shape: BodyShape) -> None:
    top = figure_of(shape).head_tops(standing()[None])[0, 2]
    assert top == pytest.approx(shape.stature_m + SHOE_M, abs=0.02)


def test_hair_adds_a_centimetre_or_two() -> None:
    bald, haired = (
        figure_of(SHAPES[0], hair=hair).head_tops(standing()[None])[0, 2]
        for hair in (Hair.BALD, Hair.SHORT)
    )
    assert 0.005 < haired - bald < 0.03


def test_walking_never_sinks_into_the_floor_and_bobs_by_centimetres() -> None:
    figure = figure_of(SHAPES[0])
    rows = np.tile(standing(), (16, 1))
    rows[:, Col.STRIDE] = 0.42
    rows[:, Col.PHASE] = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    lowest = [figure.pose(row)[:, 2].min() for row in rows]
    tops = figure.head_tops(rows)[:, 2]
    assert min(lowest) > -0.04
    assert 0.015 < np.ptp(tops) < 0.10


def test_the_left_leg_is_foremost_at_phase_zero() -> None:
    figure = figure_of(SHAPES[0])
    row = standing()
    row[Col.STRIDE] = 0.42
    left, right = (figure.bone_point(row, f"foot_{side}") for side in ("l", "r"))
    assert left[0] > right[0] + 0.3
    assert left[1] > 0.0 > right[1]


def test_the_face_looks_where_body_and_neck_turn() -> None:
    figure = figure_of(SHAPES[0])
    rows = np.tile(standing(), (3, 1))
    rows[:, Col.HEADING] = [0.0, 1.0, -2.0]
    rows[:, Col.HEAD_YAW] = [0.0, 0.3, 0.0]
    rows[:, Col.HEAD_PITCH] = [0.0, 0.0, 0.6]
    assert figure.head_tops(rows)[:, 3] == pytest.approx([0.0, 1.3, -2.0], abs=0.03)


def test_sitting_lowers_the_head_by_the_thighs() -> None:
    figure = figure_of(SHAPES[0])
    rows = np.tile(standing(), (2, 1))
    rows[1, Col.SIT] = 1.0
    tops = figure.head_tops(rows)[:, 2]
    assert 0.3 < tops[0] - tops[1] < 0.6


def test_an_impossible_stature_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"0\.6 to 2\.2"):
        BodyShape(3.0)


def test_the_asset_is_small_and_says_where_it_comes_from() -> None:
    note = (ASSET.parent / "README.md").read_text()
    script = (ROOT / "scripts" / "bake_bodies.py").read_text()
    digest = re.search(r'WHEEL_SHA256 = "([0-9a-f]{64})"', script)
    assert ASSET.stat().st_size < 1_000_000
    assert digest is not None
    assert digest.group(1) in note
    assert "CC0" in note
    assert len(body_asset().bones) == 53
