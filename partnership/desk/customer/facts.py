"""What else is known of a customer: how to reach them, who belongs to them, what passed both ways, how they grade us.

The right column of their page; it comes after the first screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.lookups import visible_customers
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.models import Kind
from interactions.models.kinds import SALES, VALUE_GIVEN, VALUE_RECEIVED

PEOPLE, THREADS, GRADES = 50, 6, 3


def about_page(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {
        **reach_part(customer),
        "threads": customer.conversations.filter(joined_into=None).select_related("assignee")[:THREADS],
        "circle": circle_of(customer, visible_customers(request)),
        "exchange": exchange_of(customer),
        "grades": grades_of(customer),
    }


def reach_part(customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer,
        "contact_points": customer.contact_points.all(),
        "about_url": reverse("about", args=[customer.pk]),
    }


@dataclass(frozen=True)
class Circle:
    """Who belongs together, as far as the viewer may see them."""

    organisation: Customer | None
    introduced_by: Customer | None
    people: list[Customer]
    introduced: list[Customer]
    is_cut: bool


def circle_of(customer: Customer, visible: CustomerQuerySet) -> Circle:
    named = [customer.organisation_id, customer.introduced_by_id]
    related = Q(organisation=customer) | Q(introduced_by=customer) | Q(pk__in=[pk for pk in named if pk])
    found = list(visible.unmerged().filter(related).order_by("sort_key", "id")[: PEOPLE + 1])
    by_pk = {one.pk: one for one in found}
    return Circle(
        organisation=by_pk.get(customer.organisation_id),
        introduced_by=by_pk.get(customer.introduced_by_id),
        people=[one for one in found if one.organisation_id == customer.pk],
        introduced=[one for one in found if one.introduced_by_id == customer.pk],
        is_cut=len(found) > PEOPLE,
    )


@dataclass(frozen=True)
class Grade:
    """What they answered in a survey, in words; `told` is empty where they gave no grade that we know."""

    pk: int
    occurred_on: date
    told: list[str]
    body: str


def grades_of(customer: Customer) -> list[Grade]:
    """The newest first."""
    found = customer.interactions.filter(kind=Kind.SURVEY_RESPONSE).order_by("-occurred_at", "-id")[:GRADES]
    return [Grade(one.pk, one.occurred_on, list(in_words(one.payload)), one.body) for one in found]


def in_words(payload: dict[str, Any]) -> Iterator[str]:
    for name, (best, words) in GRADED.items():
        value = payload.get(name)
        if isinstance(value, int) and 0 <= value <= best:
            yield words % value


GRADED = {
    "recommendation": (10, _("would recommend us: %d of 10")),
    "satisfaction": (5, _("how satisfied they are: %d of 5")),
}
"""What a survey response's payload may say: its best value, and how it is told."""


@dataclass(frozen=True)
class Exchanged:
    kind: str
    label: str
    count: int
    minutes: int
    amounts: list[tuple[Decimal, str]]


@dataclass(frozen=True)
class Exchange:
    """What passed between the two beyond words.

    `lifetime`: purchases and renewals less refunds, by currency; payments settle these and are not counted again.
    """

    given: list[Exchanged]
    received: list[Exchanged]
    lifetime: list[tuple[Decimal, str]]


def exchange_of(customer: Customer) -> Exchange:
    rows = (
        customer.interactions.filter(kind__in=[*VALUE_GIVEN, *VALUE_RECEIVED, *SALES])
        .values("kind", "currency")
        .annotate(count=Count("*"), minutes=Coalesce(Sum("minutes"), Value(0)), amount=Sum("amount"))
        .order_by("kind", "currency")
    )
    by_kind: dict[str, list[dict[str, Any]]] = {}
    lifetime: dict[str, Decimal] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
        if row["amount"] is not None and row["kind"] in (*SALES, Kind.REFUND):
            signed = -abs(row["amount"]) if row["kind"] == Kind.REFUND else row["amount"]
            lifetime[row["currency"]] = lifetime.get(row["currency"], Decimal(0)) + signed
    return Exchange(
        given=[exchanged(kind, by_kind[kind]) for kind in VALUE_GIVEN if kind in by_kind],
        received=[exchanged(kind, by_kind[kind]) for kind in VALUE_RECEIVED if kind in by_kind],
        lifetime=[(amount, currency) for currency, amount in lifetime.items()],
    )


def exchanged(kind: Kind, rows: list[dict[str, Any]]) -> Exchanged:
    return Exchanged(
        kind=kind,
        label=str(kind.label),
        count=sum(row["count"] for row in rows),
        minutes=sum(row["minutes"] for row in rows),
        amounts=[(row["amount"], row["currency"]) for row in rows if row["amount"] is not None],
    )
