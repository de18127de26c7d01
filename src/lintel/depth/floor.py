"""The floor under a running camera: found from the footage, kept up to date, found anew.

A ring of thinned-out depth maps, some seconds long, is all that is remembered. Per grid cell
the far end of what was seen there is searched for the lowest plane (people pass, the floor
stays), and the plane is then refined on every sample near it. Depth maps between two samples
cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.clock import NS_PER_S
from lintel.depth.floor_fit import (
    TUKEY_WIDTH,
    PlaneFit,
    PlaneLimits,
    misfit,
    refine,
    search_floor,
)
from lintel.depth.floor_ring import FloorRing
from lintel.errors import ContractError
from lintel.frames import DepthMap
from lintel.geometry import Floats, Intrinsics, floor_from_cam_of
from lintel.records import FloorFit

KNOCK_GAIN = 0.8  # a knocked camera's new plane leaves less than this share of the misfit
RECENT = 3  # samples that decide whether the camera was knocked


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSettings:
    """What is known about the mount, and how eagerly the floor is followed."""

    baseline_m: float = 0.075  # of the stereo rig: turns disparity noise into depth noise
    mount_height_m: float | None = None  # as the installer measured it; None: fitted freely
    mount_tolerance: float = 0.15  # share of mount_height_m that a fit may differ by
    min_height_m: float = 1.8
    max_height_m: float = 12.5
    max_tilt_rad: float = float(np.radians(25.0))
    disparity_sigma_px: float = 0.12  # spread of disparity on the floor, samples averaged
    offset_sigma_px: float = 0.1  # spread of a disparity error common to the picture
    grid_columns: int = 96  # picture points looked at across the picture's width
    samples: int = 12  # depth maps remembered
    sample_s: float = 0.5  # between two of them, once the floor is settled
    eager_sample_s: float = 0.2  # the same before that
    refit_s: float = 2.0
    follow_s: float = 10.0  # time constant of the low-pass over refits
    settle_span_s: float = 0.5  # footage that two agreeing fits must span
    min_share: float = 0.06  # of the points seen must lie on the floor
    step_m: float = 0.2  # surfaces that differ by less in height count as one
    knock_tilt_rad: float = float(np.radians(0.6))
    knock_share: float = 0.02  # of the height
    raised_floor_s: float = 20.0  # a nearer floor is believed after this long: it may be a crowd
    lost_s: float = 30.0  # the floor disagreed with for this long is no longer settled

    def __post_init__(self) -> None:
        if self.baseline_m <= 0 or self.disparity_sigma_px <= 0:
            raise ContractError("FloorSettings: baseline and disparity sigma must be positive")
        if self.samples < RECENT or self.grid_columns < 16:
            raise ContractError(
                f"FloorSettings: expected samples >= {RECENT} and grid_columns >= 16, "
                f"got {self.samples} and {self.grid_columns}"
            )


class FloorEstimator:
    """Stage: depth maps in, the floor out. State: one ring of samples and the current plane."""

    def __init__(self, *, settings: FloorSettings) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._rng = np.random.default_rng(0)
        self._ring: FloorRing | None = None
        self._fit: PlaneFit | None = None
        self._plane: Floats = np.zeros(3)  # the low-passed plane
        self._settled = False
        self._sampled_ns: int | None = None
        self._refit_ns = 0
        self._doubts = 0  # samples in a row that disagree with the plane
        self._doubt_ns = 0  # when they began
        self._floor: FloorFit | None = None
        self._known: FloorFit | None = None  # from before the rig was corrected

    def step(self, depth: DepthMap) -> FloorFit | None:
        """The floor as known after this depth map; None until a first plane is found.

        A fit that is not ``settled`` is a first guess or one that the footage speaks against:
        do not measure people with it.
        """
        if self._due(depth.t_ns):
            self._sampled_ns = depth.t_ns
            self._sample(depth)
        return self._floor

    def _due(self, t_ns: int) -> bool:
        if self._sampled_ns is None or t_ns < self._sampled_ns:
            return True
        wait_s = self._settings.sample_s if self._settled else self._settings.eager_sample_s
        return t_ns - self._sampled_ns >= round(wait_s * NS_PER_S)

    def _sample(self, depth: DepthMap) -> None:
        if self._ring is None or not self._ring.fits(depth):
            realigned = self._ring is not None and self._ring.nearly_fits(depth)
            known = self._floor if realigned else None
            self.reset()
            # A slightly corrected rig sees nearly the same floor: good enough until it settles.
            self._floor = self._known = known
            self._sampled_ns = depth.t_ns
            self._ring = FloorRing(
                depth, samples=self._settings.samples, grid_columns=self._settings.grid_columns
            )
        ring = self._ring
        ring.add(depth)
        limits = limits_of(self._settings, depth.intrinsics)
        if not self._settled:
            self._settle(ring, limits, depth.t_ns)
            return
        self._doubt(ring, limits, depth.t_ns)
        if self._doubts >= RECENT and self._find_anew(ring, limits, depth.t_ns):
            return
        if depth.t_ns - self._refit_ns >= self._settings.refit_s * NS_PER_S:
            self._follow(ring, limits, depth.t_ns)

    def _settle(self, ring: FloorRing, limits: PlaneLimits, t_ns: int) -> None:
        """Fit freshly; believe it as soon as it agrees with the fit before."""
        fit = self._search(ring, limits, ring.count)
        if fit is None:
            return
        before = self._fit
        self._adopt(fit, t_ns)
        self._settled = (
            before is not None
            and ring.span_s >= self._settings.settle_span_s
            and not self._differ(before.plane, fit.plane)
        )
        self._publish(fit)

    def _follow(self, ring: FloorRing, limits: PlaneLimits, t_ns: int) -> None:
        """Refit on the ring and let the plane follow slowly."""
        width = TUKEY_WIDTH * limits.noise
        near = ring.points_near(self._plane, width, ring.count)
        fit = refine(near, self._plane, limits)
        if fit is None or fit.support < limits.min_share * len(ring.rays):
            return
        passed_s = (t_ns - self._refit_ns) / NS_PER_S
        share = 1.0 - float(np.exp(-passed_s / self._settings.follow_s))
        self._plane = self._plane + share * (fit.plane - self._plane)
        self._fit, self._refit_ns = fit, t_ns
        self._publish(fit)

    def _doubt(self, ring: FloorRing, limits: PlaneLimits, t_ns: int) -> None:
        """Count samples in a row that fit the plane clearly worse than when it was settled."""
        points = ring.far_points(1, limits.noise)
        if len(points) < limits.min_points:
            return  # darkness says nothing about the floor
        fit = refine(points, self._plane, limits)
        if fit is not None and not self._differ(self._plane, fit.plane):
            self._doubts = 0
        elif self._doubts == 0:
            self._doubts, self._doubt_ns = 1, t_ns
        else:
            self._doubts += 1

    def _find_anew(self, ring: FloorRing, limits: PlaneLimits, t_ns: int) -> bool:
        """Fit the latest samples alone; adopt that plane if it explains them far better."""
        doubted_s = (t_ns - self._doubt_ns) / NS_PER_S
        fit = self._search(ring, limits, RECENT)
        if fit is not None and self._differ(self._plane, fit.plane):
            costs = misfit(
                ring.far_points(RECENT, limits.noise), np.stack([self._plane, fit.plane]), limits
            )
            nearer = ring.rays @ (fit.plane - self._plane)
            raised = nearer.min() > self._settings.step_m * float(self._plane[2]) ** 2
            patient = not raised or doubted_s >= self._settings.raised_floor_s
            if patient and costs[1] < KNOCK_GAIN * costs[0]:
                ring.keep_newest(RECENT)
                self._adopt(fit, t_ns)
                self._publish(fit)
                return True
        elif fit is not None:
            self._doubts = 0  # the floor is where it was; something else moved
        if self._doubts and doubted_s >= self._settings.lost_s:
            self._settled = False
            ring.keep_newest(RECENT)
            if self._fit is not None:
                self._publish(self._fit)
        return False

    def _adopt(self, fit: PlaneFit, t_ns: int) -> None:
        """Take a plane as a first guess."""
        self._settled = False
        self._plane, self._fit, self._refit_ns, self._doubts = fit.plane, fit, t_ns, 0

    def _search(self, ring: FloorRing, limits: PlaneLimits, newest: int) -> PlaneFit | None:
        points = ring.far_points(newest, limits.noise)
        found = search_floor(points, limits, self._rng)
        if found is None or found.support < limits.min_share * len(points):
            return None
        width = TUKEY_WIDTH * limits.noise
        return refine(ring.points_near(found.plane, width, newest), found.plane, limits)

    def _differ(self, plane: Floats, other: Floats) -> bool:
        """Whether two planes differ by more than a knock threshold."""
        sizes = np.linalg.norm([plane, other], axis=1)
        cosine = float(plane @ other / sizes.prod())
        turned = np.arccos(np.clip(cosine, -1.0, 1.0)) > self._settings.knock_tilt_rad
        return bool(turned or abs(sizes[1] / sizes[0] - 1.0) > self._settings.knock_share)

    def _publish(self, fit: PlaneFit) -> None:
        """Put the current plane and the latest fit's uncertainty into a FloorFit."""
        if self._known is not None and not self._settled:
            return
        self._known = None
        size = float(np.linalg.norm(self._plane))
        self._floor = FloorFit(
            floor_from_cam=floor_from_cam_of(normal_cam=-self._plane / size, height_m=1.0 / size),
            height_sigma_m=fit.height_sigma_m,
            tilt_sigma_rad=fit.tilt_sigma_rad,
            residual_m=fit.spread / float(self._plane[2]) ** 2,
            support=fit.support,
            settled=self._settled,
        )


def limits_of(settings: FloorSettings, intrinsics: Intrinsics) -> PlaneLimits:
    """The plane limits of a camera: pixels of disparity become inverse depth."""
    per_px = 1.0 / (intrinsics.fx * settings.baseline_m)
    lowest_m, highest_m = settings.min_height_m, settings.max_height_m
    if settings.mount_height_m is not None:
        lowest_m = settings.mount_height_m * (1.0 - settings.mount_tolerance)
        highest_m = settings.mount_height_m * (1.0 + settings.mount_tolerance)
    return PlaneLimits(
        noise=settings.disparity_sigma_px * per_px,
        noise_offset=settings.offset_sigma_px * per_px,
        min_height_m=lowest_m,
        max_height_m=highest_m,
        max_tilt_rad=settings.max_tilt_rad,
        min_points=60,
        min_share=settings.min_share,
        step_m=settings.step_m,
    )
