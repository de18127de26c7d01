"""Draws docs/pictures/doorway.png: the analytic doorway as seen, as measured, and as counted."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lintel.capture import open_source
from lintel.capture.analytic import AnalyticSource
from lintel.errors import LintelError
from lintel.frames import DepthMap, Image, StereoPair
from lintel.inspection.pictures import Moment, coloured_depth, png
from lintel.pipeline import Chain, FrameResult, prepared
from lintel.records import Phase

SCENE = "analytic:doorway"
OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures" / "doorway.png"
PANEL_PX = 460
PLAN_PX_PER_M = 110.0
INK, PAPER, LINE = (60, 50, 40), (250, 248, 246), (30, 140, 255)
HUE_STEP = 47


def busiest() -> tuple[Moment, AnalyticSource, list[list[npt.NDArray[np.float32]]]]:
    """The moment with most people, its scene, and the paths walked until then."""
    paths: dict[int, list[npt.NDArray[np.float32]]] = {}
    best: tuple[int, Moment] | None = None
    latest: list[tuple[StereoPair, DepthMap]] = []
    with open_source(SCENE) as source:
        if not isinstance(source, AnalyticSource):
            raise TypeError(f"{SCENE} is no analytic scene")
        stages = prepared(lambda: open_source(SCENE), source.site)
        chain = Chain(stages, on_depth=lambda pair, depth: latest.append((pair, depth)))
        while (pair := source.read()) is not None:
            result: FrameResult = chain.step(pair)
            seen = result.tracks.phase == Phase.CONFIRMED
            for track, place in zip(result.tracks.id[seen], result.tracks.xyz_m[seen], strict=True):
                paths.setdefault(int(track), []).append(place)
            people = int(seen.sum())
            if best is None or people > best[0]:
                _, depth = latest[-1]
                heads = result.detections.xyz_m
                best = (people, Moment("", pair.left, pair.right, depth, result.floor, heads))
            latest.clear()
    if best is None:
        raise LintelError(f"{SCENE} has no frames")
    return best[1], source, list(paths.values())


def plan(
    source: AnalyticSource, paths: list[list[npt.NDArray[np.float32]]], size: tuple[int, int]
) -> Image:
    """Paths and lines from above, y up."""
    width, height = size
    canvas = np.full((height, width, 3), PAPER, dtype=np.uint8)

    def at(place: npt.NDArray[np.floating]) -> tuple[int, int]:
        x = width / 2 + float(place[0]) * PLAN_PX_PER_M
        return (round(x), round(height / 2 - float(place[1]) * PLAN_PX_PER_M))

    for number, path in enumerate(paths):
        hue = np.array([[[number * HUE_STEP % 180, 170, 190]]], dtype=np.uint8)
        colour = cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0].tolist()
        points = np.array([at(place) for place in path])
        cv2.polylines(canvas, [points], isClosed=False, color=colour, thickness=2, lineType=16)
        cv2.circle(canvas, at(path[-1]), 5, colour, -1, cv2.LINE_AA)
    for line in source.site.lines:
        points = np.array([at(place) for place in line.points_m])
        cv2.polylines(canvas, [points], isClosed=False, color=LINE, thickness=5, lineType=16)
    return canvas


def captioned(picture: Image, caption: str) -> Image:
    """The picture with a caption below."""
    strip = np.full((34, picture.shape[1], 3), PAPER, dtype=np.uint8)
    cv2.putText(strip, caption, (8, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    return np.vstack([picture, strip])


def main() -> None:
    """Write the picture."""
    moment, source, paths = busiest()
    drawn = coloured_depth(moment, source.site)
    size = (PANEL_PX, PANEL_PX * drawn.shape[0] // drawn.shape[1])
    depth = np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    left = cv2.cvtColor(np.asarray(cv2.resize(moment.left, size)), cv2.COLOR_GRAY2BGR)
    panels = [
        captioned(np.asarray(left, dtype=np.uint8), "an analytic scene, left camera"),
        captioned(depth, "depth: near is red; heads and line"),
        captioned(plan(source, paths, size), "all that is kept: paths and the line"),
    ]
    gap = np.full((panels[0].shape[0], 8, 3), PAPER, dtype=np.uint8)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(png(np.hstack([panels[0], gap, panels[1], gap, panels[2]])))


if __name__ == "__main__":
    main()
