"""The page of one conversation, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from customers.lookups import visible_customers
from customers.models import Customer
from customers.search import suggest_customers
from interactions.actions.conversations import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    hand_over_conversation,
    reopen_conversation,
    snooze_conversation,
    take_over_conversation,
)
from interactions.actions.threads import join_threads, move_thread, split_thread
from interactions.actions.undo.threads import undo_join, undo_move, undo_split, undo_thread_state
from interactions.errors import ActionRefused
from interactions.models import Conversation
from partnership.core.params import parse_number
from partnership.core.requests import (
    HtmxHttpRequest,
    accepts_form,
    in_place,
    next_page,
    posted,
    render_page,
    report_done,
    stay,
)
from partnership.desk.conversations.forms import AssignmentForm, ClosingForm, HandoverForm, JoiningForm, SnoozeForm
from partnership.desk.conversations.page import conversation_page
from partnership.desk.web.lookups import conversation_or_404, entry_or_404
from partnership.notifications.notify import (
    notify_assignment,
    notify_handover,
    notify_takeover,
    withdraw_notifications,
)
from partnership.staff.access import staff_member
from partnership.staff.audit import current_change
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import Department, User

_MOST_SUGGESTIONS = 20


@dataclass(frozen=True)
class _FormPage:
    customer: Customer
    thread: Conversation
    form: forms.Form
    title: str
    action: str
    text: str


@dataclass(frozen=True)
class _MovePage:
    customer: Customer
    thread: Conversation
    words: str
    found: list[Customer]


@require_safe
@vary_on_headers("HX-Request")
def conversation(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    if thread.joined_into_id:
        return redirect("conversation", thread.joined_into_id)
    before = request.GET.get("before", "")
    page = conversation_page(thread, before, viewer=staff_member(request), today=timezone.localdate())
    is_fragment = request.htmx and before
    return render_page(
        request, "components/timeline.html" if is_fragment else "desk/conversations/conversation.html", page
    )


def _act(
    request: HtmxHttpRequest,
    thread: Conversation,
    verb: Callable[..., object],
    message: str,
    *,
    undo: str = "",
    **details: object,
) -> HttpResponse:
    """Call the verb, show the message or why it was refused, and go back to the conversation."""
    try:
        verb(thread, by=staff_member(request), at=timezone.now(), **details)
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        report_done(request, message, undo=undo)
    return _redirect_back(request, thread)


def _redirect_back(request: HtmxHttpRequest, thread: Conversation) -> HttpResponse:
    """Go on to the page that `next` names, else back to the conversation's own."""
    return redirect(next_page(request) or reverse("conversation", args=[thread.pk]))


@accepts_form
def closure(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Close the conversation. Where it waits, ask why first: a key or an old page doesn't say it."""
    thread = conversation_or_404(request, pk)
    waits = thread.waiting_since is not None and thread.status != Conversation.Status.CLOSED
    data = None if waits and "reason" not in request.POST else posted(request)
    form = ClosingForm(data) if waits else forms.Form(data)
    if form.is_valid():
        undo = reverse("conversation_reopening", args=[pk])
        return _act(
            request, thread, close_conversation, _("The conversation is closed."), undo=undo, **form.cleaned_data
        )
    return _show_form(request, thread, form, title=_("Close"), action=_("Close"))


@require_POST
def reopening(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    _act(request, conversation_or_404(request, pk), reopen_conversation, _("The conversation is open again."))
    return stay(request, fallback=reverse("conversation", args=[pk]))


@require_POST
def undoing(request: HtmxHttpRequest, pk: int, act: str, change: UUID) -> HttpResponse:
    """Take back what was done to a conversation; of a handover, `ref` names its entry."""
    thread, user = conversation_or_404(request, pk), staff_member(request)
    if act not in _UNDOS:
        raise Http404
    ref = request.GET.get("ref", "")
    handover = thread.interactions.filter(source=OWN_SOURCE, external_id=ref).first() if ref else None
    details = {"handover": handover} if handover else {}
    here = reverse("conversation", args=[pk])
    try:
        with transaction.atomic():
            withdraw_notifications(thread, change=change, handover=handover)
            earlier = _UNDOS[act](thread, change=change, by=user, at=timezone.now(), **details)
    except ActionRefused as error:
        messages.error(request, str(error))
        return stay(request, fallback=here)
    report_done(request, _("Undone."))
    if isinstance(earlier, Conversation):  # of a thread that was split off nothing is left
        there = reverse("conversation", args=[earlier.pk])
        return HttpResponseClientRedirect(there) if request.htmx else redirect(there)
    return stay(request, fallback=here)


_UNDOS: dict[str, Callable[..., object]] = {
    "state": undo_thread_state,
    "joining": undo_join,
    "move": undo_move,
    "split": undo_split,
}


def _undo_url(thread: Conversation, act: str) -> str:
    return reverse("conversation_undo", args=[thread.pk, act, current_change()])


@require_POST
def assignment(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Assign to `user`, to no one where it is empty; with "take" to the viewer, if it has no assignee."""
    thread = conversation_or_404(request, pk)
    undo = _undo_url(thread, "state")
    if request.POST.get("user") == "take":
        return _act(request, thread, claim_conversation, _("Assigned to you."), undo=undo)
    if request.POST.get("user") == "take_over":
        return _act(request, thread, _take_over, _("Assigned to you."), undo=undo)
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a colleague who still works here."))
        return _redirect_back(request, thread)
    to = form.cleaned_data["user"]
    message = _("Assigned to %(name)s.") % {"name": to} if to else _("The conversation has no assignee now.")
    return _act(request, thread, _assign, message, undo=undo, to=to)


@transaction.atomic
def _take_over(thread: Conversation, *, by: User, at: datetime) -> None:
    if former := take_over_conversation(thread, by=by, at=at):
        notify_takeover(thread, former=former, by=by, at=at)


@transaction.atomic
def _assign(thread: Conversation, *, to: User | None, by: User, at: datetime) -> None:
    if assign_conversation(thread, to=to, by=by, at=at):
        notify_assignment(thread, by=by, at=at)


def _show_form(
    request: HtmxHttpRequest, thread: Conversation, form: forms.Form, *, title: str, action: str, text: str = ""
) -> HttpResponse:
    page = _FormPage(thread.customer, thread, form, title, action, text)
    if not form.is_bound:
        return render_page(request, "desk/conversations/conversation_form.html", page)
    response = render_page(request, "desk/conversations/conversation_form.html", page, status=422)
    return in_place(response, "#thread-form") if request.htmx else response


@accepts_form
def snoozing(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    form = SnoozeForm(posted(request))
    if form.is_valid():
        undo = _undo_url(thread, "state")
        message = _("The conversation is snoozed.")
        given = {"until": form.moment(), "reason": form.cleaned_data["reason"]}
        return _act(request, thread, snooze_conversation, message, undo=undo, **given)
    return _show_form(request, thread, form, title=_("Snooze"), action=_("Snooze"))


@accepts_form
def handover(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    form = HandoverForm(posted(request), thread=thread, by=staff_member(request))
    if form.is_valid():
        message = _("Handed over to %(name)s.") % {"name": form.cleaned_data["to"]}
        undo = f"{_undo_url(thread, 'state')}?{urlencode({'ref': form.cleaned_data['ref']})}"
        return _act(request, thread, _hand_over, message, undo=undo, **form.cleaned_data)
    return _show_form(request, thread, form, title=_("Hand over"), action=_("Hand over"))


@transaction.atomic
def _hand_over(thread: Conversation, *, to: User | Department, summary: str, ref: str, by: User, at: datetime) -> None:
    row = hand_over_conversation(thread, to=to, summary=summary, external_id=ref, by=by, at=at)
    notify_handover(row, by=by, at=at)


@accepts_form
def joining(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    form = JoiningForm(posted(request), thread=thread)
    if not form.has_choice:
        messages.info(request, _("This customer has no other conversation to join this one to."))
        return redirect("conversation", pk)
    if form.is_valid():
        message, undo = _("The conversations are joined."), _undo_url(thread, "joining")
        return _act(request, thread, join_threads, message, undo=undo, **form.cleaned_data)
    text = _("All entries of this conversation move there. What still arrives for it goes there too.")
    return _show_form(request, thread, form, title=_("Join to another conversation"), action=_("Join"), text=text)


@accepts_form
def move(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Find customers by `q`; on POST move the conversation to the `customer` chosen."""
    thread = conversation_or_404(request, pk)
    others = visible_customers(request).unmerged().exclude(pk=thread.customer_id)
    if request.method == "POST":
        to = get_object_or_404(others, pk=parse_number(request.POST.get("customer", "")))
        message = _("The conversation moved to %(name)s.") % {"name": to}
        return _act(request, thread, move_thread, message, undo=_undo_url(thread, "move"), to=to)
    words = request.GET.get("q", "").strip()[:100]
    found = suggest_customers(others, words, limit=_MOST_SUGGESTIONS)
    page = _MovePage(thread.customer, thread, words, found)
    return render_page(request, "desk/conversations/conversation_move.html", page)


@require_POST
def entry_split(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Make this entry and all later ones of its conversation a conversation of their own."""
    entry = entry_or_404(request, pk, entry_pk)
    try:
        new = split_thread(entry, by=staff_member(request), at=timezone.now())
    except ActionRefused as error:
        messages.error(request, str(error))
        return redirect("entry", pk, entry_pk)
    report_done(request, _("From here on it is a conversation of its own."), undo=_undo_url(new, "split"))
    return redirect("conversation", new.pk)
