"""Visibility: which triangle each pixel sees, and how far away it is.

A caller may split the picture into bands of rows and give each to its own thread: a pixel
belongs to one band and meets the triangles in their order, so the result never depends on the
number of threads.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.jit import kernel

F64: TypeAlias = npt.NDArray[np.float64]
F32: TypeAlias = npt.NDArray[np.float32]
I64: TypeAlias = npt.NDArray[np.int64]
I32: TypeAlias = npt.NDArray[np.int32]


@kernel
def raster(
    uvz: F64, triangles: I64, drawn: I64, depth_m: F32, seen: I32, top_row: int, shift: F64
) -> None:
    """Draw triangles (F, 3) over ``uvz`` (V, 3) into ``depth_m`` and ``seen`` (H, W).

    ``drawn`` (D,) lists the triangles to draw, in order. ``seen`` receives the triangle's number;
    a pixel keeps what is nearer. The arrays begin at row ``top_row`` of the picture; ``shift``
    (2,) moves the sample inside the pixel. A triangle with a vertex that is not pictured is left
    out.
    """
    height, width = depth_m.shape
    lift = shift[1] + top_row
    for t in drawn:
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        if uvz[a, 2] < 0 or uvz[b, 2] < 0 or uvz[c, 2] < 0:
            continue
        ay, by, cy = uvz[a, 1] - lift, uvz[b, 1] - lift, uvz[c, 1] - lift
        top = max(0, int(np.ceil(min(ay, by, cy))))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy))))
        if top > bottom:
            continue
        ax, bx, cx = uvz[a, 0] - shift[0], uvz[b, 0] - shift[0], uvz[c, 0] - shift[0]
        left = max(0, int(np.ceil(min(ax, bx, cx))))
        right = min(width - 1, int(np.floor(max(ax, bx, cx))))
        if left > right:
            continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-12:
            continue
        za, zb, zc = 1.0 / uvz[a, 2], 1.0 / uvz[b, 2], 1.0 / uvz[c, 2]
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
                wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
                wa = 1.0 - wb - wc
                if wa < 0.0 or wb < 0.0 or wc < 0.0:
                    continue
                z = 1.0 / (wa * za + wb * zb + wc * zc)
                if z < depth_m[y, x]:
                    depth_m[y, x] = z
                    seen[y, x] = t


@kernel
def facing_bands(uvz: F64, triangles: I64, edges: I64) -> tuple[I64, I64]:
    """Which triangles show their front, and reach each band of rows in any of some projections.

    Bodies and things are closed: who shows the back is hidden by something in front. The front is
    judged in the last projection.

    Args:
        uvz: (S, V, 3), one projection per sample.
        triangles: (F, 3).
        edges: (B + 1,) first row of every band, and the end of the last.

    Returns:
        The triangles' numbers (B, F), and how many of each row hold (B,).
    """
    bands, last = len(edges) - 1, uvz[-1]
    chosen = np.empty((bands, len(triangles)), dtype=np.int64)
    count = np.zeros(bands, dtype=np.int64)
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        if last[a, 2] >= 0.0 and last[b, 2] >= 0.0 and last[c, 2] >= 0.0:
            along = (last[b, 0] - last[a, 0]) * (last[c, 1] - last[a, 1])
            if along > (last[b, 1] - last[a, 1]) * (last[c, 0] - last[a, 0]):
                continue
        low, high = 1e18, -1e18
        for s in range(len(uvz)):
            for k in range(3):
                corner = triangles[t, k]
                if uvz[s, corner, 2] >= 0.0:
                    low, high = min(low, uvz[s, corner, 1]), max(high, uvz[s, corner, 1])
        for band in range(bands):
            # a sample lies at most half a pixel from its pixel's centre
            if low < edges[band + 1] + 0.5 and high > edges[band] - 1.5:
                chosen[band, count[band]] = t
                count[band] += 1
    return chosen, count


@kernel
def weights_at(uvz: F64, triangles: I64, t: int, x: float, y: float) -> tuple[float, float, float]:
    """Perspective-correct shares of the three corners of triangle ``t`` at a pixel."""
    a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
    ax, ay = uvz[a, 0], uvz[a, 1]
    bx, by = uvz[b, 0], uvz[b, 1]
    cx, cy = uvz[c, 0], uvz[c, 1]
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    wb = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
    wc = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
    wa = (1.0 - wb - wc) / uvz[a, 2]
    wb /= uvz[b, 2]
    wc /= uvz[c, 2]
    total = wa + wb + wc
    return wa / total, wb / total, wc / total
