"""One entry of the timeline: its page and its actions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
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
from customers.models import Customer
from interactions.actions.conversations import undo_closing_with
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.entries import edit_entry, mark_entry, pin_entry, text_obstacle
from interactions.actions.undo.entries import undo_entry_change
from interactions.errors import ActionRefused
from interactions.models import Deletion, Interaction, Kind
from interactions.models.kinds import CORRESPONDENCE
from interactions.permissions import may_delete, may_edit, may_restore
from partnership.core.requests import (
    HtmxHttpRequest,
    accepts_form,
    held,
    next_page,
    posted,
    query_to,
    render_page,
    report_done,
    stay,
)
from partnership.desk.entries.forms import DeletionForm, EntryForm, KindForm, PinForm
from partnership.desk.entries.permissions import Actions, actions_of
from partnership.desk.timeline import WHOLE_TEXT_LENGTH, Day, days_of, rows_of
from partnership.desk.web.lookups import entry_or_404, visible_entries
from partnership.desk.web.single_pages import FormPage
from partnership.notifications.notify import notify_mentions
from partnership.staff.access import staff_member
from partnership.staff.audit import current_change
from partnership.staff.models import User


@dataclass(frozen=True)
class EntryPage:
    """`actions`: None for a deleted entry; `show`: "sent" for the mail as it was sent, "pictures" with remote ones;
    `may_read`: whether the viewer may read what a deleted entry said."""

    customer: Customer
    days: list[Day]
    entry_pk: int
    actions: Actions | None = None
    show: str = ""
    may_read: bool = False


@require_safe
def entry(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Show one entry whole; redirect where it was moved to another customer, show a trace where it was deleted."""
    found = visible_entries(request).filter(pk=entry_pk).first()
    if found is None:
        return _trace(request, pk, entry_pk)
    if found.customer_id != pk:
        return redirect("entry", found.customer_id, entry_pk)
    rows = rows_of(found.customer, limit=WHOLE_TEXT_LENGTH).filter(pk=entry_pk)
    page = EntryPage(
        customer=found.customer,
        days=days_of(rows, found.customer, names_goals=True),
        entry_pk=entry_pk,
        actions=actions_of(found, staff_member(request)),
        show=request.GET.get("show", "") if found.html else "",
    )
    return render_page(request, "desk/entries/entry.html", page)


def _trace(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    deletion, user = _deletion_or_404(request, pk, entry_pk), staff_member(request)
    page = EntryPage(
        customer=deletion.customer,
        days=days_of((), deletion.customer, deletions=[deletion], viewer=user),
        entry_pk=entry_pk,
        may_read=may_restore(user, deletion),
    )
    return render_page(request, "desk/entries/entry.html", page)


def _deletion_or_404(request: HtmxHttpRequest, pk: int, entry_pk: int) -> Deletion:
    standing = Deletion.objects.filter(customer__in=visible_customers(request).unmerged(), undone_at=None)
    return get_object_or_404(standing.select_related("customer", "by"), interaction_id=entry_pk, customer=pk)


@require_safe
def menu(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Show the actions that an entry's "…" opens; the entry's page has the same."""
    found = entry_or_404(request, pk, entry_pk)
    if not request.htmx:
        return redirect("entry", pk, entry_pk)
    here = request.htmx.current_url_abs_path or ""
    on_their_page = here.startswith(found.customer.get_absolute_url())  # where the composer is
    context = {
        "actions": actions_of(found, staff_member(request)),
        "back": query_to(here),
        "forwarded_from": "" if on_their_page else here,
    }
    return render(request, "desk/entries/entry_actions.html", context)


def _apply(
    request: HtmxHttpRequest, entry: Interaction, verb: Callable[..., object], message: str, **arguments: object
) -> HttpResponse:
    """Call the verb and show the entry; what was done can be taken back, a refusal is told."""
    try:
        verb(entry, by=staff_member(request), **arguments)
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        undo = reverse("entry_undo", args=[entry.customer_id, entry.pk, current_change()])
        report_done(request, message, undo=undo)
    return redirect("entry", entry.customer_id, entry.pk)


@require_POST
def undoing(request: HtmxHttpRequest, pk: int, entry_pk: int, change: UUID) -> HttpResponse:
    """Take back that the entry was marked, pinned or edited."""
    found = entry_or_404(request, pk, entry_pk)
    try:
        undo_entry_change(found, change=change, by=staff_member(request))
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        report_done(request, _("Undone."))
    return stay(request, fallback=reverse("entry", args=[pk, entry_pk]))


@require_POST
def retraction(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Take back that the entry was recorded, and that its conversation was closed with it; its trace brings it back."""
    found, user = entry_or_404(request, pk, entry_pk), staff_member(request)
    if not may_delete(user, found):
        raise PermissionDenied
    try:
        with transaction.atomic():
            undo_closing_with(found)
            delete_entry(found, reason=_("Undone."), by=user, at=timezone.now())
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        report_done(request, _("Undone."), undo=reverse("entry_restoration", args=[pk, entry_pk]))
    return stay(request, fallback=found.customer.get_absolute_url())


@accepts_form
@transaction.atomic
def edit(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found = entry_or_404(request, pk, entry_pk)
    if not may_edit(staff_member(request), found):
        raise PermissionDenied
    if obstacle := text_obstacle(found):
        messages.error(request, obstacle)
        return redirect("entry", pk, entry_pk)
    form = EntryForm(posted(request), entry=held(request, found))
    if form.is_valid():
        if not form.changes:
            return redirect(next_page(request) or reverse("entry", args=[pk, entry_pk]))
        shown = _apply(request, found, _edit, _("The entry is corrected."), **form.changes)
        return redirect(next_page(request)) if next_page(request) else shown
    return _form_page(
        request, found, form, title=_("Edit the entry"), text=_("Its history keeps the earlier text."), action=_("Save")
    )


def _edit(entry: Interaction, *, by: User, **changes: Any) -> None:
    """Edit the entry, and notify the colleagues that the old text did not mention."""
    before = entry.body
    edit_entry(entry, by=by, **changes)
    if entry.kind not in CORRESPONDENCE:
        notify_mentions(entry, by=by, at=timezone.now(), before=before)


@accepts_form
def deletion(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found = entry_or_404(request, pk, entry_pk)
    if not may_delete(staff_member(request), found):
        raise PermissionDenied
    form = DeletionForm(posted(request))
    if form.is_valid():
        try:
            delete_entry(found, by=staff_member(request), at=timezone.now(), **form.cleaned_data)
        except ActionRefused as error:
            messages.error(request, str(error))
        else:
            report_done(request, _("The entry is deleted."), undo=reverse("entry_restoration", args=[pk, entry_pk]))
        return redirect(next_page(request) or reverse("entry", args=[pk, entry_pk]))
    return _form_page(request, found, form, title=_("Delete the entry?"), text=str(found), action=_("Delete entry"))


def _form_page(
    request: HtmxHttpRequest, entry: Interaction, form: forms.BaseForm, *, title: str, text: str, action: str
) -> HttpResponse:
    """Show a form on its own page, the first field focused: it was opened by a key."""
    form.visible_fields()[0].field.widget.attrs["autofocus"] = True
    back = next_page(request) or reverse("entry", args=[entry.customer_id, entry.pk])
    return FormPage(title=title, text=text, form=form, action=action, back=back).render(request)


@require_POST
def restoration(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found = _deletion_or_404(request, pk, entry_pk)
    user = staff_member(request)
    if not may_restore(user, found):
        raise PermissionDenied
    try:
        back = restore_entry(found, by=user, at=timezone.now())
    except ActionRefused as error:
        messages.error(request, str(error))
        return redirect("entry", pk, entry_pk)
    report_done(request, _("The entry is back."))
    if request.htmx and not request.htmx.target:  # asked for by a message, which shows no entry
        return stay(request, fallback="")
    return redirect("entry", back.customer_id, entry_pk)


@require_POST
def marking(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found, form = entry_or_404(request, pk, entry_pk), KindForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("There is no such kind of message."), status=422)
    kind = Kind(form.cleaned_data["kind"])
    message = _("It is marked as: %(kind)s.") % {"kind": kind.label}
    return _apply(request, found, mark_entry, message, kind=kind)


@require_POST
def pin(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    found, form = entry_or_404(request, pk, entry_pk), PinForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Say whether to pin it or not."), status=422)
    pinned = form.cleaned_data["pinned"]
    message = _("It is pinned on top.") if pinned else _("It is no longer pinned.")
    return _apply(request, found, pin_entry, message, pinned=pinned)
