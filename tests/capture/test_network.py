"""A pair of RTSP cameras: real RTSP over TCP on this machine, pushed to the source."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest

from capture_builders import FPS, SIZE, folder_with_rig, free_port
from lintel.capture import NetworkSource, open_source
from lintel.capture.link import ArrivalClock, shown
from lintel.errors import SourceError
from lintel.frames import Image, StereoPair
from rtsp_pusher import gray_level, start_pusher

LISTEN = {"rtsp_flags": "listen", "listen_timeout": "10"}
COUNT = 56


def _number(image: Image) -> int:
    return min(range(COUNT), key=lambda index: abs(gray_level(index) - float(image.mean())))


def test_two_streams_are_paired_by_time_and_their_loss_is_said(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    t0_s = time.monotonic() + 4.0  # both processes have started by then
    pushers = [
        start_pusher(f"rtsp://127.0.0.1:{port}/eye", SIZE, count=COUNT, fps=FPS, t0_s=t0_s)
        for port in ports
    ]
    calibration = folder_with_rig(tmp_path) / "calibration.json"
    urls = [f"rtsp://door:secret@127.0.0.1:{port}/eye" for port in ports]
    pairs: list[StereoPair] = []
    with NetworkSource(*urls, calibration=calibration, retry_waits_s=(), options=LISTEN) as source:
        assert source.live
        assert "secret" not in source.name
        with pytest.raises(SourceError, match="lost") as lost:
            pairs.extend(iter(source.read, None))
        assert "secret" not in str(lost.value)
    for pusher in pushers:
        pusher.join()
    assert len(pairs) >= 5
    lefts, rights = ([_number(getattr(p, side)) for p in pairs] for side in ("left", "right"))
    assert max(abs(a - b) for a, b in zip(lefts, rights, strict=True)) <= 1
    assert lefts == sorted(lefts)
    assert np.all(np.diff([pair.t_ns for pair in pairs]) >= 0)
    span_s = (pairs[-1].t_ns - pairs[0].t_ns) / 1e9
    assert span_s == pytest.approx((lefts[-1] - lefts[0]) / FPS, rel=0.25, abs=0.1)


def test_a_camera_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    calibration = folder_with_rig(tmp_path) / "calibration.json"
    port = free_port()
    urls = [f"rtsp://door:secret@127.0.0.1:{port}/{side}" for side in ("left", "right")]
    with pytest.raises(SourceError, match="2 attempts to connect again failed") as lost:
        NetworkSource(*urls, calibration=calibration, retry_waits_s=(0.01, 0.01))
    assert "secret" not in str(lost.value)
    assert f"rtsp://127.0.0.1:{port}" in str(lost.value)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("rtsp://one", "got 1"),
        ("http://a/l|http://a/r", "expected rtsp"),
        ("file:///etc/passwd|file:///etc/passwd", "expected rtsp"),
        ("rtsp://[::1|rtsp://[::1", "expected an rtsp address"),
    ],
)
def test_other_addresses_are_refused(spec: str, said: str, tmp_path: Path) -> None:
    calibration = folder_with_rig(tmp_path) / "calibration.json"
    with pytest.raises(SourceError, match=re.escape(said)):
        open_source(spec, calibration=calibration)


def test_an_address_is_shown_without_its_secrets() -> None:
    assert shown("rtsp://me:pw@cam.local:554/left?token=x") == "rtsp://cam.local:554/left"


def test_a_burst_after_connecting_does_not_bend_time() -> None:
    clock = ArrivalClock()
    period = 50_000_000
    burst = [clock.at(i * period, arrival_ns=1_000_000_000) for i in range(10)]
    assert burst == [None] * 10
    on_time = [(i, 500_000_000 + i * period) for i in range(10, 60)]
    times = [clock.at(i * period, arrival_ns=arrival) for i, arrival in on_time]
    known = [t_ns for t_ns in times if t_ns is not None]
    assert len(known) >= 20
    assert np.abs(np.diff(known) - period).max() < 0.03 * period


def test_a_late_picture_does_not_move_the_clock() -> None:
    clock = ArrivalClock()
    period = 50_000_000
    offsets_ns = []
    for i in range(100):
        late = 200_000_000 if i % 7 == 3 else 0
        t_ns = clock.at(i * period, arrival_ns=i * period + 20_000_000 + late)
        if t_ns is not None:
            offsets_ns.append(t_ns - i * period)
    assert len(offsets_ns) >= 70
    assert np.abs(np.array(offsets_ns) - 20_000_000).max() < 200_000
