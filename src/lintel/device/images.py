"""Pictures for the web API: what the image mode allows, refused otherwise. Bytes, no pixels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from lintel.device.ports import Picture
from lintel.errors import RefusedError
from lintel.wire.v1.setting import Consent, ImageMode, PictureView

WAIT_S = 10.0


class Gallery(Protocol):
    """Where pictures come from; ``lintel.device.preview.Preview`` is one."""

    def has_depth(self, *, after: int) -> bool:
        """Whether there is depth newer than ``after`` to be drawn; asking is looking."""
        ...

    def depth_picture(self, *, after: int) -> Picture | None:
        """The newest coloured depth picture if it is newer than ``after``."""
        ...

    def still_picture(self) -> Picture | None:
        """The still, once there is one."""
        ...

    def view(self) -> PictureView | None:
        """Where places lie in the picture."""
        ...

    def drop(self) -> None:
        """Forget every picture."""
        ...

    def tell(self, on_new: Callable[[], None]) -> None:
        """Call ``on_new``, on any thread, whenever there is a new picture."""
        ...


class ModeImages:
    """The port ``Images``. Lives in the event loop that it was made in."""

    def __init__(
        self, gallery: Gallery, *, mode: Callable[[], ImageMode], wait_s: float = WAIT_S
    ) -> None:
        self._gallery = gallery
        self._mode = mode
        self._wait_s = wait_s
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._closed = False
        gallery.tell(self._on_new)

    async def depth(self, *, after: int) -> Picture | None:
        """The first coloured depth picture newer than ``after``; None when the wait was too long.

        Raises:
            RefusedError: the mode is not ``depth``, or ceased to be while waiting.
        """
        deadline = self._loop.time() + self._wait_s
        while True:
            self._require("depth")
            news, picture = self._news, None
            if self._gallery.has_depth(after=after):  # a thread is worth it for drawing alone
                picture = await asyncio.to_thread(self._gallery.depth_picture, after=after)
                self._require("depth")
            left_s = deadline - self._loop.time()
            if picture is not None or left_s <= 0 or self._closed:
                return picture
            try:
                # asking again now and then keeps the gallery drawing while this one waits
                await asyncio.wait_for(news.wait(), timeout=min(left_s, 1.0))
            except TimeoutError:
                continue

    async def still(self) -> Picture | None:
        """The still; None while none could be taken yet.

        Raises:
            RefusedError: the mode is not ``still``.
        """
        self._require("still")
        picture = await asyncio.to_thread(self._gallery.still_picture)
        self._require("still")
        return picture

    def view(self) -> PictureView | None:
        """Where floor and people lie in the mode's pictures; None without floor or picture."""
        return self._gallery.view() if self._mode() in {"depth", "still"} else None

    async def mode_changed(self, mode: ImageMode) -> None:
        """Forget the pictures of another mode, and wake whoever waits for one."""
        del mode
        self._gallery.drop()
        self._ring()

    async def consent_ended(self, consent: Consent) -> None:
        """Nothing here hangs on a consent but the mode, which has changed already."""

    def close(self) -> None:
        """Let nobody wait any more: the device stops."""
        self._closed = True
        self._ring()

    def _require(self, mode: ImageMode) -> None:
        now = self._mode()
        if now != mode:
            raise RefusedError(
                f"the image mode is {now!r}, and this picture is shown in {mode!r} only; "
                "the privacy officer can change the mode"
            )

    def _on_new(self) -> None:
        self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        """Wake all who wait now; later ones wait for the next picture."""
        self._news.set()
        self._news = asyncio.Event()
