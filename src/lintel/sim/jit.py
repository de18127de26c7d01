"""The compiler of the simulator's kernels, or a clear word on how to get it.

Kernels release the interpreter lock and are compiled without fast-math, so that a picture does
not depend on how many threads made it. Their machine code is kept beside this module. The compiler
looks only at the time and size of a kernel's own file to tell whether that code is stale; kernels
call each other across files, and files from a package all bear the same time, so stale code is
removed here, by what the files hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
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
HERE = Path(__file__).parent


def forget_stale(folder: Path) -> None:
    """Remove machine code that was made of other kernels than those in ``folder``."""
    sources = (path.read_bytes() for path in sorted(folder.glob("*.py")))
    told = hashlib.sha256(b"".join(text for text in sources if b"@kernel" in text)).hexdigest()
    kept = folder / "__pycache__" / "kernels.sha256"
    with suppress(OSError):  # not writable: then nothing was kept there either
        if kept.exists() and kept.read_text(encoding="ascii") == told:
            return
        for index in kept.parent.glob("*.nbi"):
            index.unlink(missing_ok=True)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(told, encoding="ascii")


forget_stale(HERE)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` on first use and keep the machine code beside the module."""
    return njit(cache=True, nogil=True)(function)
