"""The network looks where something stands, and finds there what it would find in the whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lintel.detect.head_model import PACKAGED, HeadModel
from lintel.detect.plan_maps import CHANNELS, Channel
from lintel.detect.standing import HALO, TILE, standing_parts

SHAPE = (20 * TILE, 24 * TILE)


def floor_with(*places: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Heights of an empty floor with a small post at each row and column."""
    top_m = np.zeros(SHAPE, dtype=np.float32)
    for row, column in places:
        top_m[row : row + 3, column : column + 3] = 1.7
    return top_m


def maps_of(top_m: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    channels = np.zeros((CHANNELS, *SHAPE), dtype=np.float32)
    channels[Channel.TOP] = channels[Channel.MEAN] = 0.5 * top_m
    channels[Channel.AREA] = top_m > 0
    channels[Channel.FLOOR] = top_m == 0
    channels[Channel.HEIGHT] = 0.75
    return channels


def test_an_empty_floor_has_no_parts() -> None:
    assert standing_parts(floor_with()) == ()


def test_what_is_lower_than_a_child_is_not_looked_at() -> None:
    assert standing_parts(0.3 * floor_with((40, 40))) == ()


def test_a_cell_or_two_of_noise_are_not_looked_at() -> None:
    top_m = floor_with()
    for row, column in [(20, 20), (60, 60), (60, 61), (90, 90), (91, 91), (92, 90)]:
        top_m[row, column] = 1.7
    assert standing_parts(top_m) == ()


def test_what_is_as_large_as_part_of_a_head_is_looked_at() -> None:
    top_m = floor_with()
    top_m[20:22, 20:22] = 1.7
    assert len(standing_parts(top_m)) == 1


def test_what_stands_alone_has_floor_around_it() -> None:
    (part,) = standing_parts(floor_with((80, 96)))
    assert (part.rows.start, part.columns.start) == (80 - HALO * TILE, 96 - HALO * TILE)
    assert part.tiles.shape == (2 * HALO + 1, 2 * HALO + 1)


def test_who_stand_apart_have_parts_of_their_own() -> None:
    assert len(standing_parts(floor_with((8, 8), (140, 170)))) == 2


def test_a_crowd_is_looked_at_as_a_whole() -> None:
    crowd = floor_with(
        *((row, column) for row in range(8, 150, 40) for column in range(8, 180, 40))
    )
    (part,) = standing_parts(crowd)
    assert part.tiles.shape == (20, 24)


def test_parts_give_the_scores_of_the_whole() -> None:
    top_m = floor_with((16, 16), (100, 130), (104, 120))
    model, channels = HeadModel(PACKAGED), maps_of(top_m)
    whole, parts = model.run(channels), model.run_where(channels, standing_parts(top_m))
    assert whole[0].max() > 0.02
    np.testing.assert_allclose(parts[0], whole[0], atol=0.02)


def test_elsewhere_nothing_is_told() -> None:
    top_m = floor_with((80, 96))
    told = HeadModel(PACKAGED).run_where(maps_of(top_m), standing_parts(top_m))
    assert not told[:, :10].any()
    assert told[0, 40:42, 48:50].any()
