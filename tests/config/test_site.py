"""Site files: what is accepted, resolved and refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from lintel.config import AlarmConfig, CaptureConfig, OnlyRule, SiteFile, load_site
from lintel.errors import LintelError, SiteError
from lintel.records import Direction

DOOR = """
[mount]
height_m = 2.9

[[line]]
name = "door"
points_m = [[-1.0, 0.0], [1.0, 0.0]]
hysteresis_m = 0.3
uturn = { policy = "cancel", within_s = 5.0 }

[[zone]]
name = "till"
polygon_m = [[0, 0], [1, 0], [1, 1]]
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text)
    return path


def test_a_site_file_is_resolved(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, DOOR))
    assert site.mount_height_m == 2.9
    (line,), (zone,) = site.lines, site.zones
    assert (line.name, line.hysteresis_m, line.uturn_policy) == ("door", 0.3, "cancel")
    assert line.points_m.tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    assert zone.polygon_m.shape == (3, 2)


RULES = """
[[line]]
name = "door"
points_m = [[-1.0, 0.0], [1.0, 0.0]]
in_label = "entering"
out_label = "leaving"
only = { from_zone = "mat", within_s = 12.0 }

[[line]]
name = "pavement"
points_m = [[-3.0, 3.0], [-3.0, 1.0]]

[[zone]]
name = "mat"
polygon_m = [[0, 0], [1, 0], [1, 1]]
use = "queue"
served_after_s = 8.0
alarm = [{ kind = "over", raise_at = 6, clear_at = 4, for_s = 10.0 }]

[occupancy]
inward = { door = "out" }
known_empty_at = ["23:30", "03:30"]
alarm = [{ kind = "under", raise_at = 1, clear_at = 3 }]

[[capture]]
name = "front"
passers_by = ["pavement"]
entries = ["door"]

[totals]
reset_at = ["04:00"]
"""


def test_rules_of_a_site_are_resolved(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, RULES))
    door, pavement = site.lines
    assert (door.in_label, door.out_label, pavement.in_label) == ("entering", "leaving", "in")
    assert door.only == OnlyRule("mat", None, 12.0)
    assert pavement.only.zones == ()
    (zone,) = site.zones
    assert (zone.use, zone.served_after_s) == ("queue", 8.0)
    assert zone.alarms == (AlarmConfig("mat", "over", 6, 4, 10.0),)
    assert site.inward == {"door": Direction.OUT}
    assert site.occupancy.known_empty_at == (time(3, 30), time(23, 30))
    assert site.occupancy.alarms == (AlarmConfig("room", "under", 1, 3),)
    assert site.captures == (CaptureConfig("front", ("pavement",), ("door",)),)
    assert site.reset_totals_at == (time(4, 0),)


def test_without_a_word_all_lines_lead_into_the_room(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, DOOR)).inward == {"door": Direction.IN}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('from_zone = "mat"', 'from_zone = "mall"', "line 'door': there is no zone 'mall'"),
        ('{ door = "out" }', '{ gate = "out" }', "occupancy: there is no line 'gate'"),
        ('entries = ["door"]', 'entries = ["gate"]', "capture rate 'front': there is no line"),
        ('entries = ["door"]', 'entries = ["pavement"]', "either passed by or entered over"),
        ("clear_at = 4", "clear_at = 6", "over needs clear_at below raise_at"),
        ('"04:00"', '"24:00"', "reset_at"),
        ('"04:00"', '"4:00"', "reset_at"),
        ("within_s = 12.0", "within_s = 0.0", "within_s"),
    ],
)
def test_rules_that_do_not_fit_are_named(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in RULES
    with pytest.raises(SiteError, match=message):
        load_site(write(tmp_path, RULES.replace(before, after)))


def test_the_hash_follows_the_content_not_the_layout(tmp_path: Path) -> None:
    one = load_site(write(tmp_path, DOOR)).config_hash
    same = load_site(write(tmp_path, DOOR.replace("\n\n", "\n# remark\n"))).config_hash
    other = load_site(write(tmp_path, DOOR.replace("2.9", "2.8"))).config_hash
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not toml [", "not TOML"),
        ("[[line]]\nname = 'a'", "points_m"),
        ("[[line]]\nname = 'a'\npoints_m = [[0, 0]]", "at least 2"),
        ("[[line]]\nname = 'a'\npoints_m = [[0, 0], [0, 0]]", "1 cm"),
        ("[[line]]\nname = 'a'\npoints_m = [[0, 0], [nan, 0]]", "finite"),
        ("[[line]]\nname = ''\npoints_m = [[0, 0], [1, 0]]", "at least 1"),
        ("[mount]\nheight_m = 0.4", "greater than or equal to 1.8"),
        ("[mount]\nhight_m = 3.0", "hight_m"),
        ("[[line]]\nname='a'\npoints_m=[[0,0],[1,0]]\n" * 2, "two lines are called 'a'"),
        ("schema_version = 9", "schema_version"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        load_site(write(tmp_path, text))


def test_a_missing_file_and_a_huge_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no such site file"):
        load_site(tmp_path / "site.toml")
    with pytest.raises(SiteError, match="larger than"):
        load_site(write(tmp_path, "#" * 300_000))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.text(max_size=60))
def test_no_text_raises_anything_but_our_own_error(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(DOOR + tail, encoding="utf-8")
    try:
        load_site(path)
    except LintelError as error:
        assert "site.toml" in str(error)  # noqa: PT017 - most tails are errors, comments are not


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models(part)


def test_every_setting_has_a_title_and_a_description() -> None:
    bare = [
        f"{model.__name__}.{name}"
        for model in models(SiteFile)
        for name, field in model.model_fields.items()
        if not (field.title and field.description)
    ]
    assert bare == []
