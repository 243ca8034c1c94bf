"""A dashboard's tables: the same rows on the page, behind a chart and in a file."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from partnership.core.csv_files import escape_formula
from partnership.core.formats import format_number
from partnership.scoring.explain.explanation import apportion, round_score

_MOST_SHOWN = 250


@dataclass(frozen=True)
class Cell:
    """`url`: the rows of the number; `share`: 0 to 100, drawn as a bar beside it; `plain`: the number in a file;
    `hint`: what the page says of it, but not the file."""

    text: object
    url: str = ""
    share: float | None = None
    number: bool = False
    note: str = ""
    plain: object = None
    hint: str = ""

    @property
    def in_file(self) -> object:
        return self.text if self.plain is None else self.plain


@dataclass(frozen=True)
class Table:
    """`name` is in the URL of its file; `empty` is shown where there are no rows."""

    name: str
    title: str
    heads: list[str]
    rows: list[list[Cell]]
    text: str = ""
    empty: str = ""
    folded: bool = False

    @property
    def shown(self) -> list[list[Cell]]:
        """Return the rows that a page shows; the file has all."""
        return self.rows[:_MOST_SHOWN]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Return each head, and whether its column has numbers."""
        first = self.rows[0] if self.rows else []
        return [(head, bool(first) and first[place].number) for place, head in enumerate(self.heads)]


@dataclass(frozen=True)
class Sentence:
    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Board:
    """One dashboard. `chart` is drawn by a template of its own; the tables hold the same numbers."""

    title: str
    text: str
    sentences: list[Sentence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    chart: object = None
    empty: str = ""


def number(value: int, url: str = "", *, note: str = "") -> Cell:
    """Return the cell of a number; a link only where there are rows to show."""
    return Cell(format_number(value), url if value else "", number=True, note=note, plain=value)


def score_cell(partnership: float, url: str = "", *, thin: bool) -> Cell:
    """Return the cell of a partnership score, which says so where it rests on thin evidence."""
    return Cell(str(round_score(partnership)), url, number=True, hint=_("thin evidence") if thin else "")


def percent(part: float, whole: float) -> int:
    return round(100 * part / whole) if whole else 0


def percents(parts: Sequence[float]) -> list[int]:
    """Return the share of each part in whole percents that add up to 100; 0 for each where there is nothing."""
    whole = sum(parts)
    return apportion([100 * part / whole for part in parts], 100) if whole else [0] * len(parts)


class _Echo:
    """A file for csv.writer whose write returns the line."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file, first a byte order mark that tells spreadsheets its encoding."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([escape_formula(str(head)) for head in heads])
    for row in rows:
        yield writer.writerow([escape_formula(str(value)) for value in row])


def as_file(name: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_csv_lines(heads, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
