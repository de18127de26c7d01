"""``lintel report`` on a store with a morning in it."""

from __future__ import annotations

import csv
import json
import math
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lintel.cli.app import app
from lintel.errors import (
    BudgetError,
    LintelError,
    PublishError,
    ReportError,
    StoreError,
    StoreKeyError,
)
from lintel.records import Crossing, Direction
from lintel.store.key import load_key, make_key
from lintel.store.kinds import Batch, Item, StampedEvent, StampedInterval, TrackPoint
from lintel.store.opening import open_store
from report_builders import MIDNIGHT, hour

MORNING = MIDNIGHT + timedelta(hours=8)
DAY = ("--from", "2026-05-04", "--to", "2026-05-05")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with lintel.db and its key: two hours, one crossing, someone who stood 10 s."""
    key = make_key(tmp_path / "lintel.key")
    items: list[Item] = [
        TrackPoint(MORNING + timedelta(seconds=k), 7, (1.02, 2.03)) for k in range(11)
    ]
    crossing = Crossing("door", Direction.IN, 0, (0.5, 0.5), "both sides", stature_m=1.7)
    items.append(StampedEvent(MORNING, crossing))
    hours = [hour(8, 3, 60, dwell=((60.0, 2), (math.inf, 1))), hour(9, 70, 80)]
    with open_store(tmp_path / "lintel.db", key) as store:
        store.append(Batch("count", "run", 0, tuple(items)))
        store.put_intervals(StampedInterval(one, 3600) for one in hours)
    return tmp_path


def lintel_report(folder: Path, *arguments: str) -> Result:
    store, key = str(folder / "lintel.db"), str(folder / "lintel.key")
    out = str(folder / "out")
    return CliRunner().invoke(app, ["report", store, "--key", key, "--out", out, *arguments])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_morning_becomes_tables_and_pictures(kept: Path) -> None:
    result = lintel_report(kept, *DAY, "--pictures", "svg", "--json")
    assert result.exit_code == 0
    out = kept / "out"
    files = {Path(name).name: count for name, count in json.loads(result.stdout)["files"].items()}
    assert files == {
        "intervals.csv": 2,
        "dwell.csv": 2,
        "events.csv": 1,
        "presence.csv": 1,
        "footfall.svg": None,
        "dwell.svg": None,
        "presence.svg": None,
    }
    assert sorted(path.name for path in out.iterdir()) == sorted(files)
    assert rows(out / "events.csv")[0]["utc"] == "2026-05-04T08:00:00Z"
    assert rows(out / "presence.csv") == [{"x_m": "1.05", "y_m": "2.05", "presence_s": "10.0"}]


def test_dates_are_those_of_the_zone(kept: Path) -> None:
    range_ = ("--from", "2026-05-04T17:00", "--to", "2026-05-04T18:00", "--zone", "Asia/Tokyo")
    assert lintel_report(kept, *range_).exit_code == 0
    assert [row["start_utc"] for row in rows(kept / "out" / "intervals.csv")] == [
        "2026-05-04T08:00:00Z"
    ]


def test_for_the_public_small_counts_and_everything_else_stay_inside(kept: Path) -> None:
    result = lintel_report(kept, *DAY, "--suppress-below", "5", "--pictures", "png")
    assert result.exit_code == 0
    out = kept / "out"
    assert [path.name for path in out.iterdir()] == ["public.csv"]
    first = rows(out / "public.csv")[0]
    assert first["door in"] == ""


def test_noise_for_the_public_is_paid_for_once_a_day(kept: Path) -> None:
    private = (*DAY, "--epsilon", "1/2", "--account", str(kept / "account.json"))
    assert lintel_report(kept, *private).exit_code == 0
    assert [path.name for path in (kept / "out").iterdir()] == ["public.csv"]
    told = (kept / "out" / "public.csv").read_bytes()
    assert set(rows(kept / "out" / "public.csv")[0]) == {
        "start_utc", "end_utc", "place", "entered", "left", "coverage"
    }  # fmt: skip
    assert isinstance(lintel_report(kept, *private).exception, BudgetError)
    assert (kept / "out" / "public.csv").read_bytes() == told


def test_what_cannot_be_accounted_for_is_not_told(kept: Path) -> None:
    nowhere = str(kept / "no" / "account.json")
    error = lintel_report(kept, *DAY, "--epsilon", "1", "--account", nowhere).exception
    assert isinstance(error, PublishError)
    assert list((kept / "out").iterdir()) == []


def test_several_lengths_of_interval_must_be_told_apart(kept: Path) -> None:
    with open_store(kept / "lintel.db", load_key(kept / "lintel.key")) as store:
        store.put_intervals([StampedInterval(hour(32, 3, 2, minutes=15), 900)])
    error = lintel_report(kept, *DAY).exception
    assert isinstance(error, ReportError)
    assert "[900, 3600]" in str(error)
    assert lintel_report(kept, *DAY, "--period-s", "900").exit_code == 0
    assert [row["entered"] for row in rows(kept / "out" / "intervals.csv")] == ["3"]


@pytest.mark.parametrize("table_format", ["json", "parquet"])
def test_other_formats_are_written(kept: Path, table_format: str) -> None:
    assert lintel_report(kept, *DAY, "--format", table_format).exit_code == 0
    assert (kept / "out" / f"events.{table_format}").is_file()


def test_an_empty_range_gives_empty_tables(kept: Path) -> None:
    result = lintel_report(kept, "--from", "2020-01-01", "--to", "2020-01-02", "--pictures", "png")
    assert result.exit_code == 0
    assert rows(kept / "out" / "intervals.csv") == []
    assert not list((kept / "out").glob("*.png"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "yesterday", "--to", "2026-05-05"), "--from: expected a date"),
        (("--from", "2026-05-05", "--to", "2026-05-04"), "--from must be before --to"),
        (("--from", "0001-01-01", "--to", "2026-05-04", "--zone", "Asia/Tokyo"), "--from"),
        ((*DAY, "--zone", "Mars/Base"), "no IANA time zone"),
        ((*DAY, "--zone", "../etc"), "in a zone such as"),
        ((*DAY, "--zone", "Europe"), "no IANA time zone"),
        ((*DAY, "--format", "xls"), "--format: expected csv"),
        ((*DAY, "--pictures", "gif"), "--pictures: expected none"),
        ((*DAY, "--suppress-below", "1"), "k: expected 2"),
        ((*DAY, "--epsilon", "1"), "needs --account"),
        ((*DAY, "--epsilon", "1e9", "--account", "a"), "--epsilon: expected a number"),
        ((*DAY, "--epsilon", "1/0", "--account", "a"), "divides by zero"),
        ((*DAY, "--epsilon", "0", "--account", "a"), "epsilon: expected a fraction above 0"),
        ((*DAY, "--epsilon", "1", "--account", "a", "--suppress-below", "5"), "not both"),
        ((*DAY, "--site", "/no/site.toml"), "no such site file"),
    ],
)
def test_what_is_wrong_is_said(kept: Path, arguments: tuple[str, ...], words: str) -> None:
    error = lintel_report(kept, *arguments).exception
    assert isinstance(error, LintelError)
    assert words in str(error)


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    make_key(tmp_path / "lintel.key")
    assert isinstance(lintel_report(tmp_path, *DAY).exception, StoreError)
    assert not (tmp_path / "lintel.db").exists()


def test_another_stores_key_opens_nothing(kept: Path) -> None:
    (kept / "lintel.key").unlink()
    make_key(kept / "lintel.key")
    assert isinstance(lintel_report(kept, *DAY).exception, StoreKeyError)


def test_a_file_in_the_place_of_the_folder_is_named(kept: Path) -> None:
    (kept / "out").write_text("")
    assert isinstance(lintel_report(kept, *DAY).exception, ReportError)
