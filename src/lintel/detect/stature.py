"""Child or adult: by stature alone, with the error that a stature has from this height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from lintel.errors import ContractError

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ChildRule:
    """Who is a child. Lengths in metres.

    ``below_m`` is barefoot stature; a head top is ``dress_m`` higher: shoes and hair. The spread
    of one measured head top grows with the square of the distance between camera and head.
    """

    below_m: float = 1.47
    dress_m: float = 0.03
    sigma_m: float = 0.02
    sigma_per_m2: float = 0.003

    def __post_init__(self) -> None:
        if not (0.8 <= self.below_m <= 2.0 and self.sigma_m > 0.0 and self.sigma_per_m2 >= 0.0):
            raise ContractError(
                f"ChildRule: expected a threshold of 0.8 to 2 m and positive spreads, got {self}"
            )

    def score(self, top_m: F32, *, range_m: F32, seated: F32) -> F32:
        """Probability (N,) of a child for head tops (N,) at ``range_m`` below the camera.

        ``seated`` (N,) is the probability that the person sits: who sits is no child.
        """
        sigma = self.sigma_m + self.sigma_per_m2 * range_m.astype(np.float64) ** 2
        small = ndtr((self.below_m + self.dress_m - top_m) / sigma)
        return np.asarray(small * (1.0 - seated), dtype=np.float32)
