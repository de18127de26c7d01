"""Who looked at pictures: told to the audit log once for each look."""

from __future__ import annotations

from collections import OrderedDict

from lintel.clock import NS_PER_S, Clock

LOOK_S = 600.0  # looks within this time of the one before are one look
MAX_LOOKERS = 512


class Looks:
    """Who looked at what last; bounded, who looked longest ago is forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked_ns: OrderedDict[tuple[str, str], int] = OrderedDict()

    def is_new(self, who: str, what: str) -> bool:
        """Whether someone begins to look, who did not within the last ten minutes."""
        now_ns = self._clock.now_ns()
        last_ns = self._looked_ns.pop((who, what), None)
        self._looked_ns[who, what] = now_ns
        if len(self._looked_ns) > MAX_LOOKERS:
            self._looked_ns.popitem(last=False)
        return last_ns is None or now_ns - last_ns > LOOK_S * NS_PER_S
