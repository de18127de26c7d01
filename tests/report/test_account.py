"""The privacy account in its file."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintel.errors import BudgetError, PublishError
from lintel.report import PrivacyRule, PrivatePublisher, load_account, save_account
from report_builders import hour

RULE = PrivacyRule(epsilon=Fraction(1, 3), zone="Europe/Berlin")


def test_the_account_survives_its_file_and_still_refuses(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    for _ in range(3):
        publisher = PrivatePublisher(RULE, spent=load_account(path, RULE))
        publisher.release([hour(3, 1, 1), hour(4, 1, 1, place="back")])
        save_account(path, RULE, publisher.state)
    assert load_account(path, RULE) == publisher.state
    assert {one.epsilon for one in publisher.state} == {Fraction(1)}
    with pytest.raises(BudgetError):
        PrivatePublisher(RULE, spent=load_account(path, RULE)).release([hour(3, 1, 1)])
    assert [file.name for file in tmp_path.iterdir()] == ["account.json"]


def test_no_file_yet_is_an_empty_account(tmp_path: Path) -> None:
    assert load_account(tmp_path / "account.json", RULE) == ()


@pytest.mark.parametrize(
    "other",
    [PrivacyRule(sensitivity=8, zone="Europe/Berlin"), PrivacyRule(zone="UTC")],
)
def test_budgets_of_other_promises_are_not_mixed(tmp_path: Path, other: PrivacyRule) -> None:
    save_account(tmp_path / "account.json", other, ())
    with pytest.raises(PublishError, match="do not add up"):
        load_account(tmp_path / "account.json", RULE)


def entry(**change: object) -> dict[str, object]:
    good: dict[str, object] = {
        "start_utc": "2026-05-04T08:00:00Z",
        "end_utc": "2026-05-04T09:00:00Z",
        "place": "door",
        "epsilon": "1/3",
    }
    return good | change


@pytest.mark.parametrize(
    "bad",
    [
        {"epsilon": "-1"},
        {"epsilon": "0"},
        {"epsilon": "1/0"},
        {"epsilon": "11"},
        {"epsilon": "nan"},
        {"epsilon": "9" * 5000},
        {"start_utc": "2026-05-04T08:00:00"},
        {"end_utc": "2026-05-04T08:00:00Z"},
        {"extra": 1},
    ],
)
def test_entries_that_nobody_wrote_are_refused(tmp_path: Path, bad: dict[str, object]) -> None:
    path = tmp_path / "account.json"
    content = {"version": 1, "sensitivity": 4, "zone": "Europe/Berlin", "spent": [entry()]}
    path.write_text(json.dumps(content))
    assert len(load_account(path, RULE)) == 1
    path.write_text(json.dumps(content | {"spent": [entry(**bad)]}))
    with pytest.raises(PublishError, match="not a privacy account"):
        load_account(path, RULE)


@given(content=st.binary(max_size=200))
def test_any_other_bytes_are_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("account") / "account.json"
    path.write_bytes(content)
    with pytest.raises(PublishError):
        load_account(path, RULE)


def test_a_folder_is_no_account(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="cannot be read"):
        load_account(tmp_path, RULE)
    with pytest.raises(PublishError, match="cannot be written"):
        save_account(tmp_path / "no" / "account.json", RULE, ())
