"""The port ``Configuration``: the site file in force, its versions, and a change without a gap."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from lintel.clock import Clock
from lintel.config import SiteConfig, SiteFile
from lintel.config.site import MAX_SITE_BYTES
from lintel.device.keeping.keeper import Keeper
from lintel.device.keeping.ledger import Ledger, Stored
from lintel.device.keeping.toml import site_toml
from lintel.device.ports import Json
from lintel.errors import ConflictError, NotFoundError, SiteError, StoreError, place_of
from lintel.store.configs import ConfigEntry
from lintel.store.store import Store
from lintel.wire.v1.setting import ConfigFault, ConfigVersion

T = TypeVar("T")
MAX_FAULTS = 50
NO_GENDER = (
    "a device does not estimate gender by its site file: that is the privacy officer's to say"
)


class SiteBook:
    """The site file in force. Opened on the store thread, then asked from the event loop.

    Args:
        first: gives the site file of the first start; asked only then.
        clock: dates versions.
    """

    def __init__(self, *, first: Callable[[], SiteFile], clock: Clock) -> None:
        self._first = first
        self._clock = clock
        self._file = SiteFile()
        self._version = ConfigVersion(0, clock.utc(), "nobody", "not stored yet", "")
        self._keeper: Keeper | None = None
        self._apply: Callable[[SiteConfig], Future[None]] | None = None
        self._on_stored: Callable[[Stored], None] | None = None
        self._changing = asyncio.Lock()

    def open(self, store: Store) -> SiteConfig:
        """The site in force, kept as the first version where there is none; store thread."""
        for entry in store.configs():
            text = store.config(entry.number)
            found = None if text is None else _readable(text)
            if found is not None:
                self._file, self._version = found, _message(entry)
                return SiteConfig.resolve(found)
        first = self._first()
        if first.attributes.gender:
            raise SiteError(f"attributes.gender: {NO_GENDER}")
        self._keep(store, first, who="lintel", why="first start", now=self._clock.utc())
        return SiteConfig.resolve(first)

    def attach(
        self,
        keeper: Keeper,
        *,
        apply: Callable[[SiteConfig], Future[None]],
        on_stored: Callable[[Stored], None],
    ) -> None:
        """Give it what a change goes to: the store, the counting thread, and the board."""
        self._keeper, self._apply, self._on_stored = keeper, apply, on_stored

    @property
    def site(self) -> SiteConfig:
        """The site in force."""
        return SiteConfig.resolve(self._file)

    @property
    def in_force(self) -> ConfigVersion:
        """The version in force."""
        return self._version

    def current(self) -> tuple[ConfigVersion, Json]:
        """The version in force, and the site file as JSON."""
        return self._version, _json(self._file)

    def schema(self) -> Json:
        """JSON Schema of the site file, with titles and descriptions."""
        schema: Json = json.loads(json.dumps(SiteFile.model_json_schema()))
        return schema

    def faults(self, site: Json) -> tuple[ConfigFault, ...]:
        """What is wrong with a site file; nothing when it can be applied."""
        return faults_in(site)

    async def versions(self) -> tuple[ConfigVersion, ...]:
        """All versions kept, newest first."""
        return await self._ask(lambda store, _: tuple(map(_message, store.configs())))

    async def version(self, number: int) -> Json:
        """The site file of one version.

        Raises:
            NotFoundError: it is not kept.
        """
        text = await self._ask(lambda store, _: store.config(number))
        if text is None:
            raise NotFoundError(f"version {number} of the configuration is not kept")
        content: Json = json.loads(text)
        return content

    async def apply(self, site: Json, *, who: str, why: str, expected: int) -> ConfigVersion:
        """Count by this site file from now on; running totals of unchanged lines go on.

        Raises:
            SiteError: it has faults.
            ConflictError: the version in force is not ``expected``.
            BusyError: store or counter have too much to do.
        """
        file, faults = _read(site)
        if file is None:
            said = "; ".join(f"{fault.place}: {fault.message}" for fault in faults[:4])
            raise SiteError(f"the site file has faults: {said}")
        async with self._changing:
            if expected != self._version.version:
                raise ConflictError(
                    f"version {self._version.version} is in force, not {expected}: someone else "
                    "changed it; look at it and try again"
                )
            return await self._change(file, who, why)

    async def export(self) -> str:
        """The site file in force as TOML."""
        return site_toml(self._file)

    def faults_of_toml(self, text: str) -> tuple[Json, tuple[ConfigFault, ...]]:
        """Read a site file in TOML: its JSON, and what is wrong with it."""
        if len(text.encode()) > MAX_SITE_BYTES:
            return None, (ConfigFault("the whole", f"larger than {MAX_SITE_BYTES} bytes"),)
        try:
            content: Json = json.loads(json.dumps(tomllib.loads(text)))
        except (ValueError, TypeError, RecursionError) as error:
            return None, (ConfigFault("the whole", f"not TOML: {error}"),)
        return content, self.faults(content)

    async def _change(self, file: SiteFile, who: str, why: str) -> ConfigVersion:
        """Store it, then let the counter take it up, then the books: in this order nothing is lost.

        Events of lines that were there before and are still on their way are stored under their
        line's name; the books forget a line only after the counter did.
        """
        site, now = SiteConfig.resolve(file), self._clock.utc()

        def keep(store: Store, ledger: Ledger) -> None:
            del ledger
            self._keep(store, file, who=who, why=why, now=now)

        def move(store: Store, ledger: Ledger) -> Stored:
            del store
            ledger.move_to(site, now=now)
            return ledger.state()

        await self._ask(keep)
        if self._apply is None or self._on_stored is None:
            raise SiteError("the device is not counting yet; try again soon")
        await asyncio.wrap_future(self._apply(site))
        self._on_stored(await self._ask(move))
        return self._version

    def _keep(self, store: Store, file: SiteFile, *, who: str, why: str, now: datetime) -> None:
        entry = store.put_config(
            file.model_dump_json(),
            config_hash=SiteConfig.resolve(file).config_hash,
            utc=now,
            who=who,
            why=why,
        )
        self._file, self._version = file, _message(entry)

    async def _ask(self, question: Callable[[Store, Ledger], T]) -> T:
        if self._keeper is None:
            raise StoreError("the store is not open yet; try again soon")
        return await asyncio.wrap_future(self._keeper.ask(question))


def faults_in(site: Json) -> tuple[ConfigFault, ...]:
    """What is wrong with a site file; nothing when a device can count by it."""
    return _read(site)[1]


def _read(site: Json) -> tuple[SiteFile | None, tuple[ConfigFault, ...]]:
    """The site file, or what is wrong with it."""
    try:
        file = SiteFile.model_validate(site)
        config = SiteConfig.resolve(file)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[:MAX_FAULTS]
        return None, tuple(ConfigFault(place_of(one["loc"]), one["msg"]) for one in found)
    except SiteError as error:
        return None, (ConfigFault("the whole", str(error)),)
    both = {line.name for line in config.lines} & {zone.name for zone in config.zones}
    if both:
        message = f"a line and a zone are both called {min(both)!r}: give each its own name"
        return None, (ConfigFault("zone", message),)
    if file.attributes.gender:
        return None, (ConfigFault("attributes.gender", NO_GENDER),)
    return file, ()


def _readable(text: str) -> SiteFile | None:
    try:
        return _read(json.loads(text))[0]
    except ValueError:
        return None


def _json(file: SiteFile) -> Json:
    content: Json = json.loads(file.model_dump_json())
    return content


def _message(entry: ConfigEntry) -> ConfigVersion:
    return ConfigVersion(entry.number, entry.utc, entry.who, entry.why, entry.config_hash)
