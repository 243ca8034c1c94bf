from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import customer_or_404
from interactions.actions.lifecycle import set_lifecycle, undo_lifecycle
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, held, posted
from partnership.desk.lifecycle.forms import LifecycleForm
from partnership.desk.lifecycle.section import LIFECYCLE
from partnership.desk.web.page_parts import Opening
from partnership.staff.access import staff_member
from partnership.staff.audit import current_change


@accepts_form
@transaction.atomic
def standing(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Change lifecycle and do-not-contact, in the head of the customer's page."""
    customer = held(request, customer_or_404(request, pk))
    form = LifecycleForm(posted(request), customer=customer)
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        try:
            set_lifecycle(customer, at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        except ActionRefused as error:
            return LIFECYCLE.refuse(request, customer, str(error))
        undo = reverse("standing_undo", args=[pk, current_change()]) + f"?ref={ref}"
        return LIFECYCLE.confirm(request, customer, _("Saved."), undo=undo)
    opening = Opening(request.path, _("Lifecycle and contact"), _("Save"), form=form)
    return LIFECYCLE.ask(request, customer, opening)


@require_POST
def undoing(request: HtmxHttpRequest, pk: int, change: UUID) -> HttpResponse:
    """Take back a change of lifecycle and do-not-contact; `ref` names the note about it."""
    customer, ref = customer_or_404(request, pk), request.GET.get("ref", "")
    try:
        undo_lifecycle(customer, change=change, by=staff_member(request), at=timezone.now(), external_id=ref)
    except ActionRefused as error:
        return LIFECYCLE.refuse(request, customer, str(error))
    return LIFECYCLE.confirm(request, customer, _("Undone."))
