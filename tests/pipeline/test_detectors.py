"""Detectors are made by name, and scores say which detector they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from lintel.detect.classical import ClassicalDetector
from lintel.detect.learned import LearnedDetector
from lintel.errors import DetectorError
from lintel.pipeline.detectors import (
    CLASSICAL,
    LEARNED,
    choose_detector,
    detector_label,
    make_detector,
)


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


def test_the_learned_detector_has_its_name() -> None:
    chosen = choose_detector(LEARNED)
    assert isinstance(chosen.detector, LearnedDetector)
    assert (chosen.name, chosen.fault) == (LEARNED, "")


def test_without_its_model_the_classical_detector_counts_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lintel.detect.learned.PACKAGED", tmp_path / "gone.onnx")
    chosen = choose_detector(LEARNED)
    assert isinstance(chosen.detector, ClassicalDetector)
    assert chosen.name == CLASSICAL
    assert "gone.onnx" in chosen.fault


def test_a_model_that_was_named_and_cannot_be_used_is_refused(tmp_path: Path) -> None:
    model = tmp_path / "heads.onnx"
    model.write_bytes(b"nothing")
    with pytest.raises(DetectorError, match="ONNX"):
        choose_detector(str(model))
