"""Files of rows: each row with what its model has in typed cells of their own, and whose it is."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Commitment, Customer, Goal
from interactions.models import Conversation, Interaction, Settlement
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Subject, subject_heads
from partnership.health.models import Answer, CustomerMetrics
from partnership.health.rollup.metrics import Rows

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from partnership.health.drilldown.rows import Row

BATCH = 1000
"""Rows that are fetched at a time."""


def heads(model: type[Model], *, day: str) -> list[str]:
    """Return the heads of a file of a model's rows, the first of which is `day`."""
    return [day, _("Customer"), _("What"), *map(str, _COLUMNS[model]), *subject_heads(), _("Row ID")]


def lines(
    scope: Scope, found: Rows, row_of: Callable[[Any], "Row"], customer_of: Callable[[Any], Customer]
) -> Iterator[list[object]]:
    """Yield a line for each record found, which come with their customers' owners; at most BATCH in memory."""
    columns, records = _COLUMNS[found.model], found.iterator(chunk_size=BATCH)
    while batch := list(islice(records, BATCH)):
        asked = [customer_of(one).pk for one in batch]
        metrics = CustomerMetrics.objects.filter(period=scope.period, customer__in=asked)
        tiers = dict(metrics.values_list("customer_id", "tier"))
        for one in batch:
            row, customer = row_of(one), customer_of(one)
            subject = Subject.of(customer, scope.tier_name(tiers.get(customer.pk)))
            named = [row.day or row.since, row.customer, row.what]
            yield [*named, *(read(one) for read in columns.values()), *subject.cells, one.pk]


# What a file says of a row in cells of their own, by their heads.
_COLUMNS: dict[type[Model], dict["StrOrPromise", Callable[[Any], object]]] = {
    Customer: {
        gettext_lazy("Partnership"): lambda one: round(one.score.partnership, 1) if hasattr(one, "score") else None,
    },
    Conversation: {
        gettext_lazy("Waiting since"): lambda one: one.waiting_since,
        gettext_lazy("Status"): lambda one: one.get_status_display(),
        gettext_lazy("Assignee"): lambda one: one.assignee.name if one.assignee else None,
    },
    Interaction: {
        gettext_lazy("Moment"): lambda one: one.occurred_at,
        gettext_lazy("Time (minutes)"): lambda one: one.minutes,
        gettext_lazy("Amount"): lambda one: one.amount,
        gettext_lazy("Currency"): lambda one: one.currency or None,
    },
    Goal: {
        gettext_lazy("Moment"): lambda one: one.closed_at,
        gettext_lazy("Due"): lambda one: one.due_on,
        gettext_lazy("Status"): lambda one: one.get_status_display(),
    },
    Commitment: {
        gettext_lazy("Moment"): lambda one: one.closed_at,
        gettext_lazy("Due"): lambda one: one.due_on,
        gettext_lazy("Status"): lambda one: one.get_status_display(),
        gettext_lazy("Owner of the promise"): lambda one: one.owner.name if one.owner else None,
    },
    Answer: {
        gettext_lazy("Moment"): lambda one: one.answered_at,
        gettext_lazy("Asked"): lambda one: one.asked_at,
        gettext_lazy("Waited (business minutes)"): lambda one: round(one.waited / 60),
        gettext_lazy("Response target (business hours)"): lambda one: one.promised,
    },
    Settlement: {
        gettext_lazy("Moment"): lambda one: one.at,
        gettext_lazy("Closed by"): lambda one: one.by.name if one.by else None,
        gettext_lazy("Reason"): lambda one: one.reason or None,
    },
}
