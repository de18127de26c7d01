"""A network that finds heads on plan-view maps, run by ONNX Runtime on one core.

The contract of a model file (any detector that keeps it can be plugged in):

- one input ``maps`` float32 (1, 8, R, C): the channels of ``lintel.detect.plan_maps``, cells of
  0.05 m, R and C multiples of 8;
- one output ``heads`` float32 (1, 8, R / 2, C / 2), cells of 0.10 m: score 0..1 of a head in this
  cell; its place right of and above the middle of the cell, in cells of the output; height of the
  top of the head, metres; cosine and sine of where it looks; probability that the person sits;
  probability that the person is a woman;
- the metadata entry ``maps`` names the version of the channels.

A file ``NAME.json`` beside ``NAME.onnx`` says where the model comes from; if it holds ``sha256``,
the model must have it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lintel.detect.onnx_runtime import onnxruntime
from lintel.detect.plan_maps import CHANNELS, MAPS_VERSION
from lintel.detect.standing import TILE, Part
from lintel.errors import DetectorError
from lintel.frames import FloatImage

OUTPUTS = 8
STRIDE = 2  # cells of the maps per cell of the output
PACKAGED = Path(__file__).parent / "models" / "heads.onnx"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known about where a model comes from."""

    sha256: str
    code: str  # commit of the code that trained it; empty = unknown


class HeadModel:
    """An open model.

    Args:
        path: the ONNX file.
        must_be_known: refuse a model without a hash beside it.

    Raises:
        DetectorError: missing, damaged, not what its hash says, or of another contract.
    """

    def __init__(self, path: Path, *, must_be_known: bool = False) -> None:
        content = _read(path)
        self.provenance = _checked(path, content, must_be_known=must_be_known)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise DetectorError(f"{path}: expected an ONNX model: {error}") from error
        self._check_contract(path)

    def run(self, channels: FloatImage) -> FloatImage:
        """Head maps (OUTPUTS, R / 2, C / 2) of maps (CHANNELS, R, C)."""
        (heads,) = self._session.run(["heads"], {"maps": channels[None]})
        return np.asarray(heads[0], dtype=np.float32)

    def run_where(self, channels: FloatImage, parts: Sequence[Part]) -> FloatImage:
        """The same, looking at ``parts`` alone; elsewhere everything is 0."""
        shape = channels.shape[1:]
        if any(part.tiles.shape == tuple(side // TILE for side in shape) for part in parts):
            return self.run(channels)
        heads = np.zeros((OUTPUTS, *(side // STRIDE for side in shape)), dtype=np.float32)
        for part in parts:
            seen = self.run(np.ascontiguousarray(channels[:, part.rows, part.columns]))
            owned = part.tiles.repeat(TILE // STRIDE, axis=0).repeat(TILE // STRIDE, axis=1)
            rows, columns = (
                slice(side.start // STRIDE, side.stop // STRIDE)
                for side in (part.rows, part.columns)
            )
            np.copyto(heads[:, rows, columns], seen, where=owned)
        return heads

    def _check_contract(self, path: Path) -> None:
        version = self._session.get_modelmeta().custom_metadata_map.get("maps")
        if version != MAPS_VERSION:
            raise DetectorError(
                f"{path}: expected a model for maps of version {MAPS_VERSION}, got {version}: "
                "train it anew (docs/how-to/train.md)"
            )
        probe = np.zeros((CHANNELS, 16, 24), dtype=np.float32)
        try:
            shape = self.run(probe).shape
        except Exception as error:
            raise DetectorError(
                f"{path}: expected an input `maps` (1, {CHANNELS}, R, C) and an output `heads`: "
                f"{error}"
            ) from error
        if shape != (OUTPUTS, 8, 12):
            raise DetectorError(
                f"{path}: expected heads of shape ({OUTPUTS}, 8, 12) for maps of 16 by 24 cells, "
                f"got {shape}"
            )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DetectorError(f"{path}: the model cannot be read: {error.strerror}") from error


def _checked(path: Path, content: bytes, *, must_be_known: bool) -> Provenance:
    """Provenance of a model whose content is what its provenance says."""
    actual = hashlib.sha256(content).hexdigest()
    beside = path.with_suffix(".json")
    if not beside.exists():
        if must_be_known:
            raise DetectorError(f"{beside}: missing: nobody says which model {path.name} should be")
        return Provenance(actual, "")
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
        wanted, code = told.get("sha256", actual), told.get("code", "")
    except (OSError, ValueError, AttributeError) as error:
        raise DetectorError(f"{beside}: expected a JSON object about the model") from error
    if wanted != actual:
        raise DetectorError(
            f"{path}: expected SHA-256 {str(wanted)[:12]}..., got {actual[:12]}...: the file is "
            "damaged or was exchanged; install Lintel anew, or train it anew"
        )
    return Provenance(actual, str(code))
