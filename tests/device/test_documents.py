"""The documents say what the device does at this moment, and show what nobody has said yet."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import get_args

import pytest
from msgspec.structs import replace

from device_privacy_builders import NOON
from lintel.device.ports import Document, Json
from lintel.device.privacy.documents import LANGUAGES, PaperWriter, duration
from lintel.device.privacy.kept import Kept
from lintel.errors import InputError
from lintel.wire.v1.health import SystemInfo
from lintel.wire.v1.setting import ConfigVersion, Consent, ImageMode, Privacy, Stored

DOCUMENTS: tuple[Document, ...] = get_args(Document)
FULL = {
    "controller": "Shop & Sons <Ltd>",
    "address": "1 Market Street",
    "email": "privacy@shop.example",
    "purpose": "opening hours that fit",
    "legal_basis": "Art. 6(1)(f) GDPR",
    "authority": "the supervisory authority",
    "place": "front door",
}
NOBODY = Privacy("none", "none", False, None, None, None, False)


class Shop:
    """A device with a door and one kind of data."""

    async def stored(self) -> tuple[Stored, ...]:
        return (Stored("events", 1234, 99_000, NOON - timedelta(days=3), 14 * 86_400.0),)

    def current(self) -> tuple[ConfigVersion, Json]:
        site: Json = {"line": [{"name": "main <door>"}], "zone": []}
        return ConfigVersion(7, NOON, "ada", "moved", "abc123"), site

    def info(self) -> SystemInfo:
        return SystemInfo(
            device_id="dev-1",
            version="0.1.0",
            started_utc=NOON,
            utc=NOON,
            time_zone="UTC",
            source="camera:0",
            certificate_sha256="00",
            certificate_until_utc=NOON + timedelta(days=300),
            restart_pending=False,
        )


def written(
    document: Document, language: str = "en", *, privacy: Privacy = NOBODY, kept: Kept | None = None
) -> str:
    shop = Shop()
    writer = PaperWriter(holdings=shop, site=shop, system=shop.info)
    kept = kept or Kept(contact=FULL)
    text = asyncio.run(writer.document(document, language=language, privacy=privacy, kept=kept))
    return " ".join(text.split())


class Tags(HTMLParser):
    """Checks that tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in {"meta", "rect", "circle", "path"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "circle", "path"}:
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_is_whole_html_without_script_or_foreign_parts(
    document: Document, language: str
) -> None:
    text = written(document, language)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert f'<html lang="{language}">' in text
    assert "<script" not in text
    assert not re.search(r"(src|href)=", text)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_people_wrote_is_text_and_never_markup(document: Document) -> None:
    text = written(document)
    assert "Shop &amp; Sons &lt;Ltd&gt;" in text
    assert "<Ltd>" not in text
    assert "<door>" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_gaps_are_shown_and_said(document: Document, language: str) -> None:
    text = written(document, language, kept=Kept())
    assert 'class="warning"' in text
    said = {"en": "name of who is responsible", "de": "Name der verantwortlichen Stelle"}
    assert said[language] in text
    assert 'class="gap"' in text


def test_a_notice_with_all_that_is_needed_has_no_warning() -> None:
    text = written("notice")
    assert 'class="warning"' not in text
    assert "opening hours that fit" in text
    assert 'class="gap"' not in text


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("counts", "numbers only"),
        ("none", "shows no picture"),
        ("still", "picture of the empty place"),
        ("depth", "faces and clothes cannot"),
    ],
)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_mode_in_force_is_told(document: Document, mode: ImageMode, says: str) -> None:
    until = NOON + timedelta(hours=1)
    lowered = mode in {"still", "depth"}
    privacy = replace(NOBODY, mode=mode, lowered=lowered, until_utc=until if lowered else None)
    text = written(document, privacy=privacy)
    assert says in text
    assert ("2026-05-04 13:00 UTC" in text) is lowered


def test_recordings_and_gender_are_told_only_when_they_may_be_made() -> None:
    quiet = written("notice")
    assert "clips of heights may be recorded" not in quiet
    assert "gender" not in quiet
    consent = Consent(
        "c1", "validation_recording", "Owner", NOON, NOON + timedelta(days=1), None, ""
    )
    over = replace(consent, expires_utc=NOON)
    privacy = replace(NOBODY, gender_on=True)
    loud = written("notice", privacy=privacy, kept=Kept(contact=FULL, consents=(consent,)))
    assert "clips of heights may be recorded" in loud
    assert "estimates the gender" in loud
    assert "clips of heights" in written("processing_record", kept=Kept(consents=(consent,)))
    assert "may be recorded" not in written("notice", kept=Kept(consents=(over,)))


def test_the_real_retention_rows_and_lines_are_in_the_record() -> None:
    text = written("processing_record")
    assert "<td>14 days</td><td>1234, since 2026-05-01 12:00 UTC</td>" in text
    assert "main &lt;door&gt;" in text
    assert "version 7 (abc123)" in text


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="in en, de"):
        written("notice", "xx")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3600.0, "1 hour"), (86_400.0, "1 day"), (30 * 86_400.0, "30 days"), (90.0, "90 s"),
        (3 * 365 * 86_400.0, "3 years"), (5400.0, "90 minutes"),
    ],
)  # fmt: skip
def test_times_are_told_in_words(seconds: float, words: str) -> None:
    assert duration(seconds, "en") == words
