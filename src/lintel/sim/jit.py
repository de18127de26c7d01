"""The compiler of the simulator's kernels, or a clear word on how to get it.

Kernels release the interpreter lock and are compiled without fast-math, so that a picture does
not depend on how many threads made it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from lintel.errors import ExtraError

try:
    from numba import njit
except ImportError as error:
    raise ExtraError(
        "the simulator needs numba: install the extra with `pip install 'lintel[sim]'`"
    ) from error

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on first use and keep the machine code beside the module."""
    return njit(cache=True, nogil=True)(function)
