"""{% load focus_actions %}: what can be done in a row of the lanes."""

from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString

from partnership.core.drawn import Drawn
from partnership.focus.lanes.waiting_lane import Waiting
from partnership.focus.models import FocusItem
from partnership.staff.models import User

register = template.Library()

WAITING = Drawn("focus/waiting_actions.html", "pk", "row", "customer", "name", "undecided", "csrf_token")
PARTNER = Drawn("focus/partner_actions.html", "pk", "row", "customer", "name", "query", "recovery", "csrf_token")


@register.simple_tag
def waiting_actions(row: Waiting, *, user: User, csrf_token: str) -> SafeString:
    thread, undecided = row.thread, getattr(row.newest, "undecided", None)
    return WAITING(
        pk=thread.pk,
        row=f"waiting-{thread.pk}",
        customer=thread.customer_id,
        name=thread.customer.name,
        undecided=undecided,
        csrf_token=csrf_token,
        is_undecided=undecided is not None,
        is_mine=thread.assignee_id == user.pk,
    )


@register.simple_tag
def partner_actions(item: FocusItem, *, user: User, csrf_token: str) -> SafeString:
    return PARTNER(
        pk=item.pk,
        row=f"item-{item.pk}",
        customer=item.customer_id,
        name=item.customer.name,
        query=f"cause={quote(item.cause)}",
        recovery=item.facts.get("recovery"),
        csrf_token=csrf_token,
        reason=item.reason,
        is_mine=item.taken_by_id == user.pk,
    )
