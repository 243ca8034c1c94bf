"""What stands on a customer's page: a fixed number of reads, whatever the length of the story."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from customers.models import Commitment, Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Kind
from interactions.models.kinds import GIVEN, RECEIVED, SOLD
from partnership.desk.finding import visible_customers
from partnership.desk.forms.composer import COMPOSERS, Composer, NoteForm
from partnership.desk.timeline import Day, Filters, days_of, rows_of, timeline_page
from partnership.scoring.explaining import COMMITMENT, RECIPROCITY, Explanation, as_shown, explain
from partnership.scoring.models import ValueRule

PROMISES = 6
"""Promises of each side on the page."""

PEOPLE, THREADS, PINNED = 30, 6, 5


def relationship(customers: CustomerQuerySet) -> CustomerQuerySet:
    """With what the page's head shows."""
    return customers.select_related("owner", "score__tier", "score__rule_set", "tier_pin")


def customer_page(request: HttpRequest, customer: Customer, *, form: Composer | None = None) -> dict[str, Any]:
    filters = Filters()
    days, older = timeline_page(customer, filters)
    today = timezone.localdate()
    return {
        "customer": customer,
        "today": today,
        "score": (score := getattr(customer, "score", None)),
        "once": score and score.once(),
        "pin": pin_of(customer, today),
        "goals": goals_of(customer),
        "sides": sides_of(customer, today),
        "tabs": [(tab, form_class.title) for tab, form_class in COMPOSERS.items()],
        "form": form or composer_of(customer, NoteForm.tab),
        "days": days,
        "pinned": pinned_of(customer),
        "filters": filters,
        "older": older and filters.url(customer.pk, before=older),
        "threads": customer.conversations.all()[:THREADS],
        "contact_points": customer.contact_points.all(),
        "circle": circle_of(customer, visible_customers(request)),
        "exchange": exchange_of(customer),
    }


def composer_of(customer: Customer, tab: str, given: QueryDict | None = None) -> Composer:
    return COMPOSERS[tab](given, customer=customer, auto_id=f"{tab}-%s")


def pinned_of(customer: Customer) -> list[Day]:
    """Mostly nothing, which is cheap to learn."""
    pinned = list(customer.interactions.filter(pinned=True).values_list("pk", flat=True)[:PINNED])
    return days_of(rows_of(customer).filter(pk__in=pinned), customer) if pinned else []


def pin_of(customer: Customer, today: date) -> Any:
    pin = getattr(customer, "tier_pin", None)
    return pin if pin and pin.until >= today else None


def goals_of(customer: Customer) -> QuerySet[Goal]:
    """Those that are pursued first, then the newest of the others."""
    return customer.goals.order_by(F("closed_at").desc(nulls_first=True), "due_on", "id")[:10]


@dataclass(frozen=True)
class Side:
    """One party's promises: what is open first."""

    party: str
    promises: list[Commitment]

    def has_overdue(self, today: date) -> bool:
        return any(is_overdue(promise, today) for promise in self.promises)


def is_overdue(promise: Commitment, today: date) -> bool:
    return promise.status == Commitment.Status.OPEN and promise.due_on is not None and promise.due_on < today


def sides_of(customer: Customer, today: date) -> list[Side]:
    """Their promises beside ours; ours first when one of ours is overdue, or was missed and is still to do."""
    open_first = (F("closed_at").desc(nulls_first=True), "due_on", "id")
    promises = customer.commitments.annotate(owner_name=F("owner__name"), goal_title=F("goal__title")).order_by(
        *open_first
    )
    ours, theirs = (
        Side(party, list(promises.filter(party=party)[:PROMISES]))
        for party in (Commitment.Party.US, Commitment.Party.THEM)
    )
    return [ours, theirs] if ours.has_overdue(today) else [theirs, ours]


@dataclass(frozen=True)
class Circle:
    """Who belongs together, as far as the viewer may see them."""

    organisation: Customer | None
    introduced_by: Customer | None
    people: list[Customer]
    introduced: list[Customer]


def circle_of(customer: Customer, visible: CustomerQuerySet) -> Circle:
    named = [customer.organisation_id, customer.introduced_by_id]
    related = Q(organisation=customer) | Q(introduced_by=customer) | Q(pk__in=[pk for pk in named if pk])
    found = list(visible.standing().filter(related).order_by("sort_key", "id")[:PEOPLE])
    by_pk = {one.pk: one for one in found}
    return Circle(
        organisation=by_pk.get(customer.organisation_id),
        introduced_by=by_pk.get(customer.introduced_by_id),
        people=[one for one in found if one.organisation_id == customer.pk],
        introduced=[one for one in found if one.introduced_by_id == customer.pk],
    )


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
        customer.interactions.filter(kind__in=[*GIVEN, *RECEIVED, *SOLD])
        .values("kind", "currency")
        .annotate(count=Count("*"), minutes=Coalesce(Sum("minutes"), Value(0)), amount=Sum("amount"))
        .order_by("kind", "currency")
    )
    by_kind: dict[str, list[dict[str, Any]]] = {}
    lifetime: dict[str, Decimal] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
        if row["amount"] is not None and row["kind"] in (*SOLD, Kind.REFUND):
            signed = -abs(row["amount"]) if row["kind"] == Kind.REFUND else row["amount"]
            lifetime[row["currency"]] = lifetime.get(row["currency"], Decimal(0)) + signed
    return Exchange(
        given=[exchanged(kind, by_kind[kind]) for kind in GIVEN if kind in by_kind],
        received=[exchanged(kind, by_kind[kind]) for kind in RECEIVED if kind in by_kind],
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


def why_page(customer: Customer, *, as_of: date) -> dict[str, Any]:
    """The reasons of both scores; each line leads to the rows that it counts."""
    explanation = explain(customer.pk, as_of=as_of)
    return {
        "customer": customer,
        "explanation": explanation,
        "tier": explanation.tier,
        "columns": [column_of(explanation, score, customer) for score in (COMMITMENT, RECIPROCITY)],
        "asks": [line for line in explanation.lines if line.feeds is None and line.count],
    }


def would_add(rule: ValueRule) -> bool:
    return rule.sum not in (ValueRule.Sum.MISSED, ValueRule.Sum.GIVEN) and rule.payload != ValueRule.Payload.HAS


def column_of(explanation: Explanation, score: str, customer: Customer) -> dict[str, Any]:
    """One score from its neutral start, line by line, to what it is: whole numbers that add up."""
    return {
        "score": score,
        "start": as_shown(explanation.neutral[score]),
        "value": as_shown(explanation.scores[score]),
        "lines": [
            {
                "name": line.name,
                "count": line.count if line.rule else None,
                "points": int(line.contribution),
                "url": Filters.of_rule(line.rule).url(customer.pk) if line.rule else None,
            }
            for line in sorted(explanation.shown(score), key=lambda line: line.rule is None)
        ],
        "missing": [rule.name for rule in explanation.missing(score) if would_add(rule)],
    }
