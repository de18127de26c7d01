"""The gate: who knows the password passes, for what his role allows; nobody else does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from device_access_builders import HOME, NOW, OTHER_PASSWORD, PASSWORD, Door, challenges_of
from lintel.clock import ManualClock
from lintel.device.access import SCOPES_OF_ROLE, DeniedError, Gate, Principal
from lintel.device.vault import Vault
from lintel.errors import AccessError, BusyError, ConflictError, RefusedError, VaultError

# -- digest --------------------------------------------------------------------------------------


def test_who_sends_nothing_is_challenged_by_sha256_alone(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    refused = door.refusal()
    assert (refused.status, refused.code) == (401, "sign_in")
    (challenge,) = challenges_of(refused.headers)
    assert challenge["realm"] == door.gate.realm
    assert (challenge["algorithm"], challenge["qop"]) == ("SHA-256", "auth")
    assert "stale" not in challenge


@pytest.mark.parametrize("role", sorted(SCOPES_OF_ROLE))
def test_a_role_brings_its_scopes(tmp_path: Path, role: str) -> None:
    door = Door.with_user(tmp_path, role=role)
    principal = door.ask(door.digest())
    assert (principal.name, principal.role, principal.how) == ("anna", role, "digest")
    assert principal.scopes == SCOPES_OF_ROLE[principal.role or "viewer"]
    door.gate.require(principal, "live:read")
    viewer = Principal("v", "viewer", SCOPES_OF_ROLE["viewer"], "digest")
    with pytest.raises(DeniedError, match="scope system:write") as caught:
        door.gate.require(viewer, "system:write")
    assert caught.value.status == 403


@pytest.mark.parametrize("algorithm", ["SHA-256", "SHA-256-sess", "sha-256"])
@pytest.mark.parametrize("userhash", ["true", "false"])
def test_every_form_of_sha256_passes(tmp_path: Path, algorithm: str, userhash: str) -> None:
    door = Door.with_user(tmp_path)
    header = door.digest(algorithm=algorithm, userhash=userhash)
    assert door.ask(header).name == "anna"


def test_a_wrong_password_user_uri_method_or_realm_is_refused(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    wrong = (
        door.digest(password="wrong " + PASSWORD),
        door.digest("berta"),
        door.digest(uri="/api/v1/health"),
        door.digest(method="PUT"),
        door.digest(realm="elsewhere"),
        door.digest(opaque="0" * 32),
    )
    for number, header in enumerate(wrong):
        refused = door.refusal(header, peer=f"192.0.2.{number}")
        assert (refused.status, refused.code) == (401, "wrong")
        (challenge,) = challenges_of(refused.headers)
        assert "stale" not in challenge


def test_the_query_belongs_to_what_is_signed(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    target = "/api/v1/events?start=a&end=%20b"
    door.ask(door.digest(uri=target), target=target)
    assert door.refusal(door.digest(uri=target), target=target + "&limit=9").code == "wrong"
    assert door.refusal(door.digest(uri=target), target="/api/v1/events").code == "wrong"


def test_a_request_cannot_be_replayed(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    header = door.digest()
    door.ask(header)
    refused = door.refusal(header)
    assert (refused.status, refused.code) == (401, "stale")
    assert challenges_of(refused.headers)[0]["stale"] == "true"


def test_counts_may_overtake_each_other_but_each_comes_once(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    nonce = door.nonce()
    for count in ("00000003", "00000001", "00000002", "00000041", "00000004", "0000003f"):
        door.ask(door.digest(nonce=nonce, nc=count))
    for count in ("00000001", "00000041", "00000004"):
        assert door.refusal(door.digest(nonce=nonce, nc=count)).code == "stale"


def test_an_old_nonce_is_stale_for_who_knows_the_password_and_wrong_for_who_does_not(
    tmp_path: Path,
) -> None:
    door = Door.with_user(tmp_path)
    nonce = door.nonce()
    door.clock.advance(301)
    assert door.refusal(door.digest(nonce=nonce)).code == "stale"
    wrong = door.refusal(door.digest(password=OTHER_PASSWORD, nonce=nonce))
    assert wrong.code == "wrong"
    assert "stale" not in challenges_of(wrong.headers)[0]


def test_nonces_of_another_device_of_an_earlier_run_and_forged_ones_are_stale(
    tmp_path: Path,
) -> None:
    door, other = Door.with_user(tmp_path / "one"), Door.with_user(tmp_path / "other")
    earlier = door.nonce()
    restarted = Door(tmp_path / "one")
    good = restarted.nonce()
    for nonce in (
        other.nonce(),
        earlier,
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        ("A" if good[0] != "A" else "B") + good[1:],
        "0" * len(good),
        "x",
        good + good,
    ):
        assert restarted.refusal(restarted.digest(nonce=nonce)).code == "stale"
    restarted.ask(restarted.digest(nonce=good))


def test_a_header_for_another_device_opens_nothing_here(tmp_path: Path) -> None:
    one, other = Door.with_user(tmp_path / "one"), Door.with_user(tmp_path / "other")
    assert one.gate.realm != other.gate.realm
    assert other.refusal(one.digest()).code == "wrong"
    header = "Authorization", one.digest()[1].replace(one.gate.realm, other.gate.realm)
    assert other.refusal(header).code == "wrong"


def test_md5_is_refused_unless_a_user_was_given_it(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    assert door.refusal(door.digest(algorithm="MD5")).code == "wrong"
    name, value = door.digest(algorithm="MD5")
    assert door.refusal((name, value.replace(" algorithm=MD5,", ""))).code == "wrong"
    door.add("old", "viewer", old_client=True)
    offered = [challenge.get("algorithm") for challenge in challenges_of(door.refusal().headers)]
    assert offered == ["SHA-256", None]  # which means MD5
    assert door.ask(door.digest("old", algorithm="MD5")).name == "old"
    assert door.ask(door.digest("old", algorithm="MD5-sess")).name == "old"
    assert door.ask(door.digest("old")).name == "old"
    assert door.refusal(door.digest(algorithm="MD5")).code == "wrong"  # not for anna


def test_the_answer_proves_that_the_device_knows_the_password(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    nonce = door.nonce()
    (first,) = door.ask(door.digest(nonce=nonce)).headers
    assert first[0] == "Authentication-Info"
    proof = door.digest(nonce=nonce, method="")[1].partition('response="')[2][:64]
    assert f'rspauth="{proof}"' in first[1]
    assert "nextnonce" not in first[1]
    door.clock.advance(200)
    (later,) = door.ask(door.digest(nonce=nonce, nc="00000002")).headers
    following = later[1].partition('nextnonce="')[2].partition('"')[0]
    door.ask(door.digest(nonce=following))


@pytest.mark.parametrize(
    "header",
    ["Digest", "Digest x", "Basic YTpi", "Negotiate", "", "Digest " + "a=b," * 3000, "Bearer"],
)
def test_what_is_no_credentials_is_refused(tmp_path: Path, header: str) -> None:
    door = Door.with_user(tmp_path)
    refused = door.refusal(("Authorization", header))
    assert refused.status == 401
    assert refused.headers


def test_two_authorization_headers_are_refused(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    refused = door.refusal(door.digest(), door.digest())
    assert (refused.status, refused.code) == (400, "malformed")


# -- first start ---------------------------------------------------------------------------------


def test_before_the_first_user_nothing_but_the_claim_answers(tmp_path: Path) -> None:
    door = Door(tmp_path)
    assert door.refusal(door.digest()).code == "unclaimed"
    assert not door.gate.claimed
    assert (tmp_path / "claim").read_text().strip() == door.gate.claim_code


def test_who_reads_the_code_makes_the_first_user_and_the_code_is_gone(tmp_path: Path) -> None:
    door = Door(tmp_path)
    code = door.gate.claim_code or ""
    typed = " " + code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    claimed = asyncio.run(door.gate.claim(typed, "anna", PASSWORD, peer=HOME))
    assert (claimed.user.name, claimed.user.role) == ("anna", "installer")
    assert door.ask(door.digest()).role == "installer"
    assert not (tmp_path / "claim").exists()
    assert door.gate.claim_code is None
    asyncio.run(door.gate.officer_key.verify(claimed.officer_key, who="anna"))
    with pytest.raises(DeniedError, match="claimed"):
        asyncio.run(door.gate.claim(code, "berta", PASSWORD, peer=HOME))


def test_a_bad_password_leaves_the_code_good(tmp_path: Path) -> None:
    door = Door(tmp_path)
    code = door.gate.claim_code or ""
    for password in ("short", "password1234", "anna"):
        with pytest.raises(AccessError):
            asyncio.run(door.gate.claim(code, "anna", password, peer=HOME))
    assert asyncio.run(door.gate.claim(code, "anna", PASSWORD, peer=HOME)).user.name == "anna"


def test_two_claims_at_once_make_one_user(tmp_path: Path) -> None:
    door = Door(tmp_path)
    code = door.gate.claim_code or ""

    async def both() -> list[object]:
        claims = (door.gate.claim(code, name, PASSWORD, peer=HOME) for name in ("anna", "berta"))
        return await asyncio.gather(*claims, return_exceptions=True)

    outcome = asyncio.run(both())
    assert sum(isinstance(result, ConflictError) for result in outcome) == 1
    assert len(door.gate.accounts.records()) == 1


def test_guessing_the_code_is_slowed_down_and_stops_nobody_else(tmp_path: Path) -> None:
    door = Door(tmp_path)
    codes = []
    for _ in range(20):
        guess = door.gate.claim("0000-0000-0000-0000", "anna", PASSWORD, peer="198.51.100.1")
        with pytest.raises(DeniedError) as caught:
            asyncio.run(guess)
        codes.append(caught.value.code)
    assert codes == ["wrong"] * 5 + ["throttled"] * 15
    code = door.gate.claim_code or ""
    asyncio.run(door.gate.claim(code, "anna", PASSWORD, peer=HOME))
    assert door.gate.claimed


def test_the_code_stays_the_same_until_it_is_used(tmp_path: Path) -> None:
    first = Door(tmp_path).gate.claim_code
    assert Door(tmp_path).gate.claim_code == first
    (tmp_path / "claim").write_text("half")
    again = Door(tmp_path).gate.claim_code
    assert again is not None
    assert again != first


def test_a_device_that_was_set_up_unattended_has_no_claim_code(tmp_path: Path) -> None:
    Door.with_user(tmp_path)
    door = Door(tmp_path)
    assert door.gate.claimed
    assert not (tmp_path / "claim").exists()


# -- sessions ------------------------------------------------------------------------------------


def test_a_session_begins_with_a_digest_and_asks_for_its_csrf_token(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    (cookie, csrf), _ = door.sign_in()
    assert door.ask(cookie).how == "session"
    assert door.ask(cookie, csrf, method="PUT").name == "anna"
    for wrong in ((), (("X-CSRF-Token", "x"),), (("X-CSRF-Token", csrf[1][:-1] + "g"),)):
        assert door.refusal(cookie, *wrong, method="PUT").code == "csrf"
    (other, _), _ = door.sign_in()
    assert door.refusal(other, csrf, method="DELETE").code == "csrf"


def test_a_session_neither_comes_from_a_token_nor_renews_itself(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    (cookie, _), _ = door.sign_in()
    with pytest.raises(DeniedError, match="begins with a digest"):
        door.gate.open_session(door.ask(cookie))
    with pytest.raises(DeniedError, match="no session"):
        door.gate.session(door.ask(door.digest()))


def test_a_cookie_that_a_stranger_set_is_never_taken(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    planted = "__Host-lintel=" + "A" * 43
    header = door.digest(method="POST", uri="/api/v1/session")
    target = "/api/v1/session"
    principal = door.ask(header, ("Cookie", planted), method="POST", target=target)
    opened = door.gate.open_session(principal)
    assert planted not in opened.cookie
    assert door.refusal(("Cookie", planted)).code == "expired"


def test_the_cookie_is_bound_to_host_and_https(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    principal = door.ask(door.digest(method="POST"), method="POST")
    parts = door.gate.open_session(principal).cookie.split("; ")
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} <= set(parts)
    assert parts[0].startswith("__Host-lintel=")
    assert not any(part.startswith("Domain") for part in parts)


def test_a_session_ends_when_idle_when_old_and_when_closed(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    (idle, _), _ = door.sign_in()
    door.clock.advance(1799)
    door.ask(idle)
    door.clock.advance(1801)
    assert door.refusal(idle).code == "expired"
    (old, _), _ = door.sign_in()
    for _ in range(24):
        door.clock.advance(1790)
        door.ask(old)
    door.clock.advance(300)
    assert door.refusal(old).code == "expired"
    (closed, _), _ = door.sign_in()
    removal = door.gate.close_session(door.ask(closed))
    assert "Max-Age=0" in removal
    assert door.refusal(closed).code == "expired"


def test_a_changed_password_or_role_or_a_removed_user_ends_the_sessions(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.add("berta", "viewer")
    users = door.gate.accounts.users_on_the_device
    changes: tuple[Callable[[], None], ...] = (
        lambda: users.set_role("berta", "operator"),
        lambda: users.set_password("berta", OTHER_PASSWORD),
        lambda: users.remove("berta"),
    )
    for change in changes:
        (cookie, _), _ = door.sign_in("anna")
        principal = Principal("berta", "viewer", frozenset(), "digest")
        theirs = door.gate.open_session(principal).cookie.partition(";")[0]
        assert door.ask(("Cookie", theirs)).name == "berta"
        change()
        assert door.refusal(("Cookie", theirs)).code == "expired"
        assert door.ask(cookie).name == "anna"


def test_two_cookies_of_our_name_are_refused(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    (cookie, _), _ = door.sign_in()
    doubled = ("Cookie", f"{cookie[1]}; {cookie[1]}")
    assert door.refusal(doubled).code == "sign_in"
    assert door.ask(("Cookie", f"other=1; {cookie[1]}; more=2")).name == "anna"


def test_requests_of_other_sites_change_nothing_even_with_right_credentials(
    tmp_path: Path,
) -> None:
    door = Door.with_user(tmp_path)
    (cookie, csrf), _ = door.sign_in()
    host = ("Host", "door.local:8443")
    for foreign in (
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Origin", "http://door.local:8443"),
    ):
        assert door.refusal(cookie, csrf, host, foreign, method="POST").code == "csrf"
        header = door.digest(method="POST")
        assert door.refusal(header, host, foreign, method="POST").code == "csrf"
    own = (("Sec-Fetch-Site", "same-origin"), ("Origin", "https://door.local:8443"))
    assert door.ask(cookie, csrf, host, *own, method="POST").name == "anna"


def test_a_script_is_refused_without_the_browsers_own_dialog(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    by_script = door.refusal(("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Site", "same-origin"))
    assert by_script.status == 401
    assert challenges_of(by_script.headers) == []
    assert by_script.headers[0][0] == "WWW-Authenticate"
    assert challenges_of(door.refusal(("Sec-Fetch-Mode", "navigate")).headers)


# -- tokens --------------------------------------------------------------------------------------


def bearer(word: str) -> tuple[str, str]:
    return "Authorization", f"Bearer {word}"


def test_a_token_holds_its_scopes_and_no_more(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    anna = door.ask(door.digest())
    token, word = asyncio.run(
        door.gate.accounts.add_token(anna, "till", ["records:read"], for_s=None)
    )
    principal = door.ask(bearer(word), method="POST")  # needs no CSRF token: no browser sends it
    assert principal.scopes == {"records:read"}
    assert (principal.name, principal.role, principal.how) == ("token:till", None, "token")
    assert word not in repr(token)
    listed = asyncio.run(door.gate.accounts.tokens())
    assert [(t.token_id, t.last_used_utc) for t in listed] == [(token.token_id, NOW)]


def test_a_token_ends_by_time_by_removal_and_with_who_made_it(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.add("berta", "installer")
    accounts = door.gate.accounts
    anna, berta = door.ask(door.digest()), door.ask(door.digest("berta"))

    def make(who: Principal, for_s: float | None) -> tuple[str, str]:
        token, word = asyncio.run(
            accounts.add_token(who, "t", ["live:read", "config:write"], for_s=for_s)
        )
        return token.token_id, word

    _, short = make(anna, 60)
    removed_id, removed = make(anna, None)
    _, lessened = make(berta, None)
    door.ask(bearer(short))
    door.clock.advance(60)
    assert door.refusal(bearer(short)).code == "expired"
    asyncio.run(accounts.remove_token(anna, removed_id))
    assert door.refusal(bearer(removed)).code == "expired"
    accounts.users_on_the_device.set_role("berta", "viewer")
    assert door.ask(bearer(lessened)).scopes == {"live:read"}
    asyncio.run(accounts.remove_user(anna, "berta"))
    assert door.refusal(bearer(lessened)).code == "expired"


def test_nobody_gives_away_what_he_does_not_hold(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.add("berta", "viewer")
    accounts = door.gate.accounts
    anna, berta = door.ask(door.digest()), door.ask(door.digest("berta"))
    for who, scopes in ((anna, ["privacy:write"]), (berta, ["live:read"])):
        with pytest.raises(DeniedError):
            asyncio.run(accounts.add_token(who, "t", scopes, for_s=None))
    with pytest.raises(AccessError, match="expected a scope"):
        asyncio.run(accounts.add_token(anna, "t", ["everything"], for_s=None))
    _, word = asyncio.run(accounts.add_token(anna, "t", ["users:write"], for_s=None))
    with pytest.raises(DeniedError, match="cannot make tokens"):
        asyncio.run(accounts.add_token(door.ask(bearer(word)), "t", ["users:write"], for_s=None))
    with pytest.raises(DeniedError):
        asyncio.run(accounts.add_user(door.ask(bearer(word)), "carl", "installer", PASSWORD))


# -- users ---------------------------------------------------------------------------------------


def test_an_installer_names_the_first_privacy_officer_and_then_neither_rules_the_other(
    tmp_path: Path,
) -> None:
    door = Door.with_user(tmp_path)
    accounts = door.gate.accounts
    anna = door.ask(door.digest())
    asyncio.run(accounts.add_user(anna, "dora", "privacy_officer", PASSWORD))
    dora = door.ask(door.digest("dora"))
    for who, act in (
        (anna, accounts.add_user(anna, "emil", "privacy_officer", PASSWORD)),
        (anna, accounts.set_password(anna, "dora", OTHER_PASSWORD)),
        (anna, accounts.remove_user(anna, "dora")),
        (anna, accounts.set_role(anna, "dora", "viewer")),
        (dora, accounts.remove_user(dora, "anna")),
        (dora, accounts.set_role(dora, "anna", "viewer")),
        (dora, accounts.add_user(dora, "fritz", "installer", PASSWORD)),
    ):
        with pytest.raises(DeniedError) as caught:
            asyncio.run(act)
        assert caught.value.status == 403, who
    asyncio.run(accounts.add_user(dora, "vera", "viewer", PASSWORD))
    asyncio.run(accounts.set_password(anna, "vera", OTHER_PASSWORD))
    assert [user.name for user in asyncio.run(accounts.users())] == ["anna", "dora", "vera"]


def test_everybody_may_change_his_own_password_and_only_that(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.add("vera", "viewer")
    vera = door.ask(door.digest("vera"))
    asyncio.run(door.gate.accounts.set_password(vera, "vera", OTHER_PASSWORD))
    door.ask(door.digest("vera", password=OTHER_PASSWORD))
    assert door.refusal(door.digest("vera")).code == "wrong"
    with pytest.raises(DeniedError):
        asyncio.run(door.gate.accounts.set_password(vera, "anna", OTHER_PASSWORD))
    with pytest.raises(DeniedError):
        asyncio.run(door.gate.accounts.set_role(vera, "vera", "installer"))


def test_somebody_who_can_manage_users_is_always_left(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.add("vera", "viewer")
    anna = door.ask(door.digest())
    with pytest.raises(ConflictError, match="nobody would be left"):
        asyncio.run(door.gate.accounts.remove_user(anna, "anna"))
    with pytest.raises(ConflictError, match="nobody would be left"):
        asyncio.run(door.gate.accounts.set_role(anna, "anna", "viewer"))


def test_a_change_by_another_process_is_seen_at_once(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    Door(tmp_path).add("berta", "viewer")
    assert door.ask(door.digest("berta")).role == "viewer"
    Door(tmp_path).gate.accounts.users_on_the_device.remove("berta")
    assert door.refusal(door.digest("berta")).code == "wrong"


def test_damaged_users_open_nothing(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    path = tmp_path / "sealed/users"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(VaultError, match="does not open"):
        door.ask(door.digest())
    with pytest.raises(VaultError, match="does not open"):
        Gate(Vault.open(tmp_path), clock=ManualClock(utc=NOW))


# -- the privacy officer's key -------------------------------------------------------------------


def test_the_officers_key_is_kept_as_a_hash_and_can_be_renewed(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    officer = door.gate.officer_key
    assert not officer.exists
    with pytest.raises(RefusedError):
        asyncio.run(officer.verify("0000", who="anna"))
    key = officer.make()
    assert officer.exists
    asyncio.run(officer.verify(key.lower().replace("-", ""), who="anna"))
    with pytest.raises(RefusedError, match="needs the privacy officer's key"):
        asyncio.run(officer.verify(None, who="anna"))
    with pytest.raises(ConflictError):
        officer.make()
    renewed = asyncio.run(officer.renew(key, who="dora"))
    with pytest.raises(RefusedError, match="not the privacy officer's key"):
        asyncio.run(officer.verify(key, who="anna"))
    asyncio.run(Door(tmp_path).gate.officer_key.verify(renewed, who="dora"))
    kept = door.vault.unseal("officer_key") or b""
    assert kept.startswith(b"$argon2id$")


def test_guessing_the_officers_key_is_slowed_down_for_one_and_for_all(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    officer = door.gate.officer_key
    key = officer.make()
    for _ in range(3):
        with pytest.raises(RefusedError):
            asyncio.run(officer.verify("wrong", who="anna"))
    with pytest.raises(DeniedError) as caught:
        asyncio.run(officer.verify(key, who="anna"))
    assert caught.value.status == 429
    asyncio.run(officer.verify(key, who="dora"))
    door.clock.advance(2)
    asyncio.run(officer.verify(key, who="anna"))


# -- staying -------------------------------------------------------------------------------------


def test_one_user_cannot_take_all_streams(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    door.add("vera", "viewer")
    anna, vera = door.ask(door.digest()), door.ask(door.digest("vera"))
    with ExitStack() as open_streams:
        for _ in range(16):
            open_streams.enter_context(door.gate.staying(vera))
        with pytest.raises(BusyError, match="at most 16 streams"), door.gate.staying(vera):
            raise AssertionError
        with door.gate.staying(anna):
            pass
    with door.gate.staying(vera):
        pass


def test_the_present_password_is_known_however_its_accents_are_typed(tmp_path: Path) -> None:
    door = Door.with_user(tmp_path)
    anna = door.ask(door.digest())
    users = door.gate.accounts.users_on_the_device
    users.set_password("anna", "Grüße an den Sturz")
    door.gate.prove(anna, "Gru\u0308ße an den Sturz", peer=HOME)
    with pytest.raises(DeniedError, match="not the present password"):
        door.gate.prove(anna, "Grüße an die Tür", peer=HOME)
