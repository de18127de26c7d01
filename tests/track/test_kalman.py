"""The batched filter against filterpy, and what it promises by itself."""
# ruff: noqa: N803, N806 - the letters of the book

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from filterpy.kalman import KalmanFilter
from hypothesis import given
from hypothesis import strategies as st

from lintel.track import kalman

Floats = npt.NDArray[np.float64]
Q_DENSITY = 2.0


def oracle(z: Floats, R: float) -> KalmanFilter:
    filtered = KalmanFilter(dim_x=4, dim_z=2)
    filtered.x = np.array([*z, 0.0, 0.0])
    filtered.P = np.diag([R, R, 2.25, 2.25])
    filtered.H = np.eye(2, 4)
    filtered.R = R * np.eye(2)
    return filtered


def test_many_people_at_uneven_times_agree_with_filterpy() -> None:
    rng = np.random.default_rng(0)
    z, R = rng.normal(size=(5, 2)), rng.uniform(0.001, 0.01, 5)
    x, P = kalman.start(z, R, speed_sigma_mps=1.5)
    peers = [oracle(place, noise) for place, noise in zip(z, R, strict=True)]
    for dt_s in rng.uniform(0.01, 0.4, 30):
        z = z + rng.normal(0.0, 0.1, (5, 2))
        x, P = kalman.predict(x, P, dt_s=float(dt_s), q=Q_DENSITY)
        x, P = kalman.update(x, P, z, R)
        for peer, place in zip(peers, z, strict=True):
            peer.predict(
                F=kalman.transition(float(dt_s)), Q=kalman.process_noise(float(dt_s), Q_DENSITY)
            )
            peer.update(place)
    np.testing.assert_allclose(x, [peer.x for peer in peers], atol=1e-9)
    np.testing.assert_allclose(P, [peer.P for peer in peers], atol=1e-9)


@given(dt_s=st.floats(0.001, 2.0), parts=st.integers(2, 12))
def test_many_short_steps_are_one_long_step(dt_s: float, parts: int) -> None:
    x, P = kalman.start(np.array([[1.0, 2.0]]), np.array([0.01]), speed_sigma_mps=1.0)
    x[0, 2:] = [1.3, -0.4]
    once = kalman.predict(x, P, dt_s=dt_s, q=Q_DENSITY)
    for _ in range(parts):
        x, P = kalman.predict(x, P, dt_s=dt_s / parts, q=Q_DENSITY)
    np.testing.assert_allclose(x, once[0], atol=1e-9)
    np.testing.assert_allclose(P, once[1], atol=1e-9)


def test_covariance_stays_symmetric_and_positive() -> None:
    x, P = kalman.start(np.zeros((1, 2)), np.array([1e-6]), speed_sigma_mps=3.0)
    for _ in range(5000):
        x, P = kalman.predict(x, P, dt_s=1 / 60, q=Q_DENSITY)
        x, P = kalman.update(x, P, np.zeros((1, 2)), np.array([1e-6]))
    assert np.abs(P[0] - P[0].T).max() < 1e-12
    assert np.linalg.eigvalsh(P[0]).min() > 0.0


def test_a_replayed_gap_gives_the_velocity_of_the_straight_way() -> None:
    x, P = kalman.start(np.zeros((1, 2)), np.array([0.0025]), speed_sigma_mps=0.3)
    x[0, 2:] = [1.5, 0.0]  # it seemed to walk on, and had turned aside
    found = np.array([[0.0, 0.6]])
    replayed, _ = kalman.replay(x, P, found, np.array([0.0025]), gap_s=0.6, q=Q_DENSITY)
    coasted, covariance = kalman.predict(x, P, dt_s=0.6, q=Q_DENSITY)
    coasted, _ = kalman.update(coasted, covariance, found, np.array([0.0025]))
    true_velocity = np.array([0.0, 1.0])
    error = np.linalg.norm(replayed[0, 2:] - true_velocity)
    assert error < np.linalg.norm(coasted[0, 2:] - true_velocity)
    np.testing.assert_allclose(replayed[0, :2], found[0], atol=0.05)


def test_a_level_settles_on_the_mean() -> None:
    rng = np.random.default_rng(1)
    heights = rng.normal(1.72, 0.05, 200)
    start = (heights[:1], np.array([0.0025]))
    level, variance = kalman.follow_level(*start, heights[1:2], np.array([0.0025]))
    for z in heights[2:]:
        level, variance = kalman.follow_level(level, variance, np.array([z]), np.array([0.0025]))
    assert level[0] == pytest.approx(heights.mean(), abs=1e-9)
    assert variance[0] == pytest.approx(0.0025 / 200)


def test_nobody_is_a_batch_too() -> None:
    nobody = np.zeros((0, 2))
    x, P = kalman.start(nobody, np.zeros(0), speed_sigma_mps=1.0)
    x, P = kalman.predict(x, P, dt_s=0.1, q=Q_DENSITY)
    x, P = kalman.update(x, P, nobody, np.zeros(0))
    assert x.shape == (0, 4)
    assert P.shape == (0, 4, 4)
