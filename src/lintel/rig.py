"""The stereo rig: what calibration knows about two cameras. No pixels, no OpenCV.

``calibration.json`` is Lintel's own format; DepthAI (OAK) ``calib.json`` is read too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lintel.errors import ContractError, RigError, faults_of
from lintel.geometry import Floats, Pose, read_only

LensModel: TypeAlias = Literal["pinhole", "fisheye"]
MAX_EYE_PIXELS = 4096 * 3072  # of one eye; more would take memory and no camera has it
MAX_RIG_BYTES = 1024 * 1024
CM = 0.01

_Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
_Row3: TypeAlias = tuple[_Number, _Number, _Number]
_Matrix3: TypeAlias = tuple[_Row3, _Row3, _Row3]


@dataclass(frozen=True, slots=True, eq=False)
class CameraModel:
    """One camera. Distortion in OpenCV's order: pinhole up to 14 numbers, fisheye 4."""

    matrix: Floats  # (3, 3) pixels
    distortion: Floats  # (K,)
    model: LensModel = "pinhole"

    def __post_init__(self) -> None:
        read_only(self.matrix, (3, 3), "CameraModel.matrix")
        read_only(self.distortion, (-1,), "CameraModel.distortion")
        allowed = (4,) if self.model == "fisheye" else (0, 4, 5, 8, 12, 14)
        if len(self.distortion) not in allowed:
            raise RigError(
                f"{self.model} distortion: expected {allowed} numbers, got {len(self.distortion)}"
            )
        if not (self.matrix[0, 0] > 0 and self.matrix[1, 1] > 0):
            raise RigError("camera_matrix: focal lengths must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class StereoRig:
    """Two cameras; ``right_from_left`` maps left-camera points to the right camera, metres."""

    image_size: tuple[int, int]  # width, height
    left: CameraModel
    right: CameraModel
    right_from_left: Pose
    rig_id: str = "rig"

    def __post_init__(self) -> None:
        if self.baseline_m < 1e-3:
            raise RigError(f"baseline of {self.baseline_m} m: the two cameras coincide")
        width, height = self.image_size
        if not (width > 0 and height > 0 and width * height <= MAX_EYE_PIXELS):
            raise RigError(
                f"image_size: expected at most {MAX_EYE_PIXELS} pixels, got {width}x{height}"
            )

    @property
    def baseline_m(self) -> float:
        """Distance between the two optical centres."""
        return float(np.linalg.norm(self.right_from_left.translation_m))

    def swapped(self) -> StereoRig:
        """The rig with left and right exchanged."""
        return StereoRig(
            self.image_size, self.right, self.left, self.right_from_left.inverse(), self.rig_id
        )


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _CameraPart(_Part):
    camera_matrix: _Matrix3
    distortion: list[_Number] = Field(max_length=14)
    model: LensModel = "pinhole"


class _PosePart(_Part):
    rotation: _Matrix3
    translation_m: _Row3


class _RigFile(_Part):
    image_size: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]]
    left: _CameraPart
    right: _CameraPart
    right_from_left: _PosePart
    rig_id: str = "rig"


class _Xyz(_Part):
    x: _Number
    y: _Number
    z: _Number


class _DepthAiExtrinsics(_Part):
    rotationMatrix: list[list[_Number]]  # noqa: N815 - the file's own name
    translation: _Xyz  # centimetres
    toCameraSocket: int  # noqa: N815


class _DepthAiCamera(_Part):
    intrinsicMatrix: list[list[_Number]]  # noqa: N815
    distortionCoeff: list[_Number] = Field(max_length=14)  # noqa: N815
    cameraType: int = 0  # noqa: N815 - 0 perspective, 1 fisheye
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    extrinsics: _DepthAiExtrinsics


class _DepthAiPair(_Part):
    leftCameraSocket: int  # noqa: N815
    rightCameraSocket: int  # noqa: N815


class _DepthAiFile(_Part):
    cameraData: list[tuple[int, _DepthAiCamera]] = Field(max_length=16)  # noqa: N815
    stereoRectificationData: _DepthAiPair  # noqa: N815
    boardName: str = "depthai"  # noqa: N815


def load_rig(path: Path) -> StereoRig:
    """Read calibration.json or a DepthAI calib.json, told apart by their keys.

    Raises:
        RigError: missing, too large, malformed, or geometrically impossible.
    """
    try:
        if path.stat().st_size > MAX_RIG_BYTES:
            raise RigError(f"{path}: larger than {MAX_RIG_BYTES} bytes, no calibration file")
        content = json.loads(path.read_bytes())
        if isinstance(content, dict) and "cameraData" in content:
            return _from_depthai(_DepthAiFile.model_validate(content))
        return _from_file(_RigFile.model_validate(content))
    except FileNotFoundError as error:
        raise RigError(
            f"{path}: no such file; `lintel calibrate` makes one, OAK cameras carry a calib.json"
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RigError(f"{path}: not JSON: {error}") from error
    except ValidationError as error:
        raise RigError(f"{path}: not a calibration file: {faults_of(error)}") from error
    except (ContractError, RigError, ValueError, OSError) as error:
        raise RigError(f"{path}: {error}") from error


def find_rig(folder: Path) -> StereoRig:
    """The rig of a recording folder: calibration.json, else calib.json.

    Raises:
        RigError: neither is there, or the one found is malformed.
    """
    for name in ("calibration.json", "calib.json"):
        if (folder / name).exists():
            return load_rig(folder / name)
    raise RigError(
        f"{folder}: expected calibration.json (or a DepthAI calib.json), found neither; "
        "make one with `lintel calibrate`"
    )


def save_rig(rig: StereoRig, path: Path) -> None:
    """Write calibration.json, whole or not at all."""
    content = {
        "image_size": list(rig.image_size),
        "left": _camera_json(rig.left),
        "right": _camera_json(rig.right),
        "right_from_left": {
            "rotation": rig.right_from_left.rotation.tolist(),
            "translation_m": rig.right_from_left.translation_m.tolist(),
        },
        "rig_id": rig.rig_id,
    }
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=1) + "\n")
    partial.replace(path)


def _camera_json(camera: CameraModel) -> dict[str, object]:
    return {
        "camera_matrix": camera.matrix.tolist(),
        "distortion": camera.distortion.tolist(),
        "model": camera.model,
    }


def _from_file(file: _RigFile) -> StereoRig:
    left, right = (
        CameraModel(np.array(part.camera_matrix), np.array(part.distortion), part.model)
        for part in (file.left, file.right)
    )
    pose = Pose(
        np.array(file.right_from_left.rotation), np.array(file.right_from_left.translation_m)
    )
    return StereoRig(file.image_size, left, right, pose, file.rig_id)


def _from_depthai(file: _DepthAiFile) -> StereoRig:
    cameras = dict(file.cameraData)
    pair = file.stereoRectificationData
    sockets = (pair.leftCameraSocket, pair.rightCameraSocket)
    if any(socket not in cameras for socket in sockets):
        raise RigError(f"stereo sockets {sockets} are not among the cameras {sorted(cameras)}")
    left, right = (cameras[socket] for socket in sockets)
    if (left.width, left.height) != (right.width, right.height):
        raise RigError("left and right camera differ in image size")
    return StereoRig(
        (left.width, left.height),
        _depthai_camera(left),
        _depthai_camera(right),
        _depthai_pose(cameras, *sockets),
        file.boardName,
    )


def _depthai_camera(camera: _DepthAiCamera) -> CameraModel:
    fisheye = camera.cameraType == 1
    distortion = camera.distortionCoeff[:4] if fisheye else camera.distortionCoeff
    return CameraModel(
        np.array(camera.intrinsicMatrix),
        np.array(distortion),
        "fisheye" if fisheye else "pinhole",
    )


def _depthai_pose(cameras: dict[int, _DepthAiCamera], start: int, goal: int) -> Pose:
    """``goal_from_start``, along the chain of ``toCameraSocket`` links, in either direction."""
    forward = _chain(cameras, start)
    backward = _chain(cameras, goal)
    shared = next((socket for socket in forward if socket in backward), None)
    if shared is None:
        raise RigError(f"no extrinsics connect camera socket {start} with {goal}")
    return forward[shared].then(backward[shared].inverse())


def _chain(cameras: dict[int, _DepthAiCamera], socket: int) -> dict[int, Pose]:
    """Poses ``other_from_socket`` of every socket that the links from ``socket`` reach."""
    reached = {socket: Pose.identity()}
    pose = Pose.identity()
    while socket in cameras:
        link = cameras[socket].extrinsics
        socket = link.toCameraSocket
        if socket in reached or socket not in cameras:
            break
        shift = np.array([link.translation.x, link.translation.y, link.translation.z]) * CM
        pose = pose.then(Pose(np.array(link.rotationMatrix), shift))
        reached[socket] = pose
    return reached
