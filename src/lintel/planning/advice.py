"""What speaks against a mount, in words for the installer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lintel.planning.hall import HallPlan
from lintel.planning.mount import Mount

LOW_M = 2.5
HIGH_M = 4.0
HIGHEST_M = 6.0
TILT_DEG = 20.0
NARROW_LENS_DEG = 60.0
STEEP_DEG = 80.0
TALL_M = 1.95  # nearly everybody is smaller
HEIGHT_SIGMA_M = 0.05  # child and adult are told apart by height
SHORT_LINE_M = 0.8  # a narrow door
STITCHED = 16  # sensors that can be joined to one picture of a hall


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: a word for programs, a sentence for people."""

    code: str
    text: str


def advise(
    mount: Mount,
    *,
    stature_m: float,
    tallest_below_m: float,
    height_sigma_m: float,
    longest_line_m: float,
    hall: HallPlan | None,
) -> tuple[Warned, ...]:
    """All warnings, the mount's first."""
    return (
        *_about_height(mount, tallest_below_m),
        *_about_view(mount),
        *_about_results(stature_m, height_sigma_m, longest_line_m),
        *_about_hall(hall),
    )


def _about_height(mount: Mount, tallest_below_m: float) -> Iterator[Warned]:
    height_m = mount.height_m
    if height_m < LOW_M:
        yield Warned(
            "too_low", f"{height_m:g} m is low: little floor is seen; {LOW_M:g} to {HIGH_M:g} m"
        )
    elif height_m > HIGHEST_M:
        yield Warned(
            "too_high",
            f"{height_m:g} m is beyond what Lintel was measured for ({HIGHEST_M:g} m): the error "
            "grows with the square of the distance",
        )
    elif height_m > HIGH_M:
        yield Warned(
            "high",
            f"{height_m:g} m is high: counting works, heights of people are less exact; "
            f"{LOW_M:g} to {HIGH_M:g} m is better",
        )
    if tallest_below_m < TALL_M:
        yield Warned(
            "tall_people_missed",
            f"straight below the sensor heads above {tallest_below_m:.2f} m are too near to be "
            "measured",
        )


def _about_view(mount: Mount) -> Iterator[Warned]:
    tilt_deg = abs(math.degrees(mount.tilt_rad))
    across_deg, along_deg = mount.field_deg
    if tilt_deg > TILT_DEG + 1e-9:
        yield Warned(
            "tilted",
            f"a tilt of {tilt_deg:.0f} degrees hides heads behind heads; at most {TILT_DEG:.0f}",
        )
    if tilt_deg + along_deg / 2 > STEEP_DEG:
        yield Warned(
            "horizon",
            "the upper part of the picture looks towards the horizon; what is further than 12 m "
            "from the sensor is left out",
        )
    if across_deg < NARROW_LENS_DEG:
        yield Warned(
            "narrow_lens",
            f"a lens of {across_deg:.0f} degrees is narrow; 90 to 114 degrees see a whole doorway",
        )


def _about_results(
    stature_m: float, height_sigma_m: float, longest_line_m: float
) -> Iterator[Warned]:
    if longest_line_m <= 0.0:
        yield Warned(
            "no_line",
            f"heads at {stature_m:g} m are seen on too little floor for any counting line (0.6 m "
            "on both sides): hang the sensor higher or take a wider lens",
        )
    elif longest_line_m < SHORT_LINE_M:
        yield Warned(
            "short_line",
            f"the longest counting line is {longest_line_m:.2f} m, less than a narrow door: hang "
            "the sensor higher or take a wider lens",
        )
    if height_sigma_m > HEIGHT_SIGMA_M:
        yield Warned(
            "imprecise",
            f"heights of heads are known to {100 * height_sigma_m:.0f} cm in one frame; more "
            "pixels, a longer baseline or a lower mount help",
        )


def _about_hall(hall: HallPlan | None) -> Iterator[Warned]:
    if hall is None:
        return
    if hall.count > STITCHED:
        yield Warned(
            "many_sensors",
            f"{hall.count} sensors: at most {STITCHED} are joined to one picture, so split the "
            "hall into parts",
        )
    beside = [
        place
        for place in hall.sensors_m
        if not all(0.0 <= x <= side for x, side in zip(place, hall.size_m, strict=True))
    ]
    if beside:
        x_m, y_m = beside[0]
        yield Warned(
            "beside_hall",
            f"{len(beside)} of {hall.count} sensors would hang outside of the hall, the first at "
            f"({x_m:.2f}, {y_m:.2f}) m: tilt them less or turn them round",
        )
