"""Fixtures that every room's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real recordings and data beside the project; absent in a user's clone."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real test data is not here: expected the folder {SHARED_DATA}")
    return SHARED_DATA
