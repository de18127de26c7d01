"""Images: what the mode allows is handed out, waiters are woken, everything else is refused."""

from __future__ import annotations

import asyncio

import pytest

from device_preview_builders import Scene, clock
from lintel.device.images import ModeImages
from lintel.device.preview import Preview
from lintel.errors import RefusedError
from lintel.wire.v1.setting import ImageMode


class Room:
    """A preview and its images in one event loop."""

    def __init__(self, mode: ImageMode, *, wait_s: float = 5.0) -> None:
        self.mode: ImageMode = mode
        self.preview = Preview(mode=lambda: self.mode, clock=clock())
        self.images = ModeImages(self.preview, mode=lambda: self.mode, wait_s=wait_s)
        self.t_s = 0.0

    def frame(self) -> None:
        self.t_s += 0.2
        self.preview.take(*Scene().frame(self.t_s))


@pytest.mark.parametrize("mode", ["none", "counts", "still"])
def test_depth_is_refused_in_other_modes(mode: ImageMode) -> None:
    async def story() -> None:
        with pytest.raises(RefusedError, match=f"the image mode is '{mode}'"):
            await Room(mode).images.depth(after=0)

    asyncio.run(story())


@pytest.mark.parametrize("mode", ["none", "counts", "depth"])
def test_the_still_is_refused_in_other_modes(mode: ImageMode) -> None:
    async def story() -> None:
        with pytest.raises(RefusedError, match="shown in 'still' only"):
            await Room(mode).images.still()

    asyncio.run(story())


def test_whoever_waits_gets_the_next_picture() -> None:
    async def story() -> None:
        room = Room("depth")
        waiting = [asyncio.create_task(room.images.depth(after=0)) for _ in range(3)]
        while not all(task.done() for task in waiting):
            await asyncio.to_thread(room.frame)
        pictures = [task.result() for task in waiting]
        assert all(p is not None and p.content.startswith(b"\x89PNG") for p in pictures)
        assert room.images.view() is not None

    asyncio.run(story())


def test_a_wait_that_was_too_long_gives_nothing() -> None:
    async def story() -> None:
        assert await Room("depth", wait_s=0.0).images.depth(after=0) is None

    asyncio.run(story())


def test_whoever_waits_is_refused_at_once_when_the_mode_changes() -> None:
    async def story() -> None:
        room = Room("depth")
        waiting = asyncio.create_task(room.images.depth(after=0))
        await asyncio.sleep(0)
        room.mode = "none"
        await room.images.mode_changed("none")
        with pytest.raises(RefusedError):
            await waiting

    asyncio.run(story())


def test_there_is_no_still_before_the_scene_was_empty() -> None:
    async def story() -> None:
        room = Room("still")
        assert await room.images.still() is None
        assert room.images.view() is None

    asyncio.run(story())
