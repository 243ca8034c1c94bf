"""The rows behind a colleague's figure, a page by key."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Model, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Commitment, Customer
from interactions.models import Conversation, Interaction
from partnership.core.formats import format_number
from partnership.core.pagination import Page, build_page, parse_key, parse_moment
from partnership.health.drilldown import row_files
from partnership.health.drilldown.rows import Action, Row, action_of, describe_entry
from partnership.health.frame.scope import Scope
from partnership.health.frame.wording import format_day, hours
from partnership.health.workload.work import FIGURES, Rows, customer_of

SIZE = 50

_READ: dict[str, Callable[[str], Any]] = {
    "sort_key": str, "waiting_since": parse_moment, "due_on": date.fromisoformat, "occurred_at": parse_moment,
}  # fmt: skip

_FOR_FILES: dict[type[Model], tuple[str, ...]] = {
    Customer: ("score",), Conversation: ("assignee",), Commitment: ("owner",), Interaction: ("customer",),
}  # fmt: skip
"""What the columns of files read beside the rows themselves."""

_UNSHOWN = ("source_snapshot", "trigrams", "attributes", "about", "tags")


def page(scope: Scope, colleague: int | None, name: str, *, after: str = "") -> Page[Row]:
    """Return a page of the rows of a colleague's figure; None: those without one. BadRequest if `after` is no place."""
    figure = FIGURES[name]
    field = figure.order.removeprefix("-")
    way = "lt" if figure.order != field else "gt"
    found = _with_customers(figure.of(scope, colleague))
    if after:
        value, pk = parse_key(after, _READ[field])
        beyond = Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"pk__{way}": pk})
        found = found.filter(beyond, **{f"{field}__{way}e": value})
    sign = "-" if way == "lt" else ""
    ordered = found.order_by(figure.order, f"{sign}pk")
    rows = build_page(ordered[: SIZE + 1], size=SIZE, key=lambda one: (getattr(one, field), one.pk))
    return Page([_row(scope, one) for one in rows.rows], rows.after)


def export_rows(scope: Scope, colleague: int | None, name: str) -> Iterator[list[object]]:
    """Yield all of them for a file, in pieces."""
    figure = FIGURES[name]
    found = _with_customers(figure.of(scope, colleague)).order_by(figure.order, "pk")
    return row_files.lines(
        scope, found.select_related(*_FOR_FILES[found.model]), lambda one: _row(scope, one), customer_of
    )


def describe_extent(scope: Scope, colleague: int | None, name: str) -> str:
    """Say how many rows there are and, of time, how much."""
    figure = FIGURES[name]
    found = figure.of(scope, colleague).order_by()
    sums = {"minutes": Sum(figure.amount)} if figure.amount else {}
    counted = found.aggregate(rows=Count("pk"), **sums)
    count = ngettext("%s row", "%s rows", counted["rows"]) % format_number(counted["rows"])
    if not figure.amount:
        return count
    return _("%(count)s, %(amount)s in total") % {"count": count, "amount": hours(counted["minutes"] or 0)}


def file_heads(scope: Scope, name: str) -> list[str]:
    return row_files.heads(FIGURES[name].rows(scope).model, day=shown_heads()[0])


def shown_heads() -> list[str]:
    return [_("Day"), _("Customer"), _("What"), _("Detail"), _("Owner")]


def _with_customers(found: Rows) -> Rows:
    if found.model is Customer:
        return found.select_related("owner").defer(*_UNSHOWN)
    texts = ("html", "quoted", "source_snapshot", "payload") if found.model is Interaction else ()
    return found.select_related("customer__owner").defer(*texts, *(f"customer__{name}" for name in _UNSHOWN))


def _row(scope: Scope, one: Any) -> Row:
    day, what, url, detail = _DESCRIPTIONS[type(one)](scope, one)
    customer = customer_of(one)
    owner = customer.owner.name if customer.owner else ""
    return Row(day, customer.name, customer.get_absolute_url(), what, url, detail, owner, action=_action(one))


def _action(one: Any) -> Action | None:
    """Return what is done about the row: a conversation is handed over."""
    if isinstance(one, Conversation):
        return Action(_("Hand over…"), reverse("conversation_handover", args=[one.pk]), returns=True)
    return action_of(one)


_Described = tuple[date | None, str, str, str]


def _describe_customer(scope: Scope, one: Customer) -> _Described:
    return one.since, one.get_lifecycle_display(), one.get_absolute_url(), ""


def _describe_thread(scope: Scope, one: Conversation) -> _Described:
    since: datetime | None = one.waiting_since
    snoozed = _("snoozed") if one.status == one.Status.SNOOZED else ""
    return since and scope.firm.local_date(since), str(one), reverse("conversation", args=[one.pk]), snoozed


def _describe_promise(scope: Scope, one: Commitment) -> _Described:
    due = _("due %s") % format_day(one.due_on) if one.due_on else ""
    return one.due_on, one.what, one.customer.get_absolute_url(), due


def _describe_entry(scope: Scope, one: Interaction) -> _Described:
    return one.occurred_on, *describe_entry(one)


_DESCRIPTIONS: dict[type, Callable[..., _Described]] = {
    Customer: _describe_customer, Conversation: _describe_thread, Commitment: _describe_promise,
    Interaction: _describe_entry,
}  # fmt: skip
