"""The built pages: types, tags, and no way out of their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from device_api_builders import MemoryDevice, http
from lintel.device.api.pages import FOREVER

pytestmark = pytest.mark.anyio


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Lintel</title>")
    (folder / "assets" / "app-1a2b.js").write_text("export {};" * 400)
    (folder / "assets" / "app-1a2b.css").write_text("body{}")
    (folder / ".hidden").write_text("not yours")
    (tmp_path / "secret.txt").write_text("the key")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


async def test_pages_come_with_type_and_tag(device: MemoryDevice, pages: Path) -> None:
    async with http(device, role=None, pages=pages) as client:
        index = await client.get("/")
        assert index.headers["content-type"] == "text/html; charset=utf-8"
        assert index.headers["cache-control"] == "no-cache"
        again = await client.get("/", headers={"If-None-Match": index.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        script = await client.get("/assets/app-1a2b.js")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
        assert script.headers["cache-control"] == FOREVER
        assert script.headers["content-encoding"] == "gzip"
        head = await client.head("/assets/app-1a2b.css")
        assert (head.status_code, head.content) == (200, b"")
        assert (await client.post("/")).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%5c..%5csecret.txt",
        "//etc/passwd",
        "/.hidden",
        "/link.txt",
        "/assets",
        "/index.html%00.txt",
    ],
)
async def test_nothing_beside_the_pages_is_served(
    device: MemoryDevice, pages: Path, path: str
) -> None:
    async with http(device, role=None, pages=pages) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert "key" not in answer.text


async def test_pages_do_not_hide_the_api(device: MemoryDevice, pages: Path) -> None:
    async with http(device, pages=pages) as client:
        assert (await client.get("/api/v1/live")).status_code == 200
        assert (await client.get("/api/v1/nothing")).json()["code"] == "no_path"
        assert (await client.get("/openapi.json")).json()["openapi"] == "3.1.0"
