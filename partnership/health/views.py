"""The dashboards, the rows and customers behind their numbers, and the files of all of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from partnership.core.caching import read_cached
from partnership.core.params import parse_number
from partnership.core.requests import accepts_form
from partnership.health.boards.attention import attention
from partnership.health.boards.free_work import free
from partnership.health.boards.goals import goals
from partnership.health.boards.grades import grades
from partnership.health.boards.movers import movers
from partnership.health.boards.network import export_rows as export_trees
from partnership.health.boards.network import file_heads as network_heads
from partnership.health.boards.network import network
from partnership.health.boards.promises import promises
from partnership.health.boards.quadrant.board import SHOW_MONEY, quadrant
from partnership.health.boards.recoveries import recoveries
from partnership.health.boards.response_times import answers
from partnership.health.boards.tier_flow import flow
from partnership.health.drilldown import customer_breakdown, rows
from partnership.health.frame.period_comparison import DaysForm, with_days, with_end
from partnership.health.frame.scope import Scope, ScopeForm, scope_of
from partnership.health.frame.tables import Board, Table
from partnership.health.frame.trend_weeks import WeeksForm, with_weeks
from partnership.health.overview.page import overview
from partnership.health.overview.trends import trends
from partnership.health.pages import BoardPage, CustomersPage, Frame, OverviewPage, RowsPage, build_frame
from partnership.health.renewals import listing as renewal_listing
from partnership.health.renewals.board import money
from partnership.health.rollup.metrics import METRICS
from partnership.health.weekly_summary import is_subscribed, set_subscription, summary_of
from partnership.health.workload import listing as colleague_listing
from partnership.health.workload.board import NOBODY, colleagues
from partnership.health.workload.work import FIGURES
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.access import staff_member
from partnership.staff.audit_log.exports import logged_csv
from partnership.staff.models import User

T = TypeVar("T")

BOARDS: dict[str, Callable[[Scope], Board]] = {
    "trends": trends, "goals": goals, "promises": promises, "attention": attention, "money": money,
    "colleagues": colleagues, "quadrant": quadrant, "movers": movers, "flow": flow,
    "answers": answers, "recoveries": recoveries, "free": free, "network": network, "grades": grades,
}  # fmt: skip


# What a board asks for beside the scope.
_ASKS: dict[str, Callable[[Scope, QueryDict], tuple[DaysForm | WeeksForm, Scope]]] = {
    "flow": with_days, "trends": with_weeks,
}  # fmt: skip

_CACHED_SECONDS = 20


def _cached(scope: Scope, name: str, read: Callable[[], T]) -> T:
    """Return what was read a moment ago for the same scope: it is the same for all managers, who alone come here."""
    key = f"health.{name}.{get_language()}.{scope.day}.{urlencode(sorted(scope.query.items()))}"
    return read_cached(key, _CACHED_SECONDS, read)


def _read_scope(request: HttpRequest, *, board: str = "") -> tuple[ScopeForm, Scope]:
    """Read what is asked for, of `board` or of the one that leads to the rows."""
    lineage = load_tier_lineage()
    form = ScopeForm(request.GET, lineage)
    scope = scope_of(staff_member(request), form, lineage=lineage, today=timezone.localdate(), at=timezone.now())
    origin = board or request.GET.get("board", "")
    return form, replace(scope, board=origin if origin in BOARDS else "")


def _render(request: HttpRequest, template: str, frame: Frame, page: object, *forms: Form | None) -> HttpResponse:
    """Render a page within its frame; 422 where what was asked for is invalid."""
    asked = [frame.form, *(form for form in forms if form)]
    status = 200 if all(form.is_valid() for form in asked) else 422
    response = render(request, template, {**vars(frame), **vars(page)}, status=status)
    given = {name: value for name, value in request.GET.items() if value}
    return push_url(response, f"{request.path}{'?' if given else ''}{urlencode(given)}")


@require_safe
def health(request: HttpRequest) -> HttpResponseBase:
    form, scope = _read_scope(request)
    weeks, scope = with_weeks(scope, request.GET)
    shown = _cached(scope, "overview", lambda: overview(scope))
    if wanted := request.GET.get("table"):
        return _table_file(request, [shown.portfolio], "overview", wanted)
    page = OverviewPage(shown, is_subscribed(scope.viewer), weeks)
    return _render(request, "health/overview.html", build_frame(form, scope, here=request.path), page, weeks)


@require_safe
def board(request: HttpRequest, board: str) -> HttpResponseBase:
    """Show one dashboard; where `table` is named, return that table as a file."""
    form, scope = _read_scope(request, board=board)
    extra: DaysForm | WeeksForm | None = None
    if board in _ASKS:
        extra, scope = _ASKS[board](scope, request.GET)
    if board == "trends":  # it has weeks of its own
        del form.fields["period"]
        scope = replace(scope, period=scope.trend)
    if board == "quadrant" and request.GET.get("show") == SHOW_MONEY:
        scope = replace(scope, query={**scope.query, "show": SHOW_MONEY})
    if board == "network" and "table" in request.GET:
        return logged_csv(request, "network", network_heads(scope), export_trees(scope))
    shown = _cached(scope, board, lambda: BOARDS[board](scope))
    if wanted := request.GET.get("table"):
        return _table_file(request, shown.tables, board, wanted)
    frame = build_frame(form, scope, here=request.path)
    return _render(request, "health/board.html", frame, BoardPage(shown, board, extra), extra)


def _table_file(request: HttpRequest, tables: list[Table], board: str, name: str) -> HttpResponseBase:
    table = next((one for one in tables if one.name == name), None)
    if table is None:
        raise Http404(name)
    return logged_csv(request, f"{board}-{table.name}", table.file_heads, table.file_rows)


@require_safe
def metric_rows(request: HttpRequest, of: str) -> HttpResponseBase:
    """List the rows that a number counts."""
    if of not in METRICS:
        raise Http404(of)
    form, scope = _read_scope(request)
    today = scope.day
    extra, scope = with_end(scope, request.GET) if METRICS[of].day else (None, scope)
    before = request.GET.get("when") == "before"
    if "csv" in request.GET:
        return logged_csv(request, of, rows.file_heads(scope, of), rows.export_rows(scope, of, before=before))
    found = rows.page(scope, of, before=before, after=request.GET.get("after", ""))
    when = "before" if before else None
    page = RowsPage(
        METRICS[of].label, found, rows.describe_extent(scope, of, before=before, today=today), rows.shown_heads(of),
        scope.span(before=before) if METRICS[of].day else None, extra,
        more=scope.url("health_rows", of, when=when, after=found.after) if found.after else "",
        file=scope.url("health_rows", of, when=when, csv=1),
    )  # fmt: skip
    return _render(request, "health/rows.html", build_frame(form, scope, here=request.path), page, extra)


@require_safe
def customers(request: HttpRequest) -> HttpResponseBase:
    """List the customers that a number counts."""
    form, scope = _read_scope(request)
    days, scope = with_days(scope, request.GET)
    bounds = customer_breakdown.BoundsForm(request.GET)
    bounds.is_valid()
    given = {name: value for name, value in bounds.cleaned_data.items() if value not in (None, "")}
    if "csv" in request.GET:
        heads = customer_breakdown.file_heads(given)
        return logged_csv(request, "customers", heads, customer_breakdown.export_rows(scope, given))
    found = customer_breakdown.page(scope, given, after=request.GET.get("after", ""))
    lines = [customer_breakdown.cells(scope, one) for one in found.rows]
    table = Table("customers", _("Customers"), customer_breakdown.shown_heads(given), lines)
    page = CustomersPage(
        _("Customers"), customer_breakdown.describe(scope, given), customer_breakdown.describe_extent(scope, given),
        table, bounds, days,
        more=scope.url("health_customers", **given, after=found.after) if found.after else "",
        file=scope.url("health_customers", **given, csv=1),
    )  # fmt: skip
    return _render(request, "health/customers.html", build_frame(form, scope, here=request.path), page, bounds, days)


@require_safe
def renewals(request: HttpRequest) -> HttpResponseBase:
    """List the customers that a number of renewals counts."""
    form, scope = _read_scope(request)
    bounds = renewal_listing.RenewalsForm(request.GET)
    asked = bounds.asked
    if "csv" in request.GET:
        content = renewal_listing.export_rows(scope, asked)
        return logged_csv(request, "renewals", renewal_listing.file_heads(scope), content)
    found = renewal_listing.page(scope, asked, after=request.GET.get("after", ""))
    lines = [renewal_listing.renewal_cells(scope, one) for one in found.rows]
    page = CustomersPage(
        _("Renewals"), renewal_listing.describe(asked), renewal_listing.describe_extent(scope, asked),
        Table("renewals", _("Renewals"), renewal_listing.renewal_heads(scope), lines), bounds, None,
        more=scope.url("health_renewals", **asked, after=found.after) if found.after else "",
        file=scope.url("health_renewals", **asked, csv=1),
    )  # fmt: skip
    return _render(request, "health/customers.html", build_frame(form, scope, here=request.path), page, bounds)


@require_safe
def colleague_rows(request: HttpRequest, whose: str, of: str) -> HttpResponseBase:
    """List the rows that a colleague's figure counts."""
    if of not in FIGURES:
        raise Http404(of)
    user = None if whose == NOBODY else get_object_or_404(User, pk=parse_number(whose) or 0)
    form, scope = _read_scope(request)
    colleague, figure = user.pk if user else None, FIGURES[of]
    if "csv" in request.GET:
        lines = colleague_listing.export_rows(scope, colleague, of)
        return logged_csv(request, of, colleague_listing.file_heads(scope, of), lines)
    found = colleague_listing.page(scope, colleague, of, after=request.GET.get("after", ""))
    page = RowsPage(
        f"{user or _('no owner, no assignee')}: {figure.label}", found,
        colleague_listing.describe_extent(scope, colleague, of), colleague_listing.shown_heads(),
        scope.span() if figure.is_of_period else None, None,
        more=scope.url("health_colleague_rows", whose, of, after=found.after) if found.after else "",
        file=scope.url("health_colleague_rows", whose, of, csv=1),
    )  # fmt: skip
    return _render(request, "health/rows.html", build_frame(form, scope, here=request.path), page)


@accepts_form
def weekly_summary(request: HttpRequest) -> HttpResponse:
    """Show the weekly summary as of today; a post subscribes to it or stops it."""
    user = staff_member(request)
    if request.method == "POST":
        wanted = bool(request.POST.get("wanted"))
        set_subscription(user, wanted=wanted)
        started, stopped = _("You will get the summary every Monday morning."), _("You will get no more summaries.")
        messages.success(request, started if wanted else stopped)
        return redirect("health_weekly_summary")
    summary = summary_of(user, at=timezone.now())
    return render(request, "health/weekly_summary.html", {"summary": summary, "wanted": is_subscribed(user)})
