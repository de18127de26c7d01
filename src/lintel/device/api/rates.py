"""How often one caller may ask: token buckets in a bounded table."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

from lintel.clock import NS_PER_S, Clock
from lintel.device.api.problems import RequestError

MAX_CALLERS = 4096  # remembered; who asked longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_s`` requests a second for long, ``burst`` at once."""

    per_s: float
    burst: int


class Rates:
    """Buckets by caller; one that holds less than a request must wait."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, caller: str) -> None:
        """One request of a caller.

        Raises:
            RequestError: too many; Retry-After says when to ask again.
        """
        now_ns = self._clock.now_ns()
        held, since_ns = self._buckets.pop(caller, (float(self._rate.burst), now_ns))
        held = min(self._rate.burst, held + (now_ns - since_ns) / NS_PER_S * self._rate.per_s)
        left = held - 1.0 if held >= 1.0 else held
        self._buckets[caller] = (left, now_ns)
        if len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)
        if held < 1.0:
            wait_s = math.ceil((1.0 - held) / self._rate.per_s)
            raise RequestError(
                429,
                "rate",
                f"too many requests; ask again in {wait_s} s",
                headers={"Retry-After": str(wait_s)},
            )
