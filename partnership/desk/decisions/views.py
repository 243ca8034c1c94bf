"""Deciding on a refund or an exception that a customer asked for."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from interactions.actions.decisions import ask_for_exception, asks_for_decision, decision_of, set_stake
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.core.requests import accepts_form, posted, render_page
from partnership.desk.decisions.card import DecisionCard, decision_card
from partnership.desk.decisions.forms import ANSWERS, AnswerForm, StakeForm
from partnership.desk.web.lookups import entry_or_404, visible_entries
from partnership.desk.web.single_pages import FormPage
from partnership.staff.access import staff_member
from partnership.staff.models import Firm


@dataclass(frozen=True)
class _DecisionPage(DecisionCard):
    """The card and the answer's `form`; `answers`: the key and title of each; `preview`: HTML of the letter."""

    form: AnswerForm | None
    answers: list[tuple[str, str | Promise]]
    preview: str


@accepts_form
def decision(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Show the card, with `answer` that answer's form too; on POST answer, or with `preview` show the letter."""
    entry = _request_or_404(request, pk, entry_pk)
    data = request.POST if request.method == "POST" else request.GET
    form_class = ANSWERS.get(data.get("answer", ""))
    if form_class is None or (decision_of(entry) and request.method != "POST"):
        return _show_card(request, entry, None)
    files = request.FILES if request.method == "POST" else None
    form = form_class(posted(request), files, request=entry, by=staff_member(request))
    if "preview" in request.POST:
        return _show_card(request, entry, form, preview=form.preview())
    if form.is_bound and _save_answer(form):
        messages.success(request, form.done)
        return redirect("decision", pk, entry_pk)
    return _show_card(request, entry, form, status=422 if form.is_bound else 200)


def _save_answer(form: AnswerForm) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            form.save(at=timezone.now())
    except ActionRefused as error:
        form.add_error(None, str(error))
        return False
    return True


def _show_card(
    request: HttpRequest, entry: Interaction, form: AnswerForm | None, *, preview: str = "", status: int = 200
) -> HttpResponse:
    today = Firm.current().local_date(timezone.now())
    card = decision_card(entry, by=staff_member(request), today=today)
    answers = [(name, form_class.title) for name, form_class in ANSWERS.items()]
    page = _DecisionPage(**vars(card), form=form, answers=answers, preview=preview)
    return render_page(request, "desk/decisions/decision.html", page, status=status)


@accepts_form
def stake(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Set the amount of money at stake."""
    entry = _request_or_404(request, pk, entry_pk)
    initial = {"amount": entry.amount, "currency": entry.currency or Firm.current().currency}
    form = StakeForm(posted(request), initial=initial)
    if form.is_valid():
        try:
            set_stake(entry, by=staff_member(request), **form.cleaned_data)
        except ActionRefused as error:
            messages.error(request, str(error))
        return redirect("decision", pk, entry_pk)
    back = reverse("decision", args=[pk, entry_pk])
    return FormPage(_("Amount at stake"), form, _("Save"), back=back, text=str(entry)).render(request)


@require_POST
def exception(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Mark a customer's message as asking for an exception, and open its card."""
    entry = entry_or_404(request, pk, entry_pk)
    try:
        ask_for_exception(entry, by=staff_member(request))
    except ActionRefused as error:
        messages.error(request, str(error))
        return redirect("entry", pk, entry_pk)
    return redirect("decision", pk, entry_pk)


def _request_or_404(request: HttpRequest, pk: int, entry_pk: int) -> Interaction:
    rows = visible_entries(request).select_related("conversation")
    found = get_object_or_404(rows, pk=entry_pk, customer=pk)
    if not asks_for_decision(found):
        raise Http404
    return found
