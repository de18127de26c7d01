"""Every error that Lintel raises on purpose.

::

    LintelError
    ├── InputError            what came from outside is not what was expected
    │   ├── SourceError           a recording, image folder or camera cannot be read (file, frame)
    │   ├── RigError              a calibration file is malformed or impossible
    │   ├── SiteError             a site file is malformed or impossible
    │   ├── TruthError            a truth file is malformed or contradicts itself
    │   ├── ScenarioError         a simulated scene is unknown or impossible
    │   ├── DetectorError         there is no such detector, or its model file is none
    │   ├── ExampleError          people that a site is taught by are not there, or teach nothing
    │   └── PlanError             a mount that is planned cannot be built or says nothing
    ├── ReportError           a table or picture cannot be written
    ├── PublishError          counts cannot be made fit for the public as asked
    │   └── BudgetError           the day's privacy budget does not allow another release
    ├── OutputError           a result cannot be written where it was asked for
    ├── ExtraError            an optional part of Lintel is not installed
    ├── StoreError            the store cannot do what was asked
    │   ├── StoreKeyError         the key is missing, not private, or not this store's
    │   ├── StoreFullError        no room left; nothing was half written
    │   └── StoreCorruptError     the file is damaged
    ├── DeviceError           the running device cannot do what was asked
    │   ├── RefusedError          not allowed now: key, consent or image mode is missing
    │   ├── NotFoundError         there is no such thing
    │   ├── ConflictError         someone else changed it first
    │   ├── BusyError             too much of it at once
    │   ├── AccessError           who asks is not who may (wrong, stale, replayed, locked out)
    │   ├── CertificateError      a certificate or its key cannot be used
    │   └── VaultError            a secret of the device is damaged, not private, or cannot be kept
    ├── CalibrationError      the board pictures do not give a calibration
    └── ContractError         a value broke the contract of a border type (a defect, not bad input)

A message says what was expected, what came, and what to do about it.
"""

from __future__ import annotations

from pydantic import ValidationError

MAX_FAULTS_SAID = 4


class LintelError(Exception):
    """Root of all errors that Lintel raises on purpose."""


class InputError(LintelError):
    """Something that came from outside is not what was expected."""


class SourceError(InputError):
    """A recording, image folder or camera cannot be read."""


class RigError(InputError):
    """A calibration file is malformed or describes an impossible rig."""


class SiteError(InputError):
    """A site file is malformed or describes impossible lines or zones."""


class TruthError(InputError):
    """A truth file is malformed or contradicts itself."""


class ScenarioError(InputError):
    """A simulated scene is unknown or impossible."""


class DetectorError(InputError):
    """There is no detector of this name, or its model file cannot be used."""


class ExampleError(InputError):
    """People that a site is to be taught by are not there, or tell nothing."""


class PlanError(InputError):
    """A mount that is planned cannot be built, or nothing can be said about it."""


class ReportError(LintelError):
    """A table or picture cannot be written."""


class PublishError(LintelError):
    """Counts cannot be made fit for the public as asked."""


class BudgetError(PublishError):
    """The day's privacy budget does not allow another release."""


class OutputError(LintelError):
    """A result cannot be written where it was asked for."""


class ExtraError(LintelError):
    """An optional part of Lintel is not installed."""


class StoreError(LintelError):
    """The store cannot do what was asked."""


class StoreKeyError(StoreError):
    """The key is missing, readable by others, malformed, or not the key of this store."""


class StoreFullError(StoreError):
    """There is no room left, on the disk or within the limit; nothing was half written."""


class StoreCorruptError(StoreError):
    """The store's file is damaged."""


class DeviceError(LintelError):
    """The running device cannot do what was asked."""


class RefusedError(DeviceError):
    """Not allowed now: a key, a consent or the image mode is missing."""


class NotFoundError(DeviceError):
    """There is no such thing."""


class ConflictError(DeviceError):
    """Someone else changed it first."""


class BusyError(DeviceError):
    """Too much of it at once; try again later."""


class AccessError(DeviceError):
    """Who asks is not who may: wrong, stale, replayed, or locked out."""


class CertificateError(DeviceError):
    """A certificate or its key cannot be used."""


class VaultError(DeviceError):
    """A secret of the device is damaged, readable by others, or cannot be kept."""


class CalibrationError(LintelError):
    """The board pictures do not give a calibration."""


class ContractError(LintelError, ValueError):
    """A value broke the contract of a border type."""


def faults_of(error: ValidationError) -> str:
    """What is wrong with a file, in one line: the place of each fault and what was expected."""
    faults = error.errors(include_url=False, include_context=False)
    said = [f"{place_of(fault['loc'])}: {fault['msg']}" for fault in faults[:MAX_FAULTS_SAID]]
    if len(faults) > MAX_FAULTS_SAID:
        said.append(f"and {len(faults) - MAX_FAULTS_SAID} more")
    return "; ".join(said)


def place_of(location: tuple[int | str, ...]) -> str:
    """A place as a path; list items count from 0: ``line[0].points_m``."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location]
    return "".join(steps).removeprefix(".") or "the whole"
