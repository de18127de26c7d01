"""What a path did at one line: its passages since it was last clear of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from lintel.records import Crossing, Direction


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a path passed a line."""

    t_ns: int
    position_m: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Owned:
    """A crossing and the track that made it; the id means something inside one run only."""

    crossing: Crossing
    track_id: int


@dataclass(slots=True)
class Tally:
    """Signed passages of a line and its prolongations, right to left counted up.

    ``through`` counts the finite line alone, ``around`` the prolongations as well: while
    ``around`` is the change of side, ``through`` tells whether it was made between the ends.
    """

    through: int = 0
    around: int = 0
    last: dict[Direction, Moment] = field(default_factory=dict)

    def add(self, sign: int, moment: Moment, *, finite: bool) -> None:
        """Take in one passage."""
        self.around += sign
        if finite:
            self.through += sign
            self.last[Direction.IN if sign > 0 else Direction.OUT] = moment

    def followed_by(self, later: Tally) -> Tally:
        """The tally of this path and the one that continues it."""
        return Tally(
            self.through + later.through, self.around + later.around, {**self.last, **later.last}
        )

    def direction(self) -> Direction | None:
        """The crossing that the path amounts to, if any: a change of side between the ends."""
        if self.through * self.around <= 0:
            return None
        return Direction.IN if self.through > 0 else Direction.OUT


@dataclass(slots=True)
class Visit:
    """A stay of one track within the hysteresis band of one line.

    ``born``: the track began inside, so that the side it came from must be found by looking
    back. ``inside_at_birth`` is false where only the track that it continues was inside.
    """

    opened_at: int  # observations of the track before this visit
    born: bool = False
    inside_at_birth: bool = False
    tally: Tally = field(default_factory=Tally)
