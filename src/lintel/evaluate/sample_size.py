"""How many true crossings an equivalence test takes.

Two one-sided tests of ``|bias| < margin`` pass with probability ``1 - beta`` when::

    n = rate * ((z(1 - alpha) + z(1 - beta')) / (margin - |bias|))^2

with ``rate`` the share of single decisions that err (each errs by one, so it is their variance),
``beta' = beta / 2`` for an unbiased count and ``beta`` for a biased one (Schuirmann, J.
Pharmacokinetics and Biopharmaceutics 15, 1987; Chow, Shao and Wang, Sample Size Calculations in
Clinical Research, 2nd ed., section 3.2.2). One in a hundred that err and no bias: 1,300
crossings to show 1 %; a true bias of 0.5 %: 4,200 (docs/accuracy.md).
"""

from __future__ import annotations

import math

from lintel.evaluate.measures import EQUIVALENCE, MIN_CROSSINGS, MIN_MINUTES, Bias

Z_ALPHA = 1.959964  # a 95 % interval: 2.5 % on either side
Z_POWER = 1.281552  # the test passes nine times in ten
Z_POWER_UNBIASED = 1.644854  # both one-sided tests must pass


def crossings_needed(*, error_rate: float, bias: float, margin: float = EQUIVALENCE) -> int | None:
    """True crossings that the test takes; None when so biased a count never passes."""
    room = margin - abs(bias)
    if room <= 0:
        return None
    z_power = Z_POWER if bias else Z_POWER_UNBIASED
    wanted = error_rate * ((Z_ALPHA + z_power) / room) ** 2
    return max(MIN_CROSSINGS, math.ceil(wanted))


def more_needed(result: Bias, *, errors: int) -> int | None:
    """True crossings still to be watched, at the error rate and the bias seen so far.

    0 when the test has passed, None when the count is too wrong ever to pass. Errors that come in
    bursts make the interval wider than the formula knows; then the interval itself is scaled.
    """
    if result.verdict == "pass":
        return 0
    if not result.truth:
        return MIN_CROSSINGS
    needed = crossings_needed(error_rate=errors / result.truth, bias=result.bias)
    if needed is None:
        return None
    if result.minutes < MIN_MINUTES:
        needed = max(needed, math.ceil(result.truth * MIN_MINUTES / result.minutes))
    elif math.isfinite(result.low):
        half = 0.5 * (result.high - result.low)
        room = EQUIVALENCE - abs(result.bias)
        needed = max(needed, math.ceil(result.truth * (half / room) ** 2))
    return max(needed - result.truth, 1)
