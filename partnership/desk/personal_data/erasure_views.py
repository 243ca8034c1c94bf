"""Erasing a customer, and the certificates that they were."""

from dataclasses import dataclass

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.lookups import customer_or_404, visible_customers
from customers.models import Customer
from interactions.errors import ActionRefused
from interactions.models import Erasure, Interaction
from interactions.personal_data.erasing import begin_erasure, erasure_obstacle
from interactions.personal_data.rows import ROWS, record_keys
from interactions.personal_data.worker import TASK, continue_erasures
from partnership.core.pagination import Page, build_page, parse_key
from partnership.core.requests import accepts_form, posted, render_page
from partnership.core.task_requests import request_on_commit
from partnership.desk.backups.runs import gone_by
from partnership.desk.personal_data.erasure_form import ErasureForm
from partnership.desk.personal_data.erasure_preview import Count, ErasurePreview, count_lines, preview_erasure
from partnership.staff.access import staff_member
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import Firm

# With fewer entries it is done by the time the certificate is shown; with more, a worker does it.
_AT_ONCE = 2_000
_PAGE = 50


@dataclass(frozen=True)
class _ErasurePage:
    """Before an erasure. `obstacle`: why the customer cannot be erased, empty if they can."""

    customer: Customer
    form: ErasureForm
    preview: ErasurePreview
    obstacle: str


@dataclass(frozen=True)
class Certificate:
    """`refs`: how many refs and addresses are kept as hashes."""

    erasure: Erasure
    firm: Firm
    counts: list[Count]
    refs: int


@dataclass(frozen=True)
class _ErasuresPage:
    page: Page[Erasure]


@accepts_form
def customer_erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what would be erased; on POST erase it, and show the certificate."""
    customer = customer_or_404(request, pk)
    raise_if_reauthentication_required(request, app="allauth.account")
    preview, obstacle = preview_erasure(customer, visible=visible_customers(request)), erasure_obstacle(customer)
    form = ErasureForm(posted(request), customer=customer, bearers=preview.bearers)
    if form.is_bound and form.is_valid() and not obstacle:
        try:
            return redirect("erasure", _erase(request, customer, form).pk)
        except ActionRefused as error:
            obstacle = str(error)
    page = _ErasurePage(customer, form, preview, obstacle)
    status = 422 if form.is_bound else 200
    return render_page(request, "desk/personal_data/erase.html", page, status=status)


def _erase(request: HttpRequest, customer: Customer, form: ErasureForm) -> Erasure:
    by, now = staff_member(request), timezone.now()
    is_small = ROWS[Interaction](record_keys(customer)).count() <= _AT_ONCE
    given = form.cleaned_data
    erasure = begin_erasure(
        customer, reason=given["reason"], everywhere=given["everywhere"], by=by, at=now, backups_until=gone_by(at=now)
    )
    request_on_commit(TASK)
    record(Kind.ERASURE, by=by, about=str(erasure), facts={"reason": erasure.reason})
    if is_small:
        continue_erasures(clock=timezone.now)
    messages.success(request, _("The customer is erased."))
    return erasure


@require_safe
def erasures(request: HttpRequest) -> HttpResponse:
    """List the certificates, the newest first."""
    found = Erasure.objects.select_related("by").order_by("-pk")
    if before := request.GET.get("before", ""):
        _, pk = parse_key(before, str)
        found = found.filter(pk__lt=pk)
    rows = list(found[: _PAGE + 1])
    page = build_page(rows, size=_PAGE, key=lambda one: (one.pk, one.pk))
    return render_page(request, "desk/personal_data/erasures.html", _ErasuresPage(page))


@require_safe
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a certificate; while a worker is at it, how far it is."""
    return render_page(request, "desk/personal_data/certificate.html", _certificate(pk))


@require_safe
def erasure_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a certificate as a file of its own, to keep or to print."""
    text = render_to_string("desk/personal_data/certificate_file.html", vars(_certificate(pk)))
    response = HttpResponse(text, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="erasure-{pk}.html"'
    return response


def _certificate(pk: int) -> Certificate:
    found = get_object_or_404(Erasure.objects.select_related("by", "customer"), pk=pk)
    return Certificate(found, Firm.current(), count_lines(found.counts), found.refs.count())
