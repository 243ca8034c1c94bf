from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partnership.core.requests import HtmxHttpRequest, accepts_form, posted, report_done, stay
from partnership.health.alerts.forms import AlertForm
from partnership.health.alerts.models import Alert, RaisedAlert
from partnership.health.alerts.page import alerts_page
from partnership.health.frame.scope import ScopeForm, scope_of
from partnership.health.pages import build_frame
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.access import staff_member

_DEFINES = {"condition", "number", "tier"}
"""Fields that make it another alert: what was raised before is no longer about it."""


@accepts_form
def alerts(request: HttpRequest) -> HttpResponse:
    """List alerts and what they raised; a post adds one."""
    user, lineage = staff_member(request), load_tier_lineage()
    new = Alert(owner=user, condition=Alert.Condition.BELOW, number=60, made_at=timezone.now())
    form = AlertForm(posted(request), instance=new, lineage=lineage)
    if form.is_valid():
        added = cast(Alert, form.save())
        report_done(
            request, _("The alert is added. It is checked within a minute."),
            undo=reverse("health_alert_removal", args=[added.pk]),
        )  # fmt: skip
        return redirect("health_alerts")
    scope_form = ScopeForm({}, lineage)
    today = timezone.localdate()
    scope = scope_of(user, scope_form, lineage=lineage, today=today)
    frame = build_frame(scope_form, scope, here=request.path)
    page = alerts_page(user, form, lineage, today=today)
    context = {**vars(frame), **vars(page), "name": "alerts"}
    return render(request, "health/alerts/alerts.html", context, status=422 if form.is_bound else 200)


@accepts_form
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an alert; with another condition it begins anew."""
    lineage = load_tier_lineage()
    form = AlertForm(posted(request), instance=_alert_or_404(pk), lineage=lineage)
    if form.is_valid():
        saved = cast(Alert, form.save())
        if _DEFINES & set(form.changed_data):
            saved.raised.all().delete()
        messages.success(request, _("The alert is changed."))
        return redirect("health_alerts")
    context = {"form": form, "url": request.path, "action": _("Save")}
    return render(request, "health/alerts/alert.html", context, status=422 if form.is_bound else 200)


@require_POST
def removal(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Alert, pk=pk)
    Alert.objects.standing().filter(pk=found.pk).update(removed_at=timezone.now())
    report_done(request, _("The alert is removed."), undo=reverse("health_alert_restoration", args=[pk]))
    return stay(request, fallback=reverse("health_alerts"))


@require_POST
def restoration(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Alert, pk=pk)
    Alert.objects.filter(pk=found.pk).update(removed_at=None)
    report_done(request, _("The alert is back."))
    return stay(request, fallback=reverse("health_alerts"))


@require_POST
def looking(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Mark a raised alert as looked at."""
    found = get_object_or_404(RaisedAlert, pk=pk)
    if found.mark_looked_at(by=staff_member(request), at=timezone.now()):
        undo = reverse("health_raised_alert_undo", args=[pk])
        report_done(request, _("The alert is marked as looked at."), undo=undo)
    else:
        messages.info(request, _("This alert was looked at already."))
    return stay(request, fallback=reverse("health_alerts"))


@require_POST
def looking_undo(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RaisedAlert, pk=pk)
    RaisedAlert.objects.filter(pk=found.pk).update(looked_at=None, looked_by=None)
    report_done(request, _("The alert is to be looked at again."))
    return stay(request, fallback=reverse("health_alerts"))


def _alert_or_404(pk: int) -> Alert:
    return get_object_or_404(Alert.objects.standing().select_related("owner"), pk=pk)
