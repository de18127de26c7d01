"""Tables of the gate stay small, and nobody is forgotten early or locked out by strangers."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_access_builders import HOME, NOW, OTHER_PASSWORD, PASSWORD, Door
from lintel.clock import ManualClock
from lintel.device.access.nonces import WINDOW, Nonces
from lintel.device.access.passwords import checked_password, is_common
from lintel.device.access.sessions import MAX_PER_USER, Sessions
from lintel.device.access.throttle import (
    MAX_KNOWN,
    PER_PEER,
    PER_USER,
    KnownPeers,
    Rule,
    Throttle,
    Tries,
    peer_of,
)
from lintel.device.access.tokens import MAX_TOKENS
from lintel.device.access.users import MAX_USERS
from lintel.errors import AccessError, BusyError


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(utc=NOW, now_ns=7)


# -- nonces --------------------------------------------------------------------------------------


def test_challenges_need_no_memory(clock: ManualClock) -> None:
    nonces = Nonces(clock)
    made = {nonces.new() for _ in range(5000)}
    assert len(made) == 5000
    assert len(nonces) == 0


def test_used_nonces_are_remembered_until_they_are_old_and_no_longer(clock: ManualClock) -> None:
    nonces = Nonces(clock, max_used=50)
    for _ in range(2000):
        assert nonces.use(nonces.new(), 1)
        clock.advance(10)
    assert len(nonces) <= 31  # those of the last 300 s


def test_a_nonce_that_was_forgotten_for_room_cannot_be_replayed(clock: ManualClock) -> None:
    nonces = Nonces(clock, max_used=50)
    used = []
    for _ in range(200):
        used.append(nonces.new())
        assert nonces.use(used[-1], 1)
        clock.advance(0.001)
    assert len(nonces) == 50
    assert not any(nonces.use(nonce, 1) for nonce in used)
    assert not any(nonces.use(nonce, 2) for nonce in used[:150])
    assert all(nonces.use(nonce, 2) for nonce in used[150:])
    assert nonces.use(nonces.new(), 1)


@settings(max_examples=200)
@given(st.lists(st.integers(1, 200), max_size=80))
def test_each_count_is_taken_at_most_once_and_in_order_always(counts: list[int]) -> None:
    nonces = Nonces(ManualClock(utc=NOW))
    nonce = nonces.new()
    taken: set[int] = set()
    for count in counts:
        expected = count not in taken and count > max(taken, default=0) - WINDOW
        assert nonces.use(nonce, count) == expected
        taken |= {count} if expected else set()


def test_a_huge_count_costs_nothing(clock: ManualClock) -> None:
    nonces = Nonces(clock)
    nonce = nonces.new()
    assert nonces.use(nonce, 0xFFFFFFFF)
    assert not nonces.use(nonce, 0xFFFFFFFF)
    assert not nonces.use(nonce, 1)


# -- throttle ------------------------------------------------------------------------------------


def test_delays_double_up_to_a_bound_and_are_forgotten_in_time(clock: ManualClock) -> None:
    tries = Tries(clock, Rule(free=3, max_s=60.0))
    waits = []
    for _ in range(12):
        tries.failed("a")
        waits.append(tries.wait_s("a"))
        clock.advance(waits[-1])
        assert tries.wait_s("a") == 0.0
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    clock.advance(3601)
    tries.failed("a")
    assert tries.wait_s("a") == 0.0


def test_nobody_is_forgotten_by_asking_under_many_names(clock: ManualClock) -> None:
    tries = Tries(clock, PER_USER)
    for _ in range(12):
        tries.failed("anna")
    waited = tries.wait_s("anna")
    for _ in range(50_000):
        tries.failed(secrets.token_hex(8))
    assert tries.wait_s("anna") >= waited > 0


def test_one_guesser_hardly_ever_shares_a_slot_with_anybody(clock: ManualClock) -> None:
    tries = Tries(clock, PER_PEER)
    for _ in range(20):
        tries.failed("198.51.100.1")
    delayed = sum(tries.wait_s(f"192.0.{n >> 8}.{n & 255}") > 0 for n in range(2000))
    assert delayed <= 5  # of 2,000 others; one in 16,384 is expected


def test_who_signed_in_before_is_not_locked_out_by_strangers(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.ask(door.digest())
    for number in range(200):
        peer = f"198.51.100.{number % 50}"
        door.refusal(door.digest(password=OTHER_PASSWORD), peer=peer)
    assert door.refusal(door.digest(), peer="203.0.113.9").code == "throttled"
    assert door.ask(door.digest()).name == "anna"
    for _ in range(20):  # not even by those at his own address who guess for others
        door.refusal(door.digest("berta"))
    assert door.ask(door.digest()).name == "anna"


def test_guessing_from_a_known_address_is_slowed_down_too(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.ask(door.digest())
    codes = [door.refusal(door.digest(password=OTHER_PASSWORD)).code for _ in range(20)]
    assert codes == ["wrong"] * 5 + ["throttled"] * 15


def test_how_many_guesses_a_day_are_left_to_many_addresses(tmp_path: Path) -> None:
    """One new address a second: the user's own limit holds, 1 a minute."""
    door = Door.with_user(tmp_path)
    header = door.digest(password=OTHER_PASSWORD)
    heard = 0
    for second in range(3600):
        peer = f"10.{second >> 16}.{(second >> 8) & 255}.{second & 255}"
        heard += door.refusal(header, peer=peer).code == "wrong"
        door.clock.advance(1)
    assert heard <= 80


def test_users_that_do_not_exist_are_told_like_those_that_do(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    told = {}
    for name, userhash in (("anna", "false"), ("nobody", "false")):
        told[name] = [
            (r.status, r.code, str(r))
            for number in range(30)
            for r in [
                door.refusal(
                    door.digest(name, OTHER_PASSWORD, userhash=("true", userhash)[number % 2]),
                    peer=f"198.{name == 'anna':d}.100.{number}",
                )
            ]
        ]
    assert told["anna"] == told["nobody"]
    assert told["anna"][-1][1] == "throttled"


def test_success_does_not_wash_a_guesser_clean(tmp_path: Path) -> None:
    """Who has an account of his own gains nothing by signing in between guesses."""
    door = Door.with_user(tmp_path)
    door.add("mallory", "viewer")
    codes = []
    for _ in range(12):
        codes.append(door.refusal(door.digest(password=OTHER_PASSWORD)).code)
        try:
            door.ask(door.digest("mallory"))
        except AccessError:
            continue
    assert codes == ["wrong"] * 5 + ["throttled"] * 7


def test_known_addresses_are_bounded_and_forgotten_with_the_password(clock: ManualClock) -> None:
    known = KnownPeers(clock)
    for number in range(1000):
        known.remember("stamp", f"192.0.2.{number}")
    assert len(known) == MAX_KNOWN
    assert known.tries("stamp", "192.0.2.999") is not None
    assert known.tries("stamp", "192.0.2.0") is None
    clock.advance(31 * 86_400)
    assert known.tries("stamp", "192.0.2.999") is None
    known.keep_only(frozenset({"other"}))
    assert len(known) == 0


def test_a_throttle_has_a_fixed_size(clock: ManualClock) -> None:
    throttle = Throttle(clock)
    for number in range(5000):
        throttle.failed(f"user {number}", None, f"peer {number}")
    assert len(throttle.known) == 0


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_host_cannot_choose_a_new_address_for_every_guess(address: str, place: str) -> None:
    assert peer_of(address) == place


# -- sessions, users, tokens ---------------------------------------------------------------------


def test_one_user_cannot_crowd_out_the_sessions_of_another(clock: ManualClock) -> None:
    sessions = Sessions(clock)
    stamps = {"anna": "a", "berta": "b"}
    hers = sessions.open("berta", "b")
    words = []
    for _ in range(500):
        clock.advance(1)
        words.append(sessions.open("anna", "a"))
    assert len(sessions) == MAX_PER_USER + 1
    assert sessions.find(hers, stamp_of=stamps) is not None
    assert sessions.find(words[0], stamp_of=stamps) is None
    assert sessions.find(words[-1], stamp_of=stamps) is not None
    clock.advance(13 * 3600)
    sessions.open("anna", "a")
    assert len(sessions) == 1


def test_users_and_tokens_have_a_limit(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    tokens = door.gate.accounts.tokens_on_the_device
    for number in range(MAX_TOKENS):
        tokens.add(f"t{number}", frozenset({"live:read"}), for_s=None)
    with pytest.raises(BusyError, match="remove one first"):
        tokens.add("more", frozenset({"live:read"}), for_s=None)
    for number in range(MAX_USERS - 1):
        door.add(f"user{number}", "viewer")
    with pytest.raises(BusyError, match="at most 64"):
        door.add("more", "viewer")
    assert door.ask(door.digest("user7", userhash="true"), peer=HOME).name == "user7"


# -- passwords -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        *("password1234", "Password123!", "PASSWORT2026!", "administrator", "administrator1"),
        *("123456789012", "012345678901", "098765432109", "qwertyuiopas", "1q2w3e4r5t6y"),
        *("aaaaaaaaaaaa", "abababababab", "abcabcabcabc", "lintel123456", "letmeinplease"),
        *("changeme2026", "welcome12345", "qwertzuiop12", "passwordpassword", "iloveyou1234"),
        *("correct horse battery staple", "annaannaanna", "anna12345678", "Anna-2026-06"),
        *("1qaz2wsx3edc", "abcdefghijkl", "lkjihgfedcba", "starwars2026", "summer2026!!"),
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert is_common(password, name="anna")
    with pytest.raises(AccessError, match="among the first") as caught:
        checked_password(password, name="anna")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        OTHER_PASSWORD,
        "Grüße an den Türsturz",
        "tr0ub4dor&3xyz",
        "猫が屋根の上で歌っている夜",
    ],
)
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    assert checked_password(password, name="anna") == password


def test_letters_with_accents_are_the_same_however_they_are_typed() -> None:
    composed, apart = "Grüße an den Sturz", "Gru\u0308ße an den Sturz"
    assert checked_password(apart, name="anna") == composed


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_and_not_shown(text: str) -> None:
    said = ""
    try:
        checked_password(text, name="anna")
    except AccessError as error:
        said = str(error)
    assert len(text) < 4 or text not in said
