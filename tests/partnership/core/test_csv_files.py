"""Files that machines and Excel read: no cell is a formula, values keep their type, signs are those of the language."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from partnership.core.csv_files import CsvFormat, csv_response, escape_formula

ENGLISH, GERMAN = CsvFormat("."), CsvFormat(",")


@given(st.text())
def test_no_cell_is_a_formula(text):
    cell = escape_formula(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (1234567, "1234567", "1234567"),
        (-5, "-5", "-5"),
        (0, "0", "0"),
        (53.5, "53.5", "53,5"),
        (53.0, "53", "53"),
        (-0.25, "-0.25", "-0,25"),
        (1e-7, "0.0000001", "0,0000001"),
        (Decimal("1200.50"), "1200.50", "1200,50"),
        (Decimal("-3"), "-3", "-3"),
        (None, "", ""),
        (date(2026, 3, 9), "2026-03-09", "2026-03-09"),
        (datetime(2026, 3, 8, 23, 30, 5, 999, tzinfo=UTC), "2026-03-09T00:30:05+01:00", "2026-03-09T00:30:05+01:00"),
        ("-5", "'-5", "'-5"),
        ("=1+1", "'=1+1", "'=1+1"),
        ("1,5", "1,5", "1,5"),
    ],
)
def test_a_value_keeps_its_type(value: object, english: str, german: str):
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert ENGLISH.format_cell(value) == english
        assert GERMAN.format_cell(value) == german


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1), min_size=2)))
def test_what_is_written_is_read_again(rows: list[list[str]]):
    for one in (ENGLISH, GERMAN):
        text = one.write_rows(rows)
        read = list(csv.reader(io.StringIO(text, newline=""), delimiter=one.separator))
        assert read == [[escape_formula(cell) for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("language", "line"), [("en", 'Größe,"1,5",-2.5,2026-03-09'), ("de", "Größe;1,5;-2,5;2026-03-09")]
)
def test_separator_and_decimal_sign_are_those_of_the_language(language: str, line: str):
    with translation.override(language):
        answer = csv_response("sizes", ["Größe"], iter([["Größe", "1,5", -2.5, date(2026, 3, 9)]]))
    content = b"".join(answer).decode()
    assert content.startswith("\ufeffGröße\r\n")
    assert content.splitlines()[1] == line
    assert answer["Content-Disposition"] == 'attachment; filename="sizes.csv"'


def test_rows_are_read_in_the_language_and_the_zone_of_the_request():
    """They are read when the request is over, and what is in force then stays so."""

    def rows():
        yield [translation.get_language(), timezone.get_current_timezone_name()]

    with translation.override("de"), timezone.override(ZoneInfo("Asia/Tokyo")):
        answer = csv_response("x", ["a"], rows())
    with translation.override("en"):
        pieces = iter(answer)
        found = [next(pieces), next(pieces)]
        assert translation.get_language() == "en"
    assert found[1] == b"de;Asia/Tokyo\r\n"


def test_rows_are_written_while_they_are_read():
    """However many there are, few are in memory."""
    taken = []

    def rows():
        for number in range(10_000):
            taken.append(number)
            yield [number]

    pieces = iter(csv_response("x", ["a"], rows()))
    next(pieces)
    next(pieces)
    assert 0 < len(taken) < 2000
