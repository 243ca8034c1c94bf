"""Tables: totals on the page alone, and two shares in one cell."""

from dataclasses import replace

import pytest

from partnership.health.frame.tables import Cell, Table, total_row


def cell(text: str, url: str = "") -> Cell:
    return Cell(text, url, number=True)


@pytest.fixture
def table() -> Table:
    rows = [[Cell("Champion"), cell("4"), cell("60%"), cell("70%"), cell("1")]]
    heads = ["Tier", "Customers", "Time", "Partnership", "Before"]
    total = total_row(cell("4"), cell("100%"), cell("100%"), cell("1"))
    return Table("tiers", "Tiers", heads, rows, total=total, lead="Time", pairs=True)


def test_two_shares_are_one_cell_right_of_the_first_column(table: Table):
    [row] = table.shown
    assert [one.text for one in row] == ["Champion", "60%", "4", "1"]
    assert row[1].second == cell("70%")
    assert [(one.head, one.second) for one in table.columns] == [
        ("Tier", ""), ("Time", "Partnership"), ("Customers", ""), ("Before", ""),
    ]  # fmt: skip


def test_the_total_stands_as_the_columns_do(table: Table):
    assert [(one.text, head) for one, head in table.total_labelled or []] == [
        ("Total", "Tier"), ("100%", "Time"), ("4", "Customers"), ("1", "Before"),
    ]  # fmt: skip


def test_what_decides_leads(table: Table):
    single = replace(table, lead="Before", pairs=False)
    assert [one.head for one in single.columns] == ["Tier", "Before", "Customers", "Time", "Partnership"]
    assert [one.text for one in single.shown[0]] == ["Champion", "1", "4", "60%", "70%"]


def test_an_empty_table_has_no_total():
    assert Table("free", "Free", ["Customer"], [], total=total_row()).total_labelled is None


def test_rows_that_lead_to_a_record_are_of_records(table: Table):
    assert not table.lists_records
    assert Table("free", "Free", ["Customer"], [[Cell("Ada", "/customers/1/")]]).lists_records
