"""The web API as a page for people, from the same table that routes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from lintel.device.access import SCOPES_OF_ROLE
from lintel.device.api.openapi import MEANING, describe, statuses
from lintel.device.api.problems import KINDS
from lintel.device.api.route import PREFIX, AnyRoute, Media

Json: TypeAlias = dict[str, Any]

INTRO = """\
All paths are below `/api/v1`; `/openapi.json` says the same for programs (OpenAPI 3.1). How to
use it: [the web API](../how-to/api.md). Times are aware UTC, lengths metres, durations seconds.
A field or parameter that is not listed is refused.
"""
PROBLEMS = """\
An error is an RFC 9457 problem (`application/problem+json`) with `title`, `status`, `detail` for
people, and `code`, a stable word for programs. Every route can answer 400, 403, 414, 421, 429, 431
and 500; with a login 401; with a body 408, 413 and 415; and what its row lists.
"""
LIMITS = (
    ("minimum", ">="),
    ("exclusiveMinimum", ">"),
    ("maximum", "<="),
    ("exclusiveMaximum", "<"),
)
SIZES = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "items"),
    ("minProperties", "maxProperties", "entries"),
)
WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}
SHOWN_VALUES = 12


def reference(routes: Sequence[AnyRoute]) -> str:
    """The page, in Markdown, without its heading."""
    document = describe(routes)
    parts = [INTRO]
    for subject in dict.fromkeys(route.subject for route in routes):
        parts.append(f"## {subject}\n")
        parts += [_section(r, document) for r in routes if r.subject == subject]
    parts.append("## Messages\n")
    schemas = document["components"]["schemas"]
    parts += [_message(name, schemas[name]) for name in sorted(schemas)]
    parts.append("## Problems\n\n" + PROBLEMS)
    parts.append(_table(("status", "meaning"), [(str(s), text) for s, text in MEANING.items()]))
    rows = [(f"`{k.code}`", str(k.status), f"`{e.__name__}`") for e, k in KINDS.items()]
    parts.append(_table(("code", "status", "error"), rows))
    return "\n".join(parts)


def _section(route: AnyRoute, document: Json) -> str:
    operation = document["paths"][PREFIX + route.path][route.method.lower()]
    lines = [f"### {route.method} {route.path}\n", f"{route.summary}. {_who(route)}"]
    lines.append(f"Answers {_answer(route)}.{_also(route)}")
    if route.body is not None:
        body = operation["requestBody"]["content"][route.body_type]["schema"]
        lines.append(f"Body: {_form(body)} as `{route.body_type}`, at most {route.body_limit} B.")
    parameters = operation.get("parameters", ())
    text = "\n".join(lines) + "\n"
    if parameters:
        rows = [(f"`{p['name']}`", p["in"], _form(p["schema"]), _default(p)) for p in parameters]
        text += "\n" + _table(("parameter", "in", "form", "default"), rows)
    return text


def _who(route: AnyRoute) -> str:
    if not route.login:
        return "For everyone."
    if not route.scopes:
        return "For everyone who is signed in."
    roles = [role for role, held in SCOPES_OF_ROLE.items() if held & set(route.scopes)]
    scopes = " or ".join(f"`{scope}`" for scope in route.scopes)
    return f"Scope {scopes}: {', '.join(roles)}."


def _answer(route: AnyRoute) -> str:
    if route.answer is None:
        return f"{route.status} without content"
    empty = f", or 204: {route.empty.rstrip('.')}" if route.empty else ""
    if isinstance(route.answer, Media):
        kinds = " or ".join(f"`{media}`" for media in route.answer.types)
        return f"{route.status} with {route.answer.meaning} ({kinds}){empty}"
    return f"{route.status} with {_link(route.answer.__name__)}{empty}"


def _also(route: AnyRoute) -> str:
    own = [s for s in statuses(route) if s in {404, 409, 422, 503, 507}]
    return f" Problems of its own: {', '.join(map(str, own))}." if own else ""


def _message(name: str, schema: Json) -> str:
    said = " ".join(str(schema.get("description", "")).replace("``", "`").split())
    text = f"### {name}\n\n{said}\n"
    required = set(schema.get("required", ()))
    rows = [
        (f"`{field}`", _form(form), "" if field in required else _default({"schema": form}) or "-")
        for field, form in schema.get("properties", {}).items()
    ]
    return text + ("\n" + _table(("field", "form", "default"), rows) if rows else "")


def _default(parameter: Json) -> str:
    if parameter.get("required"):
        return "required"
    default = parameter["schema"].get("default")
    return "" if default is None else f"`{json.dumps(default)}`"


def _form(schema: Json) -> str:
    """A JSON Schema in words."""
    if "$ref" in schema:
        return _link(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_form(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        shown = [f"`{value}`" for value in schema["enum"][:SHOWN_VALUES]]
        return " or ".join(shown)
    kind: str = schema.get("type", "any JSON")
    if kind == "array":
        word = _list_form(schema)
    elif kind == "object":
        values = schema.get("additionalProperties")
        word = f"table of {_form(values)}" if isinstance(values, dict) else "table"
    else:
        word = "time" if schema.get("format") == "date-time" else WORDS.get(kind, kind)
    return ", ".join([word, *_bounds(schema)])


def _list_form(schema: Json) -> str:
    items: list[Json] = schema.get("prefixItems") or []
    if items:
        return f"[{', '.join(_form(item) for item in items)}]"
    return f"list of {_form(schema.get('items') or {})}"


def _bounds(schema: Json) -> list[str]:
    said = [f"{sign} {schema[key]:.10g}" for key, sign in LIMITS if key in schema]
    for low, high, what in SIZES:
        if high in schema and schema.get(low) == schema[high]:
            said.append(f"{schema[high]} {what}")
        elif high in schema:
            said.append(f"{schema.get(low, 0)} to {schema[high]} {what}")
    return said


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return (
        "\n".join(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in r)} |" for r in lines)
        + "\n"
    )
