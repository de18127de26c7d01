"""How long each kind may be kept: bounds that no setting leaves, and what holds by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lintel.errors import InputError
from lintel.wire.v1.setting import StoredKind

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
YEAR_S = 365 * DAY_S


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds: the least and the most that may be set, and the default; ``why`` says the most."""

    least_s: float
    most_s: float
    default_s: float
    why: str


BOUNDS: Mapping[StoredKind, Bounds] = MappingProxyType(
    {
        "tracks": Bounds(60.0, DAY_S, HOUR_S, "paths say most about a person"),
        "events": Bounds(HOUR_S, 90 * DAY_S, 30 * DAY_S, "single passages with their moments"),
        "watches": Bounds(HOUR_S, 3 * YEAR_S, 30 * DAY_S, "tells when the device looked"),
        "intervals": Bounds(DAY_S, 10 * YEAR_S, 3 * YEAR_S, "sums over many people"),
        "heat": Bounds(DAY_S, 10 * YEAR_S, 3 * YEAR_S, "sums over many people"),
        "recordings": Bounds(HOUR_S, 30 * DAY_S, 7 * DAY_S, "needed until the count is checked"),
    }
)


def checked(seconds: Mapping[StoredKind, float]) -> dict[StoredKind, float]:
    """The retention times asked for.

    Raises:
        InputError: an unknown kind, or a time out of the bounds of its kind.
    """
    for kind, wanted_s in seconds.items():
        bounds = BOUNDS.get(kind)
        if bounds is None:
            raise InputError(f"there is no kind {kind!r}; expected {', '.join(BOUNDS)}")
        if not bounds.least_s <= wanted_s <= bounds.most_s:
            raise InputError(
                f"{kind} are kept for {bounds.least_s:.0f} to {bounds.most_s:.0f} seconds "
                f"({bounds.why}); got {wanted_s:g}"
            )
    return dict(seconds)
