"""Site files: what is accepted, resolved and refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from lintel.config import SiteFile, load_site
from lintel.errors import LintelError, SiteError

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
