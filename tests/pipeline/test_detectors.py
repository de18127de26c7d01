"""Detectors are made by name, and scores say which detector they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from lintel.detect.classical import ClassicalDetector
from lintel.errors import DetectorError
from lintel.pipeline.detectors import CLASSICAL, detector_label, make_detector


def test_the_classical_detector_has_its_name() -> None:
    assert isinstance(make_detector(CLASSICAL), ClassicalDetector)
    assert detector_label(CLASSICAL) == CLASSICAL


def test_every_call_makes_a_detector_of_its_own() -> None:
    assert make_detector(CLASSICAL) is not make_detector(CLASSICAL)


def test_a_model_file_is_known_by_its_content(tmp_path: Path) -> None:
    first, second = tmp_path / "heads.onnx", tmp_path / "b" / "heads.onnx"
    second.parent.mkdir()
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    labels = {detector_label(str(first)), detector_label(str(second))}
    assert len(labels) == 2
    assert all(label.startswith("heads-") for label in labels)


@pytest.mark.parametrize("ask", [make_detector, detector_label])
def test_an_unknown_name_is_refused_with_those_that_exist(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(DetectorError, match="classical"):
        ask("no_such")
