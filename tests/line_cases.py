"""The counting rules as a table: paths in, crossings out. Data, so that others can be run on it.

The line ``door`` runs from (-1, 0) to (1, 0) unless a case says otherwise: upwards (+y) is in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from count_builders import PointM, Walker, through
from lintel.config import LineConfig

DOOR: tuple[PointM, ...] = ((-1.0, 0.0), (1.0, 0.0))
CORNER: tuple[PointM, ...] = ((-1.0, 0.0), (0.0, 0.0), (0.0, 1.0))
BOX: tuple[PointM, ...] = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0))
# A pen with a gap in its upper side from x = 0.4 to x = 0.9, and a funnel that is open at the top.
PEN: tuple[PointM, ...] = (
    (0.4, 1.0),
    (-1.0, 1.0),
    (-1.0, -1.0),
    (1.0, -1.0),
    (1.0, 1.0),
    (0.9, 1.0),
)
FUNNEL: tuple[PointM, ...] = ((-0.3, 1.0), (-1.0, 0.0), (1.0, 0.0), (0.3, 1.0))
UP, DOWN = "in", "out"


@dataclass(frozen=True, slots=True)
class LineCase:
    """Who walks where, and what must be counted."""

    story: str
    walkers: tuple[Walker, ...]
    expected: tuple[str, ...]  # directions, in order of time
    line: tuple[PointM, ...] = DOOR
    fps: float = 15.0
    hysteresis_m: float = 0.25
    uturn: str = "count_both"

    def config(self) -> LineConfig:
        return LineConfig(
            name="door",
            points_m=np.array(self.line),
            hysteresis_m=self.hysteresis_m,
            uturn_policy="cancel" if self.uturn == "cancel" else "count_both",
        )


def _walk(*points: PointM, speed_mps: float = 1.2) -> tuple[Walker, ...]:
    return (Walker(through(*points, speed_mps=speed_mps)),)


def _stand(
    x: float, y: float, *, frames: int = 200, jitter_m: float = 0.02, h: float = 15.0
) -> tuple[Walker, ...]:
    return (Walker(((0.0, x, y), (frames / h, x, y)), jitter_m=jitter_m),)


def _id_change(at_m: float, *, gap_s: float = 0.1, ended_late_s: float = 0.0) -> tuple[Walker, ...]:
    """Someone walks up through the line at 1.2 m/s and gets a new id at ``at_m``."""
    changed_s = 1.0 + at_m / 1.2
    first = ((0.0, 0.0, -1.2), (changed_s - gap_s, 0.0, at_m - 1.2 * gap_s))
    second = ((changed_s, 0.0, at_m), (2.5, 0.0, 1.8))
    return (Walker(first, ended_late_s=ended_late_s), Walker(second, id=2))


UTURN = ((0.0, -1.0), (0.0, 0.6), (0.0, -1.0))
FAR_UTURN = ((0.0, -1.0), (0.0, 2.5), (0.0, -1.0))
_LATE_RETURN = (Walker(((0.0, 0.0, -1.0), (1.0, 0.0, 0.5), (14.0, 0.0, 0.5), (15.0, 0.0, -1.0))),)

CASES: tuple[LineCase, ...] = (
    LineCase("walks in", _walk((0, -1), (0, 1)), (UP,)),
    LineCase("walks out", _walk((0, 1), (0, -1)), (DOWN,)),
    LineCase("walks in slantwise", _walk((-1.5, -1), (1.5, 1)), (UP,)),
    LineCase("turns back before the line", _walk((0, -1), (0, -0.1), (0, -1)), ()),
    LineCase("turns back in the band behind the line", _walk((0, -1), (0, 0.2), (0, -1)), ()),
    LineCase("wavers in the band and goes in", _walk((0, -1), (0, 0.2), (0, -0.2), (0, 1)), (UP,)),
    LineCase("wavers and goes back", _walk((0, -1), (0, 0.2), (0, -0.2), (0, 0.2), (0, -1)), ()),
    LineCase("walks along the line, 10 cm before it", _walk((-2, -0.1), (2, -0.1)), ()),
    LineCase("walks along on the line itself", _walk((-2, 0), (2, 0)), ()),
    LineCase("walks round the end", _walk((0, -1), (1.6, -1), (1.6, 1), (0, 1)), ()),
    LineCase("walks closely round the end", _walk((0.8, -1), (1.1, 0), (0.8, 1)), ()),
    LineCase("passes just inside the end", _walk((0.8, -1), (0.95, 0), (0.8, 1)), (UP,)),
    LineCase(
        "passes inside the end and back round it",
        _walk((0.9, -1), (0.9, 0.1), (1.4, 0.1), (1.4, -1)),
        (),
    ),
    LineCase("goes in, then out round the end", _walk((0, -1), (0, 1), (1.6, 1), (1.6, -1)), (UP,)),
    LineCase("runs in at 3 m/s, 5 fps", _walk((0, -1.6), (0, 1.7), speed_mps=3.0), (UP,), fps=5),
    LineCase("jumps over the whole band", _walk((0, -2), (0, 2), speed_mps=8.0), (UP,), fps=5),
    LineCase("jumps over beyond the end", _walk((1.2, -2), (1.2, 2), speed_mps=8.0), (), fps=5),
    LineCase("stands on the line, 200 frames, 3 px jitter", _stand(0.0, 0.0), ()),
    LineCase("stands at the band's edge, jitter", _stand(0.0, 0.25), ()),
    LineCase("stands on the line's end, jitter", _stand(1.0, 0.0), ()),
    LineCase(
        "comes, stands long on the line, goes on",
        (
            Walker(
                ((0.0, 0.0, -1.2), (1.0, 0.0, 0.0), (40.0, 0.0, 0.0), (41.0, 0.0, 1.2)),
                jitter_m=0.02,
            ),
        ),
        (UP,),
    ),
    LineCase(
        "comes, loiters on the line, goes back",
        (
            Walker(
                ((0.0, 0.0, -1.2), (1.0, 0.0, 0.0), (30.0, 0.0, 0.0), (31.0, 0.0, -1.2)),
                jitter_m=0.02,
            ),
        ),
        (),
    ),
    LineCase(
        "two people 0.1 s apart",
        (Walker(through((0, -1), (0, 1))), Walker(through((0.1, -1), (0.1, 1), start_s=0.1), id=2)),
        (UP, UP),
    ),
    LineCase(
        "two people shoulder to shoulder, opposite ways",
        (Walker(through((0, -1), (0, 1))), Walker(through((0.4, 1), (0.4, -1), start_s=0.1), id=2)),
        (UP, DOWN),
    ),
    LineCase("U-turn, both counted", _walk(*UTURN), (UP, DOWN)),
    LineCase("U-turn, cancelled", _walk(*UTURN), (), uturn="cancel"),
    LineCase("U-turn far behind the line counts", _walk(*FAR_UTURN), (UP, DOWN), uturn="cancel"),
    LineCase("late return counts", _LATE_RETURN, (UP, DOWN), uturn="cancel"),
    LineCase("walks in, cancel policy", _walk((0, -1), (0, 3)), (UP,), uturn="cancel"),
    LineCase("track ends behind a cancel line", _walk((0, -1), (0, 0.6)), (UP,), uturn="cancel"),
    LineCase(
        "in, out, in again on a cancel line",
        _walk((0, -1), (0, 0.6), (0, -0.6), (0, 2)),
        (UP,),
        uturn="cancel",
    ),
    LineCase(
        "8 hidden frames while crossing",
        (Walker(through((0, -1.2), (0, 1.2)), hidden_s=((0.75, 0.75 + 8 / 15),)),),
        (UP,),
    ),
    LineCase(
        "hidden on the line and lost for good",
        (Walker(through((0, -1.2), (0, -0.1)), ended_late_s=0.7),),
        (),
    ),
    LineCase("line near the edge: born 0.1 m before it", _walk((0, -0.1), (0, 1.2)), (UP,)),
    LineCase("born on the line", _walk((0, 0.0), (0, 1.2)), (UP,)),
    LineCase("born 0.1 m behind the line, walking on", _walk((0, 0.1), (0, 1.2)), (UP,)),
    LineCase("born beyond the band", _walk((0, 0.3), (0, 1.5)), ()),
    LineCase(
        "born on the line, stands, walks on",
        (Walker(((0.0, 0.0, 0.1), (3.0, 0.0, 0.1), (4.0, 0.0, 1.3)), jitter_m=0.01),),
        (),
    ),
    LineCase("born just behind the line it came through", _walk((0, -0.1), (0, -1.2)), (DOWN,)),
    LineCase(
        "born before the line, turns back on it",
        (Walker(((0.0, 0.0, -0.2), (0.4, 0.0, 0.1), (1.4, 0.0, -1.2))),),
        (),
    ),
    LineCase("born beyond the end", _walk((1.3, -0.1), (1.3, 1.2)), ()),
    LineCase("never confirmed", (Walker(through((0, -1), (0, 1)), tentative_s=((0.0, 9.0),)),), ()),
    LineCase(
        "confirmed after the passage",
        (Walker(through((0, -1), (0, 1.5)), tentative_s=((0.0, 1.4),)),),
        (UP,),
    ),
    *(
        LineCase(f"new id at {at_m:+.2f} m, {gap:g} s apart", _id_change(at_m, gap_s=gap), (UP,))
        for at_m in (-0.30, -0.20, -0.10, 0.0, 0.05, 0.15, 0.24, 0.30, 0.40)
        for gap in (1 / 15, 0.3)
    ),
    *(
        LineCase(
            f"new id at {at_m:+.2f} m, the old one ended 0.7 s later",
            _id_change(at_m, ended_late_s=0.7),
            (UP,),
        )
        for at_m in (-0.15, 0.0, 0.15, 0.30)
    ),
    LineCase(
        "one leaves, another comes at the same place",
        (
            Walker(through((0, -1.2), (0, 0.1)), ended_late_s=0.7),
            Walker(through((0, 0.1), (0, -1.2), start_s=1.3), id=2),
        ),
        (DOWN,),
    ),
    LineCase("zero hysteresis", _walk((0, -0.5), (0, 0.5)), (UP,), hysteresis_m=0.0),
    LineCase(
        "zero hysteresis, there and back",
        _walk((0, -0.5), (0, 0.5), (0, -0.5)),
        (UP, DOWN),
        hysteresis_m=0.0,
    ),
    LineCase("corner: through the first leg", _walk((-0.5, -1), (-0.5, 1)), (UP,), line=CORNER),
    LineCase("corner: through the second leg", _walk((1, 0.5), (-1, 0.5)), (UP,), line=CORNER),
    LineCase(
        "corner: across it from outside in", _walk((0.6, -0.6), (-0.6, 0.6)), (UP,), line=CORNER
    ),
    LineCase("corner: from inside out", _walk((-0.6, 0.6), (0.6, -0.6)), (DOWN,), line=CORNER),
    LineCase("corner: cuts it off outside", _walk((-0.6, -0.5), (0.5, 0.6)), (), line=CORNER),
    LineCase(
        "corner: in through one leg, out through the other",
        _walk((-0.6, -0.6), (-0.6, 0.6), (0.6, 0.6)),
        (UP, DOWN),
        line=CORNER,
    ),
    LineCase("outline: walks in", _walk((-2, 0), (0, 0)), (UP,), line=BOX),
    LineCase("outline: walks through", _walk((-2, 0), (2, 0)), (UP, DOWN), line=BOX),
    LineCase(
        "outline: leaps through at 5 fps",
        _walk((-3, 0.1), (3, 0.1), speed_mps=12.0),
        (UP, DOWN),
        line=BOX,
        fps=5,
    ),
    LineCase("outline: in through a corner", _walk((-2, -2), (0, 0)), (UP,), line=BOX),
    LineCase("outline: walks past", _walk((-2, -1.1), (2, -1.1)), (), line=BOX),
    LineCase("pen: walks in through the gap", _walk((0.65, 2), (0.65, 0)), (), line=PEN),
    LineCase("pen: climbs in beside the gap", _walk((0, 2), (0, 0)), (UP,), line=PEN),
    LineCase(
        "pen: in through the gap, out over the fence",
        _walk((0.65, 2), (0.65, 0), (-2, 0)),
        (DOWN,),
        line=PEN,
    ),
    LineCase("funnel: through, and on by the open end", _walk((0, -1), (0, 3)), (UP,), line=FUNNEL),
    LineCase(
        "funnel: in by the open end and back", _walk((0, 3), (0, 0.6), (0, 3)), (), line=FUNNEL
    ),
    LineCase("funnel: in through its side", _walk((-2, 0.4), (0, 0.4)), (UP,), line=FUNNEL),
)
