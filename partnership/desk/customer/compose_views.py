"""The composer's tabs: fragments for htmx, without it the customer's page with the tab open."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from customers.models import Customer
from partnership.core.params import parse_number
from partnership.core.requests import (
    HtmxHttpRequest,
    accepts_form,
    next_page,
    posted,
    query_to,
    render_page,
    report_done,
    with_messages,
)
from partnership.desk.composer.base import Composer
from partnership.desk.composer.drafts import draft_fields, writing_now
from partnership.desk.composer.evidence_forms import EvidenceForm
from partnership.desk.composer.recording import record_written
from partnership.desk.composer.section import ComposerSection, composer_as_left
from partnership.desk.composer.tabs import COMPOSERS, composer_of
from partnership.desk.composer.texts.forward_form import ForwardForm
from partnership.desk.customer.page import customer_page
from partnership.desk.customer.relationship import Relationship, relationship_or_404
from partnership.desk.saved_replies.selection import fields_with_reply
from partnership.desk.scheduling.section import scheduled_to
from partnership.staff.access import staff_member


@accepts_form
@vary_on_headers("HX-Request")
def compose(request: HtmxHttpRequest, pk: int, tab: str) -> HttpResponse:
    """GET opens the tab, POST records what is written in it, or with `preview` only shows it.

    With `insert`, a saved reply is put below it. The page that `next` names follows, else the customer's.
    """
    by = staff_member(request)
    relationship = relationship_or_404(by, pk, today=timezone.localdate())
    customer = relationship.customer
    if customer.merged_into_id:
        raise Http404
    if request.method != "POST":
        form = composer_of(customer, tab, by=by, initial=_initial_fields(request, customer, tab))
        return _show(request, relationship, form)
    if "insert" in request.POST:
        fields = fields_with_reply(request.POST, written=COMPOSERS[tab].written, customer=customer, by=by)
        return _show(request, relationship, composer_of(customer, tab, by=by, initial=fields))
    form = composer_of(customer, tab, by=by, given=posted(request), files=request.FILES)
    if "preview" in request.POST:
        return _show(request, relationship, form, preview=form.preview())
    entry = record_written(form, at=timezone.now())
    if entry is None:
        return _show(request, relationship, form, status=422)
    report_done(request, form.done, undo=form.undo_url(entry))
    if elsewhere := next_page(request):
        return HttpResponseClientRedirect(elsewhere) if request.htmx else redirect(elsewhere)
    if not request.htmx:
        return redirect(customer)
    folded = composer_as_left(customer, by=by, no_nudge=relationship.nudges.refusal(), is_folded=True)
    section = replace(folded, shown_in=form.shown_in)
    response = render_page(request, "desk/composer/composer.html", section)
    return trigger_client_event(with_messages(request, response), "recorded", after="swap")


def _initial_fields(request: HtmxHttpRequest, customer: Customer, tab: str) -> dict[str, str]:
    """Return the user's draft; in answer to `conversation`, or, where there is no draft, to that of `entry`; of the
    `kind` that was chosen."""
    draft = draft_fields(staff_member(request), customer, tab)
    kind = request.GET.get("kind", "")
    if kind and tab == EvidenceForm.tab:
        return draft if draft.get("kind") == kind else {"kind": kind}
    if "conversation" in request.GET:
        return draft | {"conversation": request.GET["conversation"]}
    entry = parse_number(request.GET.get("entry", ""))
    if tab == ForwardForm.tab and entry and draft.get("entry") != str(entry):
        return {"entry": str(entry)}
    if draft or not entry:
        return draft
    conversation = customer.interactions.filter(pk=entry).values_list("conversation", flat=True).first()
    return {"conversation": str(conversation)} if conversation else {}


def _show(
    request: HtmxHttpRequest,
    relationship: Relationship,
    form: Composer,
    *,
    status: int = 200,
    preview: str = "",
) -> HttpResponse:
    section = ComposerSection(
        customer=relationship.customer,
        form=form,
        no_nudge=relationship.nudges.refusal(),
        writing=writing_now(relationship.customer, form.by, at=timezone.now()),
        preview=preview,
        scheduled=scheduled_to(relationship.customer),
        onward=query_to(next_page(request)),
    )
    if request.htmx:
        return render_page(request, "desk/composer/composer.html", section, status=status)
    page = customer_page(request, relationship, section)
    return render_page(request, "desk/customer/customer.html", page, status=status)
