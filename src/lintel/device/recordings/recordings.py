"""Depth clips for validation: made under a consent, seen in the mode ``depth``, gone on time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from lintel.clock import Clock
from lintel.device.ports import Picture
from lintel.device.privacy.control import Journal
from lintel.device.recordings.clipfile import ClipReader
from lintel.device.recordings.comparing import compared
from lintel.device.recordings.recorder import Limits, Recorder
from lintel.device.recordings.shelf import Card, Counted, Erased, Shelf
from lintel.errors import BusyError, InputError, LintelError, RefusedError
from lintel.wire.v1.history import EventPage
from lintel.wire.v1.setting import (
    Comparison,
    Consent,
    ErasureProof,
    HandMark,
    ImageMode,
    Purpose,
    Recording,
    Stored,
)

SECONDS = (2.0, 900.0)
MAX_CLIPS = 20
MAX_MARKS = 20_000
MAX_TOTAL_BYTES = 2**30
DISK_SHARE = 0.2  # of the room left on the disk, at most, for one clip
LEAST_FREE_BYTES = 128 * 2**20
SETTLE_S = 10.0  # counts may come so late
VIEW_S = 600.0  # looking at one clip for so long is one view
PAGE = 1000
TICK_S = 5.0
PURPOSE: Purpose = "validation_recording"


class Packed(Protocol):
    """One packed frame of depth."""

    @property
    def t_ns(self) -> int:
        """Monotonic, mid-exposure."""
        ...

    @property
    def packed(self) -> bytes:
        """What a clip keeps of it."""
        ...


class ClipSource(Protocol):
    """Where frames come from and how they are drawn; ``Preview`` is one."""

    def record(self, taker: Callable[[Packed], None] | None) -> None:
        """Hand frames to ``taker`` on the counting thread; None to stop."""
        ...

    def draw_clip(self, packed: bytes) -> bytes:
        """A PNG of one packed frame."""
        ...


class Permission(Protocol):
    """What privacy says; ``DevicePrivacy`` is one."""

    def mode_now(self) -> ImageMode:
        """The image mode in force."""
        ...

    def require_consent(self, consent_id: str, purpose: Purpose) -> Consent:
        """A consent in force.

        Raises:
            RefusedError: there is none.
        """
        ...

    def consent_has_ended(self, consent_id: str) -> bool:
        """Whether what depends on it must go."""
        ...


class Counts(Protocol):
    """Where counted events lie; ``History`` is one."""

    async def events(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> EventPage:
        """Events in ``[start, end)``."""
        ...


class DepthRecordings:
    """The port ``Recordings``. Lives in one event loop; one clip is recorded at a time.

    Args:
        folder: ``DIR/recordings``, for the room left on its disk.
        shelf: the clips.
        source: frames and drawings.
        permission: mode and consents.
        counts: what the device counted meanwhile.
        journal: the audit log.
        clock: wall time.
        retention_s: how long a clip is kept at most.
        utc_of: wall time of a frame's ``t_ns``; wall time at its coming when None.
    """

    def __init__(
        self,
        folder: Path,
        *,
        shelf: Shelf,
        source: ClipSource,
        permission: Permission,
        counts: Counts,
        journal: Journal,
        clock: Clock,
        retention_s: Callable[[], float],
        utc_of: Callable[[int], datetime] | None = None,
    ) -> None:
        self._folder, self._shelf, self._source = folder, shelf, source
        self._permission, self._counts = permission, counts
        self._journal, self._clock, self._utc_of = journal, clock, utc_of
        self._retention_s = retention_s
        self._loop = asyncio.get_running_loop()
        self._changing = asyncio.Lock()
        self._now: tuple[Card, Recorder] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._viewed: tuple[tuple[str, str], datetime] | None = None
        self._reader: tuple[str, ClipReader] | None = None

    # --- the port --------------------------------------------------------------------------

    async def all(self) -> tuple[Recording, ...]:
        """All clips, newest first."""
        now = self._now
        cards = await asyncio.to_thread(self._shelf.cards)
        return tuple(
            replace(card, seconds=now[1].seconds).message()
            if now is not None and card.clip_id == now[0].clip_id
            else card.message()
            for card in cards
        )

    async def start(self, *, seconds: float, consent_id: str, who: str) -> Recording:
        """Record from now on; one clip at a time.

        Raises:
            RefusedError: the consent is missing, withdrawn or over, or the mode is not ``depth``.
            InputError: too short or too long.
            BusyError: a clip is being recorded, or there is no room for another.
        """
        least, most = SECONDS
        if not least <= seconds <= most:
            raise InputError(f"a clip lasts {least:g} to {most:g} seconds, got {seconds:g}")
        async with self._changing:
            consent = self._permission.require_consent(consent_id, PURPOSE)
            self._require_depth()
            if self._now is not None:
                raise BusyError("a clip is being recorded already")
            max_bytes = await asyncio.to_thread(self._room)
            now = self._clock.utc()
            kept = timedelta(seconds=self._retention_s())
            until = min(consent.expires_utc, now + kept)
            detail = f"{seconds:g} s under consent {consent_id}, until {until.isoformat()}"
            await self._journal.note(who=who, what="recording.started", detail=detail)
            return await self._begin(consent_id, until, Limits(seconds, max_bytes))

    async def picture(self, recording_id: str, frame: int, *, who: str) -> Picture:
        """One coloured depth frame of a clip; looking is written to the audit log, once a view.

        Raises:
            NotFoundError: there is no such clip or frame.
            RefusedError: the mode is not ``depth``, the consent is over, or it is still recorded.
        """
        self._require_depth()
        card = await asyncio.to_thread(self._shelf.card, recording_id)
        self._permission.require_consent(card.consent_id, PURPOSE)
        if card.state != "ready":
            raise RefusedError(f"recording {recording_id} is {card.state}, not ready to be seen")
        await self._note_view(recording_id, who)
        content, t_ns = await asyncio.to_thread(self._drawn, card, frame)
        self._require_depth()
        utc = card.started_utc + timedelta(microseconds=t_ns // 1000)
        return Picture("image/png", content, frame, utc)

    async def delete(self, recording_id: str, *, who: str) -> None:
        """Erase a clip.

        Raises:
            NotFoundError: there is no such clip.
        """
        async with self._changing:
            await asyncio.to_thread(self._shelf.card, recording_id)
            await self._erase(recording_id, who=who, why="by hand")

    async def marks(self, recording_id: str) -> tuple[HandMark, ...]:
        """What was counted by hand so far."""
        return (await asyncio.to_thread(self._shelf.card, recording_id)).marks or ()

    async def put_marks(self, recording_id: str, marks: tuple[HandMark, ...], *, who: str) -> None:
        """Replace what was counted by hand.

        Raises:
            InputError: too many, or a time outside of the clip.
        """
        async with self._changing:
            card = await asyncio.to_thread(self._shelf.card, recording_id)
            if card.state != "ready":
                raise RefusedError(f"recording {recording_id} is {card.state}, not ready")
            _check_marks(marks, card.seconds)
            ordered = tuple(sorted(marks, key=lambda mark: mark.t_s))
            await asyncio.to_thread(self._shelf.put, replace(card, marks=ordered))
            detail = f"{recording_id}: {len(marks)} crossings"
            await self._journal.note(who=who, what="recording.counted", detail=detail)

    async def compare(self, recording_ids: tuple[str, ...]) -> Comparison:
        """Count against hand count, with the equivalence test.

        Raises:
            NotFoundError: there is no such clip.
            RefusedError: one was not counted by hand yet.
        """
        cards = []
        for recording_id in dict.fromkeys(recording_ids):
            async with self._changing:
                card = await asyncio.to_thread(self._shelf.card, recording_id)
                cards.append(await self._gathered(card))
        return await asyncio.to_thread(compared, cards)

    # --- what the privacy of the device asks -------------------------------------------------

    async def mode_changed(self, mode: ImageMode) -> None:
        """End a clip that is being recorded when depth may not be seen any more."""
        if mode != "depth":
            await self._finish()

    async def consent_ended(self, consent: Consent) -> None:
        """Stop and erase everything under that consent before this returns."""
        if consent.purpose != PURPOSE:
            return
        async with self._changing:
            for card in await asyncio.to_thread(self._shelf.cards):
                if card.consent_id == consent.consent_id:
                    ended = "withdrawn" if consent.withdrawn_utc is not None else "over"
                    await self._erase(card.clip_id, who="device", why=f"its consent is {ended}")

    async def stored(self) -> Stored:
        """How much is kept."""
        cards = await asyncio.to_thread(self._shelf.cards)
        return Stored(
            kind="recordings",
            rows=len(cards),
            bytes=sum(card.size for card in cards),
            oldest_utc=min((card.started_utc for card in cards), default=None),
            retention_s=self._retention_s(),
        )

    async def erase_span(
        self, start: datetime, end: datetime, *, who: str, why: str
    ) -> ErasureProof:
        """Erase clips that began in ``[start, end)`` and prove it."""
        async with self._changing:
            cards = await asyncio.to_thread(self._shelf.cards)
            due = [card for card in cards if start <= card.started_utc < end]
            done = [await self._erase(card.clip_id, who=who, why=why) for card in due]
            left = sum(not erased.proven for erased in done)
            detail = f"recordings {start.isoformat()} to {end.isoformat()}: {len(done)} clips"
            number = await self._journal.note(who=who, what="erased", detail=detail)
        return ErasureProof("recordings", start, end, len(done), left, left == 0, number)

    # --- time passing ------------------------------------------------------------------------

    async def open(self) -> None:
        """After a start: finish or remove what a crash left, erase what is over."""
        await asyncio.to_thread(self._shelf.clean)
        await self.tick()

    async def run(self, *, on_fault: Callable[[LintelError], None]) -> None:
        """Tick until cancelled."""
        while True:
            try:
                await self.tick()
            except LintelError as error:
                on_fault(error)
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Erase what is over; gather the counts of clips that have none."""
        utc = self._clock.utc()
        async with self._changing:
            for card in await asyncio.to_thread(self._shelf.cards):
                why = self._over(card, utc)
                if why is not None:
                    await self._erase(card.clip_id, who="device", why=why)
                elif card.state == "ready" and card.counted is None:
                    await self._gathered(card)

    async def close(self) -> None:
        """End a clip that is being recorded; what was taken in is kept."""
        await self._finish()
        await asyncio.gather(*self._ending)

    # --- inside ------------------------------------------------------------------------------

    async def _begin(self, consent_id: str, until: datetime, limits: Limits) -> Recording:
        now = self._clock.utc()
        card = await asyncio.to_thread(
            lambda: self._shelf.begin(consent_id=consent_id, now=now, until=until)
        )
        writer = await asyncio.to_thread(self._shelf.writer, card)
        recorder = Recorder(writer, limits, on_end=self._end_soon)
        self._now = (card, recorder)
        self._source.record(lambda frame: recorder.take(frame.t_ns, frame.packed))
        # also ends by the clock, in case no frames come any more
        self._loop.call_later(limits.seconds + SECONDS[0], self._end_if, card.clip_id)
        return card.message()

    def _end_soon(self) -> None:
        """From the counting or the writing thread."""
        self._loop.call_soon_threadsafe(self._end_if, None)

    def _end_if(self, clip_id: str | None) -> None:
        if self._now is not None and clip_id in {None, self._now[0].clip_id}:
            task = self._loop.create_task(self._finish())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _finish(self) -> None:
        async with self._changing:
            await self._finish_held()

    async def _finish_held(self) -> None:
        if self._now is None:
            return
        (card, recorder), self._now = self._now, None
        self._source.record(None)
        await asyncio.to_thread(recorder.close)
        first_ns = recorder.start_ns
        if first_ns is not None and self._utc_of is not None:
            card = replace(card, started_utc=self._utc_of(first_ns))
        card = replace(card, seconds=recorder.seconds, dropped=recorder.dropped)
        card = await asyncio.to_thread(self._shelf.finish, card)
        detail = f"{card.clip_id}: {card.frames} frames, {card.seconds:.1f} s, {card.state}"
        if recorder.failure is not None:
            detail += f", ended early: {recorder.failure}"
        await self._journal.note(who="device", what="recording.ended", detail=detail)

    async def _erase(self, clip_id: str, *, who: str, why: str) -> Erased:
        if self._now is not None and self._now[0].clip_id == clip_id:
            await self._finish_held()
        self._reader = None
        erased = await asyncio.to_thread(self._shelf.erase, clip_id)
        proof = "key and file are gone" if erased.proven else "SOMETHING IS LEFT"
        detail = f"{clip_id}: {erased.frames} frames, {erased.size} bytes: {why}; {proof}"
        await self._journal.note(who=who, what="recording.erased", detail=detail)
        return erased

    async def _gathered(self, card: Card) -> Card:
        """The card with what the device counted in its span, once that is complete."""
        end = card.started_utc + timedelta(seconds=card.seconds)
        late = self._clock.utc() >= end + timedelta(seconds=SETTLE_S)
        if card.state != "ready" or card.counted is not None:
            return card
        found: list[Counted] = []
        after: str | None = None
        while True:
            page = await self._counts.events(card.started_utc, end, limit=PAGE, after=after)
            for event in page.events:
                if event.type == "crossing" and event.direction is not None:
                    t_s = (event.utc - card.started_utc).total_seconds()
                    found.append(Counted(t_s, event.place, event.direction))
            after = page.next_after
            if after is None:
                break
        complete = replace(card, counted=tuple(found))
        if late:
            await asyncio.to_thread(self._shelf.put, complete)
        return complete

    async def _note_view(self, clip_id: str, who: str) -> None:
        utc = self._clock.utc()
        if self._viewed is not None and self._viewed[0] == (clip_id, who):
            since_s = (utc - self._viewed[1]).total_seconds()
            if 0.0 <= since_s < VIEW_S:
                return
        await self._journal.note(who=who, what="recording.viewed", detail=clip_id)
        self._viewed = ((clip_id, who), utc)

    def _over(self, card: Card, utc: datetime) -> str | None:
        """Why a clip must go now."""
        kept = timedelta(seconds=self._retention_s())
        if self._permission.consent_has_ended(card.consent_id):
            return "its consent is over"
        if utc >= min(card.expires_utc, card.started_utc + kept):
            return "kept long enough"
        return "nothing was recorded" if card.state == "failed" else None

    def _require_depth(self) -> None:
        mode = self._permission.mode_now()
        if mode != "depth":
            raise RefusedError(
                f"the image mode is {mode!r}: depth is recorded and seen in 'depth' only"
            )

    def _room(self) -> int:
        """Bytes that one more clip may take.

        Raises:
            BusyError: none.
        """
        cards = self._shelf.cards()
        if len(cards) >= MAX_CLIPS:
            raise BusyError(f"there are {MAX_CLIPS} recordings already; erase one first")
        left = MAX_TOTAL_BYTES - sum(card.size for card in cards)
        free = shutil.disk_usage(self._folder).free
        if left <= 0 or free < LEAST_FREE_BYTES:
            raise BusyError("no room for another recording; erase one first")
        return int(min(left, DISK_SHARE * free))

    def _drawn(self, card: Card, frame: int) -> tuple[bytes, int]:
        reader = self._reader
        if reader is None or reader[0] != card.clip_id:
            reader = self._reader = (card.clip_id, self._shelf.reader(card))
        found = reader[1].frame(frame)
        return self._source.draw_clip(found.packed), found.t_ns


def _check_marks(marks: tuple[HandMark, ...], seconds: float) -> None:
    if len(marks) > MAX_MARKS:
        raise InputError(f"expected at most {MAX_MARKS} marks, got {len(marks)}")
    for mark in marks:
        if not 0.0 <= mark.t_s <= seconds + 1.0:
            raise InputError(
                f"a mark at {mark.t_s:g} s lies outside of the recording of {seconds:g} s"
            )
