"""Options and small worlds for the simulator's tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sim-seeds", type=int, default=1, help="seeds per scenario in the simulator's truth tests"
    )


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    """Tuning seeds to try on every scenario; `--sim-seeds 20` is the long form."""
    count = int(request.config.getoption("--sim-seeds", default=1))
    return range(1_000_000, 1_000_000 + count)
