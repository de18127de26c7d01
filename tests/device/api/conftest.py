from __future__ import annotations

import pytest

from device_api_builders import MemoryDevice, memory_device


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def device() -> MemoryDevice:
    return memory_device()
