"""No cell of a CSV file is a formula."""

from hypothesis import given
from hypothesis import strategies as st

from partnership.core.csv_cells import escape_formula


@given(st.text())
def test_no_cell_is_a_formula(text):
    cell = escape_formula(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'")
