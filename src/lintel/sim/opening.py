"""From ``NAME?seed=1&seconds=20&fps=15&size=640x400&live=1`` to a source.

A live scene without ``seconds`` never ends, as a camera never does.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lintel.errors import ScenarioError
from lintel.sim.endless import EndlessSource
from lintel.sim.shot import DEFAULT_FPS, Shot
from lintel.sim.source import SimSource

DEFAULT_SECONDS = 20.0
LIVE_FPS = 10.0  # two cores render and count that many


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seed: Annotated[int, Field(ge=0)] = 2_000_000
    seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None
    fps: Annotated[float, Field(ge=1, le=120)] | None = None
    size: Annotated[str, Field(pattern=r"^[0-9]{2,4}x[0-9]{2,4}$")] = "640x400"
    live: bool = False


def open_scenario(text: str) -> SimSource | EndlessSource:
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
        seconds=settings.seconds or DEFAULT_SECONDS,
        fps=settings.fps or (LIVE_FPS if settings.live else DEFAULT_FPS),
        seed=settings.seed,
        size=(width, height),
    )
    if settings.live and settings.seconds is None:
        return EndlessSource(name, shot=shot, live=True)
    return SimSource(name, shot=shot, live=settings.live)
