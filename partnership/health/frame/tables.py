"""A dashboard's tables: the same rows on the page, behind a chart and in a file."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import StreamingHttpResponse

from partnership.core.csv_cells import escape_formula

MOST_SHOWN = 250


@dataclass(frozen=True)
class Cell:
    """`url`: what the number is made of; `share`: 0 to 100, drawn as a bar beside it."""

    text: Any
    url: str = ""
    share: float | None = None
    number: bool = False
    note: str = ""


@dataclass(frozen=True)
class Table:
    """`name` is in the URL of its file; `text` says what it shows, `empty` what to do while there is nothing."""

    name: str
    title: str
    heads: list[str]
    rows: list[list[Cell]]
    text: str = ""
    empty: str = ""
    folded: bool = False

    @property
    def shown(self) -> list[list[Cell]]:
        """What a page shows of it; the file has all."""
        return self.rows[:MOST_SHOWN]

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each head, and whether numbers stand below it."""
        first = self.rows[0] if self.rows else []
        return [(head, bool(first) and first[place].number) for place, head in enumerate(self.heads)]


@dataclass(frozen=True)
class Sentence:
    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Board:
    """One dashboard. `chart` is what a template of its own draws, and its tables say in numbers."""

    title: str
    text: str
    sentences: list[Sentence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    chart: Any = None
    empty: str = ""


def number(value: int, url: str = "", **more: Any) -> Cell:
    """What is nothing has no rows to be clicked through to."""
    return Cell(f"{value:,}", url if value else "", number=True, **more)


def percent(part: float, whole: float) -> int:
    return round(100 * part / whole) if whole else 0


class Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def lines(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Of a CSV file, one at a time; with a mark that tells spreadsheets its encoding."""
    writer = csv.writer(Line())
    yield "\ufeff" + writer.writerow([escape_formula(str(head)) for head in heads])
    for row in rows:
        yield writer.writerow([escape_formula(str(value)) for value in row])


def as_file(name: str, heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines(heads, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
