"""A running chain told to measure other attributes: from the next frame on, tracks go on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lintel.config import AttributesConfig
from lintel.pipeline import Chain, FrameResult, Stages, open_source

ON, OFF = AttributesConfig(gender=True), AttributesConfig()


def genders(result: FrameResult) -> list[float]:
    return [float(score) for score in result.detections.attributes.gender]


def test_gender_is_measured_while_it_is_asked_for_and_no_track_is_lost() -> None:
    with open_source("analytic:cross?size=320x200&fps=8&noise=1&seconds=9") as source:
        site = replace(source.site, attributes=OFF)  # type: ignore[attr-defined]  # drawn scene
        chain = Chain(Stages.of(rig=source.rig, site=site, detector="learned", full=True))
        results = []
        for number, pair in enumerate(iter(source.read, None)):
            if number == 24:
                chain.measure(ON)
            elif number == 40:
                chain.measure(OFF)
            results.append(chain.step(pair))
    assert chain.detector_name == "learned"
    spans = [results[:24], results[24:40], results[40:]]
    seen = [[value for result in span for value in genders(result)] for span in spans]
    assert [bool(values) for values in seen] == [True, True, True]
    assert [bool(np.isfinite(values).any()) for values in seen] == [False, True, False]
    before, after = (set(results[k].tracks.id.tolist()) for k in (23, 24))
    assert before & after
