"""The search for pictures finds every leak and every face; depth has little of the camera's.

A running device is searched with it in every image mode.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator

import cv2
import httpx
import numpy as np
from skimage.data import astronaut
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from device_crawl_builders import crawl, decoded, faces_in, pictures_in
from lintel.config import SiteConfig
from lintel.device.preview.colours import coloured
from lintel.device.preview.looks import look_at
from lintel.frames import DepthMap, Image
from lintel.pipeline import Chain, FrameResult, KnownSite, Stages, open_source

GRADIENT_BOUND = 0.35  # of a depth picture with the camera's, within people


# --- the search itself ---------------------------------------------------------------------


def photograph() -> bytes:
    _, content = cv2.imencode(".jpg", np.random.default_rng(1).integers(0, 255, (40, 60, 3)))
    return content.tobytes()


def leaking() -> Starlette:
    """An app that leaks a photograph in six ways."""
    jpeg = photograph()
    _, png = cv2.imencode(".png", np.zeros((20, 20), np.uint8))
    text = base64.b64encode(jpeg).decode()

    def openapi(_: Request) -> Response:
        return JSONResponse({"paths": {path: {"get": {}} for path in answers}})

    async def stream(_: Request) -> Response:
        async def pieces() -> AsyncIterator[str]:
            yield f"data: {json.dumps({'x': text})}\n\n"

        return StreamingResponse(pieces(), media_type="text/event-stream")

    answers = {
        "/raw": Response(jpeg, media_type="application/octet-stream"),
        "/inside": Response(b"some bytes before" + png.tobytes()),
        "/json": JSONResponse({"note": {"deep": text}}),
        "/uri": Response(f'<img src="data:image/jpeg;base64,{text}">'),
        "/hex": JSONResponse({"x": jpeg.hex()}),
        "/header": Response(b"", headers={"X-Thumb": text[:400]}),
        "/stream": None,
    }

    def fixed(answer: Response) -> object:
        def give(_: Request) -> Response:
            return answer

        return give

    routes = [Route("/openapi.json", openapi), Route("/stream", stream)]
    routes += [Route(p, fixed(a)) for p, a in answers.items() if a is not None]  # type: ignore[arg-type]
    return Starlette(routes=routes)


def test_the_search_finds_every_leak() -> None:
    async def story() -> None:
        transport = httpx.ASGITransport(app=leaking())
        async with httpx.AsyncClient(transport=transport, base_url="https://device") as client:
            found = await crawl(client)
        leaks = {name.removeprefix("GET ") for name, _ in found.pictures}
        assert leaks == {"/raw", "/inside", "/json", "/uri", "/hex", "/header", "/stream"}

    asyncio.run(story())


def test_the_search_finds_nothing_in_numbers_and_words() -> None:
    digits = json.dumps({"values": list(range(5000)), "digest": "ab" * 32, "why": "BM" * 50})
    assert pictures_in(digits.encode()) == []


def test_a_face_in_a_picture_is_found() -> None:
    """The portrait that scikit-image brings along, through JPEG and at the size of a live view."""
    portrait = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)
    for width in (512, 160):
        small = cv2.resize(portrait, (width, width), interpolation=cv2.INTER_AREA)
        picture = decoded(cv2.imencode(".jpg", small)[1].tobytes())
        assert picture is not None
        assert faces_in(picture) >= 1
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        assert faces_in(grey) >= 1


# --- what a depth picture has of the camera's ------------------------------------------------


def gradients_alike(
    picture: Image, camera: Image, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> float:
    """Normalised correlation of gradient sizes inside a region: 1 for the same picture."""
    return float(abs(np.corrcoef(_edges(picture)[inside], _edges(camera)[inside])[0, 1]))


def _edges(picture: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    x = cv2.Sobel(grey, cv2.CV_64F, 1, 0)
    return np.asarray(np.hypot(x, cv2.Sobel(grey, cv2.CV_64F, 0, 1)))


def doorway(frames: int = 60) -> list[tuple[DepthMap, FrameResult]]:
    seen: list[tuple[DepthMap, FrameResult]] = []
    with open_source("analytic:doorway?seed=2100001&seconds=8") as source:
        site = source.site if isinstance(source, KnownSite) else SiteConfig()
        chain = Chain(
            Stages.of(rig=source.rig, site=site),
            on_frame=lambda depth, result: seen.append((depth, result)),
        )
        while (pair := source.read()) is not None and len(seen) < frames:
            chain.step(pair)
    return seen


def test_a_depth_picture_has_little_of_the_cameras_inside_people() -> None:
    alike, raw = [], []
    for depth, result in doorway():
        if result.floor is None or not result.floor.settled:
            continue
        look = look_at(depth, result.floor)
        person = cv2.erode((look.height_m > 0.9).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        if person.sum() < 150:
            continue
        height, width = look.depth_m.shape
        small = cv2.resize(depth.image, (width, height), interpolation=cv2.INTER_AREA)
        camera = np.asarray(small, dtype=np.uint8)
        assert faces_in(coloured(look)) == 0
        alike.append(gradients_alike(coloured(look), camera, person))
        jpeg = decoded(cv2.imencode(".jpg", camera)[1].tobytes())
        assert jpeg is not None
        raw.append(gradients_alike(jpeg, camera, person))
    assert len(alike) >= 5
    means = f"depth {np.mean(alike):.3f}, raw {np.mean(raw):.3f}"
    sys.stdout.write(f"{means}, most {np.max(alike):.3f}, frames {len(alike)}\n")
    assert np.mean(alike) < GRADIENT_BOUND
    assert np.min(raw) > 2 * GRADIENT_BOUND, "the same measure tells the raw picture"
