"""Records into files of three kinds, and back by other people's readers."""

from __future__ import annotations

import csv
import json
import math
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.errors import ContractError, ExtraError, ReportError
from lintel.records import Crossing, Direction, Event, GroupCrossing, ZoneEnter, ZoneLeave
from lintel.report import (
    FloorMap,
    Kind,
    PrivacyRule,
    PrivatePublisher,
    Sheet,
    dwell_sheet,
    event_sheet,
    interval_sheet,
    map_sheet,
    public_sheet,
    suppress,
    table_of,
    table_sheet,
    write_sheet,
)
from report_builders import hour

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EVENTS: list[tuple[datetime, Event]] = [
    (NOON, Crossing("door", Direction.IN, 5, (0.5, -1.25), "both sides", stature_m=1.7, child=0.1)),
    (NOON, ZoneEnter("till", 6, "inside")),
    (NOON, ZoneLeave("till", 7, 12.5, "outside")),
    (NOON, GroupCrossing("door", Direction.OUT, 8, 3, "together")),
]
ENDINGS = (".csv", ".json", ".parquet")


def read(path: Path) -> list[dict[str, object]]:
    """All rows; numbers as numbers, times as text, None for nothing."""
    if path.suffix == ".json":
        content: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
        return content
    if path.suffix == ".parquet":
        rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
        return [{key: _text_of_time(value) for key, value in row.items()} for row in rows]
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: _number(v) for k, v in row.items()} for row in csv.DictReader(file)]


def _text_of_time(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def _number(text: str) -> object:
    if text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("ending", ENDINGS)
def test_intervals_come_back_as_they_were(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"intervals{ending}"
    assert write_sheet(interval_sheet([hour(8, 5, 2), hour(9, 0, 1, coverage=0.5)]), path) == 2
    first, second = read(path)
    assert first["start_utc"] == "2026-05-04T08:00:00Z"
    assert first["end_utc"] == "2026-05-04T09:00:00Z"
    assert (first["place"], first["entered"], first["left"]) == ("door", 5, 2)
    assert (second["coverage"], second["dropped_frames"]) == (0.5, 3)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_kind_of_event_fills_its_own_columns(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"events{ending}"
    write_sheet(event_sheet(EVENTS), path)
    crossing, enter, leave, group = read(path)
    assert (crossing["x_m"], crossing["y_m"], crossing["stature_m"]) == (0.5, -1.25, 1.7)
    assert crossing["staff"] is None
    assert (enter["place"], enter["direction"], enter["dwell_s"]) == ("till", None, None)
    assert leave["dwell_s"] == 12.5
    assert (group["direction"], group["size"], group["reason"]) == ("out", 3, "together")
    assert "id" not in crossing


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_open_dwell_class_has_no_upper_edge(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"dwell{ending}"
    write_sheet(dwell_sheet([hour(8, dwell=((60.0, 4), (math.inf, 1))), hour(9)]), path)
    assert [(row["dwell_up_to_s"], row["visits"]) for row in read(path)] == [(60.0, 4), (None, 1)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_heat_map_is_told_by_its_cells(tmp_path: Path, ending: str) -> None:
    values = np.zeros((3, 4))
    values[2, 1] = np.float32(7.1)
    path = tmp_path / f"map{ending}"
    write_sheet(map_sheet(FloorMap("presence", "person-seconds", values, (-1.0, 0.0), 0.5)), path)
    assert read(path) == [{"x_m": -0.25, "y_m": 1.25, "presence_s": 7.1}]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_left_out_for_the_public_is_nowhere_in_the_file(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"public{ending}"
    write_sheet(table_sheet(suppress(table_of([hour(8, 3, 60), hour(9, 70, 80)]), k=5)), path)
    rows = read(path)
    assert rows[0]["door in"] is None
    assert rows[-1]["from"] == "total"
    assert [row["watched"] for row in rows] == [2, 2, 4]


@pytest.mark.parametrize("ending", ENDINGS)
def test_noisy_counts_have_no_column_beside_the_counts(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"noisy{ending}"
    write_sheet(public_sheet(PrivatePublisher(PrivacyRule()).release([hour(8, 9, 9)])), path)
    (row,) = read(path)
    assert set(row) == {"start_utc", "end_utc", "place", "entered", "left", "coverage"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_without_rows_still_has_its_columns(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"nothing{ending}"
    assert write_sheet(event_sheet([]), path) == 0
    assert read(path) == []
    if ending == ".parquet":
        assert str(pq.read_schema(path).field("utc").type) == "timestamp[us, tz=UTC]"


@given(names=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=4))
def test_any_name_survives_every_kind_of_file(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("names")
    for ending in (".json", ".parquet"):
        sheet = Sheet("names", (("name", Kind.TEXT),), [(name,) for name in names])
        write_sheet(sheet, folder / f"names{ending}")
        assert [row["name"] for row in read(folder / f"names{ending}")] == names


def test_many_rows_go_through_in_batches(tmp_path: Path) -> None:
    rows = ((NOON + timedelta(seconds=k), k) for k in range(45_000))
    path = tmp_path / "many.parquet"
    assert write_sheet(Sheet("many", (("utc", Kind.UTC), ("n", Kind.WHOLE)), rows), path) == 45_000
    assert pq.read_metadata(path).num_row_groups == 3


def test_times_are_told_in_utc_and_must_be_aware(tmp_path: Path) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    write_sheet(event_sheet([(east, EVENTS[0][1])]), tmp_path / "e.csv")
    assert read(tmp_path / "e.csv")[0]["utc"] == "2026-05-04T12:00:00Z"
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ReportError, match="aware"):
        write_sheet(event_sheet([(naive, EVENTS[0][1])]), tmp_path / "n.csv")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("the old one")
    with pytest.raises(ReportError):
        write_sheet(event_sheet([(NOON.replace(tzinfo=None), EVENTS[0][1])]), path)
    assert path.read_text() == "the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["events.csv"]


def test_unknown_endings_and_missing_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"\.csv, \.json, \.parquet"):
        write_sheet(event_sheet([]), tmp_path / "events.xls")
    with pytest.raises(ReportError, match="cannot be written"):
        write_sheet(event_sheet([]), tmp_path / "nowhere" / "events.csv")


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraError, match=r"lintel\[report\]"):
        write_sheet(event_sheet([]), tmp_path / "events.parquet")


def test_a_map_of_nothing_or_of_nan_is_no_map() -> None:
    for values in (np.empty((0, 3)), np.array([[np.nan]])):
        with pytest.raises(ContractError):
            FloorMap("presence", "s", values, (0.0, 0.0), 0.1)
