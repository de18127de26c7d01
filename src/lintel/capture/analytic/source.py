"""The analytic scene as a source: stereo pairs with exact depth, heads and crossings."""

from __future__ import annotations

import time
from functools import cached_property

import numpy as np

from lintel.capture.analytic.passages import crossings_of, visits_of
from lintel.capture.analytic.renderer import Renderer, Still
from lintel.capture.analytic.scene import SceneSpec
from lintel.capture.analytic.scenes import SCENES
from lintel.capture.analytic.view import View, analytic_rig, floor_pose
from lintel.clock import NS_PER_S
from lintel.closing import Closing
from lintel.config import SiteConfig, SiteFile
from lintel.config.sitefile import MountSection
from lintel.errors import SourceError
from lintel.frames import DepthMap, StereoPair
from lintel.geometry import Intrinsics, Pose
from lintel.records import SourceFaults
from lintel.rig import MAX_EYE_PIXELS, CameraModel, StereoRig
from lintel.truth import TrueHeads, Truth

BASELINE_M = 0.075
MAX_TILT_RAD = np.deg2rad(20.0)
MAX_SECONDS = 24 * 3600.0


class AnalyticSource(Closing):
    """Pairs of a named scene, drawn as they are read.

    Args:
        scene: a name in ``SCENES``.
        seed: who walks, in what clothes, over what texture; the same seed gives the same bytes.
        seconds: length; default: one cycle of the scene.
        fps: exposures per second.
        size: width and height of one eye, pixels.
        height_m: camera above the floor.
        tilt_rad: how far the camera looks on towards the image's top; up to 20 degrees.
        distortion: lens distortion in OpenCV's order; none by default: pairs are rectified.
        noise: sensor noise, gray levels (standard deviation).
        live: hand pairs out in real time and skip those that are late.

    Raises:
        SourceError: no such scene, or an impossible setting.
    """

    def __init__(
        self,
        scene: str = "doorway",
        *,
        seed: int = 1,
        seconds: float | None = None,
        fps: float = 15.0,
        size: tuple[int, int] = (640, 400),
        height_m: float = 3.0,
        tilt_rad: float = 0.0,
        distortion: tuple[float, ...] = (),
        noise: float = 1.5,
        live: bool = False,
    ) -> None:
        self._spec = _spec(scene)
        length_s = self._spec.cycle_s if seconds is None else seconds
        _check(
            seed=seed,
            seconds=length_s,
            fps=fps,
            size=size,
            height_m=height_m,
            tilt=tilt_rad,
            noise=noise,
        )
        self.name = f"analytic:{scene}"
        self.fps = fps
        self.live = live
        self.rig: StereoRig = analytic_rig(size, baseline_m=BASELINE_M, distortion=distortion)
        self.floor_from_cam: Pose = floor_pose(height_m=height_m, tilt_rad=tilt_rad)
        self.frame_count: int | None = max(1, round(length_s * fps))
        self._cast = self._spec.cast(seed=seed, seconds=length_s)
        self._height_m = height_m
        self._renderer = Renderer(
            self._spec,
            self._cast,
            seed=seed,
            focal_px=float(self.rig.left.matrix[0, 0]),
            height_m=height_m,
            noise=noise,
        )
        self._next = 0
        self._skipped = 0
        self._start_ns: int | None = None

    @property
    def faults(self) -> SourceFaults:
        """Frames skipped because a live reader came late."""
        return SourceFaults(dropped=self._skipped)

    @property
    def frames(self) -> int:
        """Frames from start to end."""
        return self.frame_count or 0

    def read(self) -> StereoPair | None:
        """The next pair, None at the end; live: waits for its time, skips what is late."""
        self._require_open(self.name)
        start_ns = self._wait() if self.live else 0
        if self._next >= self.frames:
            return None
        frame, self._next = self._next, self._next + 1
        drawn = self.pair(frame)
        return StereoPair(drawn.left, drawn.right, start_ns + drawn.t_ns, drawn.seq, drawn.rig_id)

    def pair(self, frame: int) -> StereoPair:
        """Pair number ``frame`` from 0, whatever was read before; its time starts at 0.

        Raises:
            SourceError: no such frame.
        """
        t_ns = self._t_ns(frame)
        images = []
        for eye, (view, still) in enumerate(zip(self._views, self._stills, strict=True)):
            drawing = self._renderer.draw(view, still, t_ns / NS_PER_S)
            assert drawing.gray is not None  # noqa: S101 - asked for above; tells mypy
            images.append(self._renderer.noisy(drawing.gray, frame=frame, eye=eye))
        return StereoPair(images[0], images[1], t_ns, frame, self.rig.rig_id)

    def exact_depth(self, frame: int) -> DepthMap:
        """Exact depth and image of the left eye without lens distortion.

        Raises:
            SourceError: no such frame.
        """
        t_ns = self._t_ns(frame)
        view, still = self._ideal
        drawing = self._renderer.draw(view, still, t_ns / NS_PER_S)
        assert drawing.gray is not None  # noqa: S101 - asked for above; tells mypy
        depth = np.where(np.isfinite(drawing.depth_m), drawing.depth_m, np.nan)
        matrix = self.rig.left.matrix
        return DepthMap(
            depth_m=depth.astype(np.float32),
            confidence=np.isfinite(depth).astype(np.float32),
            intrinsics=Intrinsics(matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]),
            image=self._renderer.noisy(drawing.gray, frame=frame, eye=0),
            t_ns=t_ns,
            seq=frame,
        )

    @cached_property
    def site_file(self) -> SiteFile:
        """What an installer would have written about this scene."""
        return SiteFile(
            mount=MountSection(height_m=self._height_m),
            line=[self._spec.line],
            zone=list(self._spec.zones),
        )

    @cached_property
    def site(self) -> SiteConfig:
        """Mount height, line and zones of the scene."""
        return SiteConfig.resolve(self.site_file)

    @cached_property
    def truth(self) -> Truth:
        """People, crossings of the scene's line and visits to its zones."""
        return self.truth_for(self.site)

    def truth_for(self, site: SiteConfig) -> Truth:
        """Truth against other lines and zones than the scene's own."""
        end_s = self.frames / self.fps
        walkers = self._cast.walkers
        crossings = [
            c for line in site.lines for w in walkers for c in crossings_of(w, line, until_s=end_s)
        ]
        visits = [
            v for zone in site.zones for w in walkers for v in visits_of(w, zone, until_s=end_s)
        ]
        return Truth(
            fps=self.fps,
            frames=self.frames,
            people=tuple(w.person for w in walkers),
            crossings=tuple(sorted(crossings, key=lambda c: (c.t_s, c.line, c.person))),
            zone_visits=tuple(sorted(visits, key=lambda v: (v.enter_s, v.zone, v.person))),
            strata=self._spec.strata,
        )

    @cached_property
    def heads(self) -> TrueHeads:
        """Head tops of everybody present, per frame, with the pixels that the left eye sees.

        Drawn without texture on first use: some milliseconds per frame.
        """
        rows = [row for frame in range(self.frames) for row in self._heads_in(frame)]
        return TrueHeads(
            frame=np.array([row[0] for row in rows], dtype=np.int64),
            person=np.array([row[1] for row in rows], dtype=np.int64),
            xyz_m=np.array([row[2] for row in rows], dtype=np.float32).reshape(-1, 3),
            visible_px=np.array([row[3] for row in rows], dtype=np.int64),
        )

    def _heads_in(self, frame: int) -> list[tuple[int, int, tuple[float, ...], int]]:
        t_s = self._t_ns(frame) / NS_PER_S
        present = [w for w in self._cast.walkers if w.present(t_s)]
        if not present:
            return []
        drawing = self._renderer.draw(
            self._views[0], self._bare, t_s, textured=False, labelled=True
        )
        assert drawing.labels is not None  # noqa: S101 - asked for above; tells mypy
        seen = np.bincount(drawing.labels.ravel() + 1, minlength=len(self._cast.walkers) + 1)
        return [
            (
                frame,
                w.person.id,
                tuple(w.head_top_m(np.array([t_s]))[0].tolist()),
                int(seen[w.person.id + 1]),
            )
            for w in present
        ]

    @cached_property
    def _views(self) -> tuple[View, View]:
        right = self.floor_from_cam.apply(np.array([BASELINE_M, 0.0, 0.0]))
        poses = self.floor_from_cam, Pose(self.floor_from_cam.rotation, right)
        cameras = self.rig.left, self.rig.right
        left, right_view = (
            View(camera, self.rig.image_size, pose)
            for camera, pose in zip(cameras, poses, strict=True)
        )
        return left, right_view

    @cached_property
    def _stills(self) -> tuple[Still, Still]:
        left, right = (self._renderer.still(view) for view in self._views)
        return left, right

    @cached_property
    def _bare(self) -> Still:
        return self._renderer.still(self._views[0], textured=False)

    @cached_property
    def _ideal(self) -> tuple[View, Still]:
        """The left eye without its lens distortion."""
        left = self.rig.left
        if len(left.distortion) == 0:
            return self._views[0], self._stills[0]
        camera = CameraModel(left.matrix, np.zeros(0))
        view = View(camera, self.rig.image_size, self.floor_from_cam)
        return view, self._renderer.still(view)

    def _t_ns(self, frame: int) -> int:
        if not 0 <= frame < self.frames:
            raise SourceError(f"{self.name}: expected a frame of 0..{self.frames - 1}, got {frame}")
        return round(frame * NS_PER_S / self.fps)

    def _wait(self) -> int:
        """Sleep until the next frame is due, or skip those whose time is over."""
        now_ns = time.monotonic_ns()
        if self._start_ns is None:
            _ = self._stills  # drawn before the clock starts
            self._start_ns = now_ns = time.monotonic_ns()
        due = int((now_ns - self._start_ns) * self.fps / NS_PER_S)
        late = min(due, self.frames) - self._next
        if late > 0:
            self._skipped += late
            self._next += late
        ahead_ns = self._start_ns + round(self._next * NS_PER_S / self.fps) - now_ns
        if ahead_ns > 0:
            time.sleep(ahead_ns / NS_PER_S)
        return self._start_ns

    def _release(self) -> None:
        """Nothing is held outside of this object."""


def _spec(scene: str) -> SceneSpec:
    if scene not in SCENES:
        raise SourceError(f"analytic:{scene}: no such scene; there are {', '.join(SCENES)}")
    return SCENES[scene]


def _check(
    *,
    seed: int,
    seconds: float,
    fps: float,
    size: tuple[int, int],
    height_m: float,
    tilt: float,
    noise: float,
) -> None:
    width, height = size
    limits = (
        ("seed", seed, 0, 2**63 - 1),
        ("seconds", seconds, 0.01, MAX_SECONDS),
        ("fps", fps, 0.1, 240.0),
        ("width", width, 16, 8192),
        ("height", height, 16, 8192),
        ("size", width * height, 256, MAX_EYE_PIXELS),
        ("height_m", height_m, 1.8, 12.0),
        ("tilt", abs(tilt), 0.0, MAX_TILT_RAD + 1e-9),
        ("noise", noise, 0.0, 40.0),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise SourceError(f"analytic scene: {name}: expected {low:g}..{high:g}, got {value:g}")
