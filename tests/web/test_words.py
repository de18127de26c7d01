"""The pages have words for all that the device can say: fields of the site file, causes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lintel.config import SiteFile
from lintel.device.causes import KNOWN

WORDS = Path(__file__).parents[2] / "web/src/lib/i18n"
SCHEMA: dict[str, Any] = SiteFile.model_json_schema()


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a node refers to."""
    if "$ref" in node:
        return resolved(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]])
    for one in node.get("anyOf", []):
        if one.get("type") != "null":
            return resolved(one)
    return node


def fields(node: dict[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """All fields that the forms of the pages show, as ``section.field``."""
    for name, raw in node.get("properties", {}).items():
        inner = resolved(raw)
        entry = resolved(inner.get("items", {})) if inner.get("type") == "array" else inner
        drawn = entry is not inner and "properties" not in entry and entry.get("type") != "string"
        if drawn or "const" in inner:
            continue  # coordinates are no field of a form
        shapes = section == "site" and name in {"line", "zone"}
        if not shapes:
            yield f"{section}.{name}", inner
        if "properties" in entry:
            yield from fields(entry, name)


def keys_of(text: str) -> set[str]:
    return set(re.findall(r'^\s+"([\w.]+)":', text, flags=re.MULTILINE))


def test_every_field_of_the_site_file_has_german_words() -> None:
    german = keys_of((WORDS / "de/site.ts").read_text(encoding="utf-8"))
    asked = {place for place, _ in fields(SCHEMA, "site")} - {"site.schema_version"}
    assert german - asked == set(), "words for fields that are not there"
    assert asked - german == set(), "fields without German words"


def test_every_choice_has_words_in_both_languages() -> None:
    choices = {choice for _, node in fields(SCHEMA, "site") for choice in node.get("enum", [])}
    assert choices
    for language in ("en", "de"):
        said = keys_of((WORDS / language / "schema.ts").read_text(encoding="utf-8"))
        assert {f"schema.choice.{choice}" for choice in choices} - said == set(), language


def test_every_cause_has_words_in_both_languages() -> None:
    for language in ("en", "de"):
        said = keys_of((WORDS / language / "cause.ts").read_text(encoding="utf-8"))
        told = {key for key in said if key.startswith("cause.")}
        assert told == {f"cause.{code}" for code in KNOWN}, language
