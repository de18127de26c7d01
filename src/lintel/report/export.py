"""Sheets into files: CSV, JSON, Parquet. Row by row, so a year fits; whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from lintel.errors import ExtraError, ReportError
from lintel.report.sheet import Kind, Sheet, Value

BATCH_ROWS = 20_000
MISSING = "needs the extra [report]: pip install 'lintel[report]'"

_Writer: TypeAlias = Callable[[Sheet, Path], int]


def write_sheet(sheet: Sheet, path: Path) -> int:
    """Write a sheet as the path's ending says: .csv, .json or .parquet. How many rows.

    Raises:
        ReportError: the ending is unknown, or the file cannot be written.
        ExtraError: Parquet without pyarrow.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ReportError(f"{path}: expected a name that ends in {', '.join(WRITERS)}")
    with replacing(path) as partial:
        return write(sheet, partial)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; it takes the place of ``path`` when all went well.

    Raises:
        ReportError: it cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _write_csv(sheet: Sheet, path: Path) -> int:
    """RFC 4180, UTF-8; nothing between the commas for None."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([name for name, _ in sheet.columns])
        for row in sheet.rows:
            writer.writerow([_plain(value) for value in row])
            count += 1
    return count


def _write_json(sheet: Sheet, path: Path) -> int:
    """An array of objects; null for None."""
    names = [name for name, _ in sheet.columns]
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for row in sheet.rows:
            entry = dict(zip(names, map(_plain, row), strict=True))
            file.write(",\n" if count else "\n")
            file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False))
            count += 1
        file.write("\n]\n")
    return count


def _write_parquet(sheet: Sheet, path: Path) -> int:
    """Typed columns; times are UTC in microseconds."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraError(f"Parquet {MISSING}") from error
    types = {
        Kind.TEXT: pa.string(),
        Kind.UTC: pa.timestamp("us", tz="UTC"),
        Kind.WHOLE: pa.int64(),
        Kind.REAL: pa.float64(),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in sheet.columns])
    rows, count = iter(sheet.rows), 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rows, BATCH_ROWS)):
            arrays = [
                pa.array([row[k] for row in batch], type=field.type)
                for k, field in enumerate(schema)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(batch)
    return count


def _plain(value: Value) -> str | int | float | None:
    """Times as text: 2026-05-04T10:00:00Z."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


WRITERS: dict[str, _Writer] = {
    ".csv": _write_csv,
    ".json": _write_json,
    ".parquet": _write_parquet,
}
