"""Asks everything that a web API has, and looks for pictures in whatever comes back."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import cv2
import httpx
import numpy as np
from skimage.data import lbp_frontal_face_cascade_filename
from skimage.feature import Cascade

from lintel.frames import Image

MAGIC = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*",
    b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP", b"#?RADIANCE", b"\x93NUMPY",
)  # fmt: skip
FRAMED = re.compile(
    rb"RIFF....WEBP|ftyp(?:avif|heic|mif1|isom|mp42)|\x00\x00\x00\x01[\x67\x27]", re.DOTALL
)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{64,}={0,2}")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){64,}")
DEPTH_LIMIT = 3
STREAM_S = 2.5
FILLED = {
    "version": "1", "name": "ada", "token_id": "none", "consent_id": "none", "document": "notice",
    "recording_id": "none", "frame": "0", "id": "none", "line": "door",
}  # fmt: skip
ENDLESS = ("/stream",)
LEAST_FACE_PX = 24
AGREEING = 5  # windows that see the same face; alone, one of some thousand errs


@dataclass
class Crawl:
    """What was asked and found: statuses by ``METHOD path``, pictures with where they came from."""

    asked: dict[str, int] = field(default_factory=dict)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    bytes_read: int = 0


def pictures_in(content: bytes, *, depth: int = 0) -> list[bytes]:
    """Pieces of a body that begin like a picture or video, also within base64 and hex."""
    found = []
    for magic in MAGIC:
        place = content.find(magic)
        while place >= 0:
            found.append(content[place:])
            place = content.find(magic, place + 1)
    found += [content[match.start() :] for match in FRAMED.finditer(content)]
    if content.startswith(b"BM") and len(content) > 64:
        found.append(content)
    if depth < DEPTH_LIMIT:
        for inner in _decoded(content):
            found += pictures_in(inner, depth=depth + 1)
    return found


def _decoded(content: bytes) -> list[bytes]:
    inner = []
    for match in BASE64.finditer(content):
        text = match.group().rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for cut in range(4):  # a piece may begin anywhere in the run
            piece = text[cut : cut + (len(text) - cut) // 4 * 4]
            try:
                inner.append(base64.b64decode(piece))
            except binascii.Error:
                continue
    inner += [bytes.fromhex(match.group().decode()) for match in HEX.finditer(content)]
    return inner


def decoded(content: bytes) -> Image | None:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    return None if picture is None else np.asarray(picture, dtype=np.uint8)


def faces_in(picture: Image) -> int:
    """How many faces a cascade of local binary patterns finds (Liao et al. 2007, as in OpenCV)."""
    coloured = picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    found = Cascade(lbp_frontal_face_cascade_filename()).detect_multi_scale(
        img=np.ascontiguousarray(coloured[..., 2::-1]),
        scale_factor=1.1,
        step_ratio=1,
        min_size=(LEAST_FACE_PX, LEAST_FACE_PX),
        max_size=(min(coloured.shape[:2]),) * 2,
        min_neighbor_number=AGREEING,
    )
    return len(found)


async def crawl(client: httpx.AsyncClient, *, skip: tuple[str, ...] = ()) -> Crawl:
    """Every path and method of /openapi.json, as the client's login allows."""
    whole = Crawl()
    described = (await client.get("/openapi.json")).json()
    pages = ["/", "/index.html", "/openapi.json", "/favicon.ico"]
    wanted = [("GET", path) for path in pages]
    wanted += [(m.upper(), p) for p, methods in described["paths"].items() for m in methods]
    for method, path in wanted:
        if f"{method} {path}" in skip or method not in {"GET", "POST", "PUT", "DELETE"}:
            continue
        await _ask(client, whole, method, path)
    return whole


async def _ask(client: httpx.AsyncClient, whole: Crawl, method: str, path: str) -> None:
    url = re.sub(r"\{(\w+)\}", lambda match: FILLED.get(match.group(1), "1"), path)
    now = datetime.now(UTC)
    span = {"start": (now - timedelta(days=1)).isoformat(), "end": now.isoformat()}
    params = span if method == "GET" and _takes_span(path) else {}
    body: dict[str, str] | None = None if method == "GET" else {}
    name = f"{method} {path}"
    if path.endswith(ENDLESS):
        status, content = await _listened(client, url)
    else:
        answer = await client.request(method, url, params=params, json=body)
        status, content = answer.status_code, answer.content
        content += repr(dict(answer.headers)).encode()
    whole.asked[name] = status
    whole.bytes_read += len(content)
    whole.pictures += [(name, picture) for picture in pictures_in(content)]


async def _listened(client: httpx.AsyncClient, url: str) -> tuple[int, bytes]:
    content = b""
    async with client.stream("GET", url) as answer:
        try:
            async with asyncio.timeout(STREAM_S):
                async for piece in answer.aiter_bytes():
                    content += piece
        except TimeoutError:
            pass
        return answer.status_code, content


def _takes_span(path: str) -> bool:
    return path.rsplit("/", 1)[-1] in {"events", "intervals", "heatmap", "groups", "export"}
