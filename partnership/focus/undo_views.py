"""Take back what was done to an item, by a URL that holds what it was and what it became."""

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from partnership.core.requests import HtmxHttpRequest, report_done, stay
from partnership.focus.actions import GONE, item_state, undo
from partnership.focus.models import FocusItem
from partnership.staff.access import staff_member
from partnership.staff.models import User


def undo_url(item: FocusItem, was: dict[str, object], *, by: User) -> str:
    """Return the URL that makes the item what it `was`, signed for this user."""
    token = signing.dumps({"was": was, "left": item_state(item)}, salt=_salt(item.pk, by), compress=True)
    return reverse("focus_item_undo", args=[item.pk]) + f"?token={token}"


def _salt(pk: int, user: User) -> str:
    return f"focus/{pk}/{user.pk}"


@require_POST
def undoing(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    user = staff_member(request)
    item = get_object_or_404(FocusItem, pk=pk, customer__in=visible_customers(request).unmerged())
    try:
        states = signing.loads(request.GET.get("token", ""), salt=_salt(pk, user))
        undo(item, by=user, at=timezone.now(), **states)
    except signing.BadSignature:
        messages.error(request, str(GONE))
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        report_done(request, _("Undone."))
    return stay(request, fallback=reverse("focus"))
