"""A body that comes drop by drop is given up, whoever sends it."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from lintel.device.api import reading
from lintel.device.api.problems import RequestError


def test_a_body_that_never_ends_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BODY_WITHIN_S", 0.05)
    drops = [{"type": "http.request", "body": b"{", "more_body": True}]

    async def dripping() -> Message:
        if drops:
            return drops.pop()
        await asyncio.Event().wait()
        raise AssertionError

    head = [(b"content-type", b"application/json"), (b"content-length", b"9")]
    request = Request({"type": "http", "method": "POST", "headers": head}, dripping)
    with pytest.raises(RequestError, match="whole body within") as caught:
        asyncio.run(reading.read_body(request, limit=100, media_type="application/json"))
    assert (caught.value.status, caught.value.headers) == (408, {"Connection": "close"})
