"""Which left picture belongs to which right picture, told from the numbers in their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lintel.errors import CalibrationError


@dataclass(frozen=True, slots=True)
class Pairing:
    """Pictures that belong together, and those left over."""

    pairs: tuple[tuple[Path, Path], ...]
    unpaired: tuple[Path, ...]


def pair_files(left: Sequence[Path], right: Sequence[Path]) -> Pairing:
    """Pair two lists of pictures.

    The numbers of the names decide, from the last one (left01, right01) to the first
    (12_left, 12_right); leading zeros do not matter. Where no number tells the files of a side
    apart, or hardly any number occurs on both sides, equally long lists pair in sorted order.

    Raises:
        CalibrationError: a side is empty, a file is on both sides, or names without common
            numbers and unequal counts.
    """
    _check_sides(left, right)
    for place in range(-1, -5, -1):
        numbers = _keys(left, place), _keys(right, place)
        if numbers[0] is None or numbers[1] is None:
            continue
        shared = sorted(numbers[0].keys() & numbers[1].keys())
        if 2 * len(shared) > min(len(left), len(right)):
            return _by_number(numbers[0], numbers[1], shared)
    if len(left) != len(right):
        raise CalibrationError(
            f"{len(left)} left and {len(right)} right pictures whose names share no numbers "
            f"(such as {left[0].name} and {right[0].name}): number them alike, as left01, right01"
        )
    ordered = zip(sorted(left, key=_natural), sorted(right, key=_natural), strict=True)
    return Pairing(tuple(ordered), ())


def _check_sides(left: Sequence[Path], right: Sequence[Path]) -> None:
    for side, files in (("left", left), ("right", right)):
        if not files:
            raise CalibrationError(
                f"no {side} pictures: no file matches; put patterns in quotes, as 'left*.jpg'"
            )
    both = set(left) & set(right)
    if both:
        raise CalibrationError(f"{min(both)}: the same picture is given as left and as right")


def _keys(files: Sequence[Path], place: int) -> dict[int, Path] | None:
    """The files by the number at ``place`` of their names; None if it does not tell them apart."""
    found: dict[int, Path] = {}
    for file in files:
        numbers = re.findall(r"\d+", file.stem)
        if len(numbers) < -place or int(numbers[place]) in found:
            return None
        found[int(numbers[place])] = file
    return found


def _by_number(left: dict[int, Path], right: dict[int, Path], shared: list[int]) -> Pairing:
    alone = [side[key] for side in (left, right) for key in sorted(side.keys() - set(shared))]
    return Pairing(tuple((left[key], right[key]) for key in shared), tuple(alone))


def _natural(file: Path) -> tuple[tuple[int, str], ...]:
    """A sorting key with which picture 10 comes after picture 9."""
    parts = re.split(r"(\d+)", file.name)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)
