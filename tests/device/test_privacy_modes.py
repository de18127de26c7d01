"""The rules of the image mode: nobody without the key ever makes the device show more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_privacy_builders import NOON
from lintel.device.privacy.modes import (
    ORDER,
    Setting,
    Temporary,
    changed,
    effective,
    more_protective,
    never_shows_more,
    rank,
    settled,
)
from lintel.errors import RefusedError
from lintel.wire.v1.setting import ImageMode, Purpose

BOTH: frozenset[Purpose] = frozenset({"still"})
HOUR = timedelta(hours=1)
modes_drawn = st.sampled_from(ORDER)


def ask(
    setting: Setting,
    mode: ImageMode,
    *,
    utc: datetime = NOON,
    for_s: float | None = None,
    has_key: bool = False,
    consents: frozenset[Purpose] = BOTH,
    why: str = "because",
) -> Setting:
    return changed(
        setting,
        mode,
        utc=utc,
        who="ada",
        why=why,
        for_s=for_s,
        has_key=has_key,
        consents=consents,
    )


def shown(setting: Setting, utc: datetime, *, is_over: bool | None = None) -> ImageMode:
    return effective(setting, utc=utc, consents=BOTH, is_over=is_over)


@pytest.mark.parametrize(
    ("standing", "asked", "free"),
    [
        ("none", "none", True),
        ("none", "counts", True),
        ("none", "still", False),
        ("none", "depth", False),
        ("counts", "none", False),
        ("depth", "still", True),
        ("depth", "none", True),
        ("still", "depth", False),
    ],
)
def test_more_protection_is_free_and_less_takes_the_key(
    standing: ImageMode, asked: ImageMode, *, free: bool
) -> None:
    setting = Setting(standing)
    if free:
        assert shown(ask(setting, asked), NOON) == asked
    else:
        with pytest.raises(RefusedError, match="officer's key"):
            ask(setting, asked)
    assert shown(ask(setting, asked, has_key=True), NOON) == asked


def test_a_temporary_mode_ends_by_itself() -> None:
    setting = ask(Setting(), "depth", for_s=3600.0, has_key=True)
    assert shown(setting, NOON + 0.99 * HOUR) == "depth"
    assert shown(setting, NOON + HOUR) == "none"
    assert settled(setting, utc=NOON + HOUR).temporary is None


def test_to_stay_longer_in_a_temporary_mode_takes_the_key() -> None:
    setting = ask(Setting(), "depth", for_s=3600.0, has_key=True)
    later = NOON + 0.5 * HOUR
    ask(setting, "depth", utc=later, for_s=1800.0)
    for longer in (1801.0, None):
        with pytest.raises(RefusedError, match="officer's key"):
            ask(setting, "depth", utc=later, for_s=longer)


def test_protection_for_a_while_must_not_end_in_more_than_before() -> None:
    setting = ask(Setting("none"), "depth", for_s=3600.0, has_key=True)
    paused = ask(setting, "counts", for_s=60.0)
    assert shown(paused, NOON + timedelta(seconds=60)) == "none", "the rest of the hour is gone"
    hidden = ask(Setting("depth"), "counts", for_s=3600.0)
    with pytest.raises(RefusedError, match="officer's key"):
        ask(hidden, "counts", for_s=60.0)


def test_the_still_takes_a_consent_whatever_the_key() -> None:
    nothing: frozenset[Purpose] = frozenset()
    with pytest.raises(RefusedError, match="consent for the purpose 'still'"):
        ask(Setting(), "still", has_key=True, consents=nothing)
    setting = ask(Setting(), "still", has_key=True)
    assert effective(setting, utc=NOON, consents=nothing) == "none"


@pytest.mark.parametrize("for_s", [0.0, 59.0, -1.0, 31 * 86_400.0, float("inf"), float("nan")])
def test_a_time_out_of_bounds_is_refused(for_s: float) -> None:
    with pytest.raises(RefusedError, match="seconds"):
        ask(Setting(), "depth", for_s=for_s, has_key=True)


@pytest.mark.parametrize("why", ["", "  ", "x", "a\nb", "x" * 501])
def test_less_protection_takes_a_reason_on_one_line(why: str) -> None:
    with pytest.raises(RefusedError, match="say why"):
        ask(Setting(), "depth", has_key=True, why=why)


def test_more_protection_needs_no_reason() -> None:
    assert ask(Setting("depth"), "none", why="").standing == "none"


def test_clocks_that_disagree_leave_the_more_protective_mode() -> None:
    lowered = ask(Setting(), "depth", for_s=3600.0, has_key=True)
    assert shown(lowered, NOON - HOUR) == "none", "set back over a restart"
    assert shown(lowered, NOON, is_over=True) == "none", "set back while running"
    assert shown(lowered, NOON + 2 * HOUR, is_over=False) == "none", "set forward"
    raised = ask(Setting("depth"), "counts", for_s=3600.0)
    assert shown(raised, NOON + 2 * HOUR, is_over=False) == "counts", "protection lasts its time"
    assert shown(raised, NOON + 2 * HOUR, is_over=True) == "depth"


def test_a_restart_with_an_old_time_shows_no_more_than_the_latest_time_that_was_seen() -> None:
    lowered = ask(Setting(), "depth", for_s=3600.0, has_key=True)
    seen = settled(lowered, utc=NOON + 0.5 * HOUR)
    assert shown(seen, NOON + 0.4 * HOUR) == "none"
    assert shown(seen, NOON + 0.6 * HOUR) == "depth"


# --- every sequence ------------------------------------------------------------------------

settings_drawn = st.builds(
    Setting,
    standing=modes_drawn,
    temporary=st.none()
    | st.builds(
        lambda mode, ago, left: Temporary(
            mode, NOON - timedelta(seconds=ago), NOON + timedelta(seconds=left), NOON
        ),
        modes_drawn,
        st.integers(0, 5000),
        st.integers(1, 5000),
    ),
)


@dataclass(frozen=True)
class Step:
    """Somebody without the key asks for a mode, after some time."""

    wait_s: int
    mode: ImageMode
    for_s: float | None
    restart: bool


steps_drawn = st.lists(
    st.builds(
        Step,
        st.integers(0, 4000),
        modes_drawn,
        st.none() | st.integers(60, 5000).map(float),
        st.booleans(),
    ),
    max_size=8,
)


@given(settings_drawn, steps_drawn)
def test_no_sequence_without_the_key_ever_shows_more(start: Setting, steps: list[Step]) -> None:
    left_alone, touched, utc = start, start, NOON
    for step in steps:
        utc += timedelta(seconds=step.wait_s)
        touched = settled(touched, utc=utc)
        if step.restart:
            left_alone = settled(left_alone, utc=utc)
        assert rank(shown(touched, utc)) <= rank(shown(left_alone, utc))
        try:
            touched = ask(touched, step.mode, utc=utc, for_s=step.for_s)
        except RefusedError:
            continue
        assert shown(touched, utc) == step.mode, "it acts at once"
    for later_s in range(0, 12_000, 250):
        later = utc + timedelta(seconds=later_s)
        assert rank(shown(touched, later)) <= rank(shown(left_alone, later))


@given(settings_drawn, modes_drawn, st.none() | st.integers(60, 5000).map(float))
def test_showing_less_now_and_later_is_never_refused(
    start: Setting, mode: ImageMode, for_s: float | None
) -> None:
    least = min(start.standing, start.temporary.mode if start.temporary else "depth", key=rank)
    if rank(mode) <= rank(least) and for_s is None:
        assert shown(ask(start, mode), NOON) == mode


@given(settings_drawn, st.integers(-10_000, 10_000), st.none() | st.booleans())
def test_whatever_the_clocks_say_only_a_mode_that_was_set_is_shown(
    start: Setting,
    step_s: int,
    is_over: bool | None,  # noqa: FBT001 - drawn
) -> None:
    now = shown(start, NOON + timedelta(seconds=step_s), is_over=is_over)
    temporary = start.temporary
    known = {start.standing} if temporary is None else {start.standing, temporary.mode}
    assert now in known
    if temporary is not None and (is_over or step_s < -5):
        assert rank(now) <= rank(more_protective(temporary.mode, start.standing)) or (
            now == start.standing and step_s >= 0
        )


@given(settings_drawn, settings_drawn)
def test_the_order_of_settings_is_one(one: Setting, other: Setting) -> None:
    assert never_shows_more(one, one, utc=NOON)
    if never_shows_more(one, other, utc=NOON) and never_shows_more(other, one, utc=NOON):
        assert shown(one, NOON) == shown(other, NOON)
