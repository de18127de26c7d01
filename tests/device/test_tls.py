"""HTTPS of the device: made at first start, renewed in time, replaced by a valid one only."""

from __future__ import annotations

import shutil
import socket
import ssl
import stat
import subprocess
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from device_tls_builders import NOW, Issued, greeting_over, issue, key_pem, pem_of
from lintel.clock import ManualClock
from lintel.device import certificate, machine_names
from lintel.device.tls import DeviceTls
from lintel.device.vault import Vault
from lintel.errors import CertificateError


def device(folder: Path, clock: ManualClock | None = None) -> DeviceTls:
    return DeviceTls(folder, Vault.open(folder), clock=clock or ManualClock(utc=NOW))


def ask(port: int, context: ssl.SSLContext, name: str) -> tuple[str | None, bytes]:
    """Version of TLS and the answer."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return secure.version(), secure.recv(4096)


def trusting(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "tls/device.pem"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    return context


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_the_first_certificate_reaches_the_device(
    tmp_path: Path, name: str
) -> None:
    tls = device(tmp_path, ManualClock(utc=datetime.now(UTC)))
    tls.ensure()
    with greeting_over(tls.context()) as port:
        version, answer = ask(port, trusting(tmp_path), name)
    assert (version, answer[-5:]) == ("TLSv1.3", b"hello")


def test_another_name_or_no_trust_is_refused_by_the_client(tmp_path: Path) -> None:
    tls = device(tmp_path, ManualClock(utc=datetime.now(UTC)))
    tls.ensure()
    with greeting_over(tls.context()) as port:
        with pytest.raises(ssl.SSLCertVerificationError, match=r"doesn't match|mismatch"):
            ask(port, trusting(tmp_path), "elsewhere.example.com")
        with pytest.raises(ssl.SSLCertVerificationError):
            ask(port, ssl.create_default_context(), "localhost")


def test_old_versions_of_tls_and_weak_ciphers_are_refused_by_the_device(tmp_path: Path) -> None:
    tls = device(tmp_path)
    tls.ensure()
    old, weak, fair = (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(3))
    for context in (old, weak, fair):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    weak.set_ciphers("ECDHE+AES+SHA256:ECDHE+AES+SHA384:!AESGCM:!AESCCM")
    with greeting_over(tls.context()) as port:
        assert ask(port, fair, "localhost")[0] == "TLSv1.2"
        for context in (old, weak):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                ask(port, context, "localhost")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_accepts_the_certificate_and_the_pin(tmp_path: Path) -> None:
    tls = device(tmp_path, ManualClock(utc=datetime.now(UTC)))
    pin = tls.ensure().pin
    with greeting_over(tls.context()) as port:
        for wanted, code in ((pin, 0), ("sha256//" + 43 * "A" + "=", 90)):
            done = subprocess.run(
                [
                    *("curl", "--silent", "--cacert", str(tmp_path / "tls/device.pem")),
                    *("--pinnedpubkey", wanted, f"https://localhost:{port}/"),
                ],
                capture_output=True,
                check=False,
            )
            assert done.returncode == code, done.stderr


def test_the_certificate_names_the_machine_and_stays_the_same(tmp_path: Path) -> None:
    made = device(tmp_path).ensure(extra_names=("door.example.com",))
    own = machine_names.host_names()
    assert {"localhost", "127.0.0.1", "::1", "door.example.com", *own} <= set(made.names)
    assert device(tmp_path).ensure(extra_names=("door.example.com",)) == made
    assert device(tmp_path).info() == made
    assert made.made_here
    with pytest.raises(CertificateError, match="host name"):
        device(tmp_path).ensure(extra_names=("no name",))


def test_the_key_is_private_and_of_no_use_without_the_vault(tmp_path: Path) -> None:
    device(tmp_path / "one").ensure()
    key = tmp_path / "one/tls/device.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    shutil.copytree(tmp_path / "one/tls", tmp_path / "other/tls")
    with pytest.raises(CertificateError, match="cannot use it"):
        device(tmp_path / "other").context()


def test_renewal_keeps_the_key_and_comes_60_days_before_the_end(tmp_path: Path) -> None:
    clock = ManualClock(utc=NOW)
    first = device(tmp_path, clock).ensure()
    assert timedelta(days=790) < first.until_utc - NOW < timedelta(days=825)
    clock.advance(timedelta(days=738).total_seconds())
    assert device(tmp_path, clock).ensure() == first
    clock.advance(timedelta(days=2).total_seconds())
    renewed = device(tmp_path, clock).ensure()
    assert renewed.sha256 != first.sha256
    assert renewed.pin == first.pin
    assert renewed.until_utc - clock.utc() > timedelta(days=790)


def test_a_running_server_takes_up_a_renewed_certificate(tmp_path: Path) -> None:
    tls = device(tmp_path, ManualClock(utc=datetime.now(UTC)))
    tls.ensure()
    context = tls.context()
    with greeting_over(context) as port:
        first = ssl.get_server_certificate(("127.0.0.1", port))
        renewed = tls.make_anew()
        tls.load_into(context)
        second = ssl.get_server_certificate(("127.0.0.1", port))
    assert first != second
    assert certificate.describe(certificate.read_chain(second)[0]) == renewed


def test_a_new_name_of_the_machine_makes_a_new_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = device(tmp_path).ensure()
    monkeypatch.setattr(socket, "gethostname", lambda: "Door-7")
    second = device(tmp_path).ensure()
    assert {"door-7", "door-7.local"} <= set(second.names)
    assert second.pin == first.pin


def test_a_device_without_a_clock_battery_gets_a_certificate_good_today(tmp_path: Path) -> None:
    clock = ManualClock(utc=datetime(1970, 1, 1, tzinfo=UTC))
    made = device(tmp_path, clock).ensure()
    assert made.from_utc > datetime(2024, 1, 1, tzinfo=UTC)
    assert not made.is_over(datetime(2026, 6, 1, tzinfo=UTC))


def test_a_certificate_from_elsewhere_is_used_and_never_renewed(tmp_path: Path) -> None:
    clock = ManualClock(utc=NOW)
    root = issue("root", authority=True)
    middle = issue("middle", by=root, authority=True)
    own = issue("door.example.com", by=middle)
    tls = device(tmp_path, clock)
    tls.ensure()
    installed = tls.install(own.chain_pem, own.key_pem)
    assert (installed.made_here, installed.names) == (False, ("door.example.com",))
    assert "BEGIN ENCRYPTED PRIVATE KEY" in (tmp_path / "tls/device.key").read_text()
    clock.advance(timedelta(days=200).total_seconds())
    assert device(tmp_path, clock).ensure() == installed
    assert installed.wants_renewal(clock.utc())
    assert device(tmp_path, clock).make_anew().made_here


def chains() -> dict[str, tuple[str, str, str]]:
    """What must be refused: certificate, key, what the message says."""
    root = issue("root", authority=True)
    good, other = issue("door", by=root), issue("other", by=root)
    stranger = issue("root", authority=True)
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point
    ed_key = ed25519.Ed25519PrivateKey.generate()
    koblitz = ec.generate_private_key(ec.SECP256K1())
    over = issue("door", by=root, days=5)
    future = issue("door", by=root, begin=NOW + timedelta(days=1))
    no_names = issue("door", by=root, names=())
    mail = issue("door", by=root, uses=(ExtendedKeyUsageOID.EMAIL_PROTECTION,))
    locked = key_pem(good.key, passphrase=b"secret word")
    return {
        "other key": (good.chain_pem, other.key_pem, "another key"),
        "issuer first": (pem_of(root.certificate, good.certificate), good.key_pem, "first"),
        "wrong issuer": (
            pem_of(good.certificate, stranger.certificate),
            good.key_pem,
            "1 was not issued by certificate 2",
        ),
        "gap": (
            pem_of(good.certificate, other.certificate, root.certificate),
            good.key_pem,
            "not issued",
        ),
        "over": (over.chain_pem, over.key_pem, "is over since 2026-05-27"),
        "future": (future.chain_pem, future.key_pem, "clock says"),
        "no names": (no_names.chain_pem, no_names.key_pem, "subjectAltName"),
        "for mail": (mail.chain_pem, mail.key_pem, "serverAuth"),
        "small RSA": (*pems(issue("door", key=rsa_key)), "2048 bits"),
        "Ed25519": (*pems(issue("door", key=ed_key)), "browsers refuse"),
        "odd curve": (*pems(issue("door", key=koblitz)), "browsers refuse"),
        "passphrase": (good.chain_pem, locked, "passphrase"),
        "no certificate": ("hello", good.key_pem, "not PEM"),
        "no key": (good.chain_pem, "hello", "not PEM"),
        "exchanged": (good.key_pem, good.chain_pem, "not PEM"),
        "too long": (good.chain_pem + 70_000 * "x", good.key_pem, "65536"),
        "long key": (good.chain_pem, good.key_pem + 70_000 * "x", "65536"),
        "many": (9 * good.chain_pem, good.key_pem, "1 to 8"),
        "not ASCII": ("\ud800\u00e9", good.key_pem, "not PEM"),
    }


def pems(issued: Issued) -> tuple[str, str]:
    return issued.chain_pem, issued.key_pem


def test_what_clients_would_refuse_is_refused_with_its_reason_and_the_old_one_stays(
    tmp_path: Path,
) -> None:
    tls = device(tmp_path)
    before = tls.ensure()
    for case, (chain, key, said) in chains().items():
        with pytest.raises(CertificateError) as caught:
            tls.install(chain, key)
        assert said in str(caught.value), case
        assert "PRIVATE KEY" not in str(caught.value).replace("-----BEGIN PRIVATE KEY-----", "")
        assert tls.info() == before
    assert sorted(p.name for p in (tmp_path / "tls").iterdir()) == ["device.key", "device.pem"]


def test_sha1_is_refused_but_not_in_a_root_that_signs_itself(tmp_path: Path) -> None:
    """Nothing signs with SHA-1 any more, so the name of the algorithm is exchanged afterwards."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root = with_sha1(issue("root", key=key, authority=True))
    own = issue("door", key=ec.generate_private_key(ec.SECP256R1()), by=issue("root", key=key))
    weak = with_sha1(own)
    with pytest.raises(CertificateError, match="certificate 1 is signed with sha1"):
        device(tmp_path).install(pem_of(weak), own.key_pem)
    with pytest.raises(CertificateError, match="not issued"):  # it got past the root's SHA-1
        device(tmp_path).install(pem_of(issue("x", key=own.key).certificate, root), own.key_pem)


def with_sha1(issued: Issued) -> x509.Certificate:
    """The certificate with sha1WithRSAEncryption for sha256WithRSAEncryption (RFC 4055)."""
    sha256, sha1 = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))
    der = issued.certificate.public_bytes(serialization.Encoding.DER)
    assert der.count(sha256) == 2
    return x509.load_der_x509_certificate(der.replace(sha256, sha1))


def test_rsa_from_elsewhere_works_too(tmp_path: Path) -> None:
    own = issue("door", key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    tls = device(tmp_path)
    tls.install(own.chain_pem, own.key_pem)
    tls.context()


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_replacement_that_was_cut_off_is_finished_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Power goes after 1, 2 or 3 files were written."""
    tls = device(tmp_path)
    tls.ensure()
    own = issue("door.example.com")
    written: list[Path] = []
    whole = Path.replace

    def cut(partial: Path, target: Path) -> Path:
        if len(written) == step:
            raise KeyboardInterrupt
        written.append(target)
        return whole(partial, target)

    monkeypatch.setattr(Path, "replace", cut)
    unlink = Path.unlink
    monkeypatch.setattr(
        Path,
        "unlink",
        lambda path, **kw: None if path.name == "device.next" else unlink(path, **kw),
    )
    if step < 3:
        with pytest.raises(KeyboardInterrupt):
            tls.install(own.chain_pem, own.key_pem)
    else:
        tls.install(own.chain_pem, own.key_pem)
    monkeypatch.undo()
    again = device(tmp_path)
    assert again.info().names == ("door.example.com",)
    again.context()
    assert not (tmp_path / "tls/device.next").exists()


@pytest.mark.parametrize("damaged", ["device.pem", "device.key"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00", None])
def test_damaged_files_are_set_aside_so_that_the_device_stays_reachable(
    tmp_path: Path, damaged: str, content: bytes | None
) -> None:
    first = device(tmp_path).ensure()
    path = tmp_path / "tls" / damaged
    path.unlink() if content is None else path.write_bytes(content)
    tls = device(tmp_path)
    assert tls.ensure().sha256 != first.sha256
    assert tls.set_aside
    tls.context()
    assert any(p.name.endswith(".damaged") for p in (tmp_path / "tls").iterdir())


def test_a_key_from_another_certificate_is_noticed(tmp_path: Path) -> None:
    device(tmp_path / "a").ensure()
    tls = device(tmp_path / "a")
    own = issue("door.example.com")
    (tmp_path / "a/tls/device.pem").write_text(own.chain_pem)
    assert tls.ensure().made_here
    assert tls.set_aside


def test_before_the_first_start_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="no certificate yet"):
        device(tmp_path).info()
    with pytest.raises(CertificateError):
        device(tmp_path).context()


@pytest.mark.parametrize(
    ("hostname", "names"),
    [
        ("Door", ("door", "door.local", "localhost")),
        ("door.example.com.", ("door.example.com", "localhost")),
        ("localhost", ("localhost",)),
        ("bad_name", ("localhost",)),
        ("x" * 64, ("localhost",)),
        ("ä", ("localhost",)),
    ],
)
def test_only_names_that_may_stand_in_a_certificate_do(
    hostname: str, names: tuple[str, ...]
) -> None:
    assert machine_names.host_names(hostname) == names
