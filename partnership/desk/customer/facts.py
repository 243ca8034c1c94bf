"""The right column of a customer's page: contact points, circle, exchange, conversations and survey grades.

It is fetched after the first screen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypedDict, cast

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.lookups import visible_customers
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation, Kind
from interactions.models.kinds import SALES, VALUE_GIVEN, VALUE_RECEIVED
from partnership.desk.contact_points.section import ReachSection, reach_section
from partnership.desk.custom_fields.facts import CustomFact, list_custom_facts
from partnership.focus.lanes.waiting_lane import Waiting, waits_of

_MOST_PEOPLE, _MOST_THREADS, _MOST_GRADES = 50, 6, 3


@dataclass(frozen=True)
class _Circle:
    """Customers who belong together, as far as the viewer may see them. `is_cut`: there are more."""

    organisation: Customer | None
    introduced_by: Customer | None
    people: list[Customer]
    introduced: list[Customer]
    is_cut: bool


def _circle(customer: Customer, visible: CustomerQuerySet) -> _Circle:
    named = [customer.organisation_id, customer.introduced_by_id]
    related = Q(organisation=customer) | Q(introduced_by=customer) | Q(pk__in=[pk for pk in named if pk])
    found = list(visible.unmerged().filter(related).order_by("sort_key", "id")[: _MOST_PEOPLE + 1])
    by_pk = {one.pk: one for one in found}
    return _Circle(
        organisation=by_pk.get(customer.organisation_id or 0),
        introduced_by=by_pk.get(customer.introduced_by_id or 0),
        people=[one for one in found if one.organisation_id == customer.pk],
        introduced=[one for one in found if one.introduced_by_id == customer.pk],
        is_cut=len(found) > _MOST_PEOPLE,
    )


@dataclass(frozen=True)
class Grade:
    """A survey response; `texts`: one for each grade in it that we know."""

    pk: int
    occurred_on: date
    texts: list[str]
    body: str


def _grades(customer: Customer) -> list[Grade]:
    """Read the newest survey responses."""
    found = customer.interactions.filter(kind=Kind.SURVEY_RESPONSE).order_by("-occurred_at", "-id")[:_MOST_GRADES]
    return [Grade(one.pk, one.occurred_on, list(_grade_texts(one.payload)), one.body) for one in found]


def _grade_texts(payload: dict[str, object]) -> Iterator[str]:
    for name, (best, text) in _GRADES.items():
        value = payload.get(name)
        if isinstance(value, int) and 0 <= value <= best:
            yield text % value


# Grades in a survey response's payload: the best value, and its text.
_GRADES = {
    "recommendation": (10, _("would recommend us: %d of 10")),
    "satisfaction": (5, _("how satisfied they are: %d of 5")),
}


@dataclass(frozen=True)
class ExchangedKind:
    """All of one kind; `amounts` with their currencies."""

    kind: str
    label: str
    count: int
    minutes: int
    amounts: list[tuple[Decimal, str]]


class _Sum(TypedDict):
    kind: str
    currency: str
    count: int
    minutes: int
    amount: Decimal | None


@dataclass(frozen=True)
class Exchange:
    """What both sides gave. `lifetime`: purchases and renewals less refunds, by currency; payments settle these and are
    not counted again."""

    given: list[ExchangedKind]
    received: list[ExchangedKind]
    lifetime: list[tuple[Decimal, str]]


def exchange_of(customer: Customer) -> Exchange:
    sums = (
        customer.interactions.filter(kind__in=[*VALUE_GIVEN, *VALUE_RECEIVED, *SALES])
        .values("kind", "currency")
        .annotate(count=Count("*"), minutes=Coalesce(Sum("minutes"), Value(0)), amount=Sum("amount"))
        .order_by("kind", "currency")
    )
    by_kind: dict[str, list[_Sum]] = {}
    lifetime: dict[str, Decimal] = {}
    for found in sums:
        row = cast(_Sum, found)
        by_kind.setdefault(row["kind"], []).append(row)
        if row["amount"] is not None and row["kind"] in (*SALES, Kind.REFUND):
            signed = -abs(row["amount"]) if row["kind"] == Kind.REFUND else row["amount"]
            lifetime[row["currency"]] = lifetime.get(row["currency"], Decimal(0)) + signed
    return Exchange(
        given=[_exchanged_kind(kind, by_kind[kind]) for kind in VALUE_GIVEN if kind in by_kind],
        received=[_exchanged_kind(kind, by_kind[kind]) for kind in VALUE_RECEIVED if kind in by_kind],
        lifetime=[(amount, currency) for currency, amount in lifetime.items()],
    )


def _exchanged_kind(kind: Kind, rows: list[_Sum]) -> ExchangedKind:
    return ExchangedKind(
        kind=kind,
        label=str(kind.label),
        count=sum(row["count"] for row in rows),
        minutes=sum(row["minutes"] for row in rows),
        amounts=[(row["amount"], row["currency"]) for row in rows if row["amount"] is not None],
    )


class _ThreadLine(NamedTuple):
    """`wait`: None for one that awaits no answer."""

    thread: Conversation
    wait: Waiting | None


@dataclass(frozen=True)
class AboutSection:
    """The right column; `threads`: the newest conversations."""

    customer: Customer
    custom: list[CustomFact]
    reach: ReachSection
    threads: list[_ThreadLine]
    circle: _Circle
    exchange: Exchange
    grades: list[Grade]


def about_section(request: HttpRequest, customer: Customer) -> AboutSection:
    threads = list(customer.conversations.filter(joined_into=None).select_related("assignee")[:_MOST_THREADS])
    waits = waits_of(customer, threads, at=timezone.now())
    return AboutSection(
        customer=customer,
        custom=list_custom_facts(customer),
        reach=reach_section(customer),
        threads=[_ThreadLine(thread, waits.get(thread.pk)) for thread in threads],
        circle=_circle(customer, visible_customers(request)),
        exchange=exchange_of(customer),
        grades=_grades(customer),
    )
