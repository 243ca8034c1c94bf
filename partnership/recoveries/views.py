"""Mistakes of ours that are being made good."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from partnership.core.pagination import build_page, parse_key, parse_moment
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted
from partnership.recoveries.actions import hand_recovery_over, note_forgiveness, tell_what_we_did
from partnership.recoveries.forms import ClosureForm, ForgivenessForm, RecoveryForm
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.staff.access import staff_member

SIZE = 50


@require_safe
@vary_on_headers("HX-Request")
def recoveries(request: HtmxHttpRequest) -> HttpResponse:
    """Those that are open, the oldest first."""
    seen = Recovery.objects.open().filter(customer__in=visible_customers(request).standing())
    after = request.GET.get("after", "")
    if after:
        moment, pk = parse_key(after, parse_moment)
        seen = seen.filter(Q(opened_at__gt=moment) | Q(opened_at=moment, pk__gt=pk))
    rows = seen.select_related("customer", "owner").order_by("opened_at", "pk")[: SIZE + 1]
    page = build_page(rows, size=SIZE, key=lambda one: (one.opened_at, one.pk))
    older = page.after and f"{reverse('recoveries')}?after={quote(page.after)}"
    fragment = request.htmx and after
    template = "recoveries/recoveries.html#rows" if fragment else "recoveries/recoveries.html"
    return render(request, template, {"recoveries": page.rows, "older": older})


@accepts_form
@transaction.atomic
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened, and what we did about it."""
    found = recovery_or_404(request, pk)
    form = RecoveryForm(posted(request), recovery=held(request, found))
    if form.is_valid() and save(request, found, form):
        return redirect("recovery", pk)
    context = {"recovery": found, "customer": found.customer, "form": form}
    return render(request, "recoveries/recovery.html", context, status=422 if form.is_bound else 200)


def save(request: HttpRequest, found: Recovery, form: RecoveryForm) -> bool:
    by, now = staff_member(request), timezone.now()
    try:
        with transaction.atomic():  # both or none
            if form.cleaned_data["owner"] != found.owner:
                hand_recovery_over(found, to=form.cleaned_data["owner"], by=by, at=now)
            if words := form.cleaned_data["what_we_did"]:
                tell_what_we_did(found, words=words, by=by, at=now)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Saved."))
    return True


@accepts_form
def forgiveness(request: HttpRequest, pk: int) -> HttpResponse:
    form = ForgivenessForm(posted(request))
    said = {"title": _("They forgave us"), "action": _("Note it"), "done": _("Forgiven. The recovery is closed.")}
    return end(request, pk, form, forgive, **said)


def forgive(found: Recovery, *, form: ForgivenessForm, **how: Any) -> None:
    given = form.cleaned_data
    happened = given["happened"] or how["at"]
    said = {"words": given["words"], "channel": given["channel"], "external_id": given["ref"]}
    note_forgiveness(found, happened=happened, **said, **how)


@accepts_form
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    said = {"title": _("Close with what came of it"), "action": _("Close it"), "done": _("The recovery is closed.")}
    return end(request, pk, ClosureForm(posted(request)), close, **said)


def close(found: Recovery, *, form: ClosureForm, **how: Any) -> None:
    close_recovery(found, outcome=form.cleaned_data["outcome"], **how)


def end(request: HttpRequest, pk: int, form: Any, verb: Callable[..., None], *, done: str, **page: Any) -> HttpResponse:
    """Ask how it ended; or why it can't, above the recovery."""
    found = recovery_or_404(request, pk)
    if form.is_valid():
        try:
            verb(found, form=form, by=staff_member(request), at=timezone.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, done)
        return redirect("recovery", pk)
    context = {"text": found.what_happened, "form": form, "back": reverse("recovery", args=[pk]), **page}
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)


def recovery_or_404(request: HttpRequest, pk: int) -> Recovery:
    seen = Recovery.objects.filter(customer__in=visible_customers(request).standing())
    return get_object_or_404(seen.select_related("customer", "owner", "mistake__author", "forgiveness"), pk=pk)
