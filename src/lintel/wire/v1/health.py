"""How the device is."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from lintel.wire.v1.bounds import Utc
from lintel.wire.v1.live import DeviceState

Severity: TypeAlias = Literal["info", "warning", "error"]


class Cause(Struct, frozen=True):
    """Why the device is not well; ``code`` is a stable word, ``text`` says what to do."""

    code: str
    severity: Severity
    since_utc: Utc
    text: str


class Floor(Struct, frozen=True):
    """The fitted floor."""

    height_m: float
    tilt_deg: float
    residual_m: float
    settled: bool


class Stereo(Struct, frozen=True):
    """How well the two cameras agree."""

    vertical_residual_px: float
    vertical_spread_px: float
    disparity_offset_px: float


class Door(Struct, frozen=True):
    """What came to the door since the start: numbers, no names and no addresses.

    ``wrong``: passwords and tokens; ``forged``: nonces, cookies and tokens that the device never
    gave; ``turned_away``: connections beyond what one address may hold.
    """

    sessions: int
    wrong: int
    throttled: int
    forged: int
    forbidden: int
    turned_away: int


class Health(Struct, frozen=True):
    """State of measurement, storage and clock; ``causes`` is empty when all is well.

    ``items_lost``: events and spans that could neither be stored nor wait; ``temperature_why``:
    why there is no temperature.
    """

    utc: Utc
    state: DeviceState
    causes: tuple[Cause, ...]
    uptime_s: float
    fps: float
    latency_ms: float | None
    valid_depth_share: float | None
    coverage_day: float
    dropped_frames: int
    source_losses: int
    restarts: int
    live_messages_dropped: int
    items_lost: int
    floor: Floor | None
    stereo: Stereo | None
    store_bytes: int
    store_free_share: float
    disk_free_bytes: int
    clock_steps: int
    temperature_c: float | None
    temperature_why: str
    door: Door
    detector: str
    config_hash: str
    config_version: int
    version: str


class MountCheck(Struct, frozen=True):
    """One thing an installer must get right; ``passed`` is null while it is still measured."""

    name: str
    passed: bool | None
    value: float | None
    unit: str
    limit: str
    advice: str


class Calibration(Struct, frozen=True):
    """What is known of the two cameras; ``row_offset_px`` is what was corrected since, if measured.

    ``focal_px`` and ``baseline_m`` make metres of a disparity: depth = focal_px x baseline_m / it.
    """

    rig: str
    width_px: int
    height_px: int
    lens: str
    focal_px: float
    baseline_m: float
    row_offset_px: float | None
    disparity_offset_px: float | None


class Trajectory(Struct, frozen=True):
    """Where someone walked, from first to last place seen, metres; to draw lines on."""

    points_m: tuple[tuple[float, float], ...]
    ended: bool


class Release(Struct, frozen=True):
    """A release of Lintel that the device has run, and since when."""

    version: str
    since_utc: Utc


class SystemInfo(Struct, frozen=True):
    """The device itself; ``releases`` newest first, the first is the one that runs."""

    device_id: str
    version: str
    started_utc: Utc
    utc: Utc
    time_zone: str
    source: str
    certificate_sha256: str
    certificate_until_utc: Utc
    restart_pending: bool
    releases: tuple[Release, ...] = ()


class LogLine(Struct, frozen=True):
    """One line of the log."""

    utc: Utc
    level: str
    event: str
    fields: dict[str, str]


class Finding(Struct, frozen=True):
    """One check of the self-audit; ``passed`` is null when it could not be checked."""

    check: str
    passed: bool | None
    detail: str
    advice: str
