"""Depth clips under consent, counted by hand and compared."""

from __future__ import annotations

from starlette.responses import Response

from lintel.device.api.images import PICTURE_TYPES, picture_answer
from lintel.device.api.route import AnyRoute, Call, Media, Route, Scopes
from lintel.errors import BusyError, InputError, NotFoundError, RefusedError, StoreError
from lintel.wire.v1.answer import HandMarks, RecordingList
from lintel.wire.v1.request import (
    ComparisonQuery,
    FramePath,
    Marks,
    Nothing,
    RecordingOrder,
    RecordingPath,
)
from lintel.wire.v1.setting import Comparison, HandMark, Recording

MARKS_LIMIT = 4 * 1024 * 1024


async def recordings(call: Call[Nothing, None]) -> RecordingList:
    """All clips."""
    return RecordingList(await call.ports.recordings.all())


async def record(call: Call[Nothing, RecordingOrder]) -> Recording:
    """Record from now on."""
    asked = call.body
    return await call.ports.recordings.start(
        seconds=asked.seconds, consent_id=asked.consent_id, who=call.who
    )


async def recording_frame(call: Call[FramePath, None]) -> Response:
    """One frame as a picture."""
    asked = call.params
    return picture_answer(
        await call.ports.recordings.picture(asked.recording_id, asked.frame, who=call.who)
    )


async def delete_recording(call: Call[RecordingPath, None]) -> None:
    """Erase a clip."""
    await call.ports.recordings.delete(call.params.recording_id, who=call.who)


async def marks(call: Call[RecordingPath, None]) -> HandMarks:
    """What was counted by hand."""
    return HandMarks(await call.ports.recordings.marks(call.params.recording_id))


async def put_marks(call: Call[RecordingPath, Marks]) -> HandMarks:
    """Replace what was counted by hand."""
    given = tuple(HandMark(m.t_s, m.line, m.direction) for m in call.body.marks)
    await call.ports.recordings.put_marks(call.params.recording_id, given, who=call.who)
    return HandMarks(await call.ports.recordings.marks(call.params.recording_id))


async def comparison(call: Call[ComparisonQuery, None]) -> Comparison:
    """Count against hand count."""
    return await call.ports.recordings.compare(call.params.id)


MAY: Scopes = ("recordings:write",)
COMMON = (NotFoundError, InputError, RefusedError, StoreError)
ROUTES: tuple[AnyRoute, ...] = (
    Route(
        "GET",
        "/recordings",
        "All clips, newest first",
        recordings,
        RecordingList,
        MAY,
        errors=(StoreError,),
    ),
    Route(
        "POST",
        "/recordings",
        "Record a depth clip under a consent, from now on",
        record,
        Recording,
        MAY,
        body=RecordingOrder,
        status=201,
        errors=(*COMMON, BusyError),
    ),
    Route(
        "GET",
        "/recordings/comparison",
        "Count against hand count, with the equivalence test",
        comparison,
        Comparison,
        MAY,
        params=ComparisonQuery,
        errors=COMMON,
    ),
    Route(
        "DELETE",
        "/recordings/{recording_id}",
        "Erase a clip",
        delete_recording,
        None,
        MAY,
        params=RecordingPath,
        status=204,
        errors=COMMON,
    ),
    Route(
        "GET",
        "/recordings/{recording_id}/frames/{frame}",
        "One coloured depth frame of a clip",
        recording_frame,
        Media(PICTURE_TYPES, "the picture"),
        MAY,
        params=FramePath,
        errors=COMMON,
    ),
    Route(
        "GET",
        "/recordings/{recording_id}/marks",
        "What was counted by hand so far",
        marks,
        HandMarks,
        MAY,
        params=RecordingPath,
        errors=COMMON,
    ),
    Route(
        "PUT",
        "/recordings/{recording_id}/marks",
        "Replace what was counted by hand",
        put_marks,
        HandMarks,
        MAY,
        params=RecordingPath,
        body=Marks,
        body_limit=MARKS_LIMIT,
        errors=COMMON,
    ),
)
