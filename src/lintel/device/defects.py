"""The one place of the device that catches broadly: what nobody foresaw becomes a value.

A device hangs above a door for years: a defect in one frame, one question or one request must not
end it. Whoever calls here decides what becomes of the defect, and never passes over it in silence.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable

FRAMES_TOLD = 6


def fault_of(work: Callable[[], object]) -> Exception | None:
    """Do it; what went wrong, if anything did."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - the one place
        return error
    return None


async def fault_in(work: Awaitable[object]) -> Exception | None:
    """Wait for it; what went wrong, if anything did."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the one place
        return error
    return None


def place_of(error: BaseException) -> str:
    """The last places of a trace, without any value: messages may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_TOLD:]
    told = (f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames[::-1])
    return " < ".join(told) or "unknown"
