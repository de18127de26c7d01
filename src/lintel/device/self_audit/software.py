"""The software itself: what is installed, and what is known against it.

Advisories are read from a file or folder in the OSV format (https://ossf.github.io/osv-schema/);
nothing is asked over the network, and without a file nothing is said to be safe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import msgspec
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from msgspec import Struct, field
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from lintel.device.self_audit.finding import judged, unknown
from lintel.errors import InputError
from lintel.wire.v1.health import Finding

CHECK = "software.advisories"
MAX_BYTES = 256 * 2**20


class OsvEvent(Struct, frozen=True):
    """A border of an affected range."""

    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None


class OsvRange(Struct, frozen=True):
    """A range of affected versions."""

    type: str
    events: tuple[OsvEvent, ...] = ()


class OsvPackage(Struct, frozen=True):
    """A package in an ecosystem."""

    ecosystem: str = ""
    name: str = ""


class OsvAffected(Struct, frozen=True):
    """What of a package is affected."""

    package: OsvPackage = field(default_factory=OsvPackage)
    ranges: tuple[OsvRange, ...] = ()
    versions: tuple[str, ...] = ()


class Advisory(Struct, frozen=True):
    """One advisory; the fields that are needed here."""

    id: str
    withdrawn: str | None = None
    affected: tuple[OsvAffected, ...] = ()


class _Advisories(Struct, frozen=True):
    vulns: tuple[Advisory, ...]


def installed() -> dict[str, str]:
    """Names and versions of Lintel and all that it needs, as they are installed here."""
    found: dict[str, str] = {}
    waiting = ["lintel"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # an extra, or for another system
        found[name] = one.version
        needs = [Requirement(text) for text in one.requires or ()]
        waiting += [need.name for need in needs if need.marker is None or need.marker.evaluate()]
    return dict(sorted(found.items()))


def check_software(advisories: Path | None) -> Iterator[Finding]:
    """Known vulnerabilities of what is installed.

    Raises:
        InputError: the advisories cannot be read.
    """
    if advisories is None:
        yield unknown(CHECK, "no advisories were given", "give --advisories FILE in OSV format")
        return
    known, packages = tuple(load_advisories(advisories)), installed()
    faults = [
        f"{name} {version}: {one.id}"
        for one in known
        if one.withdrawn is None
        for name, version in packages.items()
        if any(_affects(affected, name, version) for affected in one.affected)
    ]
    yield judged(
        CHECK,
        faults,
        fine=f"none of {len(known)} advisories concerns one of {len(packages)} packages",
        advice="update Lintel",
    )


def load_advisories(path: Path) -> Iterator[Advisory]:
    """Advisories of a file (one, a list, or ``{"vulns": [...]}``) or of all JSON files in a folder.

    Raises:
        InputError: a file is missing, too large or not in OSV format.
    """
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    for file in files:
        try:
            if file.stat().st_size > MAX_BYTES:
                raise InputError(f"{file}: larger than {MAX_BYTES} bytes")
            content = file.read_bytes()
            yield from _decoded(content)
        except OSError as error:
            raise InputError(f"{file}: cannot be read: {error.strerror}") from error
        except msgspec.MsgspecError as error:
            raise InputError(f"{file}: no advisories in OSV format: {error}") from error


def write_sbom(path: Path) -> int:
    """Write what is installed as CycloneDX JSON; how many packages.

    Raises:
        OSError: it cannot be written.
    """
    packages = installed()
    parts = [_component(n, version) for n, version in packages.items() if n != "lintel"]
    root = _component("lintel", packages.get("lintel", "0"), kind=ComponentType.APPLICATION)
    bom = Bom(components=parts)
    bom.metadata.component = root
    bom.register_dependency(root, parts)
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    path.write_text(json.dumps(json.loads(text), indent=2) + "\n", encoding="utf-8")
    return len(packages)


def _component(
    name: str, version: str, *, kind: ComponentType = ComponentType.LIBRARY
) -> Component:
    purl = PackageURL("pypi", None, name, version)
    return Component(name=name, version=version, type=kind, purl=purl, bom_ref=f"{kind}:{purl}")


def _decoded(content: bytes) -> tuple[Advisory, ...]:
    text = content.lstrip()
    if text.startswith(b"["):
        return msgspec.json.decode(text, type=tuple[Advisory, ...])
    if re.match(rb'\{\s*"vulns"', text):
        return msgspec.json.decode(text, type=_Advisories).vulns
    return (msgspec.json.decode(text, type=Advisory),)


def _affects(affected: OsvAffected, name: str, version: str) -> bool:
    package = affected.package
    if package.ecosystem != "PyPI" or canonicalize_name(package.name) != name:
        return False
    if version in affected.versions:
        return True
    return any(_inside(one, version) for one in affected.ranges if one.type == "ECOSYSTEM")


def _inside(affected: OsvRange, version: str) -> bool:
    """Whether a version lies in a range: events in order switch it on and off."""
    try:
        now, inside = Version(version), False
        for event in affected.events:
            if event.introduced is not None and now >= Version(event.introduced):
                inside = True
            if event.fixed is not None and now >= Version(event.fixed):
                inside = False
            if event.last_affected is not None and now > Version(event.last_affected):
                inside = False
    except InvalidVersion:
        return True  # what cannot be compared is not said to be safe
    else:
        return inside
