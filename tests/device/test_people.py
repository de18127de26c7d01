"""What is told live of people: discs by place, with a word for their age only when it is sure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from count_builders import tracks_of
from lintel.device.counting.reading import people_of
from lintel.records import Attributes


def test_a_word_for_age_is_told_once_it_is_decided() -> None:
    scores = np.array([0.95, 0.05, 0.6, np.nan], dtype=np.float32)
    unknown = np.full(4, np.nan, dtype=np.float32)
    staff = np.array([0.0, 0.9, np.nan, 0.4], dtype=np.float32)
    tracks = replace(
        tracks_of(t_s=0.0, ids=[1, 2, 3, 4], xy_m=[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]),
        attributes=Attributes(child=scores, staff=staff, gender=unknown),
    )
    people = people_of(tracks)
    assert [person.kind for person in people] == ["child", "adult", "unknown", "unknown"]
    assert [person.staff for person in people] == [False, True, None, False]
