"""``lintel calibrate`` as its users run it."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict

import pytest

from calibration_builders import BoardPainter, board_poses, board_rig, write_pairs
from lintel.cli import main
from lintel.depth.calibration import Board
from lintel.rig import load_rig

ARGUMENTS = ("--board", "9x6", "--square-m", "0.03")


class _View(TypedDict):
    names: list[str]
    used: bool
    reason: str | None
    rms_left_px: float | None
    rms_right_px: float | None
    rms_stereo_px: float | None


class _Residual(TypedDict):
    mean: float
    p95: float
    boards: int


class _Answer(TypedDict):
    stereo_rms_px: float
    left_rms_px: float
    right_rms_px: float
    image_size: list[int]
    baseline_m: float
    views: list[_View]
    views_used: int
    views_rejected: int
    rectification_residual_px: _Residual
    swapped: bool
    repaired: bool
    verdict: str
    out: str | None


@dataclass(frozen=True, slots=True)
class _Done:
    code: int
    out: str
    err: str


class Lintel(Protocol):
    """Runs ``lintel calibrate`` with the given arguments."""

    def __call__(self, *arguments: str) -> _Done: ...


@pytest.fixture
def lintel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lintel:
    """The whole command in this process: a new one would spend its time on imports."""

    def run(*arguments: str) -> _Done:
        monkeypatch.setattr(sys, "argv", ["lintel", "calibrate", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return _Done(int(ended.value.code or 0), out, err)

    return run


def _sides(left: Path, right: Path) -> tuple[str, ...]:
    return ("--left", str(left), "--right", str(right))


def _answer(text: str) -> _Answer:
    answer: _Answer = json.loads(text)
    return answer


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight painted pairs, left01.png to right08.png, and a ninth left one alone."""
    folder = tmp_path_factory.mktemp("photographs")
    board = Board(columns=9, rows=6, square_m=0.03)
    painter = BoardPainter(board_rig(), board)
    write_pairs(folder, [painter.pair(pose) for pose in board_poses(board_rig(), board, 8)])
    (folder / "left09.png").write_bytes((folder / "left08.png").read_bytes())
    return folder


def test_pictures_become_a_calibration_file_and_one_json_object(
    lintel: Lintel, photographs: Path, tmp_path: Path
) -> None:
    out, previews = tmp_path / "calibration.json", tmp_path / "previews"
    sides = _sides(photographs / "left*.png", photographs / "right*.png")
    done = lintel(*sides, *ARGUMENTS, "--out", str(out), "--preview", str(previews), "--json")
    assert done.code == 0, done.err
    assert "looking for the board" in done.err
    answer = _answer(done.out)
    assert answer["image_size"] == [640, 480]
    assert (answer["views_used"], answer["views_rejected"]) == (8, 1)
    assert answer["stereo_rms_px"] < 0.06
    assert answer["rectification_residual_px"]["boards"] == 8
    assert answer["rectification_residual_px"]["mean"] < 0.1
    assert (answer["swapped"], answer["repaired"], answer["out"]) == (False, False, str(out))
    lone = answer["views"][-1]
    assert (lone["names"], lone["used"]) == (["left09.png", ""], False)
    assert (lone["reason"], lone["rms_stereo_px"]) == ("no partner picture", None)
    rig = load_rig(out)
    assert rig.baseline_m == pytest.approx(answer["baseline_m"])
    assert rig.baseline_m == pytest.approx(board_rig().baseline_m, abs=1e-4)
    assert len(list(previews.glob("*.png"))) == 8


def test_without_json_there_is_a_table_a_verdict_and_advice(
    lintel: Lintel, photographs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "calibration.json"
    sides = _sides(photographs / "left*.png", photographs / "right*.png")
    done = lintel(*sides, *ARGUMENTS, "--out", str(out))
    assert done.code == 0, done.err
    assert "8 of 9 views used" in done.out
    assert "left01.png" in done.out
    assert "Usable" in done.out
    assert "only 8 views: take 15 to 25 pairs" in done.out
    assert "lengths" in done.out


def test_exchanged_sides_are_said_and_nothing_is_written(
    lintel: Lintel, photographs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "calibration.json"
    sides = _sides(photographs / "right*.png", photographs / "left0[1-8].png")
    done = lintel(*sides, *ARGUMENTS, "--out", str(out), "--json")
    assert done.code == 2
    assert "left and right are exchanged" in done.err
    answer = _answer(done.out)
    assert (answer["swapped"], answer["repaired"], answer["out"]) == (True, False, None)
    assert not out.exists()


def test_exchanged_sides_are_repaired_when_asked(
    lintel: Lintel, photographs: Path, tmp_path: Path
) -> None:
    out, previews = tmp_path / "calibration.json", tmp_path / "previews"
    sides = _sides(photographs / "right*.png", photographs / "left0[1-8].png")
    done = lintel(
        *sides, *ARGUMENTS, "--out", str(out), "--repair-swapped", "--preview", str(previews)
    )
    assert done.code == 0, done.err
    assert "Left and right were exchanged" in done.out
    assert load_rig(out).right_from_left.translation_m[0] < 0
    assert (previews / "left01_right01.png").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--board", "9by6", "--square-m", "0.03"), "like 9x6"),
        (("--board", "9x6", "--square-m", "30"), "metres"),
        (("--board", "11x8", "--square-m", "0.03"), "no 11x8 board found"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(
    lintel: Lintel, arguments: tuple[str, ...], says: str, photographs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "calibration.json"
    sides = _sides(photographs / "left01.png", photographs / "right01.png")
    done = lintel(*sides, *arguments, "--out", str(out), "--json")
    assert done.code == 2
    assert done.out == ""
    assert says in done.err
    assert "Traceback" not in done.err
    assert not out.exists()


def test_a_pattern_that_matches_nothing_asks_for_quotes(lintel: Lintel, tmp_path: Path) -> None:
    done = lintel(*_sides(tmp_path / "l*.png", tmp_path / "r*.png"), *ARGUMENTS)
    assert done.code == 2
    assert "in quotes" in done.err


def test_a_file_that_cannot_be_written_is_said(
    lintel: Lintel, photographs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "missing" / "calibration.json"
    sides = _sides(photographs / "left0[1-8].png", photographs / "right*.png")
    done = lintel(*sides, *ARGUMENTS, "--out", str(out))
    assert done.code == 2
    assert f"{out}: cannot be written" in done.err


def test_the_real_exchanged_set_is_told(lintel: Lintel, shared_data: Path, tmp_path: Path) -> None:
    folder, out = shared_data / "calibration" / "swapped", tmp_path / "calibration.json"
    done = lintel(
        *_sides(folder / "left*.jpg", folder / "right*.jpg"),
        *("--board", "9x6", "--square-m", "0.025", "--out", str(out)),
    )
    assert done.code == 2
    assert "exchanged" in done.err
    assert not out.exists()
