"""A path that cannot be written is an expected error, said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lintel.errors import OutputError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the operating system says about writing ``path`` into one clear error.

    Raises:
        OutputError: the body raised OSError.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise OutputError(
            f"{path}: cannot be written: there is no folder {path.parent}; make it first"
        ) from error
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
