"""How long and how a scenario is filmed."""

from __future__ import annotations

from dataclasses import dataclass

from lintel.errors import ScenarioError

DEFAULT_FPS = 15.0
MOST_PIXELS = 4096 * 3072


@dataclass(frozen=True, slots=True)
class Shot:
    """How long and how a scenario is filmed."""

    seconds: float = 20.0
    fps: float = DEFAULT_FPS
    seed: int = 2_000_000
    size: tuple[int, int] = (640, 400)
    threads: int = 2

    def __post_init__(self) -> None:
        if not (0.0 < self.seconds <= 86_400.0 and 0.5 <= self.fps <= 240.0):
            raise ScenarioError(
                f"expected up to a day at 0.5 to 240 fps, got {self.seconds} s at {self.fps} fps"
            )
        if not (min(self.size) >= 64 and self.size[0] * self.size[1] <= MOST_PIXELS):
            raise ScenarioError(f"expected images of 64 pixels or more a side, got {self.size}")
        if self.seed < 0:
            raise ScenarioError(f"expected a seed of 0 or more, got {self.seed}")

    @property
    def frames(self) -> int:
        """Number of exposures."""
        return max(1, round(self.seconds * self.fps))
