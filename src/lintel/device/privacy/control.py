"""The privacy of a running device: asks the rules, keeps the register, tells who depends on it.

The mode in force is computed from the clock whenever it is asked for, so that nothing is shown
for a moment longer than allowed, whether or not anybody ticks. What protects more acts first and
is written down then; what shows more is written down first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from lintel.clock import NS_PER_S, Clock
from lintel.device.ports import Document
from lintel.device.privacy import consents, contact, modes
from lintel.device.privacy.kept import Kept, Sealing, load, save
from lintel.errors import AccessError, LintelError, RefusedError
from lintel.wire.v1.setting import Consent, ImageMode, Privacy, Purpose

TICK_S = 1.0
SAVE_SEEN_S = 60.0


class Journal(Protocol):
    """The audit log."""

    async def note(self, *, who: str, what: str, detail: str) -> int:
        """Add an entry; its number."""
        ...


class OfficerKey(Protocol):
    """The privacy officer's key: more than a login, given anew for every change it opens."""

    async def verify(self, key: str | None, *, who: str) -> None:
        """Return when it is the key.

        Raises:
            RefusedError: it is not, or there is none.
            AccessError: too many wrong ones; wait.
        """
        ...


class Dependent(Protocol):
    """What must stop or begin when privacy changes."""

    async def mode_changed(self, mode: ImageMode) -> None:
        """The image mode is another now; drop what it forbids."""
        ...

    async def consent_ended(self, consent: Consent) -> None:
        """A consent was withdrawn or is over; erase what depends on it before returning."""
        ...


class GenderChange(Protocol):
    """What lets gender be measured, or stops it and erases what was stored of it."""

    async def __call__(self, *, on: bool) -> None:
        """Done when this returns."""
        ...


class Documents(Protocol):
    """What writes the documents that the law asks for."""

    async def document(
        self, document: Document, *, language: str, privacy: Privacy, kept: Kept
    ) -> str:
        """A printable HTML page."""
        ...


class DevicePrivacy:
    """The port ``PrivacyControl``. Lives in one event loop; ``mode_now`` may be asked anywhere."""

    def __init__(
        self,
        *,
        vault: Sealing,
        journal: Journal,
        key: OfficerKey,
        clock: Clock,
        documents: Documents,
    ) -> None:
        self._vault, self._journal, self._key = vault, journal, key
        self._clock, self._documents = clock, documents
        self._kept, self._lost = load(vault)
        self._dependents: list[Dependent] = []
        self._on_gender: GenderChange | None = None
        self._gender_told: bool | None = None  # tells once after every start
        self._changing = asyncio.Lock()
        self._deadline_ns: int | None = None
        self._deadline_of: tuple[ImageMode, datetime, datetime] | None = None
        self._saved_ns = clock.now_ns()
        self._set_deadline()
        self._mode_told = self.mode_now()
        self._ended_told: set[str] = set()

    # --- asked at any time, from any thread ------------------------------------------------

    def mode_now(self) -> ImageMode:
        """The image mode in force at this moment."""
        kept, utc = self._kept, self._clock.utc()
        allowed = consents.purposes_in_force(kept.consents, utc)
        return modes.effective(kept.setting, utc=utc, consents=allowed, is_over=self._is_over())

    def gender_now(self) -> bool:
        """Whether the gender module may run at this moment."""
        allowed = consents.purposes_in_force(self._kept.consents, self._clock.utc())
        return self._kept.gender and "gender" in allowed

    def state(self) -> Privacy:
        """The mode in force."""
        mode, setting = self.mode_now(), self._kept.setting
        lowered = modes.rank(mode) > modes.rank(modes.DEFAULT)
        temporary = setting.temporary
        timed = temporary is not None and temporary.mode == mode
        return Privacy(
            mode=mode,
            default_mode=modes.DEFAULT,
            lowered=lowered,
            until_utc=temporary.until_utc if timed and temporary is not None else None,
            who=setting.who if lowered or timed else None,
            why=setting.why if lowered or timed else None,
            gender_on=self.gender_now(),
        )

    def require_consent(self, consent_id: str, purpose: Purpose) -> Consent:
        """A consent in force for a purpose.

        Raises:
            RefusedError: there is none.
        """
        utc = self._clock.utc()
        return consents.require(self._kept.consents, consent_id, purpose, utc=utc)

    def consent_has_ended(self, consent_id: str) -> bool:
        """Whether what depends on a consent must go: withdrawn, over, or not in the register."""
        known = {consent.consent_id: consent for consent in self._kept.consents}
        return consent_id not in known or self._has_ended(known[consent_id])

    # --- changes ---------------------------------------------------------------------------

    def tell(self, dependent: Dependent) -> None:
        """Tell ``dependent`` of every change from now on."""
        self._dependents.append(dependent)

    def tell_of_gender(self, on_gender: GenderChange) -> None:
        """Have the gender module follow the switch and its consent, from now on."""
        self._on_gender = on_gender

    async def set_mode(
        self, mode: ImageMode, *, who: str, why: str, officer_key: str | None, for_s: float | None
    ) -> Privacy:
        """Change the image mode; showing more than before needs the privacy officer's key.

        Raises:
            RefusedError: the key is missing or wrong, or a consent is missing.
        """
        async with self._changing:
            utc = self._clock.utc()
            allowed = consents.purposes_in_force(self._kept.consents, utc)

            def ask(*, has_key: bool) -> modes.Setting:
                return modes.changed(
                    self._kept.setting, mode, utc=utc, who=who, why=why, for_s=for_s,
                    has_key=has_key, consents=allowed,
                )  # fmt: skip

            if officer_key is not None:
                await self._verify(officer_key, who, mode)
            new = ask(has_key=officer_key is not None)
            free = modes.never_shows_more(self._kept.setting, new, utc=utc)
            text = f"{mode}{'' if for_s is None else f' for {for_s:g} s'}: {new.why}"
            if free:
                await self._put(replace(self._kept, setting=new))
                await self._journal.note(who=who, what="privacy.mode", detail=text)
            else:
                await self._journal.note(who=who, what="privacy.mode", detail=f"lowered: {text}")
                await self._put(replace(self._kept, setting=new))
            return self.state()

    async def set_gender(self, *, on: bool, who: str, officer_key: str | None) -> Privacy:
        """Switch the gender module, which is off by default.

        Raises:
            RefusedError: on without the key, or without a consent for it.
        """
        async with self._changing:
            if on:
                if officer_key is None:
                    raise RefusedError("the gender module takes the privacy officer's key")
                await self._verify(officer_key, who, "gender")
                utc = self._clock.utc()
                if "gender" not in consents.purposes_in_force(self._kept.consents, utc):
                    raise RefusedError("write down a consent for the purpose 'gender' first")
                await self._journal.note(who=who, what="privacy.gender", detail="on")
                await self._put(replace(self._kept, gender=True))
            else:
                await self._put(replace(self._kept, gender=False))
                await self._journal.note(who=who, what="privacy.gender", detail="off")
            return self.state()

    async def consents(self) -> tuple[Consent, ...]:
        """All consents, newest first."""
        return self._kept.consents

    async def give_consent(
        self, purpose: Purpose, *, given_by: str, note: str, for_s: float, who: str
    ) -> Consent:
        """Write down a consent."""
        async with self._changing:
            register, consent = consents.given(
                self._kept.consents, purpose,
                given_by=given_by, note=note, for_s=for_s, utc=self._clock.utc(),
            )  # fmt: skip
            detail = f"{consent.consent_id} {purpose} until {consent.expires_utc.isoformat()}"
            await self._journal.note(who=who, what="privacy.consent", detail=detail)
            await self._put(replace(self._kept, consents=register))
            return consent

    async def withdraw_consent(self, consent_id: str, *, who: str) -> Consent:
        """Withdraw it; what depends on it stops and its data is erased before this returns."""
        async with self._changing:
            register, consent = consents.withdrawn(
                self._kept.consents, consent_id, utc=self._clock.utc()
            )
            await self._put(self._consistent(replace(self._kept, consents=register)))
            detail = f"{consent.consent_id} {consent.purpose}"
            await self._journal.note(who=who, what="privacy.withdrawn", detail=detail)
            return consent

    async def forget_giver(self, name: str, *, who: str, why: str) -> int:
        """Withdraw every consent that somebody gave, and forget the name; how many.

        What depends on them stops and its data is erased before this returns.
        """
        async with self._changing:
            register, forgotten = consents.without_giver(
                self._kept.consents, name, utc=self._clock.utc()
            )
            if forgotten:
                await self._put(self._consistent(replace(self._kept, consents=register)))
                detail = f"{forgotten} withdrawn, and their giver's name erased: {why}"
                await self._journal.note(who=who, what="privacy.person", detail=detail)
            return forgotten

    async def document(self, document: Document, *, language: str) -> str:
        """A printable HTML page filled from the real configuration."""
        return await self._documents.document(
            document, language=language, privacy=self.state(), kept=self._kept
        )

    async def set_contact(self, contact_: Mapping[str, str], *, who: str) -> None:
        """Who is responsible, for the notice at the door."""
        async with self._changing:
            await self._put(replace(self._kept, contact=contact.checked(contact_)))
            await self._journal.note(who=who, what="privacy.contact", detail="changed")

    async def contact(self) -> Mapping[str, str]:
        """Who is responsible; empty strings where nothing was said yet."""
        return contact.completed(self._kept.contact)

    # --- time passing ----------------------------------------------------------------------

    async def run(self, *, on_fault: Callable[[LintelError], None]) -> None:
        """Tick until cancelled; what could not be written down or erased is tried again."""
        while True:
            try:
                await self.tick()
            except LintelError as error:
                on_fault(error)
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Notice what ended by itself: write it down, tell who depends on it."""
        async with self._changing:
            if self._lost is not None:
                await self._journal.note(who="device", what="privacy.lost", detail=self._lost)
                self._lost = None
            utc = self._clock.utc()
            setting = modes.settled(self._kept.setting, utc=utc, is_over=self._is_over())
            register = consents.without_old(self._kept.consents, utc)
            new = self._consistent(replace(self._kept, setting=setting, consents=register))
            aged_s = (self._clock.now_ns() - self._saved_ns) / NS_PER_S
            if _differ(new, self._kept) or (new != self._kept and aged_s >= SAVE_SEEN_S):
                reset = new.setting.why if new.setting.who == "device" else ""
                reset *= new.setting.why != self._kept.setting.why
                await self._put(new)
                if reset:
                    await self._journal.note(who="device", what="privacy.mode", detail=reset)
            else:
                await self._tell()

    # --- inside ----------------------------------------------------------------------------

    def _consistent(self, kept: Kept) -> Kept:
        """Nothing stays switched on whose consent is over, to come back with the next one."""
        allowed = consents.purposes_in_force(kept.consents, self._clock.utc())
        setting = kept.setting if "still" in allowed else modes.without_still(kept.setting)
        return replace(kept, setting=setting, gender=kept.gender and "gender" in allowed)

    async def _put(self, kept: Kept) -> None:
        """In force at once; then sealed; then everybody who depends on it is told.

        When it cannot be sealed, only what protects more stays in force.
        """
        before, before_mode = self._kept, self.mode_now()
        self._kept = kept
        self._set_deadline()
        try:
            await asyncio.to_thread(save, self._vault, kept)
        except BaseException:
            if modes.rank(self.mode_now()) > modes.rank(before_mode):
                self._kept = before
                self._set_deadline()
            raise
        finally:
            self._saved_ns = self._clock.now_ns()
            await self._tell()

    async def _tell(self) -> None:
        """Tell of a mode that is another, of gender, and of consents that ended, once each."""
        mode = self.mode_now()
        if mode != self._mode_told:
            self._mode_told = mode
            for dependent in self._dependents:
                await dependent.mode_changed(mode)
        gender = self.gender_now()
        if gender != self._gender_told and self._on_gender is not None:
            await self._on_gender(on=gender)
            self._gender_told = gender
        for consent in self._kept.consents:
            if consent.consent_id not in self._ended_told and self._has_ended(consent):
                for dependent in self._dependents:
                    await dependent.consent_ended(consent)
                self._ended_told.add(consent.consent_id)
        self._ended_told &= {consent.consent_id for consent in self._kept.consents}

    async def _verify(self, officer_key: str, who: str, what: str) -> None:
        try:
            await self._key.verify(officer_key, who=who)
        except (RefusedError, AccessError) as error:
            detail = f"key for {what}: {error}"
            await self._journal.note(who=who, what="privacy.refused", detail=detail)
            raise

    def _has_ended(self, consent: Consent) -> bool:
        return consents.has_ended(consent, self._clock.utc())

    def _is_over(self) -> bool | None:
        return None if self._deadline_ns is None else self._clock.now_ns() >= self._deadline_ns

    def _set_deadline(self) -> None:
        """When a temporary mode ends by the monotonic clock; as it was, while it is the same."""
        temporary = self._kept.setting.temporary
        if temporary is None:
            self._deadline_ns = self._deadline_of = None
            return
        same = (temporary.mode, temporary.since_utc, temporary.until_utc)
        if self._deadline_of != same:
            left = temporary.until_utc - max(self._clock.utc(), temporary.seen_utc)
            left_ns = round(left.total_seconds() * NS_PER_S)
            self._deadline_ns, self._deadline_of = self._clock.now_ns() + left_ns, same


def _differ(one: Kept, other: Kept) -> bool:
    """Whether two differ in more than when a temporary mode was last seen to hold."""
    ends = [k.setting.temporary.until_utc if k.setting.temporary else None for k in (one, other)]
    same = (one.setting.standing, one.gender, one.consents, ends[0]) == (
        other.setting.standing, other.gender, other.consents, ends[1],
    )  # fmt: skip
    return not same
