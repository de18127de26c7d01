"""How warm the machine is, as the kernel tells it; a number, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

THERMAL = Path("/sys/class/thermal")
PLAUSIBLE_C = (-40.0, 150.0)
HOT_C = 85.0  # most processors slow themselves down somewhat above


@dataclass(frozen=True, slots=True)
class Temperature:
    """The warmest sensor in degrees Celsius; None, and ``why`` says what is missing."""

    celsius: float | None
    why: str = ""

    @property
    def hot(self) -> bool:
        """Whether somebody should give it air."""
        return self.celsius is not None and self.celsius >= HOT_C


def read_temperature(folder: Path = THERMAL) -> Temperature:
    """The warmest of the sensors below ``folder``, in the form of Linux' sysfs."""
    if not folder.is_dir():
        return Temperature(None, f"{folder} is not there: no sensor that the system tells of")
    found = [value for path in folder.glob("thermal_zone*/temp") if (value := _read(path))]
    if not found:
        return Temperature(None, f"no sensor under {folder} gives a plausible value")
    return Temperature(round(max(found), 1))


def _read(path: Path) -> float | None:
    """One sensor, which may be switched off or broken."""
    try:
        value = int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None
    return value if PLAUSIBLE_C[0] < value < PLAUSIBLE_C[1] else None
