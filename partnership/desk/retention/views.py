"""The page of the rules of retention: tried first, then on."""

from dataclasses import dataclass

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnership.core.requests import accepts_form, posted, render_page
from partnership.desk.models import RetentionRules, RetentionRun
from partnership.desk.retention.forms import RetentionForm
from partnership.desk.retention.terms import LABELS, Found, preview
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record

_MOST_RUNS = 14


@dataclass(frozen=True)
class _Line:
    run: RetentionRun
    texts: list[str]


@dataclass(frozen=True)
class _RetentionPage:
    """`found`: what would be deleted now; `runs`: the last nights."""

    form: RetentionForm
    rules: RetentionRules
    found: list[Found]
    runs: list[_Line]


@accepts_form
def retention(request: HttpRequest) -> HttpResponse:
    """Show the rules and what they would delete now; on POST change them, which switches them off until seen."""
    rules = RetentionRules.current()
    form = RetentionForm(posted(request), instance=rules)
    if form.is_bound and form.is_valid():
        if form.has_changed():
            before = RetentionRules.current()
            changes = {
                name: {"from": getattr(before, name), "to": form.cleaned_data[name]} for name in form.changed_data
            }
            rules = form.save(commit=False)
            rules.active = False
            rules.save()
            record(Kind.SETTING, by=staff_member(request), about=_("Retention"), facts=changes)
            messages.info(request, _("Saved, and off: look at what would be deleted, then switch it on."))
        return redirect("retention")
    if form.is_bound:
        rules = RetentionRules.current()
    page = _RetentionPage(form, rules, preview(rules, at=timezone.now()), _runs())
    return render_page(request, "desk/retention/retention.html", page, status=422 if form.is_bound else 200)


def _runs() -> list[_Line]:
    return [
        _Line(run, [f"{number} {LABELS[name]}" for name, number in run.counts.items() if number and name in LABELS])
        for run in RetentionRun.objects.order_by("-day")[:_MOST_RUNS]
    ]


@require_POST
def retention_switch(request: HttpRequest) -> HttpResponse:
    """Switch the rules on or off; on only with the password entered again, as data ends by it."""
    is_on = request.POST.get("on") == "1"
    if is_on:
        raise_if_reauthentication_required(request, app="allauth.account")
    rules = RetentionRules.current()
    if rules.active != is_on:
        rules.active = is_on
        rules.save()
        record(Kind.SETTING, by=staff_member(request), about=_("Retention"), facts={"on": is_on})
    messages.success(request, _("Retention is on: every night.") if is_on else _("Retention is off."))
    return redirect("retention")
