"""A scenario brought to life: frames of both cameras, exact depth, exact truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lintel.config import LineConfig, SiteConfig, ZoneConfig
from lintel.geometry import Intrinsics
from lintel.rig import StereoRig
from lintel.sim.casting import Actor, cast_actors
from lintel.sim.people import make_performers, move_people
from lintel.sim.scenario import Lighting, Scenario
from lintel.sim.shot import Shot
from lintel.sim.stage import Illumination, make_rigs
from lintel.sim.studio import SHUTTER_S, SimFrame, Studio
from lintel.sim.truthing import crossings_of, visits_of
from lintel.truth import TrueHeads, TruePerson, Truth

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]

__all__ = ["Shot", "SimFrame", "World"]


class World:
    """People, place and light of one scenario; everything follows from scenario and shot.

    Args:
        scenario, shot: what is filmed, and how long and with which seed.
        arrivals_s: nobody sets out after this time; the whole shot when left out.
        light_seed: of the lamps' places; the shot's when left out.

    Raises:
        ScenarioError: recorded trajectories cannot be read.
    """

    def __init__(
        self,
        scenario: Scenario,
        shot: Shot,
        *,
        arrivals_s: float | None = None,
        light_seed: int | None = None,
    ) -> None:
        if scenario.faults.fps:
            shot = replace(shot, fps=scenario.faults.fps)
        self.scenario, self.shot = scenario, shot
        self.time_s: F64 = np.arange(shot.frames) / shot.fps
        self.rigs = make_rigs(scenario.mount, scenario.faults, shot.size)
        actors = cast_actors(scenario, arrivals_s or shot.seconds, seed=shot.seed)
        self.ways = move_people(scenario, actors, shot.seconds, seed=shot.seed)
        self.people = make_performers(
            actors, self.ways, self.time_s, shutter_s=SHUTTER_S, seed=shot.seed
        )
        lamps = shot.seed if light_seed is None else light_seed
        self._light = Illumination(scenario, self.time_s, seed=lamps)
        self._dropped = self._choose_dropped()
        self._studio: Studio | None = None

    @property
    def rig(self) -> StereoRig:
        """What calibration says; with a knock the cameras differ from it."""
        return self.rigs.reported

    @property
    def mono(self) -> bool:
        """Whether pictures are grey (H, W) instead of colour (H, W, 3)."""
        return self.scenario.mount.mono or self.scenario.lighting is Lighting.INFRARED

    def site(self) -> SiteConfig:
        """Mount, counting line and zone of the scene."""
        half = self.scenario.line_half_m
        line = LineConfig("door", np.array([[-half, 0.0], [half, 0.0]]))
        zone = ZoneConfig("zone", np.array([[-1.3, 0.4], [1.3, 0.4], [1.3, 1.5], [-1.3, 1.5]]))
        return SiteConfig(mount_height_m=self.scenario.mount.height_m, lines=(line,), zones=(zone,))

    def truth(self, site: SiteConfig | None = None) -> Truth:
        """Who was there, who crossed what and when, by the counting rules.

        Args:
            site: other lines and zones than the scene's own.
        """
        site = self.site() if site is None else site
        crossings, visits, people = [], [], []
        for number, person in enumerate(self.people):
            present = np.isfinite(person.heads_m[:, 0])
            if present.any():
                times = self.time_s[present]
                # as the head file keeps them, so that it and the truth agree to the last bit
                heads = person.heads_m[present].astype(np.float32)[:, :2].astype(np.float64)
                people.append(_true_person(number, person.actor))
                for line in site.lines:
                    crossings += crossings_of(line, number, times, heads)
                for zone in site.zones:
                    visits += visits_of(zone, number, times, heads)
        return Truth(
            fps=self.shot.fps,
            frames=self.shot.frames,
            people=tuple(people),
            crossings=tuple(sorted(crossings, key=lambda c: (c.t_s, c.person))),
            zone_visits=tuple(sorted(visits, key=lambda v: (v.enter_s, v.person))),
            strata=(self.scenario.stratum,),
        )

    def heads(self, visible_px: list[I64] | None = None) -> TrueHeads:
        """Head tops of all frames; ``visible_px`` holds (P,) per frame, else 0 is written."""
        frame, person, xyz, visible, heading = [], [], [], [], []
        for k in range(self.shot.frames):
            for number, performer in enumerate(self.people):
                if np.isfinite(performer.heads_m[k, 0]):
                    frame.append(k)
                    person.append(number)
                    xyz.append(performer.heads_m[k])
                    heading.append(performer.heading[k])
                    visible.append(0 if visible_px is None else int(visible_px[k][number]))
        return TrueHeads(
            np.array(frame, dtype=np.int64),
            np.array(person, dtype=np.int64),
            np.array(xyz, dtype=np.float32).reshape(-1, 3),
            np.array(visible, dtype=np.int64),
            np.array(heading, dtype=np.float32),
        )

    def dropped(self, frame: int) -> bool:
        """Whether the sensor loses this exposure."""
        return bool(self._dropped[frame])

    def frame(self, number: int) -> SimFrame:
        """Render one exposure."""
        return self._open_studio().shoot(number, self._light)

    def exact_depth(
        self, number: int, intrinsics: Intrinsics, *, size: tuple[int, int] | None = None
    ) -> tuple[npt.NDArray[np.float32], I64]:
        """Exact depth (H, W) of an ideal left camera, and the pixels (P,) of each person.

        ``size`` (width, height) of the map; default: that of the shot.
        """
        return self._open_studio().depth(number, intrinsics, size or self.shot.size)

    def still_depth(
        self, intrinsics: Intrinsics, *, size: tuple[int, int]
    ) -> npt.NDArray[np.float32]:
        """Exact depth (H, W) of what never moves, as ``exact_depth`` sees it; NaN = nothing."""
        return self._open_studio().still_depth(intrinsics, size)

    def visible_px(self, number: int) -> I64:
        """Pixels (P,) that the left camera sees of each person; far quicker than a frame."""
        return self._open_studio().visible(number)

    def _open_studio(self) -> Studio:
        if self._studio is None:
            self._studio = Studio(self.scenario, self.shot, self.rigs, self.people, self.time_s)
        return self._studio

    def _choose_dropped(self) -> npt.NDArray[np.bool_]:
        draw = np.random.default_rng([self.shot.seed, 41]).random(self.shot.frames)
        lost = draw < self.scenario.faults.drop_share
        lost[0] = False
        return np.asarray(lost)


def _true_person(number: int, actor: Actor) -> TruePerson:
    return TruePerson(
        id=number,
        stature_m=actor.shape.stature_m,
        child=actor.child,
        gender=actor.gender,
        staff=actor.staff,
        group=actor.group,
    )
