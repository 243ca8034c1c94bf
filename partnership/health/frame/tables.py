"""A dashboard's tables: the same rows on the page, behind a chart and in a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.core.formats import format_money, format_number, format_percent
from partnership.health.frame.wording import hours
from partnership.scoring.explain.explanation import apportion, round_score

_MOST_SHOWN = 250

T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    """`url`: the rows of the number; `share`: 0 to 100, drawn as a bar beside it; `plain`: the number in a file;
    `hint`: what the page says of it, but not the file; `second`: the share whose bar stands below this one's. A number
    whose `plain` is missing has no value in a file."""

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
        return self.plain if self.number or self.plain is not None else self.text


@dataclass(frozen=True)
class Head:
    """The head of a column; a file, whose cells are plain numbers, says the `unit` in it."""

    text: str
    unit: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def in_file(self) -> str:
        return f"{self.text} ({self.unit})" if self.unit else self.text


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
    a share that stands in one cell with the share of the next column, bar below bar. `subjects`: for a table of
    customers, whom each row is about and their tier; the file names them by these. `hint_head`: the head of a column
    of the file alone, with what the page says as hints of the cells.
    """

    name: str
    title: str
    heads: Sequence[str | Head]
    rows: list[list[Cell]]
    text: str = ""
    empty: str = ""
    folded: bool = False
    total: list[Cell] | None = None
    lead: str = ""
    pairs: bool = False
    subjects: Sequence["Subject"] = ()
    hint_head: str = ""

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
        found = [Column(str(head), bool(first) and first[place].number) for place, head in enumerate(self.heads)]
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
        begin = [str(head) for head in self.heads].index(self.lead)
        end = begin + 1 + self.pairs
        return [row[0], *row[begin:end], *row[1:begin], *row[end:]]

    @property
    def file_heads(self) -> list[str]:
        plain = [head.in_file if isinstance(head, Head) else head for head in self.heads]
        plain += [self.hint_head] if self.hint_head else []
        return plain + self._untold(subject_heads()) if self.subjects else plain

    def _untold(self, cells: Sequence[T]) -> list[T]:
        """Return those of a subject's cells that the table has no column for."""
        return [cell for cell, head in zip(cells, subject_heads(), strict=True) if head not in self.heads]

    @property
    def file_rows(self) -> Iterator[list[object]]:
        for place, row in enumerate(self.rows):
            hints = [" · ".join(cell.hint for cell in row if cell.hint)] if self.hint_head else []
            subject = self._untold(self.subjects[place].cells) if self.subjects else []
            yield [*(cell.in_file for cell in row), *hints, *subject]


@dataclass(frozen=True)
class Subject:
    """A customer as every file tells who they are beside their name; `tier` and `owner` are names."""

    tier: str
    owner: str
    pk: int

    @classmethod
    def of(cls, customer: Customer, tier: str) -> "Subject":
        return cls(tier, customer.owner.name if customer.owner else "", customer.pk)

    @property
    def cells(self) -> list[object]:
        return [self.tier, self.owner, self.pk]


def subject_heads() -> list[str]:
    """Return the heads of Subject's cells; a table may have columns of its own for some."""
    return [_("Tier"), _("Owner"), _("Customer ID")]


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
    """Return the cell of a partnership score, which says so where it rests on thin evidence; the file has tenths."""
    return Cell(
        str(round_score(partnership)), url, number=True, hint=evidence_hint(thin=thin), plain=round(partnership, 1)
    )


def evidence_hint(*, thin: bool) -> str:
    """Return what stands beside a score that is no verdict yet."""
    return _("thin evidence") if thin else ""


def time_cell(minutes: float, url: str = "") -> Cell:
    """Return the cell of a duration; the file has whole minutes."""
    return Cell(hours(minutes), url, number=True, plain=round(minutes))


def money_cell(amount: Decimal, currency: str, url: str = "", *, hint: str = "") -> Cell:
    """Return the cell of an amount, whose head says the currency in the file."""
    return Cell(format_money(amount, currency), url, number=True, plain=amount, hint=hint)


def change_cell(difference: int, url: str = "") -> Cell:
    """Return the cell of a difference with its sign; the minus is as wide as the plus."""
    text = f"{difference:+d}".replace("-", "−") if difference else "0"
    return Cell(text, url if difference else "", number=True, plain=difference)


def percent_cell(share: int, *, note: str = "", with_bar: bool = True) -> Cell:
    """Return the cell of a share in whole percents, with a bar beside it."""
    return Cell(format_percent(share), share=share if with_bar else None, number=True, note=note, plain=share)


def time_head(text: str) -> Head:
    return Head(text, _("minutes"))


def percent_head(text: str) -> Head:
    return Head(text, "%")


def total_row(*cells: Cell) -> list[Cell]:
    """Return the row that sums a table up."""
    return [Cell(_("Total")), *cells]


def percent(part: float, whole: float) -> int:
    return round(100 * part / whole) if whole else 0


def percents(parts: Sequence[float]) -> list[int]:
    """Return the share of each part in whole percents that add up to 100; 0 for each where there is nothing."""
    whole = sum(parts)
    return apportion([100 * part / whole for part in parts], 100) if whole else [0] * len(parts)
