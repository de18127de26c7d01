"""The clips on disk and their cards in the vault. A card holds the clip's key: no card, no clip.

::

    DIR/recordings/ID          chunks sealed under the clip's own key
    DIR/sealed/clip-ID         its card: key, consent, end, events of its span, hand marks
    DIR/sealed/clips           the list of IDs

A clip is entered in the list before its card and its file are made, and leaves the list after
both are gone, so that a crash leaves nothing that ``clean`` does not find.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lintel.device.privacy.kept import Sealing
from lintel.device.recordings.clipfile import ClipReader, ClipWriter
from lintel.errors import NotFoundError, StoreCorruptError, StoreError, VaultError
from lintel.wire.v1.history import DirectionName
from lintel.wire.v1.setting import HandMark, Recording

LIST = "clips"
KEY_BYTES = 32
State: TypeAlias = Literal["recording", "ready", "failed"]


class Counted(Struct, frozen=True):
    """A crossing that the device counted, ``t_s`` from the start of the clip."""

    t_s: float
    line: str
    direction: DirectionName


class Card(Struct, frozen=True):
    """What is known of a clip; ``counted`` and ``marks`` are None until they were gathered."""

    clip_id: str
    key: bytes
    consent_id: str
    started_utc: datetime
    expires_utc: datetime
    state: State = "recording"
    seconds: float = 0.0
    frames: int = 0
    size: int = 0
    dropped: int = 0
    counted: tuple[Counted, ...] | None = None
    marks: tuple[HandMark, ...] | None = None

    def message(self) -> Recording:
        """What the web API says of it: no key."""
        return Recording(
            recording_id=self.clip_id,
            started_utc=self.started_utc,
            seconds=round(self.seconds, 3),
            frames=self.frames,
            bytes=self.size,
            consent_id=self.consent_id,
            expires_utc=self.expires_utc,
            state=self.state,
            counted_by_hand=None if self.marks is None else len(self.marks),
        )


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, and what is left of it: no card means that nobody can read a remnant."""

    clip_id: str
    frames: int
    size: int
    card_left: bool
    file_left: bool

    @property
    def proven(self) -> bool:
        """Neither key nor file is there any more."""
        return not (self.card_left or self.file_left)


class Shelf:
    """All clips of a device. Blocking: call it from a worker thread."""

    def __init__(self, folder: Path, vault: Sealing) -> None:
        self._folder, self._vault = folder, vault
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def ids(self) -> tuple[str, ...]:
        """All clips entered, newest first."""
        sealed = self._vault.unseal(LIST)
        return () if sealed is None else msgspec.json.decode(sealed, type=tuple[str, ...])

    def cards(self) -> tuple[Card, ...]:
        """All clips that have a card, newest first."""
        found = (self._card(clip_id) for clip_id in self.ids())
        return tuple(card for card in found if card is not None)

    def card(self, clip_id: str) -> Card:
        """One clip.

        Raises:
            NotFoundError: there is no such clip.
        """
        card = self._card(clip_id) if clip_id in self.ids() else None
        if card is None:
            raise NotFoundError(f"there is no recording {clip_id!r}")
        return card

    def begin(self, *, consent_id: str, now: datetime, until: datetime) -> Card:
        """Enter a new clip with a key of its own."""
        clip_id = secrets.token_hex(8)
        card = Card(clip_id, secrets.token_bytes(KEY_BYTES), consent_id, now, until)
        self._save_list((clip_id, *self.ids()))
        self.put(card)
        return card

    def put(self, card: Card) -> None:
        """Keep a card."""
        self._vault.seal(_name(card.clip_id), msgspec.json.encode(card))

    def writer(self, card: Card) -> ClipWriter:
        """Where frames of a new clip go.

        Raises:
            StoreError: the file cannot be made.
        """
        try:
            return ClipWriter(self._path(card.clip_id), card.clip_id, card.key)
        except OSError as error:
            raise StoreError(f"the clip's file cannot be made: {error}") from error

    def reader(self, card: Card) -> ClipReader:
        """Frames of a clip.

        Raises:
            StoreCorruptError: its file is gone, or chunks at its end are.
        """
        try:
            reader = ClipReader(self._path(card.clip_id), card.clip_id, card.key)
        except OSError as error:
            raise StoreCorruptError(f"clip {card.clip_id}: cannot be read: {error}") from error
        if reader.frames < card.frames:
            raise StoreCorruptError(
                f"clip {card.clip_id}: {card.frames} frames were kept, {reader.frames} are there"
            )
        return reader

    def finish(self, card: Card) -> Card:
        """Close a clip, or what a crash left of it: ready with whole chunks, failed with none."""
        try:
            reader = ClipReader(self._path(card.clip_id), card.clip_id, card.key)
            last_s = reader.last().t_ns / 1e9
            size = self._path(card.clip_id).stat().st_size
            done = replace(
                card,
                state="ready",
                seconds=max(card.seconds, last_s),
                frames=reader.frames,
                size=size,
            )
        except (OSError, NotFoundError, StoreCorruptError):
            done = replace(card, state="failed")
        self.put(done)
        return done

    def erase(self, clip_id: str) -> Erased:
        """Erase the key, then overwrite and remove the file, then the entry; says what is left."""
        card, path = self._card(clip_id), self._path(clip_id)
        self._vault.erase(_name(clip_id))
        _shred(path)
        self._save_list(tuple(one for one in self.ids() if one != clip_id))
        return Erased(
            clip_id=clip_id,
            frames=0 if card is None else card.frames,
            size=0 if card is None else card.size,
            card_left=self._vault.unseal(_name(clip_id)) is not None,
            file_left=path.exists(),
        )

    def clean(self) -> tuple[Card, ...]:
        """After a start: finish what was being recorded, remove what has no card. The cards."""
        cards = []
        for clip_id in self.ids():
            card = self._card(clip_id)
            if card is None:
                self.erase(clip_id)
            else:
                cards.append(self.finish(card) if card.state == "recording" else card)
        known = {card.clip_id for card in cards}
        for path in self._folder.iterdir():
            if path.name not in known:
                _shred(path)
        return tuple(cards)

    def _card(self, clip_id: str) -> Card | None:
        """The card; None where there is none, or one that can never be opened again."""
        try:
            sealed = self._vault.unseal(_name(clip_id))
            return None if sealed is None else msgspec.json.decode(sealed, type=Card)
        except (VaultError, msgspec.MsgspecError):
            return None

    def _path(self, clip_id: str) -> Path:
        return self._folder / clip_id

    def _save_list(self, ids: tuple[str, ...]) -> None:
        self._vault.seal(LIST, msgspec.json.encode(ids))


def _name(clip_id: str) -> str:
    return f"clip-{clip_id}"


def _shred(path: Path) -> None:
    """Overwrite the head and remove; without its key the rest says nothing.

    Raises:
        StoreError: it cannot be removed.
    """
    try:
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(bytes(min(path.stat().st_size, 4096)))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
    except OSError as error:
        raise StoreError(f"{path}: cannot be erased: {error}") from error
