"""A scenario without an end: people come and go for ever, and it is known who crossed what.

Time is cut into episodes, each a world of its own seed under the same lamps, that last until
everybody has left. The next episode is prepared by a thread while this one is rendered, and an
episode that is over is forgotten, so that memory stays bounded however long it runs.
"""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from lintel.clock import NS_PER_S
from lintel.closing import Closing
from lintel.config import SiteConfig
from lintel.frames import StereoPair
from lintel.records import Direction, SourceFaults
from lintel.rig import StereoRig
from lintel.sim.catalogue import find_scenario
from lintel.sim.pace import Pace
from lintel.sim.scenario import Scenario
from lintel.sim.world import Shot, World
from lintel.truth import TrueCrossing

ARRIVALS_S = 50.0
LEAVING_S = 30.0  # at most, until everybody has left
PAUSE_S = 0.4  # between episodes
CROSSINGS_KEPT = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """A stretch of the scene that begins and ends with nobody there."""

    world: World
    frames: int
    crossings: tuple[TrueCrossing, ...]  # in seconds of the episode


class EndlessSource(Closing):
    """Pairs of a scenario for ever; see ``lintel.capture.Source`` for the contract.

    Args:
        scenario: a scenario, or its name in the catalogue.
        shot: rate, size, first seed; its seconds are not used.
        arrivals_s: of an episode, during which people set out.
        live: hand pairs out in real time and skip those that are late.

    Raises:
        ScenarioError: no such scenario, or an impossible shot.
    """

    def __init__(
        self,
        scenario: Scenario | str,
        *,
        shot: Shot | None = None,
        arrivals_s: float = ARRIVALS_S,
        live: bool = False,
    ) -> None:
        known = find_scenario(scenario) if isinstance(scenario, str) else scenario
        self._scenario, self._shot, self.live = known, shot or Shot(), live
        self._arrivals_s = arrivals_s
        self.name = f"sim:{known.name}"
        self._first = 0  # number of the episode's first exposure
        self._next = 0
        self._dropped = 0
        self._told: deque[TrueCrossing] = deque(maxlen=CROSSINGS_KEPT)
        self._waiting: deque[TrueCrossing] = deque()
        self._totals: Counter[tuple[str, Direction]] = Counter()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="lintel-sim")
        self._number = 0
        self._episode = self._prepare(0)
        self._pace = Pace(self.fps) if live else None
        self._coming: Future[Episode] = self._worker.submit(self._prepare, 1)
        self._waiting.extend(self._crossings())

    @property
    def rig(self) -> StereoRig:
        """What calibration says of the cameras."""
        return self._episode.world.rig

    @property
    def fps(self) -> float:
        """Exposures per second."""
        return self._episode.world.shot.fps

    @property
    def frame_count(self) -> int | None:
        """There is no end."""
        return None

    @property
    def faults(self) -> SourceFaults:
        """Exposures lost so far."""
        return SourceFaults(dropped=self._dropped)

    @property
    def site(self) -> SiteConfig:
        """Mount, line and zone of the scene."""
        return self._episode.world.site()

    @property
    def crossed(self) -> dict[tuple[str, Direction], int]:
        """How many have truly crossed each line in each direction up to the last pair read."""
        return dict(self._totals)

    @property
    def crossings(self) -> tuple[TrueCrossing, ...]:
        """The last CROSSINGS_KEPT of them, in seconds from the first exposure.

        Persons are numbered within an episode.
        """
        return tuple(self._told)

    def read(self) -> StereoPair | None:
        """The next pair. There always is one.

        Raises:
            SourceError: read after ``close``.
        """
        self._require_open(self.name)
        due, start_ns = self._pace.wait_for(self._next) if self._pace else (self._next, 0)
        self._dropped += due - self._next
        self._next = due
        while self._lost():
            self._next += 1
            self._dropped += 1
        number, self._next = self._next, self._next + 1
        pair = self._episode.world.frame(number - self._first).pair
        self._tell(number / self.fps)
        t_ns = start_ns + round(number / self.fps * NS_PER_S)
        return replace(pair, t_ns=t_ns, seq=number)

    def _release(self) -> None:
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _lost(self) -> bool:
        """Whether the sensor loses the next exposure; goes on to the next episode when due."""
        while self._next - self._first >= self._episode.frames:
            self._first += self._episode.frames
            self._episode = self._coming.result()
            self._number += 1
            self._coming = self._worker.submit(self._prepare, self._number + 1)
            self._waiting.extend(self._crossings())
        return self._episode.world.dropped(self._next - self._first)

    def _prepare(self, number: int) -> Episode:
        length_s, seed = self._arrivals_s + LEAVING_S, self._shot.seed
        shot = replace(self._shot, seconds=length_s, seed=seed + number)
        world = World(self._scenario, shot, arrivals_s=self._arrivals_s, light_seed=seed)
        last = max((person.last_frame for person in world.people), default=0)
        frames = min(world.shot.frames, last + 1 + round(PAUSE_S * world.shot.fps))
        end_s = frames / world.shot.fps
        crossings = tuple(c for c in world.truth().crossings if c.t_s < end_s)
        world.frame(0)  # surroundings and lamps
        return Episode(world, max(frames, round(world.shot.fps)), crossings)

    def _crossings(self) -> list[TrueCrossing]:
        start_s = self._first / self.fps
        return [c.model_copy(update={"t_s": start_s + c.t_s}) for c in self._episode.crossings]

    def _tell(self, now_s: float) -> None:
        while self._waiting and self._waiting[0].t_s <= now_s:
            crossing = self._waiting.popleft()
            self._told.append(crossing)
            self._totals[crossing.line, crossing.direction] += 1
