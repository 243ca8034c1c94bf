"""One thread: its page, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from customers.lookups import visible_customers
from interactions.actions.conversations import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    hand_over_conversation,
    reopen_conversation,
    snooze_conversation,
)
from interactions.actions.threads import join_threads, move_thread, split_thread
from interactions.errors import ActionRefused
from interactions.models import Conversation
from partnership.core.params import parse_number
from partnership.core.requests import posted
from partnership.desk.conversations.forms import AssignmentForm, HandoverForm, JoiningForm, SnoozeForm
from partnership.desk.conversations.page import conversation_page
from partnership.desk.search.results import likely
from partnership.desk.web.lookups import conversation_or_404, entry_or_404
from partnership.notifications.notify import notify_assignment, notify_handover
from partnership.staff.access import staff_member

FOUND = 20
"""Customers that a search offers."""

asks = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@vary_on_headers("HX-Request")
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    if thread.joined_into_id:
        return redirect("conversation", thread.joined_into_id)
    context = conversation_page(request, thread)
    fragment = request.htmx and not context["is_first"]  # type: ignore[attr-defined]
    return render(request, "components/timeline.html" if fragment else "desk/conversations/conversation.html", context)


def act(request: HttpRequest, thread: Conversation, verb: Callable[..., Any], said: str, **given: Any) -> HttpResponse:
    """Do it, or say what stands in the way; then back to the thread."""
    try:
        verb(thread, by=staff_member(request), at=timezone.now(), **given)
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return back_to(request, thread)


def back_to(request: HttpRequest, thread: Conversation) -> HttpResponse:
    """A form that htmx showed in place leads on by itself; a button's answer is put in place of the page's. What was
    done on the focus page leads back there."""
    if request.GET.get("back") == "focus":
        return redirect("focus_thread", thread.pk)
    if request.htmx.target == "thread-form":  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(reverse("conversation", args=[thread.pk]))
    return redirect("conversation", thread.pk)


@require_POST
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    return act(request, conversation_or_404(request, pk), close_conversation, _("The conversation is closed."))


@require_POST
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    return act(request, conversation_or_404(request, pk), reopen_conversation, _("The conversation is open again."))


@require_POST
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """`user`: whose it is to be, nobody where it is empty; "take": the one who asks takes what is nobody's."""
    thread = conversation_or_404(request, pk)
    if request.POST.get("user") == "take":
        return act(request, thread, claim_conversation, _("It is yours now. Thank you for taking it."))
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a colleague who still works here."))
        return back_to(request, thread)
    to = form.cleaned_data["user"]
    said = _("It is %(name)s's now.") % {"name": to} if to else _("It is nobody's now: anyone may take it.")
    return act(request, thread, give, said, to=to)


@transaction.atomic
def give(thread: Conversation, **how: Any) -> None:
    if assign_conversation(thread, **how):
        notify_assignment(thread, by=how["by"], at=how["at"])


def ask(
    request: HttpRequest, thread: Conversation, form: Any, *, title: str, action: str, text: str = ""
) -> HttpResponse:
    context = {
        "customer": thread.customer, "thread": thread, "form": form, "title": title, "action": action, "text": text,
    }  # fmt: skip
    return render(request, "desk/conversations/conversation_form.html", context, status=422 if form.is_bound else 200)


@asks
def snoozing(request: HttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    form = SnoozeForm(posted(request))
    if form.is_valid():
        return act(request, thread, snooze_conversation, _("The conversation is snoozed."), **form.cleaned_data)
    return ask(request, thread, form, title=_("Snooze"), action=_("Snooze"))


@asks
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    form = HandoverForm(posted(request), by=staff_member(request))
    if form.is_valid():
        given = form.cleaned_data
        said = _("Handed over to %(name)s.") % {"name": given["to"]}
        return act(request, thread, give_with_story, said, to=given["to"], summary=given["summary"], ref=given["ref"])
    return ask(request, thread, form, title=_("Hand over"), action=_("Hand over"))


@transaction.atomic
def give_with_story(thread: Conversation, *, ref: str, **how: Any) -> None:
    row = hand_over_conversation(thread, external_id=ref, **how)
    notify_handover(row, by=how["by"], at=how["at"])


@asks
def joining(request: HttpRequest, pk: int) -> HttpResponse:
    thread = conversation_or_404(request, pk)
    form = JoiningForm(posted(request), thread=thread)
    if not form.has_choice:
        messages.info(request, _("There is no other conversation of theirs to join it to."))
        return redirect("conversation", pk)
    if form.is_valid():
        return act(request, thread, join_threads, _("The two are one conversation now."), **form.cleaned_data)
    text = _("All its entries go there, and so does what still arrives for it. To undo that, it has to be split again.")
    return ask(request, thread, form, title=_("Join to another conversation"), action=_("Join"), text=text)


@asks
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """GET finds customers by `q`; POST moves it to the `customer` chosen."""
    thread = conversation_or_404(request, pk)
    others = visible_customers(request).unmerged().exclude(pk=thread.customer_id)
    if request.method == "POST":
        to = get_object_or_404(others, pk=parse_number(request.POST.get("customer", "")))
        return act(request, thread, move_thread, _("The conversation is %(name)s's now.") % {"name": to}, to=to)
    words = request.GET.get("q", "").strip()[:100]
    found = likely(others, words, most=FOUND)
    context = {"customer": thread.customer, "thread": thread, "words": words, "found": found}
    return render(request, "desk/conversations/conversation_move.html", context)


@require_POST
def entry_split(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """From this entry on, the thread goes on as one of its own."""
    entry = entry_or_404(request, pk, entry_pk)
    try:
        new = split_thread(entry, by=staff_member(request), at=timezone.now())
    except ActionRefused as error:
        messages.error(request, str(error))
        return redirect("entry", pk, entry_pk)
    messages.success(request, _("From here on it is a conversation of its own. Join them again if that was a slip."))
    return redirect("conversation", new.pk)
