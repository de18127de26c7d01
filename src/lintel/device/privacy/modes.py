"""The rules of the image mode: pure, so that every sequence of changes can be tried.

Modes from most to least protective: ``counts`` (numbers only), ``none`` (people as discs),
``still`` (one picture of an empty scene), ``depth`` (coloured depth).

A setting is a standing mode and, for a while, a temporary one. A change is free when at no later
moment more is shown than would have been shown without it; every other change takes the privacy
officer's key. Two clocks watch the end of a temporary mode, wall and monotonic; where they
disagree, as after a step of the wall clock, the more protective of both modes holds.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import get_args

from msgspec import Struct

from lintel.errors import RefusedError
from lintel.wire.v1.setting import ImageMode, Purpose

ORDER: tuple[ImageMode, ...] = ("counts", "none", "still", "depth")
DEFAULT: ImageMode = "none"
SHORTEST_S = 60.0
LONGEST_S = 30 * 86_400.0
WHY_CHARACTERS = (3, 500)
SLACK = timedelta(seconds=5)  # by which a wall clock may be set back unnoticed


class Temporary(Struct, frozen=True):
    """A mode for a while; ``seen_utc`` is the latest moment at which it was known to hold."""

    mode: ImageMode
    since_utc: datetime
    until_utc: datetime
    seen_utc: datetime


class Setting(Struct, frozen=True):
    """The mode as it was set: who, why, and what follows."""

    standing: ImageMode = DEFAULT
    temporary: Temporary | None = None
    who: str = "device"
    why: str = "default"


def rank(mode: ImageMode) -> int:
    """How much a mode shows; 0 is the least."""
    return ORDER.index(mode)


def more_protective(one: ImageMode, other: ImageMode) -> ImageMode:
    """Whichever shows less."""
    return min(one, other, key=rank)


def effective(
    setting: Setting,
    *,
    utc: datetime,
    consents: Collection[Purpose],
    is_over: bool | None = None,
) -> ImageMode:
    """The mode in force.

    Args:
        setting: as it was set.
        utc: wall time now.
        consents: purposes that a consent in force allows.
        is_over: whether the temporary mode is over by the monotonic clock; None where no such
            clock has run since it was set.
    """
    return _allowed(_timed(setting, utc, is_over=is_over), consents)


def changed(
    setting: Setting,
    mode: ImageMode,
    *,
    utc: datetime,
    who: str,
    why: str,
    for_s: float | None,
    has_key: bool,
    consents: Collection[Purpose],
) -> Setting:
    """The setting after somebody asked for ``mode``, for ``for_s`` seconds or for good.

    Raises:
        RefusedError: it would show more and the key is missing, a consent is missing, the reason
            is missing, or the time is out of bounds.
    """
    new = _asked(setting, mode, utc, for_s)
    shows_more = not never_shows_more(setting, new, utc=utc)
    if shows_more and not has_key:
        raise RefusedError(
            f"the mode {mode!r} shows more than is allowed now or later: that takes the privacy "
            "officer's key"
        )
    if mode == "still" and "still" not in consents:
        raise RefusedError(
            "the mode 'still' keeps a photograph of the empty place: write down a consent for "
            "the purpose 'still' first, or choose 'none'"
        )
    _require_reason(why, is_needed=shows_more)
    return Setting(new.standing, new.temporary, who, why.strip())


def never_shows_more(old: Setting, new: Setting, *, utc: datetime) -> bool:
    """Whether ``new`` shows at no moment from ``utc`` on more than ``old`` would have shown."""
    ends = (s.temporary.until_utc for s in (old, new) if s.temporary is not None)
    moments = [utc, *(max(end, utc) for end in ends)]
    return all(rank(_timed(new, moment)) <= rank(_timed(old, moment)) for moment in moments)


def settled(setting: Setting, *, utc: datetime, is_over: bool | None = None) -> Setting:
    """The setting without a temporary mode that is over; one that holds as seen at ``utc``."""
    temporary = setting.temporary
    if temporary is None:
        return setting
    holds, ended = _states(temporary, utc, is_over=is_over)
    if ended:
        return Setting(setting.standing, None, "device", f"the mode {temporary.mode!r} expired")
    return _seen(setting, temporary, max(utc, temporary.seen_utc)) if holds else setting


def without_still(setting: Setting) -> Setting:
    """The setting after the consent for a still ended: a new consent does not bring it back."""
    temporary = setting.temporary
    if setting.standing != "still" and (temporary is None or temporary.mode != "still"):
        return setting
    standing = more_protective(setting.standing, DEFAULT)
    kept = temporary if temporary is not None and temporary.mode != "still" else None
    if kept is not None and rank(kept.mode) > rank(standing):
        kept = None
    return Setting(standing, kept, "device", "the consent for a still ended")


def _seen(setting: Setting, temporary: Temporary, utc: datetime) -> Setting:
    seen = Temporary(temporary.mode, temporary.since_utc, temporary.until_utc, utc)
    return Setting(setting.standing, seen, setting.who, setting.why)


def _timed(setting: Setting, utc: datetime, *, is_over: bool | None = None) -> ImageMode:
    temporary = setting.temporary
    if temporary is None:
        return setting.standing
    holds, ended = _states(temporary, utc, is_over=is_over)
    if holds:
        return temporary.mode
    return setting.standing if ended else more_protective(temporary.mode, setting.standing)


def _states(temporary: Temporary, utc: datetime, *, is_over: bool | None) -> tuple[bool, bool]:
    """Whether it surely holds, and whether it is surely over; neither while clocks disagree."""
    by_wall = utc >= temporary.until_utc
    set_back = utc < max(temporary.since_utc, temporary.seen_utc) - SLACK
    holds = not (by_wall or set_back or is_over is True)
    return holds, by_wall and is_over is not False


def _allowed(mode: ImageMode, consents: Collection[Purpose]) -> ImageMode:
    return DEFAULT if mode == "still" and "still" not in consents else mode


def _asked(setting: Setting, mode: ImageMode, utc: datetime, for_s: float | None) -> Setting:
    if mode not in get_args(ImageMode):
        raise RefusedError(f"there is no image mode {mode!r}; expected one of {', '.join(ORDER)}")
    if for_s is None:
        return Setting(mode)
    if not SHORTEST_S <= for_s <= LONGEST_S:
        raise RefusedError(
            f"a mode is set for {SHORTEST_S:.0f} to {LONGEST_S:.0f} seconds, or for good when no "
            f"time is given; got {for_s:g}"
        )
    temporary = Temporary(mode, utc, utc + timedelta(seconds=for_s), utc)
    return Setting(setting.standing, temporary)


def _require_reason(why: str, *, is_needed: bool) -> None:
    least, most = WHY_CHARACTERS
    length = len(why.strip())
    if length > most or (is_needed and length < least) or not all(map(str.isprintable, why)):
        raise RefusedError(
            f"say why in {least} to {most} characters on one line: the audit log keeps it; "
            f"got {length}"
        )
