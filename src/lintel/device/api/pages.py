"""The built pages: files of one folder, with types, tags and no way out of it."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lintel.device.api.problems import problem

INDEX = "index.html"
FOREVER = "public, max-age=31536000, immutable"  # for names that carry a hash of their content
ASK_AGAIN = "no-cache"
HASHED = "assets/"
MAX_FILE = 4 * 1024 * 1024
MAX_FILES = 500
ALLOW = {"Allow": "GET, HEAD, OPTIONS"}
TYPES = {  # the machine's own table may lack or bend these
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One file."""

    content: bytes
    media_type: str
    tag: str
    caching: str


class Pages:
    """Serves the files that the folder held at the start, from memory: no path leads elsewhere."""

    def __init__(self, folder: Path) -> None:
        self._pages = {name: _read(path, name) for name, path in _files(folder)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page."""
        await self._answer(Request(scope, receive))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=ALLOW)
        if request.method not in {"GET", "HEAD"}:
            return problem(405, "method", "expected GET", headers=ALLOW)
        page = self._pages.get(request.scope["path"].removeprefix("/") or INDEX)
        if page is None:
            return problem(404, "no_page", "there is no such page")
        headers = {"ETag": page.tag, "Cache-Control": page.caching}
        if page.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(page.content, 200, headers, page.media_type)


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Plain files of the folder by their path in it; links and hidden files are left out."""
    found = [
        (path.relative_to(folder).as_posix(), path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]
    return [(name, path) for name, path in found if path.stat().st_size <= MAX_FILE][:MAX_FILES]


def _read(path: Path, name: str) -> Page:
    content = path.read_bytes()
    plain = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    media_type = TYPES.get(path.suffix.lower(), plain)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Page(content, media_type, tag, FOREVER if name.startswith(HASHED) else ASK_AGAIN)
