from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.lookups import customer_or_404
from interactions.actions.lifecycle import set_lifecycle
from interactions.errors import ActionRefused
from partnership.core.requests import held, posted
from partnership.desk.customer.fragments import Opening, ask, done, refused
from partnership.desk.lifecycle.forms import StandingForm
from partnership.staff.access import staff_member


@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Lifecycle and do-not-contact, in the head of the customer's page."""
    customer = held(request, customer_or_404(request, pk))
    form = StandingForm(posted(request), customer=customer)
    if form.is_valid():
        given = dict(form.cleaned_data)
        ref = given.pop("ref")
        try:
            set_lifecycle(customer, at=timezone.now(), by=staff_member(request), external_id=ref, **given)
        except ActionRefused as error:
            return refused(request, "standing", customer, str(error))
        return done(request, "standing", customer, _("Saved."))
    opening = Opening(request.path, _("Where they stand with us"), _("Save"), form=form)
    return ask(request, "standing", customer, opening)
