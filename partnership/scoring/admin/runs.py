"""Runs: watched while they are under way, read afterwards. Closing the page changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from interactions.errors import ActionRefused
from partnership.scoring.admin.formatting import describe_request
from partnership.scoring.admin.pages import admin_view, get_admin, render_page, run_url
from partnership.scoring.admin.results import SideBySide, build_result, list_comparable_runs
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.runs import cancel_run, request_run
from partnership.staff.admin import ForAdmins, is_admin


@dataclass(frozen=True)
class Progress:
    """`rate`: customers a second; `left` is None while that is unknown."""

    rate: float
    left: timedelta | None

    @property
    def left_in_words(self) -> str:
        if self.left is None:
            return _("the time left is not known yet")
        seconds = max(1, round(self.left.total_seconds()))
        if seconds < 90:
            return ngettext("about %d second left", "about %d seconds left", seconds) % seconds
        minutes = round(seconds / 60)
        return ngettext("about %d minute left", "about %d minutes left", minutes) % minutes


def measure_progress(run: Run, *, at: datetime) -> Progress:
    seconds = (at - run.started_at).total_seconds() if run.started_at else 0
    rate = run.done / seconds if seconds > 0 else 0.0
    return Progress(rate, timedelta(seconds=(run.total - run.done) / rate) if rate and run.total else None)


@admin.register(Run)
class RunAdmin(ForAdmins, admin.ModelAdmin):
    """Asked for on the page of a rule set, so not added or changed here."""

    list_display = ("__str__", "status", "by", "asked_at", "finished_at")
    list_filter = ("kind", "status")
    list_select_related = ("rule_set", "by")
    search_fields = ("rule_set__name",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).defer("result")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was learned of a draft may go; what is under way is cancelled first."""
        return is_admin(request) and (obj is None or obj.is_over)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("ask/", admin_view(request_view), name="scoring_run_ask"),
            path("comparison/", admin_view(comparison_page), name="scoring_run_comparison"),
            path("<int:pk>/change/", admin_view(run_page), name="scoring_run_change"),
            path("<int:pk>/cancellation/", admin_view(cancellation_view), name="scoring_run_cancellation"),
        ]
        return own + super().get_urls()


def _get_run(pk: Any) -> Run:
    return get_object_or_404(Run.objects.select_related("rule_set", "by"), pk=pk)


@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """While it is under way, htmx asks for the progress alone, and for the whole page once it is over."""
    run = _get_run(pk)
    progress = measure_progress(run, at=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, "admin/scoring/run.html#progress", {"run": run, "progress": progress})
        if run.is_over:
            response.headers["HX-Refresh"] = "true"
        return response
    result = build_result(run) if run.status == Run.Status.DONE else None
    context: dict[str, Any] = {"run": run, "rule_set": run.rule_set, "progress": progress, "result": result}
    context["comparable"] = list_comparable_runs(run) if result else ()
    return render_page(request, "run.html", title=_page_title(run), **context)


def _page_title(run: Run) -> str:
    of = _("%(kind)s of “%(name)s”") % {"kind": capfirst(run.get_kind_display()), "name": run.rule_set}
    asked = describe_request(run)
    return f"{of}: {asked}" if asked else of


@require_POST
def request_view(request: HttpRequest) -> HttpResponse:
    """A rescore of everybody under the active set, or an audit of their scores. BadRequest for another `kind`."""
    kind = request.POST.get("kind", "")
    if kind not in (Run.Kind.RESCORE, Run.Kind.AUDIT):
        raise BadRequest(f"{kind!r} is not asked for here")
    run = request_run(kind, rule_set=RuleSet.objects.active(), by=get_admin(request), at=timezone.now())
    return redirect(run_url(run))


@require_POST
def cancellation_view(request: HttpRequest, pk: int) -> HttpResponse:
    run = _get_run(pk)
    try:
        cancel_run(run, at=timezone.now())
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        stops = _("It was over before it could be cancelled.") if run.is_over else _("It stops where it is.")
        messages.info(request, stops)
    return redirect(run_url(run))


@require_safe
def comparison_page(request: HttpRequest) -> HttpResponse:
    """?first=…&second=…, two finished runs of one kind."""
    finished = Run.objects.filter(status=Run.Status.DONE).select_related("rule_set")
    pair = [get_object_or_404(finished, pk=_parse_key(request.GET.get(name, ""))) for name in ("first", "second")]
    if pair[0].kind != pair[1].kind:
        messages.info(request, _("Only runs of one kind can be compared."))
        return redirect(run_url(pair[0]))
    return render_page(
        request, "results.html", title=_("Compare two runs"), sides=SideBySide([build_result(run) for run in pair])
    )


def _parse_key(text: str) -> int:
    """0, which is nobody's, for whatever is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
