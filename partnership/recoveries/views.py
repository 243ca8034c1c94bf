"""The pages of recoveries."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from partnership.core.pagination import build_page, parse_key, parse_moment
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, next_page, posted
from partnership.recoveries.actions import describe_what_we_did, hand_recovery_over, note_forgiveness
from partnership.recoveries.forms import ClosureForm, ForgivenessForm, RecoveryForm
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.staff.access import staff_member

SIZE = 50


@require_safe
@vary_on_headers("HX-Request")
def recoveries(request: HtmxHttpRequest) -> HttpResponse:
    """List the open ones, the oldest first."""
    seen = Recovery.objects.open().filter(customer__in=visible_customers(request).unmerged())
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
def recovery(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show what happened and what we did about it; a post changes it and leads on to the page that `next` names."""
    found = _recovery_or_404(request, pk)
    form = RecoveryForm(posted(request), recovery=held(request, found))
    following = next_page(request)
    if form.is_valid() and _save(request, found, form):
        return redirect(following or reverse("recovery", args=[pk]))
    context = {"recovery": found, "customer": found.customer, "form": form, "following": following}
    return render(request, "recoveries/recovery.html", context, status=422 if form.is_bound else 200)


def _save(request: HtmxHttpRequest, found: Recovery, form: RecoveryForm) -> bool:
    by, now = staff_member(request), timezone.now()
    try:
        with transaction.atomic():  # both changes or none
            if form.cleaned_data["owner"] != found.owner:
                hand_recovery_over(found, to=form.cleaned_data["owner"], by=by, at=now)
            if words := form.cleaned_data["what_we_did"]:
                describe_what_we_did(found, words=words, by=by, at=now)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Saved."))
    return True


@accepts_form
def forgiveness(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    form = ForgivenessForm(posted(request))
    texts = {
        "title": _("They forgave us"),
        "action": _("Write it down"),
        "done": _("Forgiven. The recovery is closed."),
    }
    return _end(request, pk, form, _forgive, **texts)


def _forgive(found: Recovery, *, form: ForgivenessForm, **by_and_at: Any) -> None:
    given = form.cleaned_data
    happened = given["happened"] or by_and_at["at"]
    said = {"words": given["words"], "channel": given["channel"], "external_id": given["ref"]}
    note_forgiveness(found, happened=happened, **said, **by_and_at)


@accepts_form
def closure(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    texts = {"title": _("Close with an outcome"), "action": _("Close recovery"), "done": _("The recovery is closed.")}
    return _end(request, pk, ClosureForm(posted(request)), _close, **texts)


def _close(found: Recovery, *, form: ClosureForm, **by_and_at: Any) -> None:
    close_recovery(found, outcome=form.cleaned_data["outcome"], **by_and_at)


def _end(
    request: HtmxHttpRequest, pk: int, form: Any, verb: Callable[..., None], *, done: str, **page: object
) -> HttpResponse:
    """Ask how it ended and close it, or say why it can't be closed."""
    found, here, following = _recovery_or_404(request, pk), reverse("recovery", args=[pk]), next_page(request)
    if form.is_valid():
        try:
            verb(found, form=form, by=staff_member(request), at=timezone.now())
        except ActionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, done)
        return redirect(following or here)
    back = f"{here}?{urlencode({'next': following})}" if following else here
    context = {"text": found.what_happened, "form": form, "back": back, **page}
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)


def _recovery_or_404(request: HtmxHttpRequest, pk: int) -> Recovery:
    seen = Recovery.objects.filter(customer__in=visible_customers(request).unmerged())
    return get_object_or_404(seen.select_related("customer", "owner", "mistake__author", "forgiveness"), pk=pk)
