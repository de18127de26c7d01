"""How long kinds are kept stays within bounds that the house sets."""

from __future__ import annotations

from typing import get_args

import pytest

from lintel.device.privacy.retention import BOUNDS, checked
from lintel.errors import InputError
from lintel.wire.v1.setting import StoredKind


def test_every_kind_has_bounds_about_its_default() -> None:
    assert set(BOUNDS) == set(get_args(StoredKind))
    for bounds in BOUNDS.values():
        assert bounds.least_s <= bounds.default_s <= bounds.most_s


def test_paths_are_kept_for_a_day_at_most() -> None:
    assert checked({"tracks": 600.0, "events": 86_400.0}) == {"tracks": 600.0, "events": 86_400.0}
    for seconds in (1.0, 2 * 86_400.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="tracks are kept for"):
            checked({"tracks": seconds})
