"""A refund or an exception asked for: the card that it is decided on."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from interactions.actions.decisions import ask_for_exception, asks_for_decision, decision_of, set_stake
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.core.requests import posted
from partnership.desk.decisions.card import decision_card
from partnership.desk.decisions.forms import ANSWERS, AnswerForm, StakeForm
from partnership.desk.web.lookups import entry_or_404, visible_entries
from partnership.staff.access import staff_member
from partnership.staff.models import Firm

TITLES = [{"answer": form.answer, "title": form.title} for form in ANSWERS.values()]

asks = require_http_methods(["GET", "HEAD", "POST"])


@asks
def decision(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """GET shows the card, with `answer` the form of that answer too; POST answers; `preview` only looks."""
    asked = request_or_404(request, pk, entry_pk)
    given = request.POST if request.method == "POST" else request.GET
    form_class = ANSWERS.get(given.get("answer", ""))
    if form_class is None or (decision_of(asked) and request.method != "POST"):
        return show(request, asked, None)
    files = request.FILES if request.method == "POST" else None
    form = form_class(posted(request), files, request=asked, by=staff_member(request))
    if "preview" in request.POST:
        return show(request, asked, form, preview=form.preview())
    if form.is_bound and answered(form):
        messages.success(request, form.done)
        return redirect("decision", pk, entry_pk)
    return show(request, asked, form, status=422 if form.is_bound else 200)


def answered(form: AnswerForm) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            form.save(at=timezone.now())
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def show(
    request: HttpRequest, asked: Interaction, form: AnswerForm | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    today = Firm.current().local_date(timezone.now())
    card = decision_card(asked, by=staff_member(request), today=today)
    context = {**card, "form": form, "answers": TITLES, **more}
    return render(request, "desk/decisions/decision.html", context, status=status)


@asks
def stake(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """What it is about, in money."""
    asked = request_or_404(request, pk, entry_pk)
    stands = {"amount": asked.amount, "currency": asked.currency or Firm.current().currency}
    form = StakeForm(posted(request), initial=stands)
    if form.is_valid():
        try:
            set_stake(asked, by=staff_member(request), **form.cleaned_data)
        except ActionRefused as refused:
            messages.error(request, str(refused))
        return redirect("decision", pk, entry_pk)
    context = {"title": _("What is at stake"), "text": str(asked), "action": _("Save"), "form": form}
    context["back"] = reverse("decision", args=[pk, entry_pk])
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)


@require_POST
def exception(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """A message of theirs asks for an exception: it opens its card."""
    entry = entry_or_404(request, pk, entry_pk)
    try:
        ask_for_exception(entry, by=staff_member(request))
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect("entry", pk, entry_pk)
    return redirect("decision", pk, entry_pk)


def request_or_404(request: HttpRequest, pk: int, entry_pk: int) -> Interaction:
    rows = visible_entries(request).select_related("conversation")
    found = get_object_or_404(rows, pk=entry_pk, customer=pk)
    if not asks_for_decision(found):
        raise Http404
    return found
