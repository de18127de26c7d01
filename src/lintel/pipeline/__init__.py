"""Wires the stages. The only room with queues, threads and drop policy; counts what it drops.

::

    Source -> [LiveFeed] -> Chain: depth -> floor -> detect -> track -> count -> FrameResult
                                                  run -> RunReport, or Endless: frame by frame
"""

from __future__ import annotations

from lintel.pipeline.chain import Chain, FrameResult, Stages
from lintel.pipeline.coverage import CoverageMeter, WatchedSpan
from lintel.pipeline.endless import Endless, Stepper
from lintel.pipeline.opening import KnownScene, KnownSite, open_source
from lintel.pipeline.pacing import PacedSource
from lintel.pipeline.prime import prepared, prime
from lintel.pipeline.run import RunReport, run

__all__ = [
    "Chain",
    "CoverageMeter",
    "Endless",
    "FrameResult",
    "KnownScene",
    "KnownSite",
    "PacedSource",
    "RunReport",
    "Stages",
    "Stepper",
    "WatchedSpan",
    "open_source",
    "prepared",
    "prime",
    "run",
]
