"""From ``NAME?seed=1&seconds=20&fps=15&size=640x400&live=1`` to a source."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lintel.errors import ScenarioError
from lintel.sim.shot import Shot
from lintel.sim.source import SimSource


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seed: Annotated[int, Field(ge=0)] = 2_000_000
    seconds: Annotated[float, Field(gt=0, le=86_400)] = 20.0
    fps: Annotated[float, Field(ge=1, le=120)] = 15.0
    size: Annotated[str, Field(pattern=r"^[0-9]{2,4}x[0-9]{2,4}$")] = "640x400"
    live: bool = False


def open_scenario(text: str) -> SimSource:
    """Open a scenario by its name and settings.

    Raises:
        ScenarioError: no such scenario, an unknown setting, or an impossible value.
    """
    name, _, query = text.partition("?")
    try:
        settings = _Settings.model_validate(dict(parse_qsl(query, keep_blank_values=True)))
    except ValidationError as error:
        raise ScenarioError(
            f"sim:{text}: {error}; expected sim:NAME?seed=2000000&seconds=20&fps=15&size=640x400"
            "&live=0"
        ) from error
    width, height = (int(part) for part in settings.size.split("x"))
    shot = Shot(
        seconds=settings.seconds, fps=settings.fps, seed=settings.seed, size=(width, height)
    )
    return SimSource(name, shot=shot, live=settings.live)
