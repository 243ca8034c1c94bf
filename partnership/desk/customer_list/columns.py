"""What the list shows of each customer beside name, tier and scores."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Subquery, Sum, When
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, ContactPoint, Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Interaction, Kind
from interactions.models.kinds import SALES
from partnership.core.compiled_queries import Prepared, numbered
from partnership.desk.customer_list.orders import last_heard, longest_waiting

Values = dict[str, Any]


def count_of(rows: Any) -> Subquery:
    counted = rows.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(number=Count("*"))
    return Subquery(counted.values("number"))


def goals(today: date) -> Values:
    return {"goal_count": count_of(Goal.objects.filter(status=Goal.Status.ACTIVE))}


def overdue(today: date) -> Values:
    return {"overdue_count": count_of(Commitment.objects.overdue(today).filter(party=Commitment.Party.US))}


def contact(today: date) -> Values:
    first = ContactPoint.objects.filter(customer=OuterRef("pk")).order_by("kind", "pk")
    return {"contact_value": Subquery(first.values("value")[:1])}


def day_of(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d") if moment else ""


@dataclass(frozen=True)
class Column:
    """`needs`: annotations by the day it is; `text`: the cell in a table for other programs; `sort`: an order."""

    label: str | Promise
    text: Callable[[Any], str]
    needs: Callable[[date], Values] = field(default=lambda today: {})
    sort: str = ""


COLUMNS: dict[str, Column] = {
    "tags": Column(_("Tags"), lambda one: ", ".join(one.tags)),
    "owner": Column(_("Owner"), lambda one: one.owner.name if one.owner else "", sort="owner"),
    "heard": Column(
        _("Last heard"), lambda one: day_of(one.heard_at), lambda today: {"heard_at": last_heard()}, "heard"
    ),
    "waiting": Column(
        _("Waiting since"), lambda one: day_of(one.waits_since), lambda today: {"waits_since": longest_waiting()},
        "waiting",
    ),
    "goals": Column(_("Goals"), lambda one: str(one.goal_count or 0), goals),
    "overdue": Column(_("Our promises overdue"), lambda one: str(one.overdue_count or 0), overdue),
    "lifecycle": Column(_("Lifecycle"), lambda one: str(one.get_lifecycle_display())),
    "contact": Column(_("Contact"), lambda one: one.contact_value or "", contact),
    "since": Column(_("Customer since"), lambda one: one.since.isoformat() if one.since else "", sort="since"),
    "value": Column(_("Lifetime value"), lambda one: ", ".join(f"{amount} {unit}" for amount, unit in one.lifetime)),
}  # fmt: skip
"""By their names in Preferences and SavedView."""

DEFAULT = ("tags", "waiting", "heard", "owner")

SHOWN = (
    "name", "photo", "organisation", "role", "owner", "tags", "lifecycle", "since", "restricted", "do_not_contact",
    "organisation__name", "organisation__restricted", "owner__name", "score__partnership", "score__commitment",
    "score__reciprocity", "score__pinned", "score__tier__name", "score__tier__rank",
)  # fmt: skip


def known(columns: Iterable[str] | None) -> tuple[str, ...]:
    """Those of these that there are, in the list's own order; the default ones where nobody chose."""
    return DEFAULT if columns is None else tuple(name for name in COLUMNS if name in set(columns))


def rows_of(pks: Sequence[int], columns: Iterable[str], *, today: date) -> list[Customer]:
    """These customers in this order, with what the columns show. Two reads at most, however many."""
    if not pks:
        return []
    columns = tuple(columns)
    read = read_of(columns, len(pks))
    by_pk = {one.pk: one for one in read(today=today, **numbered(pks))}
    rows = [by_pk[pk] for pk in pks if pk in by_pk]
    if "value" in columns:
        fill_in_lifetime(rows)
    return rows


@lru_cache
def read_of(columns: tuple[str, ...], count: int) -> Prepared:
    def build(today: date, **pks: int) -> CustomerQuerySet:
        needs: Values = {}
        for name in columns:
            needs |= COLUMNS[name].needs(today)
        found = Customer.objects.filter(pk__in=pks.values()).select_related("owner", "organisation", "score__tier")
        return found.only(*SHOWN).annotate(**needs).order_by()

    return Prepared(build, today=date, **numbered([int] * count))


def fill_in_lifetime(rows: Sequence[Any]) -> None:
    """Purchases and renewals less refunds, by currency. Served by interactions_value."""
    signed = Case(When(kind=Kind.REFUND, then=-Abs(F("amount"))), default=F("amount"))
    sums = (
        Interaction.objects.filter(customer__in=[one.pk for one in rows], kind__in=[*SALES, Kind.REFUND])
        .exclude(amount=None)
        .values_list("customer", "currency")
        .annotate(sum=Sum(signed))
        .order_by("currency")
    )
    lifetime: dict[int, list[tuple[Decimal, str]]] = defaultdict(list)
    for pk, currency, amount in sums:
        lifetime[pk].append((amount, currency))
    for one in rows:
        one.lifetime = lifetime[one.pk]
