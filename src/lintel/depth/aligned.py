"""Depth that watches its own cameras and follows their small drifts."""

from __future__ import annotations

from dataclasses import dataclass

from lintel.clock import NS_PER_S
from lintel.depth.alignment import AlignmentMonitor, AlignmentSettings, Correction, corrected_rig
from lintel.depth.settings import DepthSettings
from lintel.depth.stage import DepthStage
from lintel.frames import DepthMap, StereoPair
from lintel.geometry import Intrinsics
from lintel.records import StereoHealth
from lintel.rig import StereoRig


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSettings:
    """When a drift is corrected."""

    worth_px: float = 0.15  # rows that are off by less are left alone
    pause_s: float = 30.0  # between two corrections
    limit_rad: float = 0.02  # all corrections together; beyond, the rig needs calibration


class AlignedDepth:
    """A depth stage that measures how well the cameras agree and corrects small drifts.

    State: the monitor's dozen numbers and one correction.

    Raises:
        RigError: the rig cannot be rectified side by side.
    """

    def __init__(
        self,
        rig: StereoRig,
        *,
        settings: DepthSettings | None = None,
        alignment: AlignmentSettings | None = None,
        drift: DriftSettings | None = None,
    ) -> None:
        self._calibrated = rig
        self._drift = drift or DriftSettings()
        self._alignment = alignment or AlignmentSettings()
        self._stage = DepthStage(rig, settings=settings)
        self._monitor = self._new_monitor()
        self._correction = Correction(0.0, 0.0)
        self._corrected_ns: int | None = None
        self._health: StereoHealth | None = None

    @property
    def health(self) -> StereoHealth | None:
        """The latest statement about the cameras; None before enough was seen."""
        return self._health

    @property
    def intrinsics(self) -> Intrinsics:
        """Of the depth maps."""
        return self._stage.intrinsics

    @property
    def reduction(self) -> int:
        """How many times smaller than the images the depth maps are."""
        return round(1 / self._stage.settings.matching_scale)

    @property
    def correction(self) -> Correction:
        """The turn that is being corrected."""
        return self._correction

    def step(self, pair: StereoPair) -> DepthMap:
        """Depth of one exposure.

        Raises:
            ContractError: the pair's size is not the rig's.
        """
        rectified = self._stage.rectifier.rectify(pair)
        health = self._monitor.step(rectified.left, rectified.right, pair.t_ns)
        depth = self._stage.measure(rectified)
        if health is not None:
            self._health = health
            self._follow(pair.t_ns)
        return depth

    def reset(self) -> None:
        """Go back to the calibrated rig."""
        if self._correction != Correction(0.0, 0.0):
            self._stage.realign(self._calibrated)
        self._stage.reset()
        self._monitor = self._new_monitor()
        self._correction = Correction(0.0, 0.0)
        self._corrected_ns = None
        self._health = None

    def _new_monitor(self) -> AlignmentMonitor:
        rectifier = self._stage.rectifier
        return AlignmentMonitor(
            rectifier.intrinsics, valid=rectifier.valid, settings=self._alignment
        )

    def _follow(self, t_ns: int) -> None:
        found = self._monitor.correction
        if found is None or not self._worth_it(found):
            return
        if self._corrected_ns is not None:
            since_s = (t_ns - self._corrected_ns) / NS_PER_S
            if 0 <= since_s < self._drift.pause_s:
                return
        whole = self._correction.then(found)
        if max(abs(whole.pitch_rad), abs(whole.roll_rad)) > self._drift.limit_rad:
            return
        self._correction, self._corrected_ns = whole, t_ns
        self._stage.realign(corrected_rig(self._calibrated, whole))
        self._monitor = self._new_monitor()

    def _worth_it(self, turn: Correction) -> bool:
        """Whether the turn moves a row anywhere in the picture by ``worth_px``."""
        rectifier = self._stage.rectifier
        roll_px = abs(turn.roll_rad) * rectifier.size[0] / 2
        return abs(turn.pitch_rad) * rectifier.intrinsics.fy + roll_px >= self._drift.worth_px
