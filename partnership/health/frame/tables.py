"""A dashboard's tables: the same rows on the page, behind a chart and in a file."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from partnership.core.csv_cells import escape_formula
from partnership.core.formats import format_number
from partnership.scoring.explain.explanation import apportion, round_score

_MOST_SHOWN = 250

T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    """`url`: the rows of the number; `share`: 0 to 100, drawn as a bar beside it; `plain`: the number in a file;
    `hint`: what the page says of it, but not the file; `second`: the share whose bar stands below this one's."""

    text: object
    url: str = ""
    share: float | None = None
    number: bool = False
    note: str = ""
    plain: object = None
    hint: str = ""
    second: "Cell | None" = None

    @property
    def in_file(self) -> object:
        return self.text if self.plain is None else self.plain


@dataclass(frozen=True)
class Column:
    """A column of the page; `second`: the head of the share below, where it shows two."""

    head: str
    number: bool
    second: str = ""


@dataclass(frozen=True)
class Table:
    """`name` is in the URL of its file; `empty` is shown where there are no rows.

    `total` sums the rows up, on the page alone: in a file it would be counted as one more row. `lead`: the head of the
    column that decides, which the page shows right after the first, so that a phone has it in view. With `pairs` it is
    a share that stands in one cell with the share of the next column, bar below bar.
    """

    name: str
    title: str
    heads: list[str]
    rows: list[list[Cell]]
    text: str = ""
    empty: str = ""
    folded: bool = False
    total: list[Cell] | None = None
    lead: str = ""
    pairs: bool = False

    @property
    def labelled(self) -> list[list[tuple[Cell, str]]]:
        """Return the rows that a page shows, each cell with the head of its column."""
        heads = [column.head for column in self.columns]
        return [list(zip(row, heads, strict=True)) for row in self.shown]

    @property
    def total_labelled(self) -> list[tuple[Cell, str]] | None:
        if not self.total or not self.rows:
            return None
        return list(zip(self._arrange(self.total), [column.head for column in self.columns], strict=True))

    @property
    def shown(self) -> list[list[Cell]]:
        """Return the rows that a page shows; the file has all."""
        return [self._arrange(row) for row in self.rows[:_MOST_SHOWN]]

    @property
    def lists_records(self) -> bool:
        """Return whether each row is of one record that its first cell leads to; a narrow screen shows it as a card."""
        return bool(self.rows and self.rows[0][0].url)

    @property
    def columns(self) -> list[Column]:
        first = self.rows[0] if self.rows else []
        found = [Column(head, bool(first) and first[place].number) for place, head in enumerate(self.heads)]
        arranged = self._in_order(found)
        if self.pairs:
            both, second = arranged[1:3]
            arranged[1:3] = [replace(both, number=False, second=second.head)]
        return arranged

    def _arrange(self, row: list[Cell]) -> list[Cell]:
        arranged = self._in_order(row)
        if self.pairs:
            both, second = arranged[1:3]
            arranged[1:3] = [replace(both, number=False, second=second)]
        return arranged

    def _in_order(self, row: list[T]) -> list[T]:
        """Return the row with what leads right after the first column."""
        if not self.lead:
            return list(row)
        begin = self.heads.index(self.lead)
        end = begin + 1 + self.pairs
        return [row[0], *row[begin:end], *row[1:begin], *row[end:]]


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


def total_row(*cells: Cell) -> list[Cell]:
    """Return the row that sums a table up."""
    return [Cell(_("Total")), *cells]


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
