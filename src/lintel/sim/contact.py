"""A contact sheet: one busy moment of many scenarios in one picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from lintel.errors import ScenarioError
from lintel.frames import Image
from lintel.sim.catalogue import find_scenario
from lintel.sim.gait import Col
from lintel.sim.stage import MOVING_THINGS, moving_thing
from lintel.sim.world import Shot, World

U8: TypeAlias = npt.NDArray[np.uint8]
SHEET = (
    "couples", "tailgating", "dense_crowd", "children",
    "trolley_child", "wheelchair", "umbrella", "hat",
    "staff", "seated", "sun_patch", "infrared",
    "glossy_floor", "door_leaf", "dark_on_dark", "mount_6m",
    "family", "rolling_trolley", "balloon", "mannequin",
)  # fmt: skip
SECONDS = 16.0
TILE = (320, 200)
COLUMNS = 4


def busy_frame(world: World) -> int:
    """The frame with most heads near the middle of the field; without people, see _midway."""
    if not world.people:
        return _midway(world)
    heads = np.stack([person.heads_m[:, :2] for person in world.people])
    reach = 0.35 * world.scenario.mount.height_m
    near = np.exp(-((heads / reach) ** 2).sum(axis=2))
    seated = np.stack([person.rows[:, Col.SIT] for person in world.people])
    return int(np.nansum(near * (1.0 + 4.0 * seated), axis=0).argmax())


def _midway(world: World) -> int:
    """The frame in which what moves by itself is nearest to the middle, in the second half."""
    things = [thing for thing in world.scenario.things if thing.thing in MOVING_THINGS]
    frames = range(world.shot.frames // 2, world.shot.frames)
    apart = [
        sum(
            float(np.hypot(*moving_thing(thing, k / world.shot.fps, world.scenario).middle_m[:2]))
            for thing in things
        )
        for k in frames
    ]
    return frames[int(np.argmin(apart))]


def portrait(name: str, *, seed: int = 2_000_000) -> Image:
    """The busiest picture of a scenario, (H, W, 3) BGR."""
    world = World(find_scenario(name), Shot(seconds=SECONDS, seed=seed))
    image = world.frame(busy_frame(world)).pair.left
    return np.asarray(
        cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image, np.uint8
    )


def contact_sheet(path: Path, names: tuple[str, ...] = SHEET) -> Iterator[str]:
    """Write the sheet; yields each name when its tile is done.

    Raises:
        ScenarioError: the file's ending names no picture format.
    """
    tiles = []
    for name in names:
        tile: U8 = np.array(
            cv2.resize(portrait(name), TILE, interpolation=cv2.INTER_AREA), np.uint8
        )
        for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(tile, name, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, width)
        tiles.append(tile)
        yield name
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[k : k + COLUMNS]) for k in range(0, len(tiles), COLUMNS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 82])
    except cv2.error as error:
        raise ScenarioError(f"{path}: expected a name that ends in .jpg or .png") from error
