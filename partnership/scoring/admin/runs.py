"""The pages of runs: progress while a run is under way, its result afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest
from partnership.scoring.admin.formatting import describe_request
from partnership.scoring.admin.generics import ModelAdmin
from partnership.scoring.admin.pages import admin_view, get_admin, render_page, run_url
from partnership.scoring.admin.results import Result, SideBySide, build_result, list_comparable_runs
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.runs import cancel_run, request_run
from partnership.staff.admin import AdminsOnly, is_admin_request


@dataclass(frozen=True)
class Progress:
    """The `rate` in customers a second, and the time `left`, which is None while unknown."""

    rate: float
    left: timedelta | None

    @property
    def left_text(self) -> str:
        if self.left is None:
            return _("the time left is not known yet")
        seconds = max(1, round(self.left.total_seconds()))
        if seconds < 90:
            return ngettext("about %d second left", "about %d seconds left", seconds) % seconds
        minutes = round(seconds / 60)
        return ngettext("about %d minute left", "about %d minutes left", minutes) % minutes


def _measure_progress(run: Run, *, at: datetime) -> Progress:
    seconds = (at - run.started_at).total_seconds() if run.started_at else 0
    rate = run.done / seconds if seconds > 0 else 0.0
    return Progress(rate, timedelta(seconds=(run.total - run.done) / rate) if rate and run.total else None)


@admin.register(Run)
class RunAdmin(AdminsOnly, ModelAdmin[Run]):
    """Runs are requested on the page of a rule set, and so not added or changed here."""

    list_display = ("__str__", "status", "by", "asked_at", "finished_at")
    list_filter = ("kind", "status")
    list_select_related = ("rule_set", "by")
    search_fields = ("rule_set__name",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer("result")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow deletion of finished runs; others must be cancelled first."""
        return is_admin_request(request) and (not isinstance(obj, Run) or obj.is_finished)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("ask/", admin_view(_request_view), name="scoring_run_ask"),
            path("comparison/", admin_view(comparison_page), name="scoring_run_comparison"),
            path("<int:pk>/change/", admin_view(run_page), name="scoring_run_change"),
            path("<int:pk>/cancellation/", admin_view(_cancellation_view), name="scoring_run_cancellation"),
        ]
        return own + super().get_urls()


def _get_run(pk: int) -> Run:
    return get_object_or_404(Run.objects.select_related("rule_set", "by"), pk=pk)


@dataclass(frozen=True)
class _RunPage:
    """The context; `comparable` are other finished runs of the same request."""

    run: Run
    rule_set: RuleSet
    progress: Progress
    result: Result | None
    comparable: Iterable[Run]


@require_safe
def run_page(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show a run. While it is under way, htmx fetches only the progress, then the whole page once it has finished."""
    run = _get_run(pk)
    progress = _measure_progress(run, at=timezone.now())
    if request.htmx:
        response = render(request, "admin/scoring/run.html#progress", {"run": run, "progress": progress})
        if run.is_finished:
            response.headers["HX-Refresh"] = "true"
        return response
    result = build_result(run) if run.status == Run.Status.DONE else None
    page = _RunPage(run, run.rule_set, progress, result, list_comparable_runs(run) if result else ())
    return render_page(request, "run.html", page, title=_page_title(run))


def _page_title(run: Run) -> str:
    title = _("%(kind)s of “%(name)s”") % {"kind": capfirst(run.get_kind_display()), "name": run.rule_set}
    details = describe_request(run)
    return f"{title}: {details}" if details else title


@require_POST
def _request_view(request: HttpRequest) -> HttpResponse:
    """Request a full rescore or an audit of scores. BadRequest for another `kind`."""
    kind = request.POST.get("kind", "")
    if kind not in (Run.Kind.RESCORE, Run.Kind.AUDIT):
        raise BadRequest(f"{kind!r} cannot be requested here")
    run = request_run(kind, rule_set=RuleSet.objects.active(), by=get_admin(request), at=timezone.now())
    return redirect(run_url(run))


@require_POST
def _cancellation_view(request: HttpRequest, pk: int) -> HttpResponse:
    run = _get_run(pk)
    try:
        cancel_run(run, at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        text = _("The run had finished before it could be cancelled.") if run.is_finished else _("The run is stopping.")
        messages.info(request, text)
    return redirect(run_url(run))


@dataclass(frozen=True)
class _ResultsPage:
    sides: SideBySide


@require_safe
def comparison_page(request: HttpRequest) -> HttpResponse:
    """Compare two finished runs of one kind, in ?first=…&second=…."""
    finished = Run.objects.filter(status=Run.Status.DONE).select_related("rule_set")
    pair = [get_object_or_404(finished, pk=_parse_key(request.GET.get(name, ""))) for name in ("first", "second")]
    if pair[0].kind != pair[1].kind:
        messages.info(request, _("Only runs of one kind can be compared."))
        return redirect(run_url(pair[0]))
    page = _ResultsPage(SideBySide([build_result(run) for run in pair]))
    return render_page(request, "results.html", page, title=_("Compare two runs"))


def _parse_key(text: str) -> int:
    """Parse a primary key; 0, which no row has, for text that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
