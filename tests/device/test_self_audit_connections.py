"""Whom a process listens to and whom it has called, from the kernel's own tables."""

from __future__ import annotations

import socket

from lintel.device.self_audit.connections import Connection, check_connections, judge_calls

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  inode"
REST = "00000000:00000000 00:00000000 00000000  1000        0"


def row(remote: str, *, state: str = "01", local: str = "0100007F:9C40") -> Connection:
    found = Connection.of(f"   1: {local} {remote} {state} {REST} 4711 1 0 20 4 30 10 -1")
    assert found is not None
    return found


def test_addresses_are_read_as_the_kernel_writes_them() -> None:
    assert Connection.of(HEAD) is None
    assert str(row("0100007F:1F90").remote) == "127.0.0.1"
    assert row("0100007F:1F90").port == 40_000
    mapped = row("0000000000000000FFFF00000A01A8C0:0050", local="00" * 16 + ":9C40")
    assert str(mapped.remote) == "192.168.1.10"
    assert str(row("B80D0120000000000000000001000000:0050").remote) == "2001:db8::1"


def test_a_camera_of_its_own_network_may_be_called_and_nobody_beyond() -> None:
    camera, beyond = row("0A01A8C0:022A"), row("01010101:01BB", state="02")
    fine = judge_calls([camera])
    assert fine.passed
    assert "192.168.1.10" in fine.detail
    found = judge_calls([camera, beyond])
    assert found.passed is False
    assert "1.1.1.1" in found.detail
    assert judge_calls([row("01010101:01BB", state="06")]).passed, "that one was over"


def test_this_process_is_found_by_the_port_it_listens_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, socket.create_server(("", 0)) as other:
        port, away = door.getsockname()[1], other.getsockname()[1]
        ports, calls = check_connections(port)
        assert str(port) in ports.detail
        assert str(away) in ports.detail
        assert calls.passed
    unseen = list(check_connections(port))
    assert [one.passed for one in unseen] == [None, None]


def test_a_call_that_was_answered_here_is_no_call_of_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), door.accept()[0]:
            _, calls = check_connections(port)
            assert "127.0.0.1" in calls.detail, "the end that called"
            assert calls.passed
