"""From linear radiance to the eight bits of a real sensor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from lintel.frames import Image
from lintel.sim.jit import kernel

F32: TypeAlias = npt.NDArray[np.float32]
U8: TypeAlias = npt.NDArray[np.uint8]
I64: TypeAlias = npt.NDArray[np.int64]
NOISE_NUMBERS = 1 << 21  # far more than a row of a picture holds
LUMA = np.array([[0.2126, 0.7152, 0.0722]], dtype=np.float32)  # Rec. 709


@dataclass(frozen=True, slots=True)
class Sensor:
    """One camera's sensor. A signal of 1 saturates."""

    full_well: float = 9000.0  # electrons at saturation: sets the shot noise
    read_noise: float = 0.0018
    blur_px: float = 0.55
    vignette: float = 0.30  # loss of light in the corners
    gain: float = 1.0
    gamma: float = 2.0
    mono: bool = False
    dirt: float = 0.0  # 0 = clean .. 1 = smeared
    dirt_seed: int = 1


class Exposure:
    """Turns radiance into images for one camera; same seed and frame, same bytes."""

    def __init__(self, sensor: Sensor, size: tuple[int, int], *, seed: int, eye: int) -> None:
        self._sensor, self._seed, self._eye = sensor, seed, eye
        self._field = _vignette(size, sensor.vignette)
        self._veil = np.zeros_like(self._field)
        if sensor.dirt > 0.0:
            smear = sensor.dirt * _smears(size, sensor.dirt_seed + 17 * eye)
            self._field = self._field * (1.0 - 0.75 * smear)
            self._veil = (0.22 * smear).astype(np.float32)

    def expose(self, radiance: F32, *, exposure: float, seq: int) -> Image:
        """Image uint8 (H, W) or (H, W, 3) BGR of linear radiance (H, W, 3) RGB."""
        sensor = self._sensor
        signal = radiance
        if sensor.mono:
            signal = np.asarray(cv2.transform(signal, LUMA), np.float32)
        if sensor.blur_px > 0.0:
            signal = np.asarray(cv2.GaussianBlur(signal, (0, 0), sensor.blur_px), np.float32)
        signal = np.ascontiguousarray(signal, dtype=np.float32)
        channels = signal.reshape(*signal.shape[:2], -1)
        rng = np.random.Generator(np.random.PCG64([self._seed, seq, self._eye]))
        table = _noise_table()
        width = channels.shape[1] * channels.shape[2]
        start = rng.integers(0, len(table) - width, size=len(channels))
        out = np.empty(channels.shape, dtype=np.uint8)
        _develop(
            channels,
            table,
            start,
            self._field,
            self._veil,
            exposure * sensor.gain,
            1.0 / sensor.full_well,
            sensor.read_noise,
            _curve(sensor.gamma),
            out,
        )
        return out[:, :, 0].copy() if sensor.mono else out


@cache
def _noise_table() -> F32:
    """Normal numbers that every row of every exposure begins to read at a place of its own."""
    rng = np.random.Generator(np.random.PCG64(7))
    return rng.standard_normal(NOISE_NUMBERS, dtype=np.float32)


@cache
def _curve(gamma: float) -> U8:
    """Tone curve from 4096 levels of signal to eight bits."""
    level = (np.arange(4096) + 0.5) / 4096.0
    return np.asarray(np.rint(255.0 * level ** (1.0 / gamma)), dtype=np.uint8)


def _vignette(size: tuple[int, int], loss: float) -> F32:
    width, height = size
    x = (np.arange(width) - 0.5 * (width - 1)) / (0.5 * width)
    y = (np.arange(height) - 0.5 * (height - 1)) / (0.5 * width)
    r2 = x[None, :] ** 2 + y[:, None] ** 2
    corner = 1.0 + (height / width) ** 2
    return np.asarray(1.0 - loss * (r2 / corner) ** 1.5, dtype=np.float32)


def _smears(size: tuple[int, int], seed: int) -> F32:
    """Blurred spots and streaks on the front glass, 0..1."""
    width, height = size
    rng = np.random.default_rng(seed)
    mask = np.zeros((height, width), dtype=np.float32)
    for _ in range(9):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(width * rng.uniform(0.02, 0.12)), int(width * rng.uniform(0.015, 0.05)))
        blob = np.zeros_like(mask)
        cv2.ellipse(blob, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
        sigma = width * 0.012 + 0.3 * axes[1]
        mask = np.maximum(
            mask, float(rng.uniform(0.3, 1.0)) * cv2.GaussianBlur(blob, (0, 0), sigma)
        )
    return mask


@kernel
def _develop(
    signal: F32,
    noise: F32,
    start: I64,
    field: F32,
    veil: F32,
    gain: float,
    per_electron: float,
    read_noise: float,
    curve: U8,
    out: U8,
) -> None:
    """Vignette, veil, gain, shot and read noise, saturation, tone curve; red comes last."""
    last = signal.shape[2] - 1
    for y in range(signal.shape[0]):
        at = start[y]
        for x in range(signal.shape[1]):
            for c in range(signal.shape[2]):
                s = max(0.0, signal[y, x, c] * gain * field[y, x] + veil[y, x])
                s += noise[at] * (np.sqrt(s * per_electron) + read_noise)
                at += 1
                level = int(min(4095.0, max(0.0, s * 4096.0)))
                out[y, x, last - c] = curve[level]
