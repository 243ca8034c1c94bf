"""Files of tables, for machines and for Excel: typed values, written as the reader's language has numbers."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.formats import get_format

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets the encoding
_BATCH = 500  # rows of a piece


@dataclass(frozen=True)
class CsvFormat:
    """The decimal sign, and the separator that goes with it: where Excel has a decimal comma, it expects semicolons."""

    decimal: str

    @classmethod
    def current(cls) -> "CsvFormat":
        """Return that of the language in use."""
        return cls(str(get_format("DECIMAL_SEPARATOR", use_l10n=True)))

    @property
    def separator(self) -> str:
        return ";" if self.decimal == "," else ","

    def write_rows(self, rows: Iterable[Iterable[object]]) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=self.separator).writerows(map(self.format_cell, row) for row in rows)
        return text.getvalue()

    def format_cell(self, value: object) -> str:
        """Format a value: numbers plain, days and moments by ISO 8601, None empty, and no text as a formula."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            return timezone.localtime(value).isoformat(timespec="seconds")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            text = format(Decimal(str(value)), "f")
            return (text.removesuffix(".0") if isinstance(value, float) else text).replace(".", self.decimal)
        return escape_formula(str(value))


def escape_formula(text: str) -> str:
    """Prefix text that a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_response(name: str, heads: Iterable[object], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Answer with a file that is written piece by piece, in the language and the time zone of the request."""
    response = StreamingHttpResponse(_pieces(heads, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _pieces(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    chosen, language, zone = CsvFormat.current(), translation.get_language(), timezone.get_current_timezone()
    first = _BYTE_ORDER_MARK + chosen.write_rows([[str(head) for head in heads]])

    def write() -> Iterator[str]:
        yield first
        remaining = iter(rows)
        while True:
            # The request, its language and its zone are over when the rows are read.
            with translation.override(language), timezone.override(zone):
                text = chosen.write_rows(islice(remaining, _BATCH))
            if not text:
                return
            yield text

    return write()
