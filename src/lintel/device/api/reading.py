"""Requests into messages: strict, bounded, and with an error that says where it is wrong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec.inspect import BoolType, Field, FloatType, IntType, StructType, Type, UnionType
from msgspec.inspect import VarTupleType as ListType
from starlette.requests import ClientDisconnect, Request

from lintel.device.api.problems import RequestError
from lintel.device.ports import Json

S = TypeVar("S")
BODY_WITHIN_S = 20.0  # who sends it drop by drop holds no connection for longer
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})")
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?")


def read_params(form: type[S], given: Iterable[tuple[str, str]]) -> S:
    """Parameters from the path, the query and headers.

    Raises:
        RequestError: one is missing, unknown, given twice, or of the wrong form.
    """
    fields = _fields(form)
    values: dict[str, object] = {}
    for name, text in given:
        field = fields.get(name)
        if field is None:
            raise _bad(f"unknown parameter {name[:64]!r}; known: {', '.join(fields) or 'none'}")
        kind = _plain(field.type)
        if isinstance(kind, ListType):
            items = values.setdefault(name, [])
            if isinstance(items, list):
                items.append(_value(kind.item_type, text))
        elif name in values:
            raise _bad(f"parameter {name!r}: expected once, came twice")
        else:
            values[name] = _value(kind, text)
    try:
        return msgspec.convert(values, form, strict=True)
    except msgspec.ValidationError as error:
        raise _bad(str(error)) from error


def read_json(form: type[S], content: bytes) -> S:
    """A body of JSON.

    Raises:
        RequestError: it is no JSON, or not of this form.
    """
    try:
        return msgspec.json.decode(content, type=form, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(str(error)) from error
    except RecursionError as error:
        raise _bad("the JSON is nested too deeply") from error


async def read_body(request: Request, *, limit: int, media_type: str) -> bytes:
    """The body, of the right type and no longer than the limit.

    Raises:
        RequestError: another type, too long, too slow, or the caller went away.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise RequestError(415, "media_type", f"expected a body of {media_type}, got {given!r}")
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise _bad("expected a whole number as Content-Length")
    if int(length[:20]) > limit:
        raise _too_long(limit)
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await _content(request, limit)
    except TimeoutError as error:
        detail = f"expected the whole body within {BODY_WITHIN_S:.0f} s"
        raise RequestError(408, "slow", detail, headers={"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise _bad("the caller went away within the body") from error


async def _content(request: Request, limit: int) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > limit:
            raise _too_long(limit)
    return bytes(parts)


def _fields(form: type[object]) -> Mapping[str, Field]:
    info = msgspec.inspect.type_info(form)
    if not isinstance(info, StructType):
        raise TypeError(f"expected a struct for parameters, got {form}")
    return {field.encode_name: field for field in info.fields}


def _plain(kind: Type) -> Type:
    """A type without its ``or None``."""
    if isinstance(kind, UnionType):
        return next(k for k in kind.types if not isinstance(k, msgspec.inspect.NoneType))
    return kind


def _value(kind: Type, text: str) -> object:
    """Text as the number or switch that it says; anything else stays text."""
    if isinstance(kind, IntType) and WHOLE.fullmatch(text):
        return int(text)
    if isinstance(kind, FloatType) and NUMBER.fullmatch(text):
        return float(text)
    if isinstance(kind, BoolType) and text in {"true", "false"}:
        return text == "true"
    return text


def _bad(detail: str) -> RequestError:
    return RequestError(400, "malformed", detail)


def _too_long(limit: int) -> RequestError:
    return RequestError(413, "too_long", f"expected a body of at most {limit} bytes")


def read_site(content: msgspec.Raw) -> Json:
    """A site file as JSON, from within a body.

    Raises:
        RequestError: it is nested too deeply.
    """
    try:
        site: Json = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(str(error)) from error
    except RecursionError as error:
        raise _bad("the site file is nested too deeply") from error
    return site
