"""The privacy account in a file: what each published hour has had of its day's budget.

Whoever publishes with noise saves the account before telling the counts; then a crash between the
two costs budget and never the promise.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from lintel.errors import PublishError
from lintel.report.private import EPSILON_MAX, PrivacyRule, Spent

MAX_ACCOUNT_BYTES = 256 * 1024 * 1024


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Entry(_Part):
    start_utc: AwareDatetime
    end_utc: AwareDatetime
    place: Annotated[str, Field(max_length=256)]
    epsilon: Annotated[str, Field(pattern=r"^[0-9]{1,9}(/[1-9][0-9]{0,8})?$")]


class _File(_Part):
    version: Literal[1] = 1
    sensitivity: int
    zone: str
    spent: list[_Entry]


def load_account(path: Path, rule: PrivacyRule) -> tuple[Spent, ...]:
    """What was spent under ``rule``; nothing where there is no file yet.

    Raises:
        PublishError: malformed, or kept under another sensitivity or zone, so that what it says
            cannot be added to.
    """
    try:
        if path.exists() and path.stat().st_size > MAX_ACCOUNT_BYTES:
            raise PublishError(f"{path}: larger than {MAX_ACCOUNT_BYTES} bytes, no account")
        file = _File.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        raise PublishError(f"{path}: not a privacy account: {error}") from error
    except OSError as error:
        raise PublishError(f"{path}: cannot be read: {error}") from error
    if (file.sensitivity, file.zone) != (rule.sensitivity, rule.zone):
        raise PublishError(
            f"{path}: kept for sensitivity {file.sensitivity} and zone {file.zone}, not for "
            f"{rule.sensitivity} and {rule.zone}: budgets of different promises do not add up"
        )
    return tuple(_spent(entry, path) for entry in file.spent)


def save_account(path: Path, rule: PrivacyRule, spent: Sequence[Spent]) -> None:
    """Write the account, whole or not at all, and on disk when this returns.

    Raises:
        PublishError: it cannot be written: tell nothing.
    """
    entries = [
        _Entry(
            start_utc=one.start_utc,
            end_utc=one.end_utc,
            place=one.place,
            epsilon=str(one.epsilon),
        )
        for one in spent
    ]
    file = _File(sensitivity=rule.sensitivity, zone=rule.zone, spent=entries)
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("w", encoding="utf-8") as target:
            target.write(file.model_dump_json(indent=1))
            target.flush()
            os.fsync(target.fileno())
        partial.replace(path)
    except OSError as error:
        raise PublishError(f"{path}: the account cannot be written: {error}") from error


def _spent(entry: _Entry, path: Path) -> Spent:
    epsilon = Fraction(entry.epsilon)
    start, end = _plain(entry.start_utc), _plain(entry.end_utc)
    if not (0 < epsilon <= EPSILON_MAX and start < end):
        raise PublishError(f"{path}: not a privacy account: {entry}")
    return Spent(start, end, entry.place, epsilon)


def _plain(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)
