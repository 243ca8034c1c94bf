"""The page of both lanes, and the actions on an item."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from interactions.models import Conversation
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted, report_done
from partnership.focus.actions import finish, hand_over, item_state, snooze, take
from partnership.focus.forms import DoneForm, HandoverForm, ItemForm, SnoozeForm
from partnership.focus.lanes.partnership_lane import leading_items, partners, partnership_lane
from partnership.focus.lanes.scopes import scope_of
from partnership.focus.lanes.waiting_lane import MOST_COUNTED, at_risk, clock_of, one_waiting, waiting_lane
from partnership.focus.models import FocusItem
from partnership.focus.undo_views import undo_url
from partnership.staff.access import staff_member
from partnership.staff.models import Firm


@require_safe
@vary_on_headers("HX-Request")
def focus(request: HtmxHttpRequest) -> HttpResponse:
    """Show both lanes; htmx gets the next page of one."""
    user, now, firm = staff_member(request), timezone.now(), Firm.current()
    visible, scope = visible_customers(request), scope_of(user, request.GET.get("whose", ""))
    context: dict[str, object] = {"scope": scope.name, "has_team": user.department_id is not None, "firm": firm}
    more = _requested_lane(request)
    if more != "waiting":
        after = request.GET.get("partners", "")
        context["partners"] = partnership_lane(visible, as_of=firm.local_date(now), scope=scope, after=after)
    if more != "partners":
        clock, after = clock_of(now, firm=firm), request.GET.get("waiting", "")
        context["waiting"] = waiting_lane(visible, clock=clock, scope=scope, after=after)
        if not more:
            context |= {"due": at_risk(visible, clock=clock), "many": MOST_COUNTED}
    return render(request, f"focus/focus.html#{more}" if more else "focus/focus.html", context)


def _requested_lane(request: HtmxHttpRequest) -> str | None:
    """Return the lane of which htmx asks for the next page."""
    lanes = [name for name in ("partners", "waiting") if name in request.GET]
    return lanes[0] if request.htmx and lanes else None


@require_safe
def thread(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Show one row of the lane of answers due as it is now; nothing where it no longer waits."""
    get_object_or_404(Conversation, pk=pk, customer__in=visible_customers(request).unmerged())
    if (elsewhere := _return_to_focus(request)) is not None:
        return elsewhere
    row = one_waiting(visible_customers(request), pk, clock=clock_of(timezone.now()))
    return _replace_row(render(request, "focus/waiting_alone.html", {"row": row, "pk": pk}), f"#waiting-{pk}")


def act(
    request: HtmxHttpRequest, item: FocusItem, verb: Callable[..., None], said: str, **given: object
) -> HttpResponse:
    """Do it, or say what prevents it; then show the item, nothing where it is not the first any more."""
    was = item_state(item)
    try:
        verb(item, by=staff_member(request), at=timezone.now(), **given)
    except ActionRefused as error:
        messages.error(request, str(error))
    else:
        report_done(request, said, undo=undo_url(item, was, by=staff_member(request)))
    if (elsewhere := _return_to_focus(request)) is not None:
        return elsewhere
    leading = list(leading_items(visible_customers(request)).filter(pk=item.pk))
    context = {"partner": next(iter(partners(leading, as_of=_today())), None), "pk": item.pk}
    return _replace_row(render(request, "focus/partner_alone.html", context), f"#item-{item.pk}")


@require_POST
def taking(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return act(request, _item_or_404(request, pk), take, _("It is yours now. Thank you for taking it."))


@accepts_form
def snoozing(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return ask(request, pk, SnoozeForm, snooze, title=_("Snooze"), said=_("Snoozed."))


@accepts_form
def done(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return ask(request, pk, DoneForm, finish, title=_("Done"), said=_("Done. Thank you."))


@accepts_form
def handover(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    return ask(request, pk, HandoverForm, hand_over, title=_("Hand over"), said=_("Handed over."))


def ask(
    request: HtmxHttpRequest, pk: int, form_class: type[ItemForm], verb: Callable[..., None], *, title: str, said: str
) -> HttpResponse:
    item = _item_or_404(request, pk)
    seen: dict[str, object] = {"cause": request.GET.get("cause", item.cause)}
    form = form_class(posted(request), item=item, initial=seen)
    if form.is_valid():
        return act(request, item, verb, said, **form.verb_arguments())
    [partner] = partners([item], as_of=_today())
    context = {"partner": partner, "form": form, "title": title}
    return render(request, "focus/item_form.html", context, status=422 if form.is_bound else 200)


def _item_or_404(request: HtmxHttpRequest, pk: int) -> FocusItem:
    visible = FocusItem.objects.filter(customer__in=visible_customers(request).unmerged())
    return get_object_or_404(visible.select_related("customer__score", "taken_by"), pk=pk)


def _return_to_focus(request: HtmxHttpRequest) -> HttpResponse | None:
    """Lead back from a form on a page of its own; None for htmx on the page of the lanes."""
    if not request.htmx:
        return redirect("focus")
    asked_from = request.htmx.current_url_abs_path or ""
    return None if asked_from.partition("?")[0] == reverse("focus") else HttpResponseClientRedirect(reverse("focus"))


def _replace_row(response: HttpResponse, place: str) -> HttpResponse:
    """Let htmx replace the row, whichever element asked."""
    response = reswap(retarget(response, place), "outerHTML")
    response["HX-Reselect"] = place
    return response


def _today() -> date:
    return Firm.current().local_date(timezone.now())
