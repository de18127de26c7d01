"""Which parts of the plan-view maps the network has to look at: where something stands.

An empty floor holds no heads. The network sees squares of a few metres in training, so a part of
the maps with some floor around what stands there looks to it as the whole does.
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
WORTHWHILE = 0.85  # parts that cover more of the maps cost no less than the whole


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A rectangle of the maps, in cells, and which of its tiles (h, w) are looked at for it."""

    rows: slice
    columns: slice
    tiles: npt.NDArray[np.bool_]


def standing_parts(top_m: FloatImage) -> tuple[Part, ...]:
    """The parts where something stands, of maps whose highest points are ``top_m`` (R, C).

    R and C are multiples of TILE. Whatever stands alone has a part of its own; where that is not
    worthwhile, one part is the whole.
    """
    rows, columns = (side // TILE for side in top_m.shape)
    highest = top_m.reshape(rows, TILE, columns, TILE).max(axis=(1, 3))
    stands = (highest > LEAST_TOP_M).astype(np.uint8)
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
