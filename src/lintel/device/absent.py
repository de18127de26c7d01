"""Parts that this device does not have: they say so, and nothing else."""

from __future__ import annotations

from typing import NoReturn

from lintel.device.ports import Document, Picture
from lintel.device.privacy.kept import Kept
from lintel.errors import NotFoundError
from lintel.wire.v1.health import Finding
from lintel.wire.v1.setting import Comparison, HandMark, Privacy, Recording


class NoRecordings:
    """The port ``Recordings`` of a device that records nothing."""

    async def all(self) -> tuple[Recording, ...]:
        """No clips."""
        return ()

    async def start(self, *, seconds: float, consent_id: str, who: str) -> Recording:
        """Refuse."""
        del seconds, consent_id, who
        _refuse()

    async def picture(self, recording_id: str, frame: int) -> Picture:
        """Refuse."""
        del recording_id, frame
        _refuse()

    async def delete(self, recording_id: str, *, who: str) -> None:
        """Refuse."""
        del recording_id, who
        _refuse()

    async def marks(self, recording_id: str) -> tuple[HandMark, ...]:
        """Refuse."""
        del recording_id
        _refuse()

    async def put_marks(self, recording_id: str, marks: tuple[HandMark, ...], *, who: str) -> None:
        """Refuse."""
        del recording_id, marks, who
        _refuse()

    async def compare(self, recording_ids: tuple[str, ...]) -> Comparison:
        """Refuse."""
        del recording_ids
        _refuse()


class NoDocuments:
    """What writes no documents."""

    async def document(
        self, document: Document, *, language: str, privacy: Privacy, kept: Kept
    ) -> str:
        """Refuse."""
        del document, language, privacy, kept
        _refuse()


async def no_audit() -> tuple[Finding, ...]:
    """No findings."""
    return ()


def _refuse() -> NoReturn:
    raise NotFoundError("this device has no such part")
