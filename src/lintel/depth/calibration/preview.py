"""Pictures for the installer's eye: after calibration, equal things lie on equal rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from lintel.depth.calibration.views import read_picture
from lintel.depth.rectify import Rectifier
from lintel.errors import CalibrationError
from lintel.frames import Image, StereoPair
from lintel.rig import StereoRig

GUIDE_LINES = 16
GUIDE_COLOURS = ((0, 220, 0), (0, 160, 255))  # BGR, in turn, so that a row is followed across


def preview(rectifier: Rectifier, left: Image, right: Image) -> Image:
    """Both pictures undistorted and rectified, side by side, BGR, with horizontal guides."""
    pair = rectifier.rectify(StereoPair(left, right, t_ns=0, seq=0, rig_id="preview"))
    both = cv2.cvtColor(np.hstack([pair.left, pair.right]), cv2.COLOR_GRAY2BGR)
    height, width = both.shape[:2]
    for line in range(1, GUIDE_LINES):
        y = line * height // GUIDE_LINES
        cv2.line(both, (0, y), (width - 1, y), GUIDE_COLOURS[line % 2], 1)
    return np.asarray(both, dtype=np.uint8)


def write_previews(
    rig: StereoRig, pairs: Sequence[tuple[Path, Path]], folder: Path
) -> tuple[Path, ...]:
    """Write one preview per pair of files into ``folder``; give the files written.

    Raises:
        CalibrationError: the folder or a file cannot be written.
        SourceError: a picture can no longer be read.
    """
    rectifier = Rectifier(rig)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left, right in pairs:
            picture = preview(rectifier, read_picture(left), read_picture(right))
            file = folder / f"{left.stem}_{right.stem}.png"
            file.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
            written.append(file)
    except OSError as error:
        raise CalibrationError(f"{folder}: previews cannot be written: {error.strerror}") from error
    return tuple(written)
