"""Whatever comes as a query is read as described or refused, and never breaks anything."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from lintel.device.api.problems import RequestError
from lintel.device.api.reading import read_json, read_params, read_site
from lintel.device.api.span import FIRST, LAST, span
from lintel.errors import InputError
from lintel.wire.v1.request import EventQuery, ImportQuery, IntervalQuery, Range, SiteBody

NAMES = st.sampled_from(["start", "end", "limit", "after", "place", "period_s", "x", ""])
TEXTS = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes(timezones=st.none() | st.just(UTC)).map(datetime.isoformat),
    st.sampled_from(["true", "null", "1e3", "0x10", "+5", " 5", "5 ", "01", "1_000", "-0"]),
)


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=8))
def test_any_query_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    given_pairs = parse_qsl(urlencode(pairs), keep_blank_values=True)
    for form in (EventQuery, IntervalQuery):
        try:
            asked = read_params(form, given_pairs)
        except RequestError:
            continue
        assert asked.start.tzinfo is not None
        assert len(dict(given_pairs)) == len(given_pairs)  # nothing was taken twice


@given(st.integers(min_value=1, max_value=5000), st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_as_described_is_read_as_meant(limit: int, start: datetime) -> None:
    end = start.isoformat()
    asked = read_params(EventQuery, [("start", end), ("end", end), ("limit", str(limit))])
    assert (asked.start, asked.limit) == (start, limit)


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_a_range_is_in_utc_or_refused(start: datetime, end: datetime) -> None:
    try:
        first, last = span(Range(start=start, end=end))
    except InputError:
        return
    assert FIRST <= first < last <= LAST
    assert first.tzinfo is last.tzinfo is UTC


@given(st.sampled_from(["true", "false", "1", "0", "True", "yes", ""]))
def test_a_switch_has_two_words(text: str) -> None:
    try:
        asked = read_params(ImportQuery, [("apply", text)])
    except RequestError:
        assert text not in {"true", "false"}
    else:
        assert asked.apply is (text == "true")


@given(st.binary(max_size=200) | st.from_regex(re.compile(rb'\{"site":[\[\]{}0-9",:]*\}')))
def test_any_body_is_read_or_refused(content: bytes) -> None:
    try:
        read_site(read_json(SiteBody, content).site)
    except RequestError:
        return  # nothing else may be raised
