"""Pictures that the image mode allows; this module passes on what the port hands out."""

from __future__ import annotations

from starlette.responses import Response

from lintel.device.api.route import AnyRoute, Call, Media, P, Route, Scopes
from lintel.device.ports import Picture
from lintel.errors import RefusedError, StoreError
from lintel.wire.v1.request import Nothing, PictureQuery
from lintel.wire.v1.setting import PictureView

PICTURE_TYPES = ("image/jpeg", "image/png")
SEQ_HEADER = "X-Lintel-Seq"
UTC_HEADER = "X-Lintel-Utc"


async def depth(call: Call[PictureQuery, None]) -> Response | None:
    """Wait for the next coloured depth picture."""
    found = await call.ports.images.depth(after=call.params.after)
    return await _seen(call, found, "depth")


async def still(call: Call[Nothing, None]) -> Response | None:
    """The still."""
    found = await call.ports.images.still()
    return await _seen(call, found, "still")


async def picture_view(call: Call[Nothing, None]) -> PictureView | None:
    """Where places lie in the picture."""
    return call.ports.images.view()


def picture_answer(picture: Picture) -> Response:
    """A picture with its number and time."""
    headers = {
        SEQ_HEADER: str(picture.seq),
        UTC_HEADER: picture.utc.isoformat(),
    }
    return Response(picture.content, 200, headers, picture.media_type)


async def _seen(call: Call[P, None], picture: Picture | None, what: str) -> Response | None:
    """Who looks stands in the audit log before the first picture leaves."""
    if picture is None:
        return None
    if call.request.method != "HEAD" and call.looks.is_new(call.who, what):
        await call.note("images.looked", what)
    return picture_answer(picture)


MAY: Scopes = ("image:view",)
ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET",
        "/images/depth",
        "The first coloured depth picture after a given one; waits up to 10 s",
        depth,
        Media(PICTURE_TYPES, "the picture"),
        MAY,
        params=PictureQuery,
        empty="None came in time; ask again.",
        errors=(RefusedError, StoreError),
    ),
    Route(
        "GET",
        "/images/still",
        "The still, taken while nobody was there",
        still,
        Media(PICTURE_TYPES, "the picture"),
        MAY,
        empty="None could be taken yet.",
        errors=(RefusedError, StoreError),
    ),
    Route(
        "GET",
        "/images/view",
        "Where floor and people lie in the mode's picture",
        picture_view,
        PictureView,
        MAY,
        empty="The mode shows no picture, or the floor is not found yet.",
    ),
)
