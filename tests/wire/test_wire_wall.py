"""What may leave the device: every field of every message, approved by hand with its reason.

A new field fails here. Before it is added below, ask: does it follow a person from message to
message, show a picture, or tell who somebody is? Then it must not leave.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys

import msgspec
import pytest
from msgspec import Struct
from msgspec.inspect import AnyType, BytesType, CustomType, RawType, StructType, Type

import lintel.wire

APPROVED: dict[str, tuple[str, str]] = {
    # people: places and scores of the moment, no number that follows anyone
    "Person": ("x_m y_m vx_mps vy_mps stature_m kind staff", "a disc on the floor, now"),
    "Trajectory": ("points_m ended", "a path to draw lines on, bare of time and number"),
    "Event": (
        "type utc place reason direction dwell_s size alarm stature_m child staff gender position",
        "a count or alarm with its reason; position is the order of storing, equal for everybody",
    ),
    "GroupSizes": ("line groups", "how many groups of each size"),
    "HandMark": ("t_s line direction", "a crossing that a person saw in a clip"),
    # numbers about places
    "Live": ("utc seq state fps coverage people lines zones occupancy", "the newest state"),
    "LineNow": ("name in out since_utc", "running totals"),
    "ZoneNow": ("name occupancy present density_per_m2", "a zone now"),
    "OccupancyNow": ("people low high", "people inside, estimated"),
    "EventPage": ("events next_after", "a page"),
    "DwellBin": ("below_s visits", "a histogram"),
    "Interval": (
        "start_utc end_utc place in out occupancy_mean occupancy_max coverage dropped_frames dwell",
        "sums over minutes",
    ),
    "IntervalList": ("period_s time_zone intervals", "a list"),
    "HeatMap": (
        "kind start_utc end_utc x_min_m y_min_m cell_m columns rows values beside",
        "sums over cells",
    ),
    "Groups": ("groups", "a list"),
    "Trajectories": ("trajectories", "a list"),
    "Comparison": ("recordings f1 lines", "sums"),
    "LineComparison": (
        (
            "line direction counted by_hand missed false bias bias_low bias_high equivalent "
            "more_needed"
        ),
        "sums",
    ),
    # the floor plan and where it lies in the picture of the mode
    "Plan": ("version lines zones field_m height_m", "geometry"),
    "PlanLine": ("name points_m in_label out_label", "geometry"),
    "PlanZone": ("name polygon_m holes_m", "geometry"),
    "PictureView": ("width_px height_px pixel_from_floor", "geometry, no pixel"),
    # the device
    "Cause": ("code severity since_utc text", "why it is not well"),
    "Floor": ("height_m tilt_deg residual_m settled", "a plane"),
    "Stereo": ("vertical_residual_px vertical_spread_px disparity_offset_px", "an adjustment"),
    "Health": (
        (
            "utc state causes uptime_s fps latency_ms valid_depth_share coverage_day "
            "dropped_frames source_losses restarts live_messages_dropped items_lost floor stereo "
            "store_bytes store_free_share disk_free_bytes clock_steps temperature_c "
            "temperature_why door detector config_hash config_version version"
        ),
        "measurement, storage and clock",
    ),
    "Door": ("sessions wrong throttled forged forbidden turned_away", "how often, nobody's name"),
    "HealthSummary": ("state", "one word, for who is not signed in"),
    "MountCheck": ("name passed value unit limit advice", "the mount"),
    "MountChecks": ("checks", "a list"),
    "SystemInfo": (
        (
            "device_id version started_utc utc time_zone source certificate_sha256 "
            "certificate_until_utc restart_pending releases"
        ),
        "the device",
    ),
    "Calibration": (
        "rig width_px height_px lens focal_px baseline_m row_offset_px disparity_offset_px",
        "two lenses, no picture",
    ),
    "Release": ("version since_utc", "the software"),
    "LogLine": ("utc level event fields", "a log without personal data"),
    "LogLines": ("lines", "a list"),
    "Finding": ("check passed detail advice", "a promise, checked"),
    "Findings": ("findings", "a list"),
    # setting
    "ConfigVersion": ("version utc who why config_hash", "who changed what: accountability"),
    "ConfigVersions": ("versions", "a list"),
    "ConfigFault": ("place message", "what is wrong in a site file"),
    "SiteInForce": ("version site", "the site file, which holds no person"),
    "SiteVersion": ("version site", "the same, older"),
    "SiteCheck": ("faults", "a list"),
    "SiteImport": ("site faults applied", "the same, read"),
    # users of the device, by the name that they were given
    "Challenge": ("realm nonce opaque algorithm qop", "RFC 7616"),
    "ClaimState": ("claimed", "yes or no"),
    "FirstUser": ("user officer_key", "the key is shown this once"),
    "NewOfficerKey": ("officer_key", "shown this once"),
    "Session": ("user role csrf_token expires_utc", "to the user himself"),
    "User": ("name role last_seen_utc", "to who manages users"),
    "Users": ("users", "a list"),
    "Token": ("token_id name scopes made_utc expires_utc last_used_utc", "without its secret"),
    "Tokens": ("tokens", "a list"),
    "MadeToken": ("token secret", "the secret is shown this once"),
    # privacy
    "Privacy": ("mode default_mode lowered until_utc who why gender_on", "shown on every page"),
    "Stored": ("kind rows bytes oldest_utc retention_s", "how much is kept"),
    "StoredKinds": ("stored", "a list"),
    "ErasureProof": (
        "kind start_utc end_utc rows remaining proven audit_entry",
        "proof for the data protection officer",
    ),
    "Consent": (
        "consent_id purpose given_by given_utc expires_utc withdrawn_utc note",
        "who consented, as the law asks",
    ),
    "Consents": ("consents", "a list"),
    "Personal": (
        "name user tokens consents recordings contact configurations audit complete",
        "to the officer, for the person itself: Art. 15",
    ),
    "PersonErasure": ("user tokens consents recordings kept audit_entry", "proof: Art. 17"),
    "GenderModule": ("on notice", "what must be read first"),
    "Contact": ("contact", "who is responsible, for the notice"),
    "AuditEntry": ("number utc who what detail digest", "who did what: accountability"),
    "AuditPage": ("entries next_before whole", "a page"),
    "Recording": (
        (
            "recording_id started_utc seconds frames bytes consent_id expires_utc state "
            "counted_by_hand"
        ),
        "about a clip, nothing of it",
    ),
    "RecordingList": ("recordings", "a list"),
    "HandMarks": ("marks", "a list"),
    "Problem": ("title status detail code type incident faults", "RFC 9457"),
}
FORBIDDEN = re.compile(r"(^|_)(track|face|image|photo|pixel|embedding|descriptor|mac|ip)(_|s?$)")
ALLOWED_WORDS = {"pixel_from_floor"}
ASKED = "lintel.wire.v1.request"  # comes in and goes nowhere


def messages() -> dict[str, type[Struct]]:
    """Every struct of every dialect, by name."""
    found: dict[str, type[Struct]] = {}
    for module in pkgutil.walk_packages(lintel.wire.__path__, "lintel.wire."):
        for name, value in vars(importlib.import_module(module.name)).items():
            is_struct = isinstance(value, type) and issubclass(value, Struct)
            if is_struct and value.__module__ == module.name != ASKED:
                found[name] = value
    return found


def types_in(kind: object) -> list[Type]:
    """A type and everything within it."""
    found = [kind] if isinstance(kind, Type) else []
    inner: list[object] = []
    if isinstance(kind, StructType):
        inner = [field.type for field in kind.fields]
    elif isinstance(kind, Type):
        inner = [getattr(kind, name) for name in kind.__struct_fields__]
    for part in inner:
        for item in part if isinstance(part, tuple) else (part,):
            found += types_in(item)
    return found


def test_every_message_was_approved() -> None:
    assert set(messages()) == set(APPROVED)


@pytest.mark.parametrize("name", sorted(APPROVED))
def test_every_field_was_approved(name: str) -> None:
    fields, reason = APPROVED[name]
    assert messages()[name].__struct_encode_fields__ == tuple(fields.split())
    assert reason


def test_no_field_is_called_like_what_must_not_leave() -> None:
    for message in messages().values():
        for field in set(message.__struct_encode_fields__) - ALLOWED_WORDS:
            assert not FORBIDDEN.search(field), f"{message.__name__}.{field}"


def test_no_message_can_carry_bytes_or_anything_at_all() -> None:
    open_ones = {
        name
        for name, message in messages().items()
        for kind in types_in(msgspec.inspect.type_info(message))
        if isinstance(kind, (AnyType, BytesType, CustomType, RawType))
    }
    assert open_ones == {"SiteInForce", "SiteVersion", "SiteImport"}  # JSON of the site file


def test_the_api_loads_nothing_that_sees() -> None:
    said = (
        "import sys, lintel.device.api.app;"
        "print(*sorted(n for n in sys.modules if n.split('.')[0] in ('cv2', 'av', 'onnxruntime')"
        " or n.startswith(('lintel.frames', 'lintel.pipeline', 'lintel.capture', 'lintel.depth',"
        " 'lintel.detect', 'lintel.sim', 'lintel.device.preview'))))"
    )
    run = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
