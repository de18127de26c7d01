"""The web application behind a real socket, and a stream taken apart as a browser does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from starlette.applications import Starlette

WAIT_S = 90.0  # of a busy machine; nothing waits for so long that goes right


@dataclass(frozen=True)
class Said:
    """One message of a stream."""

    event: str
    data: str
    position: str | None


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """The application behind a real socket; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def said(answer: httpx.Response) -> AsyncIterator[Said]:
    """Messages of a stream as a browser takes them apart."""
    event, data, position = "message", "", None
    async for line in answer.aiter_lines():
        name, _, text = line.partition(": ")
        if name == "event":
            event = text
        elif name == "data":
            data = text
        elif name == "id":
            position = text
        elif line == "" and data:
            yield Said(event, data, position)
            event, data, position = "message", "", None


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what other tasks bring about."""
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110 - other tasks have no event for it
            await asyncio.sleep(0.01)


async def listen(address: str, word: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A stream without a client around it, once its first line came."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    request = (
        "GET /api/v1/live/stream HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {word}",
        "",
        "",
    )
    writer.write("\r\n".join(request).encode())
    await reader.readuntil(b": lintel")
    return reader, writer
