"""The contexts of health's pages."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from partnership.core.pagination import Page
from partnership.health.drilldown.customer_breakdown import BoundsForm
from partnership.health.drilldown.rows import Row
from partnership.health.frame.period_comparison import DaysForm, UntilForm
from partnership.health.frame.scope import Scope, ScopeForm
from partnership.health.frame.tables import Board, Cell
from partnership.health.frame.trend_weeks import WeeksForm
from partnership.health.overview.page import Overview
from partnership.health.renewals.listing import RenewalsForm
from partnership.health.rollup.periods import Span
from partnership.health.tabs import list_tabs

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Frame:
    """What every page has: the tabs (name, title, URL) and what was asked for. `here` is the page's own URL."""

    form: ScopeForm
    scope: Scope
    tabs: list[tuple[str, str, str]]
    home: str
    here: str


def build_frame(form: ScopeForm, scope: Scope, *, here: str) -> Frame:
    everywhere = replace(scope, query={name: value for name, value in scope.query.items() if name in form.fields})
    tabs = [(name, title, everywhere.url(f"health_{name}")) for name, title in list_tabs()]
    return Frame(form, scope, tabs, everywhere.url("health"), here)


@dataclass(frozen=True)
class OverviewPage:
    """`wanted`: the viewer gets the weekly summary; `weeks` chooses how far back the trends go."""

    overview: Overview
    wanted: bool
    weeks: WeeksForm


@dataclass(frozen=True)
class BoardPage:
    """`files` are the URLs of its tables as files; `asked`: what it asks for beside the scope."""

    board: Board
    name: str
    files: dict[str, str]
    asked: DaysForm | WeeksForm | None


@dataclass(frozen=True)
class RowsPage:
    """The rows of a metric; `span` is None where they are as of today."""

    title: "StrOrPromise"
    page: Page[Row]
    heads: list[str]
    span: Span | None
    days: UntilForm | None
    more: str
    file: str


@dataclass(frozen=True)
class CustomersPage:
    title: str
    text: str
    lines: list[list[Cell]]
    heads: list[str]
    bounds: BoundsForm
    days: DaysForm
    more: str
    file: str


@dataclass(frozen=True)
class RenewalsPage:
    """The customers of a number of renewals; `heads`: each with whether its column has numbers."""

    title: str
    text: str
    heads: list[tuple[str, bool]]
    lines: list[list[Cell]]
    bounds: RenewalsForm
    more: str
    file: str


@dataclass(frozen=True)
class ColleagueRowsPage:
    """The rows of a colleague's figure; `whose`: their name."""

    whose: str
    title: str
    page: Page[Row]
    more: str
