"""A site file as TOML that ``load_site`` reads again; the library has no writer of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from lintel.config import SiteFile


def site_toml(file: SiteFile) -> str:
    """The file as TOML; settings at their defaults are left out."""
    content: dict[str, object] = json.loads(file.model_dump_json(exclude_defaults=True))
    content["schema_version"] = file.schema_version
    return "\n".join(_table("", content)) + "\n"


def _table(path: str, table: Mapping[str, object]) -> Iterator[str]:
    """Plain values first, tables after them, as TOML wants."""
    for key, value in table.items():
        if not _is_table(value):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield ""
            yield f"[{name}]"
            yield from _table(name, value)
        elif _is_table(value) and isinstance(value, list):
            for one in value:
                yield ""
                yield f"[[{name}]]"
                yield from _table(name, one)


def _is_table(value: object) -> bool:
    if isinstance(value, dict):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _value(value: object) -> str:
    """JSON's strings, numbers and lists are TOML's too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
