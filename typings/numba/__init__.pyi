# The one entry point of numba that Lintel uses: it ships no types of its own.

from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

def njit(
    *, cache: bool = ..., nogil: bool = ..., inline: str = ...
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]: ...
