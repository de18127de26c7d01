"""Which parts of the plan-view maps the network has to look at: where something stands.

An empty floor holds no heads, nor does a wall that always stood there, nor a cell or two of noise.
The network sees squares of a few metres in training, so a part of the maps with some floor around
what stands there looks to it as the whole does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lintel.frames import FloatImage

TILE = 8  # cells: what the network's parts are made of
HALO = 3  # tiles of surroundings, 1.2 m: more changes no score by 0.01
LEAST_TOP_M = 0.7  # nothing lower is somebody's head
LEAST_CELLS = 4  # so many of 3 by 3 are as high: a head's cap covers a dozen, noise one or two
WORTHWHILE = 0.85  # parts that cover more of the maps cost no less than the whole


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A rectangle of the maps, in cells, and which of its tiles (h, w) are looked at for it."""

    rows: slice
    columns: slice
    tiles: npt.NDArray[np.bool_]


def standing_parts(top_m: FloatImage) -> tuple[Part, ...]:
    """The parts where something stands, of maps whose highest points are ``top_m`` (R, C).

    What always stands there is 0 in them, like the floor. R and C are multiples of TILE. Whatever
    stands alone has a part of its own; where that is not worthwhile, one part is the whole.
    """
    rows, columns = (side // TILE for side in top_m.shape)
    high = (top_m > LEAST_TOP_M).view(np.uint8)
    beside = cv2.boxFilter(high, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    # Eight cells of a row are read as one number: a tile is eight of them under one another.
    octets = (high & (beside >= LEAST_CELLS)).view(np.uint64).reshape(rows, TILE, columns)
    stands = (np.bitwise_or.reduce(octets, axis=1) > 0).astype(np.uint8)
    if not stands.any():
        return ()
    around = cv2.dilate(stands, np.ones((2 * HALO + 1, 2 * HALO + 1), np.uint8))
    count, label, stats, _ = cv2.connectedComponentsWithStats(around, connectivity=4)
    labels = np.asarray(label, dtype=np.int32)
    parts = tuple(_part(labels, number, stats[number]) for number in range(1, count))
    if sum(part.tiles.size for part in parts) > WORTHWHILE * around.size:
        return (Part(slice(0, rows * TILE), slice(0, columns * TILE), np.ones_like(around, bool)),)
    return parts


def _part(label: npt.NDArray[np.int32], number: int, stats: npt.NDArray[np.int32]) -> Part:
    x, y, width, height = (int(value) for value in stats[:4])
    tiles = label[y : y + height, x : x + width] == number
    return Part(slice(y * TILE, (y + height) * TILE), slice(x * TILE, (x + width) * TILE), tiles)
