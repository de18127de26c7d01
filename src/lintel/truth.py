"""Exact truth of a scene: who was there, who crossed what and when. No pixels.

Files: ``truth.json`` (people, crossings, zone visits) and ``truth_heads.npz`` (head tops per
frame), both beside the recording they belong to.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lintel.errors import TruthError, faults_of
from lintel.geometry import read_only
from lintel.records import Direction

MAX_TRUTH_BYTES = 256 * 1024 * 1024


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TruePerson(_Strict):
    """One person; ``stature_m`` is barefoot, apart from hair, shoes and bob."""

    id: int
    stature_m: float = Field(gt=0.0, lt=3.0)
    child: bool = False
    gender: str = "unknown"
    staff: bool = False
    group: int | None = None


class TrueCrossing(_Strict):
    """A passage of a line at ``t_s`` seconds of the recording.

    ``on_line_s`` is from when to when, on the way from one side to the other, the head came so near
    to the line that its side cannot be told; None where the moment is sharp, or not known better.
    """

    line: str
    direction: Direction
    t_s: float
    person: int
    on_line_s: tuple[float, float] | None = None


class TrueVisit(_Strict):
    """A stay in a zone."""

    zone: str
    person: int
    enter_s: float
    leave_s: float


class Truth(_Strict):
    """The content of truth.json. ``strata`` names what the scene tests (ACCURACY strata)."""

    fps: float = Field(gt=0.0)
    frames: int = Field(ge=0)
    people: tuple[TruePerson, ...] = ()
    crossings: tuple[TrueCrossing, ...] = ()
    zone_visits: tuple[TrueVisit, ...] = ()
    strata: tuple[str, ...] = ()

    def save(self, folder: Path) -> None:
        """Write ``folder/truth.json``."""
        (folder / "truth.json").write_text(self.model_dump_json(indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Truth:
        """Read ``folder/truth.json``.

        Raises:
            TruthError: missing, too large, not JSON, or not of this form.
        """
        path = folder / "truth.json"
        try:
            if path.stat().st_size > MAX_TRUTH_BYTES:
                raise TruthError(f"{path}: larger than {MAX_TRUTH_BYTES} bytes")
            return cls.model_validate(json.loads(path.read_bytes()))
        except FileNotFoundError as error:
            raise TruthError(f"{path}: expected truth beside the recording, no file") from error
        except ValidationError as error:
            raise TruthError(f"{path}: not a truth file: {faults_of(error)}") from error
        except (ValueError, RecursionError) as error:
            raise TruthError(f"{path}: not JSON: {error}") from error
        except OSError as error:
            raise TruthError(f"{path}: cannot be read: {error.strerror or error}") from error


def _nothing() -> npt.NDArray[np.float32]:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class TrueHeads:
    """Head tops, one row per person and frame, sorted by frame.

    ``heading_rad`` is where the face looks, laid on the floor, from the floor's x axis towards y;
    NaN, and in files that lack the column, where it is not known.
    """

    frame: npt.NDArray[np.int64]  # (K,) frame number from 0
    person: npt.NDArray[np.int64]  # (K,)
    xyz_m: npt.NDArray[np.float32]  # (K, 3) floor frame
    visible_px: npt.NDArray[np.int64]  # (K,) pixels of the person that the left camera sees
    heading_rad: npt.NDArray[np.float32] = field(default_factory=_nothing)  # (K,)

    def __post_init__(self) -> None:
        count = len(self.frame)
        if count and not len(self.heading_rad):
            object.__setattr__(self, "heading_rad", np.full(count, np.nan, dtype=np.float32))
        read_only(self.frame, (count,), "TrueHeads.frame")
        read_only(self.person, (count,), "TrueHeads.person")
        read_only(self.xyz_m, (count, 3), "TrueHeads.xyz_m")
        read_only(self.visible_px, (count,), "TrueHeads.visible_px")
        read_only(self.heading_rad, (count,), "TrueHeads.heading_rad")

    def save(self, folder: Path) -> None:
        """Write ``folder/truth_heads.npz``."""
        np.savez_compressed(
            folder / "truth_heads.npz",
            frame=self.frame,
            person=self.person,
            xyz_m=self.xyz_m,
            visible_px=self.visible_px,
            heading_rad=self.heading_rad,
        )

    @classmethod
    def load(cls, folder: Path) -> TrueHeads:
        """Read ``folder/truth_heads.npz``; no pickles are ever loaded.

        Raises:
            TruthError: missing, corrupt, or lacking a column.
        """
        path = folder / "truth_heads.npz"
        try:
            # Opened here, because numpy leaves the file open when the content is no archive.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                return cls(
                    frame=_column(data, "frame", "iu").astype(np.int64),
                    person=_column(data, "person", "iu").astype(np.int64),
                    xyz_m=_column(data, "xyz_m", "f").astype(np.float32),
                    visible_px=_column(data, "visible_px", "iu").astype(np.int64),
                    heading_rad=_heading(data),
                )
        except FileNotFoundError as error:
            raise TruthError(f"{path}: expected head truth, no file") from error
        except _DAMAGED as error:
            raise TruthError(f"{path}: not a head truth file: {error}") from error


# All that numpy and zipfile raise on a damaged or hostile archive; found by fuzzing.
_DAMAGED = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    MemoryError,
    OverflowError,
    BadZipFile,
    zlib.error,
)


def _heading(data: np.lib.npyio.NpzFile) -> npt.NDArray[np.float32]:
    """The column of headings; files written before there was one know none."""
    if "heading_rad" not in data.files:
        return _nothing()
    return _column(data, "heading_rad", "f").astype(np.float32)


def _column(data: np.lib.npyio.NpzFile, name: str, kinds: str) -> npt.NDArray[np.generic]:
    """A column whose numbers are of one of the numpy ``kinds`` and not absurdly many."""
    size = data.zip.getinfo(f"{name}.npy").file_size if data.zip is not None else 0
    if size > MAX_TRUTH_BYTES:
        raise ValueError(f"column {name} is larger than {MAX_TRUTH_BYTES} bytes")
    column: npt.NDArray[np.generic] = data[name]
    if column.dtype.kind not in kinds:
        raise ValueError(f"column {name}: expected a number of kind {kinds}, got {column.dtype}")
    return column
