"""Who was let in and stays, as with a stream: until the login is over, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from device_access_builders import HOME, OTHER_PASSWORD, PASSWORD, Door
from lintel.device.access import DeniedError, Principal


def stays(door: Door, principal: Principal) -> bool:
    try:
        door.gate.confirm(principal)
    except DeniedError:
        return False
    return True


def change_password(door: Door) -> None:
    door.gate.accounts.users_on_the_device.set_password("anna", OTHER_PASSWORD)


def change_role(door: Door) -> None:
    door.add("boss", "installer")
    door.gate.accounts.users_on_the_device.set_role("anna", "viewer")


def remove(door: Door) -> None:
    door.add("boss", "installer")
    door.gate.accounts.users_on_the_device.remove("anna")


@pytest.mark.parametrize("change", [change_password, change_role, remove])
def test_a_digest_or_session_is_over_when_its_user_changes(
    tmp_path: Path, change: Callable[[Door], None]
) -> None:
    door = Door.with_user(tmp_path)
    by_digest = door.ask(door.digest())
    headers, _ = door.sign_in()
    by_session = door.ask(*headers)
    assert stays(door, by_digest)
    assert stays(door, by_session)
    change(door)
    assert not stays(door, by_digest)
    assert not stays(door, by_session)


def test_a_closed_or_idle_session_is_over_and_asking_does_not_keep_it(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    headers, _ = door.sign_in()
    closed = door.ask(*headers)
    door.gate.close_session(closed)
    with pytest.raises(DeniedError) as denied:
        door.gate.confirm(closed)
    assert (denied.value.status, denied.value.code) == (401, "expired")
    headers, _ = door.sign_in()
    idle = door.ask(*headers)
    for _ in range(29):
        door.clock.advance(60.0)
        assert stays(door, idle)
    door.clock.advance(61.0)
    assert not stays(door, idle)


def test_a_token_is_over_when_it_ends_or_its_maker_may_less(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    maker = door.ask(door.digest())
    made, word = asyncio.run(
        door.gate.accounts.add_token(maker, "till", ["live:read", "config:write"], for_s=60.0)
    )
    holder = door.ask(("Authorization", f"Bearer {word}"))
    assert stays(door, holder)
    door.clock.advance(61.0)
    assert not stays(door, holder)
    made, word = asyncio.run(
        door.gate.accounts.add_token(maker, "till", ["live:read", "config:write"], for_s=60.0)
    )
    holder = door.ask(("Authorization", f"Bearer {word}"))
    change_role(door)
    assert not stays(door, holder)
    asyncio.run(door.gate.accounts.remove_token(door.ask(door.digest("boss")), made.token_id))
    assert not stays(door, holder)


def test_the_present_password_is_proved_and_guessing_it_is_slowed_down(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    principal = door.ask(door.digest())
    door.gate.prove(principal, PASSWORD, peer=HOME)
    codes = []
    for _ in range(8):
        with pytest.raises(DeniedError) as denied:
            door.gate.prove(principal, OTHER_PASSWORD, peer=HOME)
        codes.append(denied.value.code)
    assert codes[0] == "wrong"
    assert codes[-1] == "throttled"
    door.clock.advance(400.0)
    door.gate.prove(principal, PASSWORD, peer=HOME)
