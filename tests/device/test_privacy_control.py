"""The privacy of a running device: changes act, are written down, end, and survive a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path

import pytest

from device_privacy_builders import KEY, NOON, Office
from lintel.device.privacy.consents import LONGEST_S, MAX_CONSENTS
from lintel.device.privacy.kept import NAME
from lintel.errors import BusyError, InputError, NotFoundError, RefusedError, VaultError
from lintel.wire.v1.setting import Purpose


@pytest.fixture
def office(tmp_path: Path) -> Office:
    async def made() -> Office:
        return Office(tmp_path / "data")

    return asyncio.run(made())


def play(story: Coroutine[object, object, None]) -> None:
    asyncio.run(story)


def test_a_new_device_shows_no_picture(office: Office) -> None:
    state = office.control.state()
    assert (state.mode, state.default_mode, state.lowered) == ("none", "none", False)
    assert state.until_utc is None
    assert not state.gender_on


def test_lowering_is_written_down_and_everybody_is_told(office: Office) -> None:
    async def story() -> None:
        state = await office.show_depth()
        assert state.mode == "depth"
        assert state.lowered
        assert (state.who, state.why) == ("ada", "mount check")
        assert state.until_utc is not None
        assert (state.until_utc - NOON).total_seconds() == 600.0

    play(story())
    assert office.witness.modes == ["depth"]
    assert office.journal.entries == [
        ("ada", "privacy.mode", "lowered: depth for 600 s: mount check")
    ]


@pytest.mark.parametrize("key", [None, "wrong", ""])
def test_without_the_key_nothing_is_lowered_and_a_wrong_one_is_written_down(
    office: Office, key: str | None
) -> None:
    async def story() -> None:
        with pytest.raises(RefusedError):
            await office.control.set_mode(
                "depth", who="eve", why="curious", officer_key=key, for_s=None
            )

    play(story())
    assert office.control.mode_now() == "none"
    assert office.witness.modes == []
    assert office.journal.what() == ([] if key is None else ["privacy.refused"])


def test_more_protection_acts_at_once_without_a_key(office: Office) -> None:
    async def story() -> None:
        await office.show_depth(for_s=None)
        await office.protect("counts")

    play(story())
    assert office.control.mode_now() == "counts"
    assert office.witness.modes == ["depth", "counts"]


def test_nothing_is_lowered_when_it_cannot_be_written_down(office: Office) -> None:
    async def broken(*, who: str, what: str, detail: str) -> int:
        raise VaultError(f"no room for {who} {what} {detail}")

    async def story() -> None:
        office.journal.note = broken  # type: ignore[method-assign]
        with pytest.raises(VaultError):
            await office.show_depth()

    play(story())
    assert office.control.mode_now() == "none"


def test_nothing_is_lowered_when_it_cannot_be_sealed_but_protection_is_raised(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        await office.show_depth(for_s=None)

        def full(*_: object) -> None:
            raise VaultError("no room")

        monkeypatch.setattr("lintel.device.privacy.control.save", full)
        with pytest.raises(VaultError):
            await office.protect("none")
        assert office.control.mode_now() == "none"
        with pytest.raises(VaultError):
            await office.show_depth()
        assert office.control.mode_now() == "none"

    play(story())
    assert office.witness.modes == ["depth", "none"]


def test_a_mode_expires_by_itself_and_that_is_written_down(office: Office) -> None:
    async def story() -> None:
        await office.show_depth(for_s=600.0)
        office.clock.advance(599.0)
        await office.control.tick()
        assert office.control.mode_now() == "depth"
        office.clock.advance(1.0)
        assert office.control.mode_now() == "none", "to the moment, whoever ticks"
        await office.control.tick()

    play(story())
    assert office.witness.modes == ["depth", "none"]
    assert office.journal.entries[-1] == ("device", "privacy.mode", "the mode 'depth' expired")


def test_a_restart_keeps_the_mode_but_never_outlives_its_end(office: Office) -> None:
    async def story() -> None:
        await office.show_depth(for_s=600.0)
        office.clock.advance(300.0)
        assert office.start().mode_now() == "depth"
        office.clock.advance(299.0)
        assert office.control.mode_now() == "depth"
        office.clock.advance(1.0)
        assert office.control.mode_now() == "none"
        assert office.start().mode_now() == "none"

    play(story())


def test_a_clock_set_back_over_a_restart_gains_nothing(office: Office) -> None:
    async def story() -> None:
        await office.show_depth(for_s=600.0)
        office.clock.advance(300.0)
        await office.control.tick()
        office.clock.step_utc(-290.0)
        assert office.control.mode_now() == "none"
        assert office.start().mode_now() == "none"
        office.clock.step_utc(+290.0)
        assert office.control.mode_now() == "depth"
        office.clock.advance(300.0)
        assert office.control.mode_now() == "none"

    play(story())


def test_the_monotonic_clock_ends_a_mode_though_the_wall_clock_was_set_back(
    office: Office,
) -> None:
    async def story() -> None:
        await office.show_depth(for_s=600.0)
        office.clock.advance(598.0)
        office.clock.step_utc(-4.0)
        assert office.control.mode_now() == "depth"
        office.clock.advance(3.0)
        assert office.control.mode_now() == "none"

    play(story())


def test_a_register_that_does_not_open_starts_protected_and_says_so(office: Office) -> None:
    async def story() -> None:
        await office.show_depth(for_s=None)
        (office.vault.folder / "sealed" / NAME).write_bytes(b"rubbish")
        assert office.start().mode_now() == "none"
        await office.control.tick()

    play(story())
    assert office.journal.what()[-1] == "privacy.lost"


# --- consents ------------------------------------------------------------------------------


def test_the_still_hangs_on_its_consent(office: Office) -> None:
    async def story() -> None:
        consent = await office.consent_to_still()
        await office.control.set_mode(
            "still", who="ada", why="draw lines", officer_key=KEY, for_s=None
        )
        assert office.control.mode_now() == "still"
        await office.control.withdraw_consent(consent.consent_id, who="ada")
        assert office.control.mode_now() == "none"

    play(story())
    assert office.witness.modes == ["still", "none"]
    assert len(office.witness.ended) == 1
    assert office.journal.what()[-1] == "privacy.withdrawn"


def test_a_new_consent_does_not_bring_back_what_the_old_one_ended(office: Office) -> None:
    async def story() -> None:
        consent = await office.consent_to_still(for_s=3600.0)
        await office.control.set_mode(
            "still", who="ada", why="draw lines", officer_key=KEY, for_s=None
        )
        office.clock.advance(3600.0)
        await office.control.tick()
        assert office.journal.entries[-1][2] == "the consent for a still ended"
        await office.consent_to_still()
        assert office.control.mode_now() == "none"
        consent = await office.control.give_consent(
            "gender", given_by="Works council", note="", for_s=3600.0, who="ada"
        )
        await office.control.set_gender(on=True, who="ada", officer_key=KEY)
        await office.control.withdraw_consent(consent.consent_id, who="ada")
        await office.control.give_consent(
            "gender", given_by="Works council", note="", for_s=3600.0, who="ada"
        )
        assert not office.control.gender_now()

    play(story())


def test_a_consent_that_is_over_ends_what_hangs_on_it(office: Office) -> None:
    async def story() -> None:
        await office.consent_to_still(for_s=3600.0)
        await office.control.set_mode(
            "still", who="ada", why="draw lines", officer_key=KEY, for_s=None
        )
        office.clock.advance(3600.0)
        assert office.control.mode_now() == "none"
        await office.control.tick()
        await office.control.tick()

    play(story())
    assert len(office.witness.ended) == 1
    assert office.witness.modes == ["still", "none"]


def test_withdrawing_returns_after_the_data_is_gone_and_again_when_that_failed(
    office: Office,
) -> None:
    async def story() -> None:
        consent = await office.consent_to_still()

        async def fails(_: object) -> None:
            raise VaultError("the disk is gone")

        kept = office.witness.consent_ended
        office.witness.consent_ended = fails  # type: ignore[assignment]
        with pytest.raises(VaultError):
            await office.control.withdraw_consent(consent.consent_id, who="ada")
        office.witness.consent_ended = kept  # type: ignore[method-assign]
        await office.control.tick()

    play(story())
    assert len(office.witness.ended) == 1


def test_withdrawing_twice_is_no_fault_and_an_unknown_one_is(office: Office) -> None:
    async def story() -> None:
        consent = await office.consent_to_still()
        first = await office.control.withdraw_consent(consent.consent_id, who="ada")
        office.clock.advance(5.0)
        second = await office.control.withdraw_consent(consent.consent_id, who="ada")
        assert first == second
        with pytest.raises(NotFoundError):
            await office.control.withdraw_consent("no-such", who="ada")

    play(story())


@pytest.mark.parametrize(
    ("given_by", "for_s", "note"),
    [
        ("", 3600.0, ""),
        ("x" * 121, 3600.0, ""),
        ("Owner", 0.0, ""),
        ("Owner", LONGEST_S + 1, ""),
        ("Owner", float("nan"), ""),
        ("Owner\nroot", 3600.0, ""),
        ("Owner", 3600.0, "x" * 501),
    ],
)
def test_a_consent_must_say_who_and_how_long(
    office: Office, given_by: str, for_s: float, note: str
) -> None:
    async def story() -> None:
        with pytest.raises(InputError):
            await office.control.give_consent(
                "still", given_by=given_by, note=note, for_s=for_s, who="ada"
            )

    play(story())


def test_consents_survive_a_restart_and_old_proof_goes(office: Office) -> None:
    async def story() -> None:
        await office.consent_to_still()
        office.start()
        assert len(await office.control.consents()) == 1
        office.clock.advance(4 * 365 * 86_400.0)
        await office.control.tick()
        assert await office.control.consents() == ()

    play(story())


def test_the_register_is_bounded(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lintel.device.privacy.control.save", lambda *_: None)

    async def story() -> None:
        for _ in range(MAX_CONSENTS):
            await office.consent_to_still()
        with pytest.raises(BusyError, match="holds 500"):
            await office.consent_to_still()

    play(story())


def test_a_purpose_is_for_itself_alone(office: Office) -> None:
    async def story() -> None:
        consent = await office.consent_to_still()
        with pytest.raises(RefusedError, match="is for 'still'"):
            office.control.require_consent(consent.consent_id, "validation_recording")
        purpose: Purpose = "still"
        assert office.control.require_consent(consent.consent_id, purpose) == consent
        with pytest.raises(RefusedError, match="write it down first"):
            office.control.require_consent("none", purpose)

    play(story())


# --- gender, contact -----------------------------------------------------------------------


def test_gender_takes_the_key_and_a_consent_and_goes_with_it(office: Office) -> None:
    async def story() -> None:
        with pytest.raises(RefusedError, match="officer's key"):
            await office.control.set_gender(on=True, who="ada", officer_key=None)
        with pytest.raises(RefusedError, match="consent"):
            await office.control.set_gender(on=True, who="ada", officer_key=KEY)
        consent = await office.control.give_consent(
            "gender", given_by="Works council", note="", for_s=86_400.0, who="ada"
        )
        assert (await office.control.set_gender(on=True, who="ada", officer_key=KEY)).gender_on
        await office.control.withdraw_consent(consent.consent_id, who="ada")
        assert not office.control.state().gender_on
        await office.control.set_gender(on=False, who="bob", officer_key=None)

    play(story())


def test_contact_is_kept_field_by_field(office: Office) -> None:
    async def story() -> None:
        assert set((await office.control.contact()).values()) == {""}
        await office.control.set_contact({"controller": " Shop Ltd "}, who="ada")
        office.start()
        assert (await office.control.contact())["controller"] == "Shop Ltd"
        for bad in ({"colour": "red"}, {"email": "x" * 400}, {"phone": "1\n2"}):
            with pytest.raises(InputError):
                await office.control.set_contact(bad, who="ada")

    play(story())
