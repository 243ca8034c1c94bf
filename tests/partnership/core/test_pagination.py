"""Pages by key, whose places in a URL are read back as they were, or refused."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.core.exceptions import BadRequest
from hypothesis import given
from hypothesis import strategies as st

from partnership.core.pagination import build_page, format_key, parse_key, parse_moment

MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(8999, 12, 31), timezones=st.just(timezone(timedelta(hours=5.5))))


@given(st.lists(st.integers(0, 9)), st.integers(1, 5))
def test_pages_show_each_row_once(numbers, size):
    rows = sorted((number, pk) for pk, number in enumerate(numbers))
    seen, after = [], (-1, -1)
    while True:
        page = build_page([row for row in rows if row > after][: size + 1], size=size, key=lambda row: row)
        assert len(page.rows) <= size
        seen += page.rows
        if page.after is None:
            break
        after = parse_key(page.after, int)
        assert after == page.rows[-1]
    assert seen == rows


KEYS = st.integers(1, 2**63 - 1)


@given(MOMENTS, KEYS)
def test_a_moment_is_read_as_it_was_written(moment, pk):
    assert parse_key(format_key(moment, pk), parse_moment) == (moment, pk)


@given(st.text(), KEYS)
def test_text_may_hold_commas(value, pk):
    assert parse_key(format_key(value, pk), str) == (value.replace("\0", ""), pk)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "1",
        "1,",
        "x,1",
        "2026-05-04,1",
        "2026-05-04T09:30,1",
        "0001-01-01T00:00Z,1",
        f"2026-05-04T09:30Z,{2**63}",
    ],
)
def test_what_is_no_key_is_a_bad_request(text):
    with pytest.raises(BadRequest, match="no place"):
        parse_key(text, parse_moment)


def test_a_moment_in_utc():
    assert parse_moment("2026-05-04T09:30:00+00:00") == datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
