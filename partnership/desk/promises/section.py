"""The promises of both sides, as a part of a customer's page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from customers.models import Commitment, Customer
from customers.models.commitment import RECENTLY_MISSED
from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.web.page_parts import PagePart
from partnership.staff.models import User

_MOST_OF_EACH_SIDE = 6
_MOST_OF_MINE = 100
_TO_DO = (Commitment.Status.OPEN, Commitment.Status.MISSED)


@dataclass(frozen=True)
class _Side:
    """One party's promises, open ones first. `overdue`: those of ours that are late."""

    party: str
    promises: list[Commitment]
    overdue: list[Commitment]

    @property
    def to_do(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.status in _TO_DO]

    @property
    def done(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.status not in _TO_DO]


@dataclass(frozen=True)
class PromisesSection:
    """`url`: what a promise's URLs begin with, before its key."""

    url: str
    sides: list[_Side]
    overdue: list[Commitment]
    today: date


def promises_section(customer: Customer) -> PromisesSection:
    """Read the newest promises of both sides, ours first."""
    today = timezone.localdate()
    promises = _READ(customer=customer.pk)
    for promise in promises:
        promise.customer = customer
    ours, theirs = (_side(party, promises, today) for party in (Commitment.Party.US, Commitment.Party.THEM))
    url = reverse("promise_keeping", args=[0]).removesuffix("0/keeping/")
    return PromisesSection(url=url, sides=[ours, theirs], overdue=ours.overdue, today=today)


def _side(party: Commitment.Party, promises: list[Commitment], today: date) -> _Side:
    made = [promise for promise in promises if promise.party == party]
    is_ours = party == Commitment.Party.US
    return _Side(party, made, [promise for promise in made if is_ours and _is_overdue(promise, today)])


def _is_overdue(promise: Commitment, today: date) -> bool:
    """Whether it is due and not done; one missed long ago is history."""
    if promise.due_on is None or promise.due_on >= today:
        return False
    missed = promise.status == Commitment.Status.MISSED and promise.due_on >= today - RECENTLY_MISSED
    return promise.status == Commitment.Status.OPEN or missed


def _newest_promises(customer: int) -> QuerySet[Commitment]:
    order = (F("closed_at").desc(nulls_first=True), F("due_on").asc(), F("id").asc())
    place = Window(RowNumber(), partition_by=F("party"), order_by=order)
    promises = Commitment.objects.filter(customer=customer)
    named = promises.annotate(owner_name=F("owner__name"), place=place)
    return named.filter(place__lte=_MOST_OF_EACH_SIDE).order_by(*order)


_READ = CompiledQuery(_newest_promises, customer=int)


@dataclass(frozen=True)
class MyPromisesPage:
    """`promises`: the user's own, with their customers, what is due first on top."""

    promises: list[Commitment]
    today: date


def my_promises_page(user: User) -> MyPromisesPage:
    """Read the user's open promises, and those missed lately that can still be kept late."""
    today = timezone.localdate()
    mine = Commitment.objects.outstanding().filter(
        Q(status=Commitment.Status.OPEN) | Q(due_on__gte=today - RECENTLY_MISSED),
        party=Commitment.Party.US,
        owner=user,
        customer__in=Customer.objects.visible_to(user).unmerged(),
    )
    found = mine.select_related("customer").order_by(F("due_on").asc(nulls_last=True), "pk")
    return MyPromisesPage(list(found[:_MOST_OF_MINE]), today)


PROMISES = PagePart("promises", "desk/promises/promises.html", promises_section)
