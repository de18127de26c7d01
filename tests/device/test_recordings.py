"""Depth clips: made under consent in the mode ``depth``, compared, gone on time and for good."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from device_preview_builders import Scene
from device_privacy_builders import KEY, NOON, Office
from lintel.device.preview import Preview
from lintel.device.recordings import DepthRecordings
from lintel.device.recordings import recordings as module
from lintel.device.recordings.shelf import Shelf
from lintel.errors import BusyError, InputError, NotFoundError, RefusedError, StoreCorruptError
from lintel.wire.v1.history import Event, EventPage
from lintel.wire.v1.setting import Consent, HandMark, Recording

PEOPLE = ((0.2, 0.1),)


class Counts:
    """What the device counted, in pages of two."""

    def __init__(self) -> None:
        self.events_seen: list[Event] = []

    def cross(self, t_s: float, *, direction: str = "in", line: str = "door") -> None:
        utc = NOON + timedelta(seconds=t_s)
        way: object = direction
        assert way in {"in", "out"}
        crossing = Event("crossing", utc, line, "both sides", "in" if way == "in" else "out")
        self.events_seen.append(crossing)

    async def events(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> EventPage:
        assert limit > 0
        found = [event for event in self.events_seen if start <= event.utc < end]
        first = int(after or 0)
        more = first + 2 < len(found)
        return EventPage(tuple(found[first : first + 2]), str(first + 2) if more else None)


class Studio:
    """An office with a preview and recordings; frames at 10 a second."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        self.folder = folder / "recordings"
        self.counts = Counts()
        self.scene = Scene()
        self.start()

    def start(self) -> None:
        control = self.office.start()
        self.preview = Preview(mode=control.mode_now, clock=self.office.clock)
        self.recordings = DepthRecordings(
            self.folder,
            shelf=Shelf(self.folder, self.office.vault),
            source=self.preview,
            permission=control,
            counts=self.counts,
            journal=self.office.journal,
            clock=self.office.clock,
            retention_s=lambda: 7 * 86_400.0,
        )
        control.tell(self.recordings)

    async def allow(self, *, for_s: float = 86_400.0) -> Consent:
        await self.office.show_depth(for_s=None)
        return await self.office.control.give_consent(
            "validation_recording", given_by="Owner", note="check", for_s=for_s, who="ada"
        )

    async def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.office.clock.advance(0.1)
            since = (self.office.clock.utc() - NOON).total_seconds()
            self.preview.take(*self.scene.frame(since, PEOPLE))
        await asyncio.sleep(0)

    async def recorded(self, seconds: float = 3.0, *, consent: Consent | None = None) -> Recording:
        """Record a clip to its end."""
        consent = consent or await self.allow()
        clip = await self.recordings.start(
            seconds=seconds, consent_id=consent.consent_id, who="ada"
        )
        await self.pass_time(seconds + 0.3)
        await self.recordings.close()
        (done,) = [one for one in await self.recordings.all() if one == one_of(one, clip)]
        return done

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


def one_of(one: Recording, clip: Recording) -> Recording | None:
    return one if one.recording_id == clip.recording_id else None


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    async def made() -> Studio:
        return Studio(tmp_path / "data")

    return asyncio.run(made())


def play(studio: Studio, story: Coroutine[object, object, None]) -> None:
    async def whole() -> None:
        studio.start()  # in this loop
        await story

    asyncio.run(whole())


def test_a_clip_ends_by_itself_and_its_frames_can_be_seen(studio: Studio) -> None:
    async def story() -> None:
        clip = await studio.recorded(3.0)
        assert clip.state == "ready"
        assert 2.8 <= clip.seconds <= 3.0
        assert 28 <= clip.frames <= 31
        picture = await studio.recordings.picture(clip.recording_id, 5, who="olga")
        assert picture.content.startswith(b"\x89PNG")
        assert clip.started_utc < picture.utc < clip.started_utc + timedelta(seconds=3)
        with pytest.raises(NotFoundError):
            await studio.recordings.picture(clip.recording_id, clip.frames, who="olga")

    play(studio, story())
    what = studio.office.journal.what()
    assert [w for w in what if w.startswith("recording")] == [
        "recording.started",
        "recording.ended",
        "recording.viewed",
    ]


def test_nothing_in_the_clear_lies_on_the_disk(studio: Studio) -> None:
    async def story() -> None:
        await studio.recorded()

    play(studio, story())
    (path,) = studio.files()
    content = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert content.count(b"\x00" * 8) == 0, "depth has long runs of zeros; sealed bytes have none"


def test_a_clip_takes_the_mode_depth(studio: Studio) -> None:
    async def story() -> None:
        clip = await studio.recorded()
        await studio.office.protect("none")
        with pytest.raises(RefusedError, match="'depth' only"):
            await studio.recordings.picture(clip.recording_id, 0, who="olga")
        with pytest.raises(RefusedError, match="'depth' only"):
            await studio.recordings.start(seconds=3, consent_id=clip.consent_id, who="ada")

    play(studio, story())


def test_a_clip_takes_a_consent_for_it(studio: Studio) -> None:
    async def story() -> None:
        await studio.office.show_depth(for_s=None)
        still = await studio.office.consent_to_still()
        for consent_id in ("no-such", still.consent_id):
            with pytest.raises(RefusedError):
                await studio.recordings.start(seconds=3, consent_id=consent_id, who="ada")

    play(studio, story())


@pytest.mark.parametrize("seconds", [0.0, 1.9, 901.0, float("nan")])
def test_a_clip_is_neither_too_short_nor_too_long(studio: Studio, seconds: float) -> None:
    async def story() -> None:
        consent = await studio.allow()
        with pytest.raises(InputError, match="a clip lasts"):
            await studio.recordings.start(seconds=seconds, consent_id=consent.consent_id, who="ada")

    play(studio, story())


def test_one_clip_at_a_time_and_not_too_many(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        consent = await studio.allow()
        await studio.recordings.start(seconds=3, consent_id=consent.consent_id, who="ada")
        with pytest.raises(BusyError, match="being recorded already"):
            await studio.recordings.start(seconds=3, consent_id=consent.consent_id, who="ada")
        await studio.pass_time(1.0)
        await studio.recordings.close()
        monkeypatch.setattr(module, "MAX_CLIPS", 1)
        with pytest.raises(BusyError, match="erase one first"):
            await studio.recordings.start(seconds=3, consent_id=consent.consent_id, who="ada")
        monkeypatch.setattr(module, "MAX_CLIPS", 9)
        monkeypatch.setattr(module, "LEAST_FREE_BYTES", 2**62)
        with pytest.raises(BusyError, match="no room"):
            await studio.recordings.start(seconds=3, consent_id=consent.consent_id, who="ada")

    play(studio, story())


def test_a_clip_that_grows_too_large_ends_early_and_is_kept(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TOTAL_BYTES", 20_000)

    async def story() -> None:
        consent = await studio.allow()
        await studio.recordings.start(seconds=30, consent_id=consent.consent_id, who="ada")
        await studio.pass_time(8.0)
        while (await studio.recordings.all())[0].state == "recording":
            await studio.pass_time(0.1)
        (clip,) = await studio.recordings.all()
        assert clip.state == "ready"
        assert clip.seconds < 30
        assert clip.frames >= 10

    play(studio, story())


def test_a_change_of_the_mode_ends_the_clip(studio: Studio) -> None:
    async def story() -> None:
        consent = await studio.allow()
        await studio.recordings.start(seconds=60, consent_id=consent.consent_id, who="ada")
        await studio.pass_time(2.0)
        await studio.office.protect("counts")
        (clip,) = await studio.recordings.all()
        assert clip.state == "ready"
        assert 1.5 < clip.seconds <= 2.0

    play(studio, story())


def test_withdrawing_consent_stops_and_erases_before_it_returns(studio: Studio) -> None:
    async def story() -> None:
        consent = await studio.allow()
        done = await studio.recorded(consent=consent)
        await studio.recordings.start(seconds=60, consent_id=consent.consent_id, who="ada")
        await studio.pass_time(1.0)
        await studio.office.control.withdraw_consent(consent.consent_id, who="ada")
        assert await studio.recordings.all() == ()
        assert studio.files() == []
        assert studio.office.vault.unseal(f"clip-{done.recording_id}") is None
        with pytest.raises(NotFoundError):
            await studio.recordings.picture(done.recording_id, 0, who="olga")

    play(studio, story())
    erased = [e for e in studio.office.journal.entries if e[1] == "recording.erased"]
    assert len(erased) == 2
    assert all("consent is withdrawn; key and file are gone" in detail for _, _, detail in erased)


@pytest.mark.parametrize(
    ("consent_s", "wait"),
    [(3600.0, timedelta(hours=1)), (300 * 86_400.0, timedelta(days=7))],
)
def test_a_clip_goes_when_its_consent_or_its_time_is_over(
    studio: Studio, consent_s: float, wait: timedelta
) -> None:
    async def story() -> None:
        await studio.recorded(consent=await studio.allow(for_s=consent_s))
        studio.office.clock.advance(wait.total_seconds() - 60.0)
        await studio.recordings.tick()
        assert len(await studio.recordings.all()) == 1
        studio.office.clock.advance(60.0)
        await studio.recordings.tick()
        assert await studio.recordings.all() == ()
        assert studio.files() == []

    play(studio, story())


def test_by_hand_and_by_span(studio: Studio) -> None:
    async def story() -> None:
        consent = await studio.allow()
        first = await studio.recorded(consent=consent)
        studio.office.clock.advance(100.0)
        second = await studio.recorded(consent=consent)
        stored = await studio.recordings.stored()
        assert (stored.rows, stored.kind) == (2, "recordings")
        assert stored.bytes == first.bytes + second.bytes
        await studio.recordings.delete(first.recording_id, who="ada")
        proof = await studio.recordings.erase_span(
            NOON, NOON + timedelta(days=1), who="ada", why="asked for"
        )
        assert (proof.rows, proof.remaining, proof.proven) == (1, 0, True)
        with pytest.raises(NotFoundError):
            await studio.recordings.delete(first.recording_id, who="ada")

    play(studio, story())
    assert studio.files() == []


def test_a_crash_leaves_a_clip_of_whole_chunks(studio: Studio) -> None:
    async def story() -> None:
        consent = await studio.allow()
        await studio.recordings.start(seconds=60, consent_id=consent.consent_id, who="ada")
        await studio.pass_time(4.5)
        (path,) = studio.files()
        while path.stat().st_size < 2000:  # noqa: ASYNC110 - a file has no event to wait for
            await asyncio.sleep(0.01)
        (studio.folder / "stray").write_bytes(b"left by nobody")
        studio.start()  # the earlier run is as good as dead
        await studio.recordings.open()
        (clip,) = await studio.recordings.all()
        assert clip.state == "ready"
        assert clip.frames % 10 == 0
        assert clip.frames >= 10
        assert studio.files() == [path]
        await studio.recordings.picture(clip.recording_id, clip.frames - 1, who="olga")

    play(studio, story())


def test_a_clip_without_a_single_frame_is_removed(studio: Studio) -> None:
    async def story() -> None:
        consent = await studio.allow()
        await studio.recordings.start(seconds=2, consent_id=consent.consent_id, who="ada")
        await studio.recordings.close()
        assert (await studio.recordings.all())[0].state == "failed"
        await studio.recordings.tick()
        assert await studio.recordings.all() == ()

    play(studio, story())


def test_a_lost_card_takes_its_clip_with_it(studio: Studio) -> None:
    async def story() -> None:
        clip = await studio.recorded()
        studio.office.vault.erase(f"clip-{clip.recording_id}")
        await studio.recordings.open()
        assert await studio.recordings.all() == ()
        assert studio.files() == []

    play(studio, story())


def test_missing_chunks_at_the_end_are_noticed(studio: Studio) -> None:
    async def story() -> None:
        clip = await studio.recorded()
        (path,) = studio.files()
        path.write_bytes(path.read_bytes()[:-10])
        with pytest.raises(StoreCorruptError, match="frames were kept"):
            await studio.recordings.picture(clip.recording_id, 0, who="olga")

    play(studio, story())


# --- comparison ----------------------------------------------------------------------------


def test_a_comparison_takes_a_hand_count(studio: Studio) -> None:
    async def story() -> None:
        clip = await studio.recorded()
        with pytest.raises(RefusedError, match="not counted by hand"):
            await studio.recordings.compare((clip.recording_id,))
        for t_s in (-1.0, 60.0):
            with pytest.raises(InputError, match="outside of the recording"):
                await studio.recordings.put_marks(
                    clip.recording_id, (HandMark(t_s, "door", "in"),), who="ada"
                )

    play(studio, story())


def test_count_and_hand_count_are_matched_one_to_one(studio: Studio) -> None:
    for t_s in (0.5, 0.9, 1.4, 2.6):
        studio.counts.cross(t_s)
    studio.counts.cross(1.0, direction="out")
    studio.counts.cross(40.0)

    async def story() -> None:
        clip = await studio.recorded()
        hand = (
            HandMark(2.0, "door", "in"),
            HandMark(0.4, "door", "in"),
            HandMark(0.5, "door", "in"),
            HandMark(1.1, "hall", "in"),
        )
        await studio.recordings.put_marks(clip.recording_id, hand, who="bob")
        assert clip.counted_by_hand is None
        assert [one.counted_by_hand for one in await studio.recordings.all()] == [len(hand)]
        kept = await studio.recordings.marks(clip.recording_id)
        assert [mark.t_s for mark in kept] == [0.4, 0.5, 1.1, 2.0]
        found = await studio.recordings.compare((clip.recording_id, clip.recording_id))
        rows = {(line.line, line.direction): line for line in found.lines}
        door = rows["door", "in"]
        assert (door.by_hand, door.counted, door.missed, door.false) == (3, 4, 0, 1)
        assert (rows["door", "out"].false, rows["door", "out"].bias) == (1, None)
        assert rows["hall", "in"].missed == 1
        assert found.f1 == pytest.approx(2 * 3 / (4 + 5))
        assert not door.equivalent
        assert door.more_needed is None, "a third too much never passes"

    play(studio, story())


def test_counts_stay_with_the_clip_though_the_events_are_erased(studio: Studio) -> None:
    studio.counts.cross(1.0)

    async def story() -> None:
        clip = await studio.recorded()
        studio.office.clock.advance(20.0)
        await studio.recordings.tick()
        studio.counts.events_seen.clear()
        studio.start()
        await studio.recordings.put_marks(
            clip.recording_id, (HandMark(0.7, "door", "in"),), who="ada"
        )
        found = await studio.recordings.compare((clip.recording_id,))
        assert (found.lines[0].counted, found.f1) == (1, 1.0)
        assert found.lines[0].more_needed == 299, "three hundred without an error show 1 %"

    play(studio, story())


def test_the_officers_key_is_asked_for_by_nobody_here(studio: Studio) -> None:
    assert KEY not in repr(studio.recordings)
