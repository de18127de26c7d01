"""The gender module: follows the privacy officer's switch, and leaves nothing behind it.

Whether it may run is asked of privacy, where the consent is; a site file has no say. Nothing is
stored while it may not: the store thread takes the estimate out of every event on its way to the
disk. So what is erased when the switch goes off is all there is.
"""

from __future__ import annotations

import asyncio

from lintel.clock import Clock
from lintel.device.engine import Engine


class GenderModule:
    """Called by privacy whenever the answer changes, and once after every start."""

    def __init__(self, engine: Engine, *, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def __call__(self, *, on: bool) -> None:
        """Measure it from the next frame on; or stop, and erase what is stored.

        Raises:
            BusyError: counter or store have too much to do; ask again.
            StoreError: it could not be erased; ask again.
        """
        await asyncio.wrap_future(self._engine.worker.measure_again())
        if on:
            return
        now = self._clock.utc()
        await asyncio.wrap_future(
            self._engine.keeper.ask(
                lambda store, _: store.forget_gender(
                    who="device", why="switched off, or its consent is over", now=now
                )
            )
        )
