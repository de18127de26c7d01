"""What the counting stages have gathered and must survive a restart; small and serialisable.

People in view do not survive: after a restart they are new people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from lintel.count.alarms import RaisedAlarm
from lintel.count.attention import AttentionSums
from lintel.count.dwell import DwellHistogram
from lintel.count.origin_destination import ZonePair
from lintel.errors import ContractError


@dataclass(frozen=True, slots=True)
class CountingState:
    """Journeys between zones, waiting times of each queue, attention, and alarms that stand."""

    journeys: tuple[ZonePair, ...] = ()
    waits: tuple[tuple[str, DwellHistogram], ...] = ()
    attention: tuple[AttentionSums, ...] = ()
    raised: tuple[RaisedAlarm, ...] = ()

    def to_text(self) -> str:
        """One line of JSON, for whoever keeps it."""
        journeys = [[pair.start, pair.end, pair.legs, pair.whole] for pair in self.journeys]
        waits = {
            zone: {"edges_s": waits.edges_s, "counts": waits.counts, "total_s": waits.total_s}
            for zone, waits in self.waits
        }
        attention = [asdict(sums) for sums in self.attention]
        content = {"journeys": journeys, "waits": waits, "attention": attention}
        return json.dumps(content | {"raised": self.raised})

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
            attention = tuple(_attention(one) for one in content.get("attention", ()))
            raised = tuple(_raised(*one) for one in content.get("raised", ()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ContractError(f"no kept state of counting: {text[:80]!r}") from error
        return cls(journeys, waits, attention, raised)


def _attention(one: Mapping[str, str | float]) -> AttentionSums:
    return AttentionSums(
        str(one["target"]),
        *(int(one[name]) for name in ("exposed", "viewers", "effective")),
        *(float(one[name]) for name in ("looked_s", "onset_s", "within_s", "measured_s")),
    )


def _raised(place: str, kind: str) -> RaisedAlarm:
    return str(place), "over" if kind == "over" else "under"
