"""What the counting stages have gathered and must survive a restart; small and serialisable.

People in view do not survive: after a restart they are new people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from lintel.count.dwell import DwellHistogram
from lintel.count.origin_destination import ZonePair
from lintel.errors import ContractError


@dataclass(frozen=True, slots=True)
class CountingState:
    """Journeys between zones, and waiting times of each queue."""

    journeys: tuple[ZonePair, ...] = ()
    waits: tuple[tuple[str, DwellHistogram], ...] = ()

    def to_text(self) -> str:
        """One line of JSON, for whoever keeps it."""
        journeys = [[pair.start, pair.end, pair.legs, pair.whole] for pair in self.journeys]
        waits = {
            zone: {"edges_s": waits.edges_s, "counts": waits.counts, "total_s": waits.total_s}
            for zone, waits in self.waits
        }
        return json.dumps({"journeys": journeys, "waits": waits})

    @classmethod
    def from_text(cls, text: str) -> CountingState:
        """What ``to_text`` wrote.

        Raises:
            ContractError: it did not write this.
        """
        try:
            content = json.loads(text)
            journeys = tuple(
                ZonePair(str(start), str(end), int(legs), int(whole))
                for start, end, legs, whole in content["journeys"]
            )
            waits = tuple(
                (
                    str(zone),
                    DwellHistogram(
                        tuple(float(edge) for edge in one["edges_s"]),
                        tuple(int(count) for count in one["counts"]),
                        float(one["total_s"]),
                    ),
                )
                for zone, one in content["waits"].items()
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContractError(f"no kept state of counting: {text[:80]!r}") from error
        return cls(journeys, waits)
