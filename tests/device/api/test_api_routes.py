"""The table of routes, its description, and that both say the same."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from device_api_builders import MemoryDevice, http
from lintel.device.api.openapi import describe
from lintel.device.api.route import AnyRoute
from lintel.device.api.routes import ROUTES
from lintel.wire.v1.setting import Scope

pytestmark = pytest.mark.anyio


def named(route: AnyRoute) -> str:
    return f"{route.method} {route.path}"


async def test_the_description_is_served_to_everyone(device: MemoryDevice) -> None:
    async with http(device, role=None) as client:
        document = (await client.get("/openapi.json")).json()
        assert (await client.post("/openapi.json")).status_code == 405
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert described == {named(route) for route in ROUTES}


def test_every_row_has_a_name_of_its_own() -> None:
    assert Counter(r.name for r in ROUTES).most_common(1)[0][1] == 1
    assert Counter(map(named, ROUTES)).most_common(1)[0][1] == 1


def test_every_reference_of_the_description_leads_somewhere() -> None:
    document = describe(ROUTES)

    def refs(part: object) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [ref for inner in part.values() for ref in refs(inner)]
        if isinstance(part, (list, tuple)):
            return [ref for inner in part for ref in refs(inner)]
        return []

    for ref in refs(document):
        at: object = document
        for step in ref.removeprefix("#/").split("/"):
            assert isinstance(at, dict)
            assert step in at, ref
            at = at[step]


def test_every_scope_opens_something() -> None:
    assert {scope for route in ROUTES for scope in route.scopes} == set(get_args(Scope))


def test_whatever_changes_something_needs_a_scope() -> None:
    for route in ROUTES:
        if route.method != "GET" and route.path not in {
            "/session",
            "/claim",
            "/users/{name}/password",
        }:
            assert route.scopes, named(route)
