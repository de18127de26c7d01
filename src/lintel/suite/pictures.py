"""Pictures of what went wrong: three moments around every miss and every false count."""

from __future__ import annotations

import cv2
import numpy as np

from lintel.evaluate import RecordingScore
from lintel.frames import Image
from lintel.sim.world import World
from lintel.suite.result import MissPicture

AROUND_S = (-0.5, 0.0, 0.5)
MAX_PICTURES = 200  # per clip
WIDTH_PX = 320


def picture_misses(world: World, score: RecordingScore) -> tuple[MissPicture, ...]:
    """Strips for the errors of a score, at most MAX_PICTURES."""
    errors = [("missed", crossing) for crossing in score.missed]
    errors += [("false", crossing) for crossing in score.false]
    return tuple(
        MissPicture(kind, crossing, _strip(world, crossing.t_s))
        for kind, crossing in errors[:MAX_PICTURES]
    )


def _strip(world: World, t_s: float) -> bytes:
    last = world.shot.frames - 1
    frames = [int(np.clip(round((t_s + d) * world.shot.fps), 0, last)) for d in AROUND_S]
    strip = np.hstack([_small(world.frame(frame).pair.left) for frame in frames])
    done, data = cv2.imencode(".png", strip)
    if not done:
        raise OSError("the picture could not be written as PNG")
    return data.tobytes()


def _small(image: Image) -> Image:
    height = round(WIDTH_PX * image.shape[0] / image.shape[1])
    small = cv2.resize(image, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)
