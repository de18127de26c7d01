"""From visibility to linear radiance: surfaces of people per sample, surroundings once a frame."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.sim.jit import kernel
from lintel.sim.light import block_at, falling, lit_share
from lintel.sim.material import albedo
from lintel.sim.raster import weights_at

F64: TypeAlias = npt.NDArray[np.float64]
F32: TypeAlias = npt.NDArray[np.float32]
I64: TypeAlias = npt.NDArray[np.int64]
I32: TypeAlias = npt.NDArray[np.int32]
I16: TypeAlias = npt.NDArray[np.int16]
Bools: TypeAlias = npt.NDArray[np.bool_]
SHADE_REACH_M = 0.55  # how far a standing person darkens the floor around the feet
CELLS = 128  # of the floor on one side
RAISED_M = 0.01  # a place is lit a little above itself, so that it casts no shadow on itself


@kernel
def add_surfaces(
    uvz: F64,
    triangles: I64,
    material: I64,
    texture_m: F64,
    light: F32,
    materials: F32,
    seen: I32,
    shift: F64,
    top_row: int,
    total: F32,
) -> None:
    """Add the radiance of what is seen to ``total`` (H, W, 4); the last is the sample count.

    ``seen`` (B, W) begins at row ``top_row``.
    """
    for y in range(top_row, top_row + seen.shape[0]):
        for x in range(seen.shape[1]):
            t = seen[y - top_row, x]
            if t < 0:
                continue
            wa, wb, wc = weights_at(uvz, triangles, t, x + shift[0], y + shift[1])
            a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            p0 = wa * texture_m[a, 0] + wb * texture_m[b, 0] + wc * texture_m[c, 0]
            p1 = wa * texture_m[a, 1] + wb * texture_m[b, 1] + wc * texture_m[c, 1]
            p2 = wa * texture_m[a, 2] + wb * texture_m[b, 2] + wc * texture_m[c, 2]
            red, green, blue = albedo(materials, material[t], p0, p1, p2)
            total[y, x, 0] += red * (wa * light[a, 0] + wb * light[b, 0] + wc * light[c, 0])
            total[y, x, 1] += green * (wa * light[a, 1] + wb * light[b, 1] + wc * light[c, 1])
            total[y, x, 2] += blue * (wa * light[a, 2] + wb * light[b, 2] + wc * light[c, 2])
            total[y, x, 3] += 1.0


@kernel
def survey(
    uvz: F64,
    triangles: I64,
    material: I64,
    vertices_m: F64,
    texture_m: F64,
    materials: F32,
    seen: I32,
    shift: F64,
    share: float,
    place_m: F32,
    normal: F32,
    colour: F32,
    gloss: F32,
) -> None:
    """What does not move: place, normal, gloss (last call wins) and mean colour, per pixel."""
    for y in range(seen.shape[0]):
        for x in range(seen.shape[1]):
            t = seen[y, x]
            if t < 0:
                continue
            a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
            wa, wb, wc = weights_at(uvz, triangles, t, x + shift[0], y + shift[1])
            p = wa * texture_m[a] + wb * texture_m[b] + wc * texture_m[c]
            red, green, blue = albedo(materials, material[t], p[0], p[1], p[2])
            colour[y, x, 0] += share * red
            colour[y, x, 1] += share * green
            colour[y, x, 2] += share * blue
            place = wa * vertices_m[a] + wb * vertices_m[b] + wc * vertices_m[c]
            n = np.cross(vertices_m[b] - vertices_m[a], vertices_m[c] - vertices_m[a])
            length = np.sqrt(np.sum(n * n))
            for k in range(3):
                place_m[y, x, k] = place[k]
                normal[y, x, k] = n[k] / length
            gloss[y, x] = materials[material[t], 3]


@kernel
def fall_on(
    place_m: F32, normal: F32, light: F64, shadow: F32, blocks: F32, free: F32, still: F32, at: I16
) -> None:
    """Irradiance per unit power of one light on the surroundings.

    ``free`` (H, W) without any shadow, ``still`` with the shadows of what never moves, ``at`` the
    block of the shadow map that decides, -1 where none does.
    """
    for y in range(free.shape[0]):
        for x in range(free.shape[1]):
            p, n = place_m[y, x], normal[y, x]
            e = falling(p[0], p[1], p[2], n[0], n[1], n[2], light)
            z = p[2] + RAISED_M
            free[y, x] = e
            still[y, x] = e * lit_share(p[0], p[1], z, light, shadow, blocks) if e > 0.0 else 0.0
            at[y, x] = block_at(p[0], p[1], z, light)


@kernel
def quiet_surroundings(
    normal: F32, colour: F32, still: F32, lights: F64, ambient: F64, out: F32
) -> None:
    """Radiance (H, W, 3) of the surroundings while nothing moves; ``still`` (L, H, W)."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            open_sky = 0.62 + 0.38 * normal[y, x, 2]
            red, green, blue = open_sky * ambient[0], open_sky * ambient[1], open_sky * ambient[2]
            for m in range(len(lights)):
                e = still[m, y, x]
                red += e * lights[m, 4]
                green += e * lights[m, 5]
                blue += e * lights[m, 6]
            out[y, x, 0] = colour[y, x, 0] * red
            out[y, x, 1] = colour[y, x, 1] * green
            out[y, x, 2] = colour[y, x, 2] * blue


@kernel
def floor_cells(place_m: F32, normal: F32, out: I16) -> None:
    """Cell (H, W) of the floor that every pixel shows, -1 where it shows no floor.

    Cells are as wide as feet darken, CELLS by CELLS of them about the origin.
    """
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = -1
            if place_m[y, x, 2] < 0.3 and normal[y, x, 2] > 0.5:
                i = int(np.floor(place_m[y, x, 0] / SHADE_REACH_M)) + CELLS // 2
                j = int(np.floor(place_m[y, x, 1] / SHADE_REACH_M)) + CELLS // 2
                i, j = min(max(i, 0), CELLS - 1), min(max(j, 0), CELLS - 1)
                out[y, x] = j * CELLS + i


@kernel
def darkened_cells(feet_m: F64) -> Bools:
    """Which cells of the floor (CELLS^2,) some feet may darken."""
    near = np.zeros(CELLS * CELLS, dtype=np.bool_)
    for f in range(len(feet_m)):
        for dy in range(-1, 2):
            for dx in range(-1, 2):
                i = int(np.floor(feet_m[f, 0] / SHADE_REACH_M)) + CELLS // 2 + dx
                j = int(np.floor(feet_m[f, 1] / SHADE_REACH_M)) + CELLS // 2 + dy
                i, j = min(max(i, 0), CELLS - 1), min(max(j, 0), CELLS - 1)
                near[j * CELLS + i] = True
    return near


@kernel
def _open_sky(px: float, py: float, nz: float, feet_m: F64) -> float:
    """Share of the ambient light that arrives on a floor beside feet."""
    share = 0.62 + 0.38 * nz
    for f in range(len(feet_m)):
        d2 = (px - feet_m[f, 0]) ** 2 + (py - feet_m[f, 1]) ** 2
        near = 1.0 - d2 / (SHADE_REACH_M * SHADE_REACH_M)
        if near > 0.0:
            share *= 1.0 - feet_m[f, 2] * near * near
    return share


@kernel
def light_surroundings(
    place_m: F32,
    normal: F32,
    colour: F32,
    quiet: F32,
    free: F32,
    still: F32,
    at: I16,
    touched: Bools,
    cell: I16,
    darkened: Bools,
    lights: F64,
    maps: F32,
    blocks: F32,
    ambient: F64,
    feet_m: F64,
    rows: tuple[int, int],
    out: F32,
) -> None:
    """Radiance (H, W, 3) of the surroundings with the shadows of what moves.

    ``quiet`` (H, W, 3) without them; ``free``, ``still``, ``at`` (L, H, W) as ``fall_on`` made
    them; ``touched`` (L, S) says in which blocks something that moves casts a shadow, and
    ``darkened`` in which ``cell`` (H, W) of the floor feet are near. ``feet_m`` (P, 3): x, y and
    darkness 0..1 of what stands on the floor and keeps ambient light from the floor around it.
    """
    for y in range(rows[0], rows[1]):
        for x in range(out.shape[1]):
            beside = cell[y, x] >= 0 and darkened[cell[y, x]]
            shaded = False
            for m in range(len(lights)):
                shaded |= at[m, y, x] >= 0 and touched[m, at[m, y, x]]
            if not (beside or shaded):
                for c in range(3):
                    out[y, x, c] = quiet[y, x, c]
                continue
            px, py, pz = place_m[y, x, 0], place_m[y, x, 1], place_m[y, x, 2]
            nz = normal[y, x, 2]
            open_sky = _open_sky(px, py, nz, feet_m) if beside else 0.62 + 0.38 * nz
            red, green, blue = open_sky * ambient[0], open_sky * ambient[1], open_sky * ambient[2]
            for m in range(len(lights)):
                e = still[m, y, x]
                if at[m, y, x] >= 0 and touched[m, at[m, y, x]]:
                    e = free[m, y, x]
                    if e > 0.0:
                        e *= lit_share(px, py, pz + RAISED_M, lights[m], maps[m], blocks[m])
                red += e * lights[m, 4]
                green += e * lights[m, 5]
                blue += e * lights[m, 6]
            out[y, x, 0] = colour[y, x, 0] * red
            out[y, x, 1] = colour[y, x, 1] * green
            out[y, x, 2] = colour[y, x, 2] * blue


@kernel
def mirror_lamps(place_m: F32, normal: F32, gloss: F32, eye_m: F64, lamps: F64, out: F32) -> None:
    """Add to ``out`` (H, W, 3) the lamps that a glossy floor mirrors towards the eye.

    ``lamps`` (L, 7): centre, half size and radiance. What a mirror shows lies below the floor
    for a stereo camera: this is why glossy floors are hard.
    """
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            g = gloss[y, x]
            if g <= 0.0 or normal[y, x, 2] < 0.9:
                continue
            px, py, pz = place_m[y, x, 0], place_m[y, x, 1], place_m[y, x, 2]
            for m in range(len(lamps)):
                rise = (lamps[m, 2] - pz) / max(0.05, eye_m[2] - pz)
                hx = px + (px - eye_m[0]) * rise - lamps[m, 0]
                hy = py + (py - eye_m[1]) * rise - lamps[m, 1]
                soft = 0.08
                ax = min(1.0, max(0.0, (lamps[m, 3] + soft - abs(hx)) / (2.0 * soft)))
                ay = min(1.0, max(0.0, (lamps[m, 3] + soft - abs(hy)) / (2.0 * soft)))
                for c in range(3):
                    out[y, x, c] += g * ax * ay * lamps[m, 4 + c]


@kernel
def compose(
    surroundings: F32,
    total: F32,
    mirrored: F32,
    gloss: F32,
    samples: int,
    rows: tuple[int, int],
    out: F32,
) -> None:
    """Radiance (H, W, 3): surroundings, what a glossy floor mirrors, and what stands before."""
    for y in range(rows[0], rows[1]):
        for x in range(out.shape[1]):
            count = total[y, x, 3]
            if count == 0.0 and mirrored[y, x, 3] == 0.0:
                for c in range(3):
                    out[y, x, c] = surroundings[y, x, c]
                continue
            behind = samples - count
            g = gloss[y, x] if mirrored[y, x, 3] > 0.0 else 0.0
            for c in range(3):
                back = (1.0 - g) * surroundings[y, x, c]
                if g > 0.0:
                    back += g * mirrored[y, x, c] / mirrored[y, x, 3]
                out[y, x, c] = (total[y, x, c] + behind * back) / samples


@kernel
def count_seen(seen: I32, owner: I64, people: int) -> I64:
    """Pixels (P,) that show each person; ``owner`` (F,) is the person of a triangle or -1."""
    counts = np.zeros(people, dtype=np.int64)
    for y in range(seen.shape[0]):
        for x in range(seen.shape[1]):
            t = seen[y, x]
            if t >= 0 and owner[t] >= 0:
                counts[owner[t]] += 1
    return counts
