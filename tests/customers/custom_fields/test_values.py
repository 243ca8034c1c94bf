"""Values of custom fields: typed, lenient in reading, strict in writing."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.custom_fields.definitions import Definition, Option
from customers.custom_fields.values import (
    MisfitError,
    export_value,
    format_value,
    parse_value,
    read_value,
    store_value,
)
from customers.models import CustomField

PLANS = (Option("gold", "Gold", False), Option("basic", "Plain", False), Option("old", "Old", True))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def field(type_: str, **given: object) -> Definition:
    fields = {"pk": 1, "key": "k", "label": "Field", "applies_to": "", "is_required": False, "help_text": "",
              "unit": "", "options": PLANS, "is_archived": False, **given}  # fmt: skip
    return Definition(type=type_, **fields)


@pytest.mark.parametrize(
    ("type_", "given_", "value", "text"),
    [
        ("text", " Blue ", "Blue", "Blue"),
        ("text", 12, "12", "12"),
        ("number", 12, Decimal(12), "12"),
        ("number", "1234.50", Decimal("1234.5"), "1,234.5"),
        ("number", -3.25, Decimal("-3.25"), "-3.25"),
        ("date", "2026-03-31", date(2026, 3, 31), "31 Mar 2026"),
        ("yes_no", True, True, "yes"),
        ("yes_no", "No", False, "no"),
        ("yes_no", 0, False, "no"),
        ("choice", "gold", "gold", "Gold"),
        ("choice", "plain", "basic", "Plain"),
        ("choice", "old", "old", "Old"),
        ("choices", ["Plain", "gold", "gold"], ["gold", "basic"], "Gold, Plain"),
        ("choices", "gold", ["gold"], "Gold"),
        ("link", "https://firm.example/a?b=c", "https://firm.example/a?b=c", "https://firm.example/a?b=c"),
    ],
)
def test_what_fits_is_typed(type_, given_, value, text):
    found = parse_value(field(type_), given_)
    assert found == value
    stored = json.loads(json.dumps(store_value(found)))
    assert parse_value(field(type_), stored) == value
    assert format_value(field(type_), stored) == text


@pytest.mark.parametrize(
    ("type_", "given_"),
    [
        ("text", True), ("text", []), ("text", "x" * 501), ("number", "many"), ("number", True), ("number", "nan"),
        ("number", "1e400"), ("number", [1]), ("number", 10**15), ("date", "soon"), ("date", "2026-02-30"),
        ("date", 20260331), ("date", "0001-01-01"), ("yes_no", "perhaps"), ("yes_no", 2), ("yes_no", []),
        ("choice", "silver"), ("choice", ["gold"]), ("choice", True), ("choices", ["gold", "silver"]),
        ("choices", {}), ("link", "javascript:alert(1)"), ("link", "ftp://a.example"), ("link", 5),
        ("link", "https://"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_shown_as_it_is(type_, given_):
    with pytest.raises(MisfitError):
        parse_value(field(type_), given_)
    assert read_value(field(type_), given_) is None
    assert isinstance(format_value(field(type_), given_), str)


@pytest.mark.parametrize("type_", CustomField.Type.values)
@pytest.mark.parametrize("nothing", [None, "", []])
def test_nothing_is_shown_as_nothing(type_, nothing):
    assert format_value(field(type_), nothing) == ""
    assert read_value(field(type_), nothing) is None


def test_a_number_has_its_unit_and_a_file_the_number_alone():
    assert format_value(field("number", unit="km"), 1200) == "1,200 km"
    assert export_value(field("number", unit="km"), 1200) == Decimal(1200)
    assert export_value(field("date"), "2026-03-31") == date(2026, 3, 31)
    assert export_value(field("choice"), "basic") == "Plain"
    assert export_value(field("yes_no"), True) == "yes"


@pytest.mark.parametrize("type_", CustomField.Type.values)
@given(stored=JSON)
def test_whatever_is_stored_can_be_read(type_, stored):
    one = field(type_)
    assert isinstance(format_value(one, stored), str)
    export_value(one, stored)
    if (value := read_value(one, stored)) is not None:
        assert parse_value(one, store_value(value)) == value
