"""What a site says about attributes, and the words for scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from lintel.config import load_site
from lintel.config.gender import GENDER_NOTICES, UNKNOWN, gender_word
from lintel.config.voted import Age, age_of, confidence_of, staff_of
from lintel.errors import SiteError

NAN = float("nan")


def site_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(text)
    return path


def test_gender_is_off_where_nobody_asked(tmp_path: Path) -> None:
    site = load_site(site_of(tmp_path, ""))
    assert site.attributes.gender is False
    assert site.attributes.child_below_m == 1.47


def test_a_site_sets_its_own_threshold(tmp_path: Path) -> None:
    site = load_site(site_of(tmp_path, "[attributes]\nchild_below_m = 1.3\ngender = true\n"))
    assert (site.attributes.child_below_m, site.attributes.gender) == (1.3, True)


def test_a_site_names_the_colour_of_its_staff(tmp_path: Path) -> None:
    text = "[[attributes.uniform]]\nred = 0.15\ngreen = 0.2\n"
    assert load_site(site_of(tmp_path, text)).attributes.uniforms == ((0.15, 0.2),)


def test_a_colour_of_more_than_everything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="at most 1"):
        load_site(site_of(tmp_path, "[[attributes.uniform]]\nred = 0.7\ngreen = 0.6\n"))


def test_a_threshold_of_a_giant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="child_below_m"):
        load_site(site_of(tmp_path, "[attributes]\nchild_below_m = 3.0\n"))


@pytest.mark.parametrize(
    ("score", "age"),
    [(0.9, Age.CHILD), (0.1, Age.ADULT), (0.5, Age.UNCERTAIN), (NAN, Age.UNCERTAIN)],
)
def test_ages_have_words(score: float, age: Age) -> None:
    assert age_of(score) is age


@pytest.mark.parametrize(
    ("score", "word"), [(0.9, "female"), (0.1, "male"), (0.5, UNKNOWN), (NAN, UNKNOWN)]
)
def test_genders_have_words(score: float, word: str) -> None:
    assert gender_word(score) == word


def test_staff_is_said_only_where_colour_was_measured() -> None:
    assert [staff_of(score) for score in (0.9, 0.1, NAN)] == [True, False, None]


def test_a_score_in_the_middle_carries_no_confidence() -> None:
    assert confidence_of(0.5) == confidence_of(NAN) == 0.0
    assert confidence_of(0.0) == confidence_of(1.0) == 1.0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("GDPR", "Article 50(3)", "5(1)(g)", "III, point 1(b)", "rendered")),
        ("de", ("DSGVO", "Artikel 50 Absatz 3", "Absatz 1 Buchstabe g", "Anhang III")),
    ],
)
def test_the_notice_names_the_laws_in_every_language(language: str, words: tuple[str, ...]) -> None:
    notice = " ".join(GENDER_NOTICES[language].split())
    assert [word for word in words if word not in notice] == []
