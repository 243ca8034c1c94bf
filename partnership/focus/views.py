"""The actions on an item of the Partnerships lane; each leads on to the page that `next` names."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, accepts_form, in_place, next_page, posted, report_done
from partnership.focus.actions import finish, hand_over, item_state, snooze, take
from partnership.focus.forms import DoneForm, HandoverForm, ItemForm, SnoozeForm
from partnership.focus.lanes.partnership_lane import partners
from partnership.focus.models import FocusItem
from partnership.focus.undo_views import undo_url
from partnership.staff.access import staff_member
from partnership.staff.models import Firm


def _act(
    request: HtmxHttpRequest, item: FocusItem, verb: Callable[..., None], said: str, **given: object
) -> HttpResponse:
    """Call the verb, say that it is done or why it was refused, and go on."""
    was = item_state(item)
    try:
        verb(item, by=staff_member(request), at=timezone.now(), **given)
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        report_done(request, said, undo=undo_url(item, was, by=staff_member(request)))
    return redirect(next_page(request) or "focus")


@require_POST
def taking(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _act(request, _item_or_404(request, pk), take, _("Assigned to you."))


@accepts_form
def snoozing(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, SnoozeForm, snooze, title=_("Snooze"), said=_("Snoozed."))


@accepts_form
def done(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, DoneForm, finish, title=_("Done"), said=_("Done. Thank you."))


@accepts_form
def handover(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return _ask(request, pk, HandoverForm, hand_over, title=_("Hand over"), said=_("Handed over."))


def _ask(
    request: HtmxHttpRequest, pk: int, form_class: type[ItemForm], verb: Callable[..., None], *, title: str, said: str
) -> HttpResponse:
    item = _item_or_404(request, pk)
    seen: dict[str, object] = {"cause": request.GET.get("cause", item.cause)}
    form = form_class(posted(request), item=item, initial=seen)
    if form.is_valid():
        return _act(request, item, verb, said, **form.verb_arguments())
    [partner] = partners([item], as_of=_today())
    context = {"partner": partner, "form": form, "title": title, "back": next_page(request)}
    response = render(request, "focus/item_form.html", context, status=422 if form.is_bound else 200)
    return in_place(response, "#focus-form") if form.is_bound and request.htmx else response


def _item_or_404(request: HtmxHttpRequest, pk: int) -> FocusItem:
    visible = FocusItem.objects.filter(customer__in=visible_customers(request).unmerged())
    return get_object_or_404(visible.select_related("customer__score", "taken_by"), pk=pk)


def _today() -> date:
    return Firm.current().local_date(timezone.now())
