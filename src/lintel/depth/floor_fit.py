"""One robust floor plane from points of one stretch of time.

Everything happens in inverse depth. A plane ``n . p + h = 0`` seen by a pinhole camera is
linear there: with ``p = z (x, y, 1)``,

    1 / z = a x + b y + c,      (a, b, c) = -n / h,      h = 1 / |(a, b, c)|

and disparity is ``fx * baseline / z``, so stereo noise is constant over the picture and plain
linear least squares is the right estimator (Labayrade, Aubert, Tarel, "Real time obstacle
detection in stereovision on non flat road geometry through v-disparity", IV 2002). The plane
is searched with MSAC (Torr and Zisserman, "MLESAC", CVIU 2000) and refined by iteratively
reweighted least squares with Tukey's biweight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lintel.geometry import Bools, Floats, Intrinsics

TUKEY_WIDTH = 4.685  # 95 % efficiency on Gaussian noise
MAD_TO_SIGMA = 1.4826
HYPOTHESES = 400
SCORED_POINTS = 1200
MAX_DESCENTS = 4
IRLS_STEPS = 6
TRUSTED_FIELD = 0.45  # tangent of the field angle where lens errors weigh as much as noise
PARALLEL_RAD = float(np.radians(6.0))  # storeys and table tops are parallel within this


@dataclass(frozen=True, slots=True)
class PlaneLimits:
    """Which planes may be a floor, and how the points scatter about it."""

    noise: float  # expected spread of inverse depth, 1/m
    noise_offset: float  # spread of an error common to all points, 1/m
    min_height_m: float
    max_height_m: float
    max_tilt_rad: float
    min_points: int
    min_share: float  # of all points
    step_m: float  # two levels that differ by less are one


@dataclass(frozen=True, slots=True, eq=False)
class FloorPoints:
    """Points on the picture grid: normalised rays and inverse depths."""

    rays: Floats  # (N, 3) x, y, 1
    inverse_depth: Floats  # (N,) 1/m
    block: Floats  # (N,) number of the picture block that the point lies in

    def __len__(self) -> int:
        return len(self.inverse_depth)

    @property
    def trust(self) -> Floats:
        """Weights (N,) that fall off towards the field's edge, where lens models fail first."""
        radius = np.hypot(self.rays[:, 0], self.rays[:, 1])
        return np.asarray(1.0 / (1.0 + (radius / TRUSTED_FIELD) ** 4))

    def where(self, chosen: Bools) -> FloorPoints:
        """Those points that are chosen."""
        return FloorPoints(self.rays[chosen], self.inverse_depth[chosen], self.block[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class PlaneFit:
    """A plane ``1 / z = plane . (x, y, 1)`` with its uncertainty."""

    plane: Floats  # (3,) 1/m
    covariance: Floats  # (3, 3) 1/m2
    spread: float  # robust sigma of the residuals, 1/m
    support: int

    @property
    def height_m(self) -> float:
        """Camera above the plane."""
        return 1.0 / float(np.linalg.norm(self.plane))

    @property
    def normal_cam(self) -> Floats:
        """Upward unit normal (3,) in the camera frame."""
        return np.asarray(-self.plane * self.height_m)

    @property
    def height_sigma_m(self) -> float:
        """Standard error of the height: ``dh = h^2 n . dplane`` at first order."""
        gradient = self.height_m**2 * self.normal_cam
        return float(np.sqrt(gradient @ self.covariance @ gradient))

    @property
    def tilt_sigma_rad(self) -> float:
        """Standard error of the normal in its worst direction."""
        normal = self.normal_cam
        across = np.eye(3) - np.outer(normal, normal)
        spread = self.height_m**2 * across @ self.covariance @ across
        return float(np.sqrt(max(0.0, np.linalg.eigvalsh(spread)[-1])))


def rays_of(intrinsics: Intrinsics, columns_px: Floats, rows_px: Floats) -> Floats:
    """Normalised rays (len(rows) * len(columns), 3) of a pixel grid, row by row."""
    x, y = np.meshgrid(
        (columns_px - intrinsics.cx) / intrinsics.fx, (rows_px - intrinsics.cy) / intrinsics.fy
    )
    return np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1)


def search_floor(
    points: FloorPoints, limits: PlaneLimits, rng: np.random.Generator
) -> PlaneFit | None:
    """The lowest well supported plane, or None.

    A table top may show more points than the floor beneath it. So the best plane is only a
    start: while a plane is supported by what lies below it, that one is taken instead.
    """
    best = _best_plane(points, limits, rng)
    for _ in range(MAX_DESCENTS):
        if best is None:
            return None
        lower = _plane_below(points, best, limits, rng)
        if lower is None:
            break
        best = lower
    return best


def refine(points: FloorPoints, start: Floats, limits: PlaneLimits) -> PlaneFit | None:
    """Tukey-weighted least squares about the plane ``start`` (3,), or None without support."""
    plane, width, trust = start, TUKEY_WIDTH * limits.noise, points.trust
    for _ in range(IRLS_STEPS):
        residual = points.inverse_depth - points.rays @ plane
        near = np.abs(residual) < width
        if near.sum() < limits.min_points:
            return None
        weight = trust * _tukey(residual, width)
        normal_matrix = (points.rays * weight[:, None]).T @ points.rays
        if np.linalg.cond(normal_matrix) > 1e7:
            return None
        plane = np.linalg.solve(normal_matrix, points.rays.T @ (weight * points.inverse_depth))
        spread = MAD_TO_SIGMA * float(np.median(np.abs(residual[near])))
        width = TUKEY_WIDTH * float(np.clip(spread, 0.3 * limits.noise, 0.6 * limits.noise))
    if not _possible(plane[None], limits)[0]:
        return None
    return _with_covariance(points, plane, width, limits)


def _tukey(residual: Floats, width: float) -> Floats:
    return np.asarray(np.clip(1.0 - (residual / width) ** 2, 0.0, None) ** 2)


def _with_covariance(
    points: FloorPoints, plane: Floats, width: float, limits: PlaneLimits
) -> PlaneFit:
    """Cluster-robust covariance: residuals within a picture block count as one observation.

    Stereo errors are alike among neighbours (block matching, smoothing, pixel locking), so
    the textbook covariance is far too small. The sandwich estimator of Liang and Zeger
    (Biometrika 1986) sums scores per block instead. What is common to the whole picture, an
    offset of disparity, no residual can show: ``noise_offset`` adds it to the constant term.
    """
    residual = points.inverse_depth - points.rays @ plane
    weight = points.trust * _tukey(residual, width)
    bread = np.linalg.inv((points.rays * weight[:, None]).T @ points.rays)
    scores = points.rays * (weight * residual)[:, None]
    blocks = points.block.astype(np.int64)
    sums = np.stack([np.bincount(blocks, column) for column in scores.T], axis=1)
    covariance = bread @ (sums.T @ sums) @ bread
    covariance[2, 2] += limits.noise_offset**2
    near = np.abs(residual) < width
    spread = MAD_TO_SIGMA * float(np.median(np.abs(residual[near])))
    return PlaneFit(plane, covariance, spread, int(near.sum()))


def _possible(planes: Floats, limits: PlaneLimits) -> Bools:
    """Which planes (K, 3) could be a floor by height and tilt."""
    size = np.linalg.norm(planes, axis=1) + 1e-12
    height_m = 1.0 / size
    return np.asarray(
        (height_m >= limits.min_height_m)
        & (height_m <= limits.max_height_m)
        & (planes[:, 2] >= size * np.cos(limits.max_tilt_rad))
    )


def _best_plane(
    points: FloorPoints, limits: PlaneLimits, rng: np.random.Generator
) -> PlaneFit | None:
    if len(points) < limits.min_points:
        return None
    planes = _hypotheses(points, rng)
    planes = planes[_possible(planes, limits)]
    if len(planes) == 0:
        return None
    scored = points
    if len(points) > SCORED_POINTS:
        scored = points.where(rng.permutation(len(points)) < SCORED_POINTS)
    costs = misfit(scored, planes, limits)
    return refine(points, planes[int(np.argmin(costs))], limits)


def misfit(points: FloorPoints, planes: Floats, limits: PlaneLimits) -> Floats:
    """Mean truncated square (K,) of the residuals of planes (K, 3): the cost of MSAC, 0..1."""
    square = ((points.inverse_depth - planes @ points.rays.T) / (2.5 * limits.noise)) ** 2
    trust = points.trust
    return np.asarray(np.minimum(square, 1.0) @ trust / trust.sum())


def _hypotheses(points: FloorPoints, rng: np.random.Generator) -> Floats:
    """Planes (K, 3) through random triples; triples that lie on a line are left out."""
    triples = rng.integers(0, len(points), (HYPOTHESES, 3))
    rays = points.rays[triples]
    sound = np.abs(np.linalg.det(rays)) > 1e-3
    right = points.inverse_depth[triples[sound]]
    return np.linalg.solve(rays[sound], right[..., None])[..., 0]


def _plane_below(
    points: FloorPoints, upper: PlaneFit, limits: PlaneLimits, rng: np.random.Generator
) -> PlaneFit | None:
    """A supported plane beneath ``upper``: under all of it, and made of most that lies there."""
    expected = points.rays @ upper.plane
    gap = np.maximum(limits.step_m * expected**2, 3.0 * upper.spread)
    below = points.inverse_depth < expected - gap
    count = int(below.sum())
    if count < max(limits.min_points, limits.min_share * len(points)):
        return None
    lower = _best_plane(points.where(below), limits, rng)
    if lower is None or lower.support < max(0.4 * count, limits.min_points):
        return None
    cosine = float(lower.normal_cam @ upper.normal_cam)
    if cosine < np.cos(PARALLEL_RAD) and lower.support < 0.5 * upper.support:
        return None
    on_upper = np.abs(points.inverse_depth - expected) < 2.5 * limits.noise
    beneath = (points.rays @ lower.plane)[on_upper] < (expected - 0.5 * gap)[on_upper]
    if beneath.mean() < 0.9:  # it cuts through the upper plane: a warped floor, not a second one
        return None
    return refine(points, lower.plane, limits)
