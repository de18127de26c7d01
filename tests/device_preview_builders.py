"""Frames as the chain hands them to the preview: exact depth of simple people, with a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import numpy.typing as npt

from detect_builders import SHAPE, Solid, depth_of, floor_fit, person
from lintel.clock import ManualClock
from lintel.frames import DepthMap, Image
from lintel.pipeline import FrameResult
from lintel.records import Attributes, Detections, FloorFit, Tracks

FLOOR = floor_fit()
SCENE = np.random.default_rng(5).integers(90, 150, SHAPE).astype(np.uint8)
CLOTHES = np.random.default_rng(6).integers(0, 255, SHAPE).astype(np.uint8)
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

NOISES = 3  # different frames of noise, drawn once each

Place = tuple[float, float]


def clock() -> ManualClock:
    return ManualClock(utc=NOON, now_ns=1_000_000_000)


@dataclass
class Scene:
    """A floor with furniture; people stand in it, seen by the detector or not."""

    furniture: tuple[Solid, ...] = ()
    floor: FloorFit | None = FLOOR
    noise_px: float = 0.05
    holes: float = 0.0

    def frame(
        self,
        t_s: float,
        people: tuple[Place, ...] = (),
        *,
        detected: bool = True,
        sway_px: int = 0,
        light: int = 0,
    ) -> tuple[DepthMap, FrameResult]:
        """What the cameras saw at ``t_s``; ``sway_px`` moves the clothes of whoever breathes."""
        seed = round(t_s * 5) % NOISES
        depth = _depth((*self.furniture, *_bodies(people)), self.noise_px, self.holes, seed)
        empty = _depth(self.furniture, self.noise_px, self.holes, seed)
        body = depth.depth_m < empty.depth_m - 0.1
        image = np.where(body, np.roll(CLOTHES, sway_px, axis=1), SCENE).astype(np.int16) + light
        shown = replace(
            depth,
            image=np.clip(image, 0, 255).astype(np.uint8),
            t_ns=round(t_s * 1e9),
            seq=round(t_s * 10),
        )
        heads = [(x, y, 1.75) for x, y in people] if detected else []
        return shown, result_of(shown, self.floor, heads)


@cache
def _depth(solids: tuple[Solid, ...], noise_px: float, holes: float, seed: int) -> DepthMap:
    return depth_of([*solids], floor=FLOOR, noise_px=noise_px, holes=holes, seed=seed)


def _bodies(people: tuple[Place, ...]) -> tuple[Solid, ...]:
    return tuple(solid for place in people for solid in person(*place))


def result_of(
    depth: DepthMap, floor: FloorFit | None, heads: list[tuple[float, float, float]]
) -> FrameResult:
    detections = Detections.of(heads, t_ns=depth.t_ns, seq=depth.seq)
    return FrameResult(depth.seq, depth.t_ns, floor, detections, no_tracks(depth.t_ns), ())


def no_tracks(t_ns: int) -> Tracks:
    none = np.zeros(0, dtype=np.float32)
    return Tracks(
        id=np.zeros(0, dtype=np.int64),
        xyz_m=np.zeros((0, 3), dtype=np.float32),
        velocity_mps=np.zeros((0, 2), dtype=np.float32),
        stature_m=none,
        stature_sigma_m=none.copy(),
        phase=np.zeros(0, dtype=np.int8),
        attributes=Attributes.unmeasured(0),
        ended=np.zeros(0, dtype=np.int64),
        t_ns=t_ns,
    )


def body_of(depth: DepthMap) -> npt.NDArray[np.bool_]:
    """Where people are in the picture: nearer than the bare floor by more than 40 cm."""
    bare = depth_of([], floor=FLOOR).depth_m
    return np.asarray(depth.depth_m < bare - 0.4)


def texture(shape: tuple[int, int] = SHAPE, *, seed: int = 7) -> Image:
    return np.random.default_rng(seed).integers(0, 255, shape).astype(np.uint8)
