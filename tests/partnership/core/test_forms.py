"""What the forms share: days and moments, one saving for one form, words for what is taken."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from partnership.core.forms import (
    ComingDayField,
    DayInput,
    MomentInput,
    NumberField,
    PastMomentField,
    SubmitOnceForm,
    WholeNumberField,
    save_unique,
)

PAST = datetime(1900, 1, 1, tzinfo=UTC)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_a_day_is_shown_as_a_browser_reads_it(day: date):
    assert f'type="date" name="due" value="{day.isoformat()}"' in DayInput().render("due", day)


def test_a_moment_is_shown_as_a_browser_reads_it():
    assert 'type="datetime-local" name="at" value="2026-05-04T09:30"' in MomentInput().render(
        "at", datetime(2026, 5, 4, 9, 30)
    )
    assert DayInput(attrs={"max": "2026-05-04"}).attrs == {"max": "2026-05-04"}


def test_what_happened_lies_behind_us():
    now = timezone.now()
    field = PastMomentField(required=False)
    assert field.clean("") is None
    for moment in (PAST, now):
        assert field.clean(moment) == moment
    with pytest.raises(ValidationError, match="still to come"):
        field.clean(now + timedelta(minutes=1))
    with pytest.raises(ValidationError, match="four digits"):
        field.clean(PAST - timedelta(days=1))


def test_what_is_promised_lies_ahead():
    today = timezone.localtime().date()  # of the zone in force, as in a request
    field = ComingDayField(required=False)
    assert field.clean("") is None
    for day in (today, date(2999, 12, 31)):
        assert field.clean(day) == day
    with pytest.raises(ValidationError, match="day is in the past"):
        field.clean(today - timedelta(days=1))
    with pytest.raises(ValidationError, match="four digits"):
        field.clean(date(3000, 1, 1))


@pytest.mark.parametrize(
    ("field", "given", "expected"),
    [
        (WholeNumberField(), "1,250", 1250),
        (WholeNumberField(), " 12 ", 12),
        (WholeNumberField(), "a few", "Write a whole number, such as 25."),
        (WholeNumberField(), "2.5", "Write a whole number, such as 25."),
        (WholeNumberField(min_value=0, max_value=10_000), "10001", "Write a number from 0 to 10,000."),
        (WholeNumberField(min_value=1), "0", "Write 1 or more."),
        (WholeNumberField(max_value=5), "6", "Write 5 or less."),
        (NumberField(), "1,250.5", Decimal("1250.5")),
        (NumberField(), "much", "Write a number, such as 12.50."),
        (NumberField(min_value=0), "-1", "Write 0 or more."),
        (NumberField(min_value=Decimal("0.01")), "0", "Write 0.01 or more."),
        (NumberField(max_digits=4, decimal_places=2), "123456", "This number is too long: write at most 4 digits."),
        (NumberField(max_digits=4, decimal_places=2), "123.4", "write at most 2 digits before the decimal point."),
        (NumberField(max_digits=9, decimal_places=2), "1.2345", "Write at most 2 digits after the decimal point."),
    ],
)
def test_a_wrong_number_says_what_to_write(field: forms.Field, given: str, expected: object):
    if not isinstance(expected, str):
        assert field.clean(given) == expected
        return
    with pytest.raises(ValidationError, match=re.escape(expected)):
        field.clean(given)


def test_bounds_are_told_in_the_readers_language():
    field = WholeNumberField(min_value=1000)
    with translation.override("de"), pytest.raises(ValidationError, match=re.escape("1.000")):
        field.clean("5")


def test_a_form_keeps_its_ref_and_gets_one_where_it_has_none():
    ref = uuid4()
    for sent in (1, 2):
        form = SubmitOnceForm({"ref": str(ref)})
        assert form.is_valid(), sent
        assert form.cleaned_data["ref"] == str(ref)
    shown = {SubmitOnceForm()["ref"].value() for _ in range(2)}
    assert len(shown) == 2, "each form that is shown has its own"
    without = SubmitOnceForm({})
    assert without.is_valid()
    assert without.cleaned_data["ref"]
    assert not SubmitOnceForm({"ref": "x"}).is_valid()


class NameForm(forms.Form):
    error: Exception | None = None

    def save(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if self.error:
            raise self.error

    def duplicate_error(self) -> str:
        return "This name is taken."


@pytest.mark.django_db
def test_what_the_database_finds_taken_is_an_error_of_the_form():
    form = NameForm({})
    assert form.is_valid()
    assert save_unique(form)
    form.error = IntegrityError()
    assert not save_unique(form)
    assert form.non_field_errors() == ["This name is taken."]


@pytest.mark.django_db
def test_other_errors_are_not_hidden():
    form = NameForm({})
    form.error = RuntimeError()
    with pytest.raises(RuntimeError):
        save_unique(form)
