"""The contexts of health's pages."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from partnership.core.pagination import Page
from partnership.health.drilldown.customer_breakdown import BoundsForm
from partnership.health.drilldown.rows import Row
from partnership.health.frame.period_comparison import DaysForm, UntilForm
from partnership.health.frame.scope import Scope, ScopeForm
from partnership.health.frame.tables import Board, Table
from partnership.health.frame.trend_weeks import WeeksForm
from partnership.health.frame.wording import format_day
from partnership.health.overview.page import Overview
from partnership.health.renewals.listing import RenewalsForm
from partnership.health.rollup.periods import Span
from partnership.health.tabs import list_tabs

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Frame:
    """What every page has: the tabs (name, title, URL) and what was asked for. `here` is the page's own URL, `clear`
    the same without filters; `asked` says in words what was asked for; `back` (title, URL): the board that rows are
    of; `narrowed`: how many filters are set beside the period."""

    form: ScopeForm
    scope: Scope
    tabs: list[tuple[str, str, str]]
    home: str
    here: str
    clear: str
    asked: list[tuple[str, str]]
    back: tuple[str, str]
    narrowed: int


def build_frame(form: ScopeForm, scope: Scope, *, here: str) -> Frame:
    everywhere = replace(
        scope, query={name: value for name, value in scope.query.items() if name in ScopeForm.base_fields}
    )
    tabs = [(name, title, everywhere.url(f"health_{name}")) for name, title in list_tabs()]
    home = everywhere.url("health")
    leading = next(((title, url) for name, title, url in tabs if name == scope.board), (_("Overview"), home))
    leads_back = scope.board and here != reverse(f"health_{scope.board}")
    clear = f"{here}?{urlencode({'board': scope.board})}" if leads_back else here
    asked = describe_scope(form, scope)
    return Frame(form, scope, tabs, home, here, clear, asked, leading, len(asked) - 1)


def describe_scope(form: ScopeForm, scope: Scope) -> list[tuple[str, str]]:
    """Return the label and the choice of each filter that is set, first the period with its days."""
    span = scope.span()
    days = _("%(since)s to %(until)s") % {"since": format_day(span.since), "until": format_day(span.until)}
    asked = [(str(ScopeForm.base_fields["period"].label), f"{scope.label} ({days})")]
    for name in ("owner", "team", "lifecycle", "tag", "tier"):
        value = form.cleaned_data.get(name)
        if value not in (None, ""):
            chosen = dict(getattr(form.fields[name], "choices", ())) if name in ("lifecycle", "tier") else {}
            asked.append((str(form.fields[name].label), str(chosen.get(value, value))))
    return asked


@dataclass(frozen=True)
class OverviewPage:
    """`wanted`: the viewer gets the weekly summary; `extra` chooses how far back the trends go."""

    overview: Overview
    wanted: bool
    extra: WeeksForm


@dataclass(frozen=True)
class BoardPage:
    """`extra`: the form for what the board asks for beside the scope."""

    board: Board
    name: str
    extra: DaysForm | WeeksForm | None


@dataclass(frozen=True)
class RowsPage:
    """The rows of a metric; `total` says how many there are; `span` is None where they are as of today."""

    title: "StrOrPromise"
    page: Page[Row]
    total: str
    heads: list[str]
    span: Span | None
    extra: UntilForm | None
    more: str
    file: str


@dataclass(frozen=True)
class CustomersPage:
    """The customers of a number; `total` says how many they are."""

    title: str
    text: str
    total: str
    table: Table
    bounds: BoundsForm | RenewalsForm
    days: DaysForm | None
    more: str
    file: str
