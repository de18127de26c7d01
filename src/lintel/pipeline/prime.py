"""A first look at a recording: where the floor is and how the cameras stand, before counting.

A live sensor settles within seconds of its first start and stays settled. A recording may begin
with someone already under the camera, so a second handle on it is looked through first.
"""

from __future__ import annotations

from collections.abc import Callable

from lintel.capture import Source
from lintel.clock import NS_PER_S
from lintel.config import SiteConfig
from lintel.frames import StereoPair
from lintel.pipeline.chain import Stages
from lintel.pipeline.detectors import DEFAULT_DETECTOR

LOOK_S = 20.0  # of the recording, from its start
LOOKS = 14  # exposures analysed
SPACING_S = 3.1  # between them, as the stages are told: longer than any of their pauses


def prepared(
    opener: Callable[[], Source],
    site: SiteConfig,
    *,
    detector: str = DEFAULT_DETECTOR,
    groups: bool = False,
) -> Stages:
    """Stages for a source, primed unless it is live. ``opener`` opens the source anew.

    Raises:
        SourceError: the source cannot be opened or read.
        DetectorError: there is no detector of this name.
    """
    with opener() as source:
        stages = Stages.of(rig=source.rig, site=site, detector=detector, groups=groups)
        if not source.live:
            prime(stages, source)
    return stages


def prime(stages: Stages, source: Source, *, on_look: Callable[[], None] | None = None) -> int:
    """Let depth and floor settle on the first LOOK_S seconds of ``source``; how many looks.

    The exposures are shown with times before zero, so that counting can start at zero. ``on_look``
    is called now and then, for whoever waits: a source that renders may take minutes.

    Raises:
        SourceError: the source cannot be read.
    """
    tell = on_look or (lambda: None)
    spread = _spread(source, tell)
    looks = [_at(pair, number) for number, pair in enumerate(spread, start=-2 * LOOKS)]
    for pair in looks:
        stages.depth.step(pair)
        tell()
    # The floor is looked for when the cameras stand as they will while counting.
    for pair in looks:
        stages.floor.step(stages.depth.step(_at(pair, pair.seq + LOOKS)))
        tell()
    return len(looks)


def _spread(source: Source, tell: Callable[[], None]) -> list[StereoPair]:
    """At most LOOKS exposures, evenly spread over the first LOOK_S seconds."""
    chosen: list[StereoPair] = []
    length_s = LOOK_S
    if source.frame_count is not None:
        length_s = min(LOOK_S, source.frame_count / source.fps)
    wait_ns = round(length_s / LOOKS * NS_PER_S)
    due_ns: int | None = None
    while len(chosen) < LOOKS and (pair := source.read()) is not None:
        tell()
        if due_ns is None or pair.t_ns >= due_ns:
            chosen.append(pair)
            due_ns = pair.t_ns + wait_ns
    return chosen


def _at(pair: StereoPair, number: int) -> StereoPair:
    """The pair as look ``number``; looks before counting have negative numbers."""
    t_ns = round(number * SPACING_S * NS_PER_S)
    return StereoPair(pair.left, pair.right, t_ns, number, pair.rig_id)
