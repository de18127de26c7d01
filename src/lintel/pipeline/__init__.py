"""Wires the stages. The only room with queues, threads and drop policy; counts what it drops.

::

    Source -> [LiveFeed] -> Chain: depth -> floor -> detect -> track -> count -> FrameResult
                                                                      run -> RunReport
"""

from __future__ import annotations

from lintel.pipeline.chain import Chain, FrameResult, Stages
from lintel.pipeline.opening import KnownScene, KnownSite, open_source
from lintel.pipeline.prime import prepared, prime
from lintel.pipeline.run import RunReport, run

__all__ = [
    "Chain",
    "FrameResult",
    "KnownScene",
    "KnownSite",
    "RunReport",
    "Stages",
    "open_source",
    "prepared",
    "prime",
    "run",
]
