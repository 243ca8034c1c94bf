"""One entry of the timeline: its page, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.lookups import visible_customers
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import edit_entry, mark_entry, pin_entry
from interactions.errors import ActionRefused
from interactions.models import Deletion, Interaction
from interactions.permissions import may_delete, may_edit, may_restore
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted
from partnership.desk.entries.forms import DeletionForm, EntryForm, KindForm, PinForm
from partnership.desk.entries.permissions import actions_of
from partnership.desk.timeline import WHOLE_TEXT_LENGTH, days_of, rows_of
from partnership.desk.web.lookups import entry_or_404, visible_entries
from partnership.staff.access import staff_member


@require_safe
def entry(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """One row, whole: what a link to it opens, also when it was deleted or moved to another customer since."""
    found = visible_entries(request).filter(pk=entry_pk).first()
    if found is None:
        return trace(request, pk, entry_pk)
    if found.customer_id != pk:
        return redirect("entry", found.customer_id, entry_pk)
    context = {
        "customer": found.customer,
        "days": days_of(rows_of(found.customer, limit=WHOLE_TEXT_LENGTH).filter(pk=entry_pk), found.customer),
        "actions": actions_of(found, staff_member(request)),
        "show": request.GET.get("show", "") if found.html else "",
    }
    return render(request, "desk/entries/entry.html", context)


def trace(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """What is left of a deleted one."""
    deletion = deletion_or_404(request, pk, entry_pk)
    context = {
        "customer": deletion.customer,
        "days": days_of((), deletion.customer, deletions=[deletion], viewer=staff_member(request)),
        "entry_pk": entry_pk,
        "may_read": may_restore(staff_member(request), deletion),
    }
    return render(request, "desk/entries/entry.html", context)


def deletion_or_404(request: HtmxHttpRequest, pk: int, entry_pk: int) -> Deletion:
    standing = Deletion.objects.filter(customer__in=visible_customers(request).standing(), undone_at=None)
    return get_object_or_404(standing.select_related("customer", "by"), interaction_id=entry_pk, customer=pk)


@require_safe
def menu(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Fetched when an entry's "…" is opened; the entry's page has the same."""
    found = entry_or_404(request, pk, entry_pk)
    if not request.htmx:
        return redirect("entry", pk, entry_pk)
    return render(request, "desk/entries/entry_actions.html", {"actions": actions_of(found, staff_member(request))})


def done(request: HtmxHttpRequest, entry: Interaction, verb: Callable[..., object], **given: Any) -> HttpResponse:
    """Call the verb and show the entry; why it is not possible stands above it."""
    try:
        verb(entry, by=staff_member(request), **given)
    except ActionRefused as error:
        messages.error(request, str(error))
    return redirect("entry", entry.customer_id, entry.pk)


@accepts_form
@transaction.atomic
def edit(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found = entry_or_404(request, pk, entry_pk)
    if not may_edit(staff_member(request), found):
        raise PermissionDenied
    form = EntryForm(posted(request), entry=held(request, found))
    if form.is_valid():
        return done(request, found, edit_entry, **form.changes) if form.changes else redirect("entry", pk, entry_pk)
    context = {"title": _("Edit the entry"), "text": _("What stood before stays in its history."), "action": _("Save")}
    return form_page(request, found, form, **context)


@accepts_form
def deletion(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found = entry_or_404(request, pk, entry_pk)
    if not may_delete(staff_member(request), found):
        raise PermissionDenied
    form = DeletionForm(posted(request))
    if form.is_valid():
        return done(request, found, delete_entry, at=timezone.now(), **form.cleaned_data)
    context = {"title": _("Delete the entry?"), "text": str(found), "action": _("Delete it")}
    return form_page(request, found, form, **context)


def form_page(request: HtmxHttpRequest, entry: Interaction, form: Any, **context: Any) -> HttpResponse:
    """Opened by a key, so the hands are there already: the first field has the focus."""
    form.visible_fields()[0].field.widget.attrs["autofocus"] = True
    context |= {"form": form, "back": reverse("entry", args=[entry.customer_id, entry.pk])}
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def restoration(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found = deletion_or_404(request, pk, entry_pk)
    user = staff_member(request)
    if not may_restore(user, found):
        raise PermissionDenied
    try:
        back = restore_entry(found, by=user, at=timezone.now())
    except ActionRefused as error:
        messages.error(request, str(error))
        return redirect("entry", pk, entry_pk)
    return redirect("entry", back.customer_id, entry_pk)


@require_POST
def kind(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found, form = entry_or_404(request, pk, entry_pk), KindForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("This is no kind of message."), status=422)
    return done(request, found, mark_entry, kind=form.cleaned_data["kind"])


@require_POST
def pin(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found, form = entry_or_404(request, pk, entry_pk), PinForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Say whether to pin it or not."), status=422)
    return done(request, found, pin_entry, pinned=form.cleaned_data["pinned"])
