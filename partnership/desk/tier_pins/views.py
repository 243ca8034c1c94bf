from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import visible_customers
from customers.models import Customer
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted
from partnership.desk.tier_pins.forms import PinForm
from partnership.desk.tier_pins.section import PIN, PINNED, pin_in_force
from partnership.desk.web.page_parts import Opening
from partnership.scoring.tier_pins import pin_tier, undo_pin_change, unpin_tier
from partnership.staff.access import staff_member
from partnership.staff.audit import current_change


def _pinnable_or_404(request: HtmxHttpRequest, pk: int) -> Customer:
    standing = visible_customers(request).unmerged()
    return get_object_or_404(standing.select_related(*PINNED, "score__tier"), pk=pk)


@accepts_form
def pin(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Set or change the pin of the tier, in the head of the customer's page."""
    customer, today = _pinnable_or_404(request, pk), timezone.localdate()
    score = getattr(customer, "score", None)
    form = PinForm(posted(request), pin=pin_in_force(customer), tier=score and score.tier, today=today)
    if form.is_valid():
        pin_tier(customer=customer, by=staff_member(request), **form.cleaned_data)
        return PIN.confirm(
            request, _pinnable_or_404(request, pk), _("Pinned. The tier shows it in a moment."), undo=_undo_url(pk)
        )
    opening = Opening(request.path, _("Pin the tier"), _("Pin"), form=form)
    return PIN.ask(request, customer, opening)


@accepts_form
def removal(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    customer = _pinnable_or_404(request, pk)
    if request.method == "POST":
        if not unpin_tier(customer=customer):
            return PIN.refuse(request, customer, _("The pin is gone already."))
        return PIN.confirm(request, _pinnable_or_404(request, pk), _("The pin is lifted."), undo=_undo_url(pk))
    text = _("The tier will follow the score again.")
    return PIN.ask(request, customer, Opening(request.path, _("Lift the pin?"), _("Lift pin"), text))


def _undo_url(pk: int) -> str:
    return reverse("tier_pin_undo", args=[pk, current_change()])


@require_POST
def undoing(request: HtmxHttpRequest, pk: int, change: UUID) -> HttpResponse:
    """Take back that the pin was set, changed or lifted."""
    customer = _pinnable_or_404(request, pk)
    try:
        undo_pin_change(customer=customer, change=change, by=staff_member(request))
    except ActionRefused as error:
        return PIN.refuse(request, customer, str(error))
    return PIN.confirm(request, _pinnable_or_404(request, pk), _("Undone."))
