"""What is kept, and that it goes in time; the audit log; mode, users, secrets, clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from lintel.clock import Clock
from lintel.device.access.digest import ha1_of
from lintel.device.access.gate import realm_of
from lintel.device.access.officer import OfficerKey
from lintel.device.access.users import UserRecord, Users
from lintel.device.privacy import modes
from lintel.device.privacy.consents import has_ended, purposes_in_force
from lintel.device.privacy.kept import load
from lintel.device.privacy.retention import BOUNDS
from lintel.device.recordings.shelf import Shelf
from lintel.device.self_audit.finding import failed, judged, passed, unknown
from lintel.device.vault import Vault
from lintel.errors import LintelError, StoreCorruptError
from lintel.store.database import Database
from lintel.store.key import StoreKey
from lintel.store.kinds import Kind
from lintel.store.opening import DEFAULT_MAX_BYTES
from lintel.store.store import Store
from lintel.wire.v1.health import Finding

SLACK = timedelta(hours=2)  # what is too old goes within the hour
NOTE = "retention"
AHEAD = timedelta(minutes=5)
WEAK = (
    "admin", "password", "12345678", "123456789", "1234567890", "lintel", "administrator",
    "changeme", "default", "qwertyuiop", "password1", "passw0rd", "installer", "operator",
    "letmein123", "welcome123", "lintellintel", "password1234", "123456789012",
)  # fmt: skip


def check_store(path: Path, key: StoreKey | None, vault: Vault, utc: datetime) -> Iterator[Finding]:
    """Retention by the oldest row of each kind, gender, the audit log's chain, the clock."""
    if key is None or not path.exists():
        for check in ("retention", "privacy.gender", "audit.chain", "clock"):
            yield unknown(check, "the store or its key is not there")
        return
    try:
        store = Store(Database(path, key, max_bytes=DEFAULT_MAX_BYTES))
    except LintelError as error:
        yield failed("store.opens", str(error), "restore it, or let the device begin a new one")
        return
    with store:
        yield from _retention(store, utc)
        yield _gender(store, vault, utc)
        yield from _audit(store, utc)


def check_privacy(folder: Path, vault: Vault, utc: datetime) -> Iterator[Finding]:
    """The image mode and its end, and that nothing outlives its consent."""
    kept, lost = load(vault)
    if lost is not None:
        yield failed("privacy.mode", lost, "restore sealed/privacy, or set privacy up anew")
        return
    allowed = purposes_in_force(kept.consents, utc)
    mode = modes.effective(kept.setting, utc=utc, consents=allowed)
    temporary = kept.setting.temporary
    if modes.rank(mode) <= modes.rank(modes.DEFAULT):
        yield passed("privacy.mode", f"{mode!r}: no picture is shown")
    elif temporary is not None and temporary.mode == mode:
        yield passed("privacy.mode", f"{mode!r} until {temporary.until_utc:%Y-%m-%d %H:%M} UTC")
    else:
        yield failed(
            "privacy.mode",
            f"{mode!r} without an end, set by {kept.setting.who}: {kept.setting.why}",
            "set 'none', or lower the mode for a stated time",
        )
    ended = {one.consent_id for one in kept.consents if has_ended(one, utc - SLACK)}
    known = {one.consent_id for one in kept.consents}
    clips = Shelf(folder / "recordings", vault).cards()
    faults = [
        f"recording {card.clip_id}"
        for card in clips
        if card.consent_id in ended or card.consent_id not in known
        or utc >= card.expires_utc + SLACK
    ]  # fmt: skip
    yield judged(
        "privacy.consent",
        faults,
        fine=f"{len(clips)} recordings, each within its consent",
        advice="start the device once: it erases what is over",
    )


def check_access(vault: Vault, clock: Clock) -> Iterator[Finding]:
    """The claim code is gone, there are users, no password is a common one, there is a key."""
    users = Users(vault, realm=realm_of(vault), clock=clock).all()
    if not users:
        yield failed("secrets.claim", "nobody has claimed the device", "make the first user")
    elif (vault.folder / "claim").exists():
        yield failed("secrets.claim", "the claim code is still there", "erase the file 'claim'")
    else:
        yield passed("secrets.claim", "the device is claimed and the code is gone")
    yield _passwords(users, realm_of(vault))
    if OfficerKey(vault, clock=clock).exists:
        yield passed("secrets.officer_key", "there is a privacy officer's key")
    else:
        yield failed("secrets.officer_key", "nobody holds the key", "make one and hand it over")


def _passwords(records: tuple[UserRecord, ...], realm: str) -> Finding:
    faults = [
        f"user {record.name} has a common password"
        for record in records
        if any(
            ha1_of("SHA-256", record.name, realm, guess) == record.ha1_sha256
            for guess in (*WEAK, record.name, record.name * 2, f"{record.name}123")
        )
    ]
    faults += [f"user {r.name} can sign in with MD5" for r in records if r.ha1_md5 is not None]
    return judged(
        "secrets.passwords",
        faults,
        fine=f"{len(records)} users, none with a password out of {len(WEAK) + 3} common ones",
        advice="give a new password",
    )


def _gender(store: Store, vault: Vault, utc: datetime) -> Finding:
    """No estimate of gender is stored unless the switch is on and a consent in force."""
    kept, _ = load(vault)
    on = kept.gender and "gender" in purposes_in_force(kept.consents, utc)
    stored, state = store.genders(), "on" if on else "off"
    return judged(
        "privacy.gender",
        [f"{stored} events hold an estimate although it is off"] if stored and not on else [],
        fine=f"{state}; {stored} events hold an estimate",
        advice="start the device once: it erases what is stored",
    )


def _retention(store: Store, utc: datetime) -> Iterator[Finding]:
    said = store.kept(NOTE)
    seconds: dict[str, float] = {} if said is None else json.loads(said)
    stats = store.stats()
    for kind, bounds in BOUNDS.items():
        if kind == "recordings":
            continue
        kept = timedelta(seconds=seconds.get(kind, bounds.default_s))
        oldest = stats.of(Kind(kind)).oldest_utc
        check = f"retention.{kind}"
        if oldest is None:
            yield passed(check, f"nothing is kept; the limit is {kept}")
        elif utc - oldest > kept + SLACK:
            detail = f"the oldest is of {oldest:%Y-%m-%d %H:%M} UTC, kept for {kept}"
            yield failed(check, detail, "see the log: erasing fails, or the device does not run")
        else:
            yield passed(check, f"the oldest is of {oldest:%Y-%m-%d %H:%M} UTC, kept for {kept}")


def _audit(store: Store, utc: datetime) -> Iterator[Finding]:
    try:
        head = store.verify_audit()
    except StoreCorruptError as error:
        yield failed("audit.chain", str(error), "somebody changed it: find out who")
        return
    yield passed("audit.chain", f"{head.entries} entries, each sealed by the one after")
    page = store.audit_page(before=None, limit=1)
    if page and page[0].utc > utc + AHEAD:
        detail = f"now is {utc:%Y-%m-%d %H:%M}, the last entry is of {page[0].utc:%Y-%m-%d %H:%M}"
        yield failed("clock", detail, "set the clock; use a time server")
    else:
        yield passed("clock", f"{utc:%Y-%m-%d %H:%M} UTC, not before the last entry")
