"""Learning what staff wear from a few people of a recording. Colours stay in this process."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lintel.clock import NS_PER_S
from lintel.detect.uniform import LEAST_PIXELS, MOST_EXAMPLES, Uniform, match, teach, torso_chroma
from lintel.errors import ExampleError
from lintel.frames import DepthMap
from lintel.pipeline.chain import FrameResult
from lintel.records import Phase, Tracks

F32 = npt.NDArray[np.float32]
AROUND_S = 0.5  # looks this long before and after the moment that was named
AT_LEAST_APART_S = 0.15  # between two looks at one person
LOOKS = 4  # at one person, at most
REACH_M = 0.8  # the person stands this near to the place that was named


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody of the staff: when they were seen, and where if others were there too."""

    t_s: float  # since the first frame
    place_m: tuple[float, float] | None = None

    def __str__(self) -> str:
        if self.place_m is None:
            return f"{self.t_s:g}"
        return f"{self.t_s:g}@{self.place_m[0]:g},{self.place_m[1]:g}"

    @classmethod
    def read(cls, text: str) -> Example:
        """From ``12.4`` or ``12.4@0.3,-1.2``: seconds, and metres on the floor.

        Raises:
            ExampleError: it is neither.
        """
        moment, _, place = text.partition("@")
        try:
            t_s = float(moment)
            where = tuple(float(part) for part in place.split(",")) if place else None
        except ValueError:
            t_s, where = float("nan"), None
        if not np.isfinite([t_s, *(where or ())]).all() or len(where or (0, 0)) != 2:
            raise ExampleError(
                f"{text!r}: expected seconds, or seconds@x,y in metres on the floor, such as "
                "12.4@0.3,-1.2"
            )
        return cls(t_s, None if where is None else (where[0], where[1]))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned, and how well it tells the people of the recording apart."""

    uniform: Uniform
    staff: int  # people named
    recognised: int  # of them by the uniform
    others: int  # people not named
    mistaken: int  # of them for staff


@dataclass(slots=True)
class _Person:
    """Looks at one track; bounded by LOOKS."""

    looks: list[F32] = field(default_factory=list)
    last_s: float = -1e9


class Teacher:
    """Watches a recording for the people that were named. Whoever was not is no staff.

    Memory: LOOKS looks at each of MOST_EXAMPLES people of either kind.
    """

    def __init__(self, examples: tuple[Example, ...]) -> None:
        self._examples = examples
        self._start_ns: int | None = None
        self._track_of: dict[Example, int] = {}
        self._people: dict[int, _Person] = {}
        self._crowds: dict[Example, int] = {}
        self._grey = True

    def step(self, depth: DepthMap, result: FrameResult) -> None:
        """Take in one frame and what the pipeline made of it."""
        if self._start_ns is None:
            self._start_ns = result.t_ns
        now_s = (result.t_ns - self._start_ns) / NS_PER_S
        self._grey &= depth.colour is None
        if depth.colour is None or result.floor is None:
            return
        seen = np.flatnonzero(result.tracks.phase == Phase.CONFIRMED)
        for example in self._examples:
            if abs(now_s - example.t_s) <= AROUND_S:
                self._name(example, result.tracks, seen)
        for row in seen.tolist():
            self._look(depth, result, row, now_s)

    def lesson(self) -> Lesson:
        """The colour that all who were named wear and nobody else does.

        Raises:
            ExampleError: nobody or several people were there, the cameras are grey, or no colour
                tells staff from others.
        """
        if self._grey:
            raise ExampleError("these cameras are grey: a uniform is taught by its colour")
        for example in self._examples:
            self._require_one(example)
        named = set(self._track_of.values())
        staff = [p.looks for number, p in self._people.items() if number in named and p.looks]
        others = [p.looks for number, p in self._people.items() if number not in named]
        others = [looks for looks in others if looks][: MOST_EXAMPLES // LOOKS]
        if not staff:
            raise ExampleError("no torso of those who were named could be seen in light")
        uniform = teach([one for looks in staff for one in looks][:MOST_EXAMPLES], _flat(others))
        return Lesson(
            uniform=uniform,
            staff=len(staff),
            recognised=sum(_wears(looks, uniform) for looks in staff),
            others=len(others),
            mistaken=sum(_wears(looks, uniform) for looks in others),
        )

    def _require_one(self, example: Example) -> None:
        if example in self._track_of:
            return
        crowd = self._crowds.get(example, 0)
        if crowd > 1:
            raise ExampleError(
                f"{example}: {crowd} people were there: say which one, as {example.t_s:g}@x,y in "
                "metres on the floor (the events of `lintel count --json` have both)"
            )
        raise ExampleError(
            f"{example}: nobody was seen there; expected a moment when staff are in view, in "
            "seconds since the beginning"
        )

    def _name(self, example: Example, tracks: Tracks, seen: npt.NDArray[np.intp]) -> None:
        """Remember whose track the example means; the nearest in time and place."""
        if example in self._track_of or not len(seen):
            return
        if example.place_m is None:
            self._crowds[example] = max(self._crowds.get(example, 0), len(seen))
            if len(seen) == 1:
                self._track_of[example] = int(tracks.id[seen[0]])
            return
        offset = tracks.xyz_m[seen, :2] - np.array(example.place_m)
        away = np.hypot(offset[:, 0], offset[:, 1])
        if away.min() <= REACH_M:
            self._track_of[example] = int(tracks.id[seen[int(away.argmin())]])

    def _look(self, depth: DepthMap, result: FrameResult, row: int, now_s: float) -> None:
        number = int(result.tracks.id[row])
        named = number in self._track_of.values()
        if number not in self._people and len(self._people) >= 2 * MOST_EXAMPLES and not named:
            return
        person = self._people.setdefault(number, _Person())
        if now_s - person.last_s < AT_LEAST_APART_S or len(person.looks) >= LOOKS:
            return
        assert result.floor is not None  # noqa: S101 - step has looked
        head = result.tracks.xyz_m[row]
        colours = torso_chroma(depth, result.floor.floor_from_cam, head)
        if len(colours) >= LEAST_PIXELS:
            person.looks.append(colours)
            person.last_s = now_s


def _flat(people: list[list[F32]]) -> list[F32]:
    return [look for looks in people for look in looks]


def _wears(looks: list[F32], uniform: Uniform) -> bool:
    """Whether most looks at somebody are of the uniform."""
    return float(np.median([match(colours, uniform) for colours in looks])) >= 0.5
