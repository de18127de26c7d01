"""Requests as they should be, and as they should not."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from device_api_builders import MemoryDevice, http
from device_memory_builders import NOW, SITE
from lintel.clock import ManualClock
from lintel.device.api.app import MIN_GZIP, Manners
from lintel.device.api.rates import MAX_CALLERS, Rate, Rates
from lintel.device.api.shield import CSP, is_ours

pytestmark = pytest.mark.anyio
DAY = "start=2026-03-01T00:00:00Z&end=2026-03-02T00:00:00Z"


async def test_the_live_state_is_told_to_who_may_see_it(device: MemoryDevice) -> None:
    async with http(device) as client:
        answer = await client.get("/api/v1/live")
    assert answer.status_code == 200
    assert answer.json()["lines"] == [
        {"name": "door", "in": 3, "out": 1, "since_utc": "2026-02-28T12:00:00Z"}
    ]
    assert answer.headers["x-lintel-image-mode"] == "none"


async def test_in_the_mode_counts_nobody_has_a_place(device: MemoryDevice) -> None:
    device.privacy.mode = "counts"
    async with http(device) as client:
        assert (await client.get("/api/v1/live")).json()["people"] == []


async def test_a_lowered_mode_is_told_with_every_answer(device: MemoryDevice) -> None:
    device.privacy.mode = "depth"
    async with http(device) as client:
        answer = await client.get("/api/v1/events?" + DAY)
    assert answer.headers["x-lintel-image-mode"] == "depth;lowered"


async def test_events_come_page_by_page_without_gap_or_double(device: MemoryDevice) -> None:
    device.history.add(25)
    got: list[str] = []
    after = ""
    async with http(device) as client:
        for _ in range(5):
            page = (await client.get(f"/api/v1/events?{DAY}&limit=10{after}")).json()
            got += [event["position"] for event in page["events"]]
            if page["next_after"] is None:
                break
            after = f"&after={page['next_after']}"
    assert got == [f"p{k}" for k in range(1, 26)]


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("", 400, "start"),
        ("start=2026-03-01T00:00:00&end=2026-03-02T00:00:00Z", 400, "timezone"),
        (DAY + "&limit=0", 400, "limit"),
        (DAY + "&limit=1e2", 400, "limit"),
        (DAY + "&limit=\u0661", 400, "limit"),
        (DAY + "&limit=2&limit=3", 400, "twice"),
        (DAY + "&colour=red", 400, "colour"),
        (DAY + "&after=", 400, "after"),
        (DAY + "&after=nowhere", 422, "position"),
        ("start=2026-03-02T00:00:00Z&end=2026-03-01T00:00:00Z", 422, "before"),
        ("start=0001-01-01T00:00:00%2B14:00&end=2026-03-01T00:00:00Z", 422, "2000"),
        ("start=2001-01-01T00:00:00Z&end=2026-03-01T00:00:00Z", 422, "days"),
    ],
)
async def test_a_query_that_cannot_be_used_is_refused_with_the_reason(
    device: MemoryDevice, query: str, status: int, word: str
) -> None:
    async with http(device) as client:
        answer = await client.get("/api/v1/events?" + query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert word in answer.json()["detail"]


async def test_too_many_periods_at_once_are_refused(device: MemoryDevice) -> None:
    async with http(device) as client:
        year = "start=2025-03-01T00:00:00Z&end=2026-03-01T00:00:00Z"
        assert (await client.get(f"/api/v1/intervals?{year}&period_s=60")).status_code == 422
        assert (await client.get(f"/api/v1/intervals?{year}&period_s=3600")).status_code == 200


async def test_a_configuration_is_changed_once_and_rolled_back(device: MemoryDevice) -> None:
    new = {"site": {"line": []}, "why": "nobody passes here", "expected": 1}
    async with http(device, role="installer") as client:
        assert (await client.get("/api/v1/config")).json()["site"] == SITE
        assert (await client.put("/api/v1/config", json=new)).json()["version"] == 2
        late = await client.put("/api/v1/config", json=new)
        assert (late.status_code, late.json()["code"]) == (409, "conflict")
        back = await client.post("/api/v1/config/rollback", json={"version": 1, "expected": 2})
        assert back.json()["why"] == "back to version 1"
        assert (await client.get("/api/v1/config")).json()["site"] == SITE


async def test_a_configuration_with_faults_is_told_where(device: MemoryDevice) -> None:
    bad = {"site": {"line": [{"name": "door", "points_m": [[0, 0]]}]}}
    async with http(device, role="installer") as client:
        checked = await client.post("/api/v1/config/validate", json=bad)
        assert checked.json()["faults"][0]["place"] == "line[0].points_m"
        put = await client.put("/api/v1/config", json={**bad, "why": "x", "expected": 1})
        assert (put.status_code, put.json()["code"]) == (422, "site")
        assert put.json()["faults"] == checked.json()["faults"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[" * 60_000, 400),
        (b'{"site":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
        (b'{"site": {}, "more": 1}', 400),
        (b'{"site": "\xff"}', 400),
        (b'{"site": NaN}', 400),
        (b'{"site": 1e999}', 400),
        (b'{"site": "' + b"x" * 600_000 + b'"}', 413),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    device: MemoryDevice, content: bytes, status: int
) -> None:
    headers = {"Content-Type": "application/json"}
    async with http(device, role="installer") as client:
        answer = await client.post("/api/v1/config/validate", content=content, headers=headers)
    assert answer.status_code == status, answer.text


async def test_a_body_of_another_type_is_refused(device: MemoryDevice) -> None:
    async with http(device, role="installer") as client:
        answer = await client.post("/api/v1/config/validate", data={"site": "x"})
    assert answer.status_code == 415


async def test_a_page_of_another_site_cannot_ask(device: MemoryDevice) -> None:
    async with http(device, role="installer") as client:
        for headers in (
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            answer = await client.post("/api/v1/live/reset-totals", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
        own = {"Origin": "https://lintel.local", "Sec-Fetch-Site": "same-origin"}
        assert (await client.post("/api/v1/live/reset-totals", headers=own)).status_code == 200


async def test_methods_and_paths_that_are_not_there_are_told(device: MemoryDevice) -> None:
    async with http(device) as client:
        wrong = await client.delete("/api/v1/config")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, OPTIONS, PUT")
        options = await client.options("/api/v1/config")
        assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, PUT")
        for path in ("/api/v1/", "/api/v1/live/", "/api/v2/live", "/nothing"):
            lost = await client.get(path)
            assert (lost.status_code, lost.json()["code"]) == (404, "no_path"), path


async def test_head_tells_what_get_would_without_a_body(device: MemoryDevice) -> None:
    async with http(device) as client:
        get, head = await client.get("/api/v1/live"), await client.head("/api/v1/live")
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_every_answer_keeps_browsers_careful(device: MemoryDevice) -> None:
    async with http(device) as client:
        for path in ("/api/v1/live", "/api/v1/nothing", "/openapi.json", "/"):
            headers = (await client.get(path)).headers
            assert headers["content-security-policy"] == CSP
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert headers["strict-transport-security"] == "max-age=31536000"
        bare = await client.get("http://lintel.local/openapi.json")
        assert "strict-transport-security" not in bare.headers  # means nothing without TLS


async def test_a_defect_is_told_as_a_number_and_nothing_else(device: MemoryDevice) -> None:
    device.counter.broken = True
    async with http(device) as client:
        answer = await client.get("/api/v1/live")
    assert answer.status_code == 500
    assert answer.json()["code"] == "incident"
    assert "Example" not in answer.text
    assert "RuntimeError" not in answer.text
    assert len(answer.json()["incident"]) == 12


async def test_large_answers_are_compressed_and_pictures_are_already(device: MemoryDevice) -> None:
    device.history.add(100)
    device.privacy.mode = "depth"
    async with http(device, role="operator") as client:
        answer = await client.get("/api/v1/events?" + DAY)
        picture = await client.get("/api/v1/images/depth")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["events"]) == 100
    assert len(picture.content) > MIN_GZIP
    assert "content-encoding" not in picture.headers


@pytest.mark.parametrize(
    ("host", "is_right"),
    [
        ("192.168.1.20:8443", True),
        ("[fe80::1]:8443", True),
        ("[::1]", True),
        ("lintel-12ab", True),
        ("Lintel.local:8443", True),
        ("counter.shop.example", True),
        ("evil.example", False),
        ("evil.example:8443", False),
        ("counter.shop.example.evil.example", False),
        ("a@lintel.local", False),
        ("lintel.local:99999", False),
        ("", False),
        ("lintel local", False),
    ],
)
async def test_only_names_of_this_device_are_answered(host: str, *, is_right: bool) -> None:
    assert is_ours(host, frozenset({"counter.shop.example"})) is is_right


async def test_another_sites_name_is_misdirected(device: MemoryDevice) -> None:
    async with http(device) as client:
        answer = await client.get("/api/v1/live", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (421, "host")


async def test_huge_addresses_and_headers_are_refused(device: MemoryDevice) -> None:
    async with http(device) as client:
        long = await client.get("/api/v1/events?after=" + "x" * 5000)
        assert long.status_code == 414
        wide = await client.get("/api/v1/live", headers={"X-Much": "x" * 20_000})
        assert wide.status_code == 431
        many = await client.get("/api/v1/live", headers={f"X-{k}": "1" for k in range(80)})
        assert many.status_code == 431


async def test_a_flood_is_slowed_and_told_when_to_come_back(device: MemoryDevice) -> None:
    clock = ManualClock(utc=NOW)
    manners = Manners(peer=Rate(per_s=1.0, burst=3))
    async with http(device, manners=manners, clock=clock) as client:
        codes = [(await client.get("/api/v1/live")).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        slowed = await client.get("/api/v1/live")
        assert slowed.headers["retry-after"] == "1"
        clock.advance(1.0)
        assert (await client.get("/api/v1/live")).status_code == 200


def test_the_table_of_callers_is_bounded() -> None:
    rates = Rates(Rate(per_s=1.0, burst=2), ManualClock(utc=NOW))
    for k in range(MAX_CALLERS + 100):
        rates.take(f"10.0.{k // 256}.{k % 256}")
    assert len(rates) == MAX_CALLERS


async def test_names_with_odd_letters_reach_the_history(device: MemoryDevice) -> None:
    async with http(device) as client:
        answer = await client.get(f"/api/v1/intervals?{DAY}&place={quote('Tür ☃ 1')}")
    assert answer.json()["intervals"] == []


async def test_health_without_a_login_is_one_word(device: MemoryDevice) -> None:
    async with http(device, role=None) as client:
        assert (await client.get("/api/v1/health/summary")).json() == {"state": "counting"}
        assert (await client.get("/api/v1/health")).status_code == 401
