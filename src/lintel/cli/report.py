"""``lintel report``: tables and pictures of what a store holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from lintel.cli.report_heat import floor_maps
from lintel.cli.report_options import (
    AccountOption,
    EndOption,
    EpsilonOption,
    FormatOption,
    JsonOption,
    KeyOption,
    OutOption,
    PeriodOption,
    PicturesOption,
    SensitivityOption,
    SiteOption,
    StartOption,
    StoreArgument,
    SuppressOption,
    ZoneOption,
)
from lintel.config import SiteConfig, load_site
from lintel.errors import PublishError, ReportError, StoreError
from lintel.records import Interval
from lintel.report import (
    PrivacyRule,
    PrivatePublisher,
    Sheet,
    draw_dwell,
    draw_footfall,
    draw_map,
    dwell_sheet,
    event_sheet,
    interval_sheet,
    load_account,
    map_sheet,
    public_sheet,
    save_account,
    suppress,
    table_of,
    table_sheet,
    write_sheet,
)
from lintel.store.key_places import find_key
from lintel.store.opening import open_store
from lintel.store.store import Store

FORMATS = ("csv", "json", "parquet")
PICTURES = ("none", "png", "svg")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for."""

    start: datetime
    end: datetime
    zone: str
    out: Path
    table_format: str
    pictures: str
    period_s: int | None
    site: SiteConfig | None


@dataclass(frozen=True, slots=True)
class _Noise:
    """The promise of --epsilon, and where its budget is kept."""

    rule: PrivacyRule
    account: Path


def report(
    store: StoreArgument,
    *,
    key: KeyOption,
    start: StartOption,
    end: EndOption,
    zone: ZoneOption = "UTC",
    out: OutOption = Path("report"),
    table_format: FormatOption = "csv",
    pictures: PicturesOption = "none",
    period_s: PeriodOption = None,
    site: SiteOption = None,
    suppress_below: SuppressOption = None,
    epsilon: EpsilonOption = None,
    sensitivity: SensitivityOption = 4,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write intervals, dwell, events and heat map of a time range; or counts for the public."""
    _one_of("--format", table_format, FORMATS)
    _one_of("--pictures", pictures, PICTURES)
    wish = _Wish(
        start=_moment("--from", start, zone),
        end=_moment("--to", end, zone),
        zone=zone,
        out=out,
        table_format=table_format,
        pictures=pictures,
        period_s=period_s,
        site=None if site is None else load_site(site),
    )
    if not wish.start < wish.end:
        raise ReportError(f"--from must be before --to, got {start} and {end}")
    if not store.is_file():
        raise StoreError(f"{store}: no such store")  # opening would make one
    noise = _noise(epsilon, sensitivity, zone=zone, account=account)
    if noise is not None and suppress_below is not None:
        raise PublishError("expected --suppress-below or --epsilon, not both")
    _make_folder(out)
    with open_store(store, find_key(key)) as opened:
        if suppress_below is not None:
            written = dict([_suppressed(opened, wish, suppress_below)])
        elif noise is not None:
            written = dict([_noisy(opened, wish, noise)])
        else:
            written = dict(_all_of(opened, wish))
    if as_json:
        typer.echo(json.dumps({"files": written}))
    else:
        for path, rows in written.items():
            typer.echo(path if rows is None else f"{path}: {rows} rows")


def _all_of(store: Store, wish: _Wish) -> Iterator[tuple[str, int | None]]:
    """Write everything; paths, and rows of tables."""
    intervals = _intervals(store, wish)
    events = ((one.utc, one.event) for one in store.events(wish.start, wish.end))
    yield _table(interval_sheet(intervals), wish)
    yield _table(dwell_sheet(intervals), wish)
    yield _table(event_sheet(events), wish)
    maps = floor_maps(store, wish.start, wish.end)
    for heat in maps:
        yield _table(map_sheet(heat), wish)
    if wish.pictures == "none":
        return
    if intervals:
        path = _picture("footfall", wish)
        draw_footfall(intervals, path, zone=wish.zone)
        yield str(path), None
    if any(visits for one in intervals for _, visits in one.dwell_histogram_s):
        path = _picture("dwell", wish)
        draw_dwell(intervals, path)
        yield str(path), None
    for heat in maps:
        path = _picture(heat.name, wish)
        draw_map(heat, path, site=wish.site)
        yield str(path), None


def _suppressed(store: Store, wish: _Wish, k: int) -> tuple[str, int | None]:
    """Counts alone: events, dwell, occupancy and maps would give single people away."""
    return _table(table_sheet(suppress(table_of(_intervals(store, wish)), k=k)), wish)


def _noisy(store: Store, wish: _Wish, noise: _Noise) -> tuple[str, int | None]:
    """Counts with noise. The account is on disk before anything is told."""
    publisher = PrivatePublisher(noise.rule, spent=load_account(noise.account, noise.rule))
    told = publisher.release(_intervals(store, wish))
    save_account(noise.account, noise.rule, publisher.state)
    return _table(public_sheet(told), wish)


def _noise(
    epsilon: str | None, sensitivity: int, *, zone: str, account: Path | None
) -> _Noise | None:
    """What is asked for by --epsilon; one release a day.

    Raises:
        PublishError: it is no promise, or nobody would keep the account.
    """
    if epsilon is None:
        return None
    if account is None:
        raise PublishError("--epsilon needs --account FILE: a budget that is forgotten is none")
    if not re.fullmatch(r"[0-9]{1,6}(/[0-9]{1,6}|\.[0-9]{1,6})?", epsilon):
        raise PublishError(f"--epsilon: expected a number such as 1, 0.5 or 1/3, got {epsilon!r}")
    try:
        value = Fraction(epsilon)
    except ZeroDivisionError as error:
        raise PublishError(f"--epsilon: {epsilon} divides by zero") from error
    rule = PrivacyRule(epsilon=value, epsilon_per_day=value, sensitivity=sensitivity, zone=zone)
    return _Noise(rule, account)


def _intervals(store: Store, wish: _Wish) -> list[Interval]:
    """Intervals of one length.

    Raises:
        ReportError: the store holds several lengths and none was chosen.
    """
    found = list(store.intervals(wish.start, wish.end))
    lengths = sorted({one.period_s for one in found})
    if wish.period_s is not None:
        return [one.interval for one in found if one.period_s == wish.period_s]
    if len(lengths) > 1:
        raise ReportError(f"the store holds intervals of {lengths} s: choose with --period-s")
    return [one.interval for one in found]


def _table(sheet: Sheet, wish: _Wish) -> tuple[str, int]:
    path = wish.out / f"{sheet.name}.{wish.table_format}"
    return str(path), write_sheet(sheet, path)


def _picture(name: str, wish: _Wish) -> Path:
    return wish.out / f"{name}.{wish.pictures}"


def _moment(option: str, text: str, zone: str) -> datetime:
    """A date or a time in the zone, unless it says its own offset."""
    try:
        local = ZoneInfo(zone)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=local)
        utc = moment.astimezone(UTC)
    except (ZoneInfoNotFoundError, IsADirectoryError) as error:
        raise ReportError(f"--zone: {zone!r} is no IANA time zone") from error
    except (ValueError, OverflowError) as error:
        raise ReportError(
            f"{option}: expected a date or time such as 2026-05-04T08:00, in a zone such as "
            f"Europe/Berlin, got {text!r} in {zone!r}"
        ) from error
    return utc


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ReportError(f"{option}: expected {', '.join(allowed)}, got {value!r}")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"--out: {path} cannot be made: {error}") from error
