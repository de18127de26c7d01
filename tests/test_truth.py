"""Truth files survive writing and reading, and refuse nonsense."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lintel.errors import TruthError
from lintel.records import Direction
from lintel.truth import TrueCrossing, TrueHeads, TruePerson, Truth

TRUTH = Truth(
    fps=15,
    frames=30,
    people=(TruePerson(id=1, stature_m=1.7),),
    crossings=(TrueCrossing(line="door", direction=Direction.IN, t_s=1.0, person=1),),
    strata=("single",),
)


def heads(count: int = 4) -> TrueHeads:
    return TrueHeads(
        frame=np.arange(count),
        person=np.ones(count, np.int64),
        xyz_m=np.zeros((count, 3), np.float32),
        visible_px=np.full(count, 100),
    )


def test_truth_survives_its_files(tmp_path: Path) -> None:
    TRUTH.save(tmp_path)
    heads().save(tmp_path)
    assert Truth.load(tmp_path) == TRUTH
    assert TrueHeads.load(tmp_path).frame.tolist() == [0, 1, 2, 3]


def test_headings_are_kept_and_older_files_know_none(tmp_path: Path) -> None:
    plain = heads(2)
    assert np.isnan(plain.heading_rad).tolist() == [True, True]
    told = replace(plain, heading_rad=np.array([0.5, np.nan], np.float32))
    told.save(tmp_path)
    assert np.array_equal(TrueHeads.load(tmp_path).heading_rad, told.heading_rad, equal_nan=True)
    np.savez_compressed(
        tmp_path / "truth_heads.npz",
        frame=plain.frame, person=plain.person, xyz_m=plain.xyz_m, visible_px=plain.visible_px,
    )  # fmt: skip
    assert np.isnan(TrueHeads.load(tmp_path).heading_rad).all()


@pytest.mark.parametrize("text", ["", "{}", '{"fps": 0, "frames": 1}', '{"fps": 5, "cat": 1}'])
def test_what_is_no_truth_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "truth.json").write_text(text)
    with pytest.raises(TruthError, match=r"truth\.json"):
        Truth.load(tmp_path)


def test_missing_truth_is_said(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="no file"):
        Truth.load(tmp_path)
    with pytest.raises(TruthError, match="no file"):
        TrueHeads.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_corrupt_heads_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "truth_heads.npz").write_bytes(content)
    with pytest.raises(TruthError, match="not a head truth file"):
        TrueHeads.load(tmp_path)


def test_heads_with_a_missing_column_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "truth_heads.npz", frame=np.arange(3))
    with pytest.raises(TruthError, match="person"):
        TrueHeads.load(tmp_path)


def test_deep_nesting_and_endless_numbers_are_refused(tmp_path: Path) -> None:
    for text in ("[" * 100_000, '{"fps": ' + "9" * 5_000 + "}"):
        (tmp_path / "truth.json").write_text(text)
        with pytest.raises(TruthError, match="not JSON"):
            Truth.load(tmp_path)


def test_heads_damaged_anywhere_are_refused_or_read(tmp_path: Path) -> None:
    heads().save(tmp_path)
    path = tmp_path / "truth_heads.npz"
    sound = path.read_bytes()
    refused = 0
    for place in range(0, len(sound), 3):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        try:
            TrueHeads.load(tmp_path)
        except TruthError:
            refused += 1
    assert refused > len(sound) / 12  # bytes that no reader looks at do no harm


@pytest.mark.parametrize("column", [np.array(["a", "b"]), np.array([0.5, np.nan])])
def test_heads_whose_columns_are_no_whole_numbers_are_refused(
    column: np.ndarray[tuple[int], np.dtype[np.generic]], tmp_path: Path
) -> None:
    path = tmp_path / "truth_heads.npz"
    xyz_m = np.zeros((2, 3), dtype=np.float32)
    np.savez(path, frame=column, person=np.arange(2), xyz_m=xyz_m, visible_px=np.arange(2))
    with pytest.raises(TruthError, match="column frame"):
        TrueHeads.load(tmp_path)
