"""Whatever is opened once and closed once, also by leaving a ``with`` block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from lintel.errors import SourceError


class Closing(ABC):
    """Closing half of a source or writer; the heir frees its parts in ``_release``."""

    _closed = False

    @abstractmethod
    def _release(self) -> None:
        """Free what was opened; called once."""

    def _require_open(self, name: str) -> None:
        if self._closed:
            raise SourceError(f"{name}: read after close; open the source anew")

    def close(self) -> None:
        """Free files, devices and threads; closing twice does nothing."""
        if not self._closed:
            self._closed = True
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
