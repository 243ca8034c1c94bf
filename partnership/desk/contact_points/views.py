from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import customer_or_404, visible_customers
from customers.models import ContactPoint
from partnership.core.forms import save_unique
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted
from partnership.desk.contact_points.forms import ContactPointForm
from partnership.desk.contact_points.section import REACH
from partnership.desk.web.lookups import contact_point_or_404
from partnership.desk.web.page_parts import Opening


@accepts_form
def add(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk)
    form = ContactPointForm(posted(request), customer=customer, visible=visible_customers(request))
    if form.is_valid() and save_unique(form):
        return REACH.confirm(request, customer, _("The contact point is added."))
    opening = Opening(request.path, _("Add a way to reach them"), _("Add"), text=customer.name, form=form)
    return REACH.ask(request, customer, opening)


@require_POST
def verification(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Mark it as verified, or as not verified where `verified` is empty."""
    point = contact_point_or_404(request, pk)
    point.verified = bool(request.POST.get("verified"))
    ContactPoint.objects.filter(pk=pk).update(verified=point.verified)
    message = _("It is marked as verified.") if point.verified else _("It is no longer marked as verified.")
    return REACH.confirm(request, point.customer, message)


@accepts_form
def removal(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    point = contact_point_or_404(request, pk)
    if request.method == "POST":
        point.delete()
        return REACH.confirm(request, point.customer, _("The contact point is removed."))
    text = _("%(value)s. Messages from there will no longer reach this page.") % {"value": point.value}
    opening = Opening(request.path, _("Remove this contact point?"), _("Remove contact point"), text=text, at=pk)
    return REACH.ask(request, point.customer, opening)
