from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.depth.calibration import pair_files
from lintel.errors import CalibrationError


def _paths(names: str) -> list[Path]:
    return [Path(name) for name in names.split()]


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        ("left01.jpg left02.jpg", "right02.jpg right01.jpg", "left01+right01 left02+right02"),
        ("left1.jpg left10.jpg", "right10.jpg right01.jpg", "left1+right01 left10+right10"),
        (
            "01_left.png 02_left.png",
            "02_right.png 01_right.png",
            "01_left+01_right 02_left+02_right",
        ),
        ("cam0_7.png cam0_9.png", "cam1_9.png cam1_7.png", "cam0_7+cam1_7 cam0_9+cam1_9"),
        ("7_cam0.png 9_cam0.png", "9_cam1.png 7_cam1.png", "7_cam0+7_cam1 9_cam0+9_cam1"),
        ("a/1.png a/2.png", "b/2.png b/1.png", "1+1 2+2"),
        ("first.png second.png", "eins.png zwei.png", "first+eins second+zwei"),
        ("l1699.png l1801.png", "r1700.png r1802.png", "l1699+r1700 l1801+r1802"),
    ],
)
def test_numbers_decide_then_order(left: str, right: str, pairs: str) -> None:
    pairing = pair_files(_paths(left), _paths(right))
    assert " ".join(f"{a.stem}+{b.stem}" for a, b in pairing.pairs) == pairs
    assert pairing.unpaired == ()


def test_a_picture_without_partner_is_left_over() -> None:
    pairing = pair_files(_paths("left1.png left2.png left3.png"), _paths("right3.png right1.png"))
    assert [a.name for a, _ in pairing.pairs] == ["left1.png", "left3.png"]
    assert pairing.unpaired == (Path("left2.png"),)


@pytest.mark.parametrize(
    ("left", "right", "says"),
    [
        ("", "right1.png", "no left pictures"),
        ("left1.png", "", "no right pictures"),
        ("a.png b.png", "c.png", "2 left and 1 right"),
        ("l1.png l2.png l3.png", "r7.png r8.png", "3 left and 2 right"),
        ("1.png 2.png", "2.png 3.png", "2.png.*as left and as right"),
    ],
)
def test_what_cannot_be_paired_is_said(left: str, right: str, says: str) -> None:
    with pytest.raises(CalibrationError, match=says):
        pair_files(_paths(left), _paths(right))


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=30, unique=True))
def test_pairing_depends_on_no_order_and_loses_no_file(numbers: list[int]) -> None:
    left = [Path(f"left_{n:05}.png") for n in numbers]
    right = [Path(f"right_{n}.png") for n in reversed(numbers)]
    lone = Path("left_77777.png")
    pairing = pair_files([*left, lone], right)
    assert {(int(a.stem[5:]), int(b.stem[6:])) for a, b in pairing.pairs} == {
        (n, n) for n in numbers
    }
    assert pairing.unpaired == (lone,)
    flipped = pair_files(right, [lone, *left])
    assert flipped.pairs == tuple((b, a) for a, b in pairing.pairs)
    assert flipped.unpaired == pairing.unpaired
