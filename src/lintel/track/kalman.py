"""Constant-velocity Kalman filters for many people at once, variable time steps.

Letters as in the book (Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking
and Navigation", 2001, sections 5.2 and 6.2):

    x (N, 4)     state: x, y in m, vx, vy in m/s
    P (N, 4, 4)  covariance of x
    F (4, 4)     transition over dt
    Q (4, 4)     process noise over dt: white acceleration of density q, m2/s3
    H (2, 4)     measurement: the place
    z (N, 2)     measured place, m
    R (N,)       variance of z per axis, m2
    S (N, 2, 2)  covariance of the innovation
    K (N, 4, 2)  gain

Q is that of the continuous model, so that two steps of dt/2 spread as much as one of dt: the
frame rate does not enter.
"""
# ruff: noqa: N803, N806 - the letters of the book

from __future__ import annotations

import numpy as np

from lintel.geometry import Floats

H = np.eye(2, 4)


def transition(dt_s: float) -> Floats:
    """F (4, 4) over ``dt_s`` seconds."""
    F = np.eye(4)
    F[0, 2] = F[1, 3] = dt_s
    return F


def process_noise(dt_s: float, q: float) -> Floats:
    """Q (4, 4) of white acceleration with density ``q`` m2/s3 over ``dt_s`` seconds."""
    axis = np.array([[dt_s**3 / 3.0, dt_s**2 / 2.0], [dt_s**2 / 2.0, dt_s]])
    return np.asarray(q * np.kron(axis, np.eye(2)))


def predict(x: Floats, P: Floats, *, dt_s: float, q: float) -> tuple[Floats, Floats]:
    """State and covariance ``dt_s`` later."""
    F = transition(dt_s)
    return x @ F.T, F @ P @ F.T + process_noise(dt_s, q)


def innovation_covariance(P: Floats, R: Floats) -> Floats:
    """S (N, 2, 2)."""
    return np.asarray(P[:, :2, :2] + R[:, None, None] * np.eye(2))


def update(x: Floats, P: Floats, z: Floats, R: Floats) -> tuple[Floats, Floats]:
    """State and covariance after seeing ``z``; Joseph's form keeps P symmetric and positive."""
    K = P[:, :, :2] @ np.linalg.inv(innovation_covariance(P, R))
    x = x + (K @ (z - x[:, :2])[..., None])[..., 0]
    rest = np.eye(4) - K @ H
    noise = (K * R[:, None, None]) @ K.transpose(0, 2, 1)
    return x, rest @ P @ rest.transpose(0, 2, 1) + noise


def start(z: Floats, R: Floats, *, speed_sigma_mps: float) -> tuple[Floats, Floats]:
    """States at rest at ``z`` whose velocity is unknown."""
    x = np.concatenate([z, np.zeros_like(z)], axis=1)
    P = np.zeros((len(z), 4, 4))
    P[:, [0, 1], [0, 1]] = R[:, None]
    P[:, [2, 3], [2, 3]] = speed_sigma_mps**2
    return x, P


def replay(
    x: Floats, P: Floats, z: Floats, R: Floats, *, gap_s: float, q: float, steps: int = 4
) -> tuple[Floats, Floats]:
    """States after a gap, as if the way from the last place to ``z`` had been seen.

    ``x``, ``P`` are those of the last sighting. Coasting lets the velocity's error grow with
    every unseen step; the straight way between two sightings is better evidence than none
    (observation-centric re-update: Cao, Pang, Weng, Khirodkar, Kitani, "Observation-Centric
    SORT", CVPR 2023). The virtual sightings weigh less than real ones.
    """
    origin = x[:, :2].copy()
    for step in range(1, steps):
        x, P = predict(x, P, dt_s=gap_s / steps, q=q)
        x, P = update(x, P, origin + (step / steps) * (z - origin), 4.0 * R)
    x, P = predict(x, P, dt_s=gap_s / steps, q=q)
    return update(x, P, z, R)


def follow_level(level: Floats, variance: Floats, z: Floats, R: Floats) -> tuple[Floats, Floats]:
    """One-dimensional update of a slowly drifting level: stature."""
    gain = variance / (variance + R)
    return level + gain * (z - level), (1.0 - gain) * variance
