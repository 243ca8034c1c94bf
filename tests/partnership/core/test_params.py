"""Numbers of a query string, whatever was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.core.params import parse_number


@given(st.integers(0, 10**18 - 1))
def test_a_key_is_read(number):
    assert parse_number(str(number)) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "1e3", "²", "٣", "1" * 19, "x"])
def test_nonsense_is_nothing(text):
    assert parse_number(text) is None
