from __future__ import annotations

from pathlib import Path

import pytest

from device_api_builders import MemoryDevice, memory_device


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def device(tmp_path: Path) -> MemoryDevice:
    return memory_device(tmp_path)
