"""Every source by name: what capture opens, and scenarios that are rendered as they are read.

Capture and the simulator are strangers to each other, so they meet here.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, runtime_checkable

from lintel import capture
from lintel.capture import Source
from lintel.config import SiteConfig
from lintel.errors import ExtraError
from lintel.truth import TrueHeads, Truth

SIMULATED = "sim:"


@runtime_checkable
class KnownSite(Protocol):
    """A source that knows its own lines."""

    @property
    def site(self) -> SiteConfig:
        """Mount, lines and zones of the scene."""
        ...


@runtime_checkable
class KnownScene(KnownSite, Protocol):
    """A source that knows its exact truth too. Asking whether one does may compute the truth."""

    @property
    def truth(self) -> Truth:
        """People, crossings and zone visits."""
        ...

    @property
    def heads(self) -> TrueHeads:
        """Head tops of all frames."""
        ...


def open_source(spec: str | Path, *, calibration: Path | None = None) -> Source:
    """Open ``sim:NAME?seed=2000000&seconds=20``, or anything that capture opens.

    Raises:
        SourceError: there is nothing of that name, or it cannot be read.
        RigError: no calibration, or a malformed one.
        ScenarioError: no such scenario.
        ExtraError: a scenario needs the extra [sim], which is not installed.
    """
    text = str(spec)
    if not text.startswith(SIMULATED):
        return capture.open_source(spec, calibration=calibration)
    if find_spec("numba") is None:
        raise ExtraError(f"{text}: rendering needs the extra [sim]: pip install 'lintel[sim]'")
    from lintel.sim.opening import open_scenario  # noqa: PLC0415 - only with the extra

    return open_scenario(text.removeprefix(SIMULATED))
