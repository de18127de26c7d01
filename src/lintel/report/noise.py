"""Two-sided geometric noise from whole numbers only, without rounding that could be exploited.

The discrete Laplace law, ``P(x)`` proportional to ``exp(-epsilon |x| / sensitivity)``, is the
best mechanism for counts (Ghosh, Roughgarden, Sundararajan, "Universally utility-maximizing
privacy mechanisms", STOC 2009). Sampled exactly as in Canonne, Kamath, Steinke, "The discrete
Gaussian for differential privacy", NeurIPS 2020, algorithms 1 and 2: noise made from floating
point numbers gives the counts away (Mironov, CCS 2012).
"""

from __future__ import annotations

import secrets
from fractions import Fraction
from typing import Protocol


class RandomSource(Protocol):
    """Where chance comes from."""

    def below(self, bound: int) -> int:
        """A whole number in ``0..bound - 1``, each equally likely."""
        ...


class SystemRandomness:
    """The operating system's secure randomness; the only source for what is published."""

    def below(self, bound: int) -> int:
        """A whole number in ``0..bound - 1``, that nobody can predict."""
        return secrets.randbelow(bound)


def geometric_noise(scale: Fraction, source: RandomSource) -> int:
    """One draw with ``P(x) = (1 - a) / (1 + a) * a^|x|``, ``a = exp(-1 / scale)``.

    Args:
        scale: sensitivity / epsilon, positive.
        source: of chance.
    """
    while True:
        magnitude = _geometric(scale, source)
        negative = source.below(2) == 1
        if not (negative and magnitude == 0):  # else zero would come twice as often
            return -magnitude if negative else magnitude


def _geometric(scale: Fraction, source: RandomSource) -> int:
    """A draw of 0, 1, 2, ... with ``P(x)`` proportional to ``exp(-x / scale)``."""
    top, bottom = scale.numerator, scale.denominator
    while True:
        fraction = source.below(top)
        if _happens_exp(Fraction(fraction, top), source):
            break
    whole = 0
    while _happens_exp(Fraction(1), source):
        whole += 1
    return (fraction + top * whole) // bottom


def _happens_exp(gamma: Fraction, source: RandomSource) -> bool:
    """True with probability ``exp(-gamma)``, 0 <= gamma <= 1 (von Neumann's series)."""
    k = 1
    while source.below(gamma.denominator * k) < gamma.numerator:
        k += 1
    return k % 2 == 1
