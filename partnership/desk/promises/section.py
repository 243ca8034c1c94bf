"""The promises of both sides, as a part of a customer's page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from customers.models import Commitment, Customer
from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.web.page_parts import PagePart
from partnership.staff.models import User

_MOST_TO_DO, _MOST_DONE = 50, 6  # of each side
_MOST_OF_MINE = 100
_TO_DO = (Commitment.Status.OPEN, Commitment.Status.MISSED)


@dataclass(frozen=True)
class _Side:
    """One party's promises, those to be done first."""

    party: str
    promises: list[Commitment]

    @property
    def to_do(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.status in _TO_DO]

    @property
    def done(self) -> list[Commitment]:
        return [promise for promise in self.promises if promise.status not in _TO_DO]


@dataclass(frozen=True)
class PromisesSection:
    """`url`: what a promise's URLs begin with, before its key. `owed`: those of ours that are past their date."""

    url: str
    sides: list[_Side]
    owed: list[Commitment]
    today: date


def promises_section(customer: Customer) -> PromisesSection:
    """Read the newest promises of both sides, ours first."""
    today = timezone.localdate()
    promises = _READ(customer=customer.pk)
    for promise in promises:
        promise.customer = customer
    ours, theirs = (
        _Side(party, [promise for promise in promises if promise.party == party])
        for party in (Commitment.Party.US, Commitment.Party.THEM)
    )
    url = reverse("promise_keeping", args=[0]).removesuffix("0/keeping/")
    owed = [promise for promise in ours.promises if promise.is_owed(today)]
    return PromisesSection(url=url, sides=[ours, theirs], owed=owed, today=today)


def _newest_promises(customer: int) -> QuerySet[Commitment]:
    order = (F("closed_at").desc(nulls_first=True), F("due_on").asc(), F("id").asc())
    is_done = Case(When(status__in=_TO_DO, then=Value(0)), default=Value(1))
    place = Window(RowNumber(), partition_by=[F("party"), is_done], order_by=order)
    promises = Commitment.objects.filter(customer=customer)
    named = promises.annotate(owner_name=F("owner__name"), place=place)
    shown = Q(status__in=_TO_DO, place__lte=_MOST_TO_DO) | Q(place__lte=_MOST_DONE)
    return named.filter(shown).order_by(*order)


_READ = CompiledQuery(_newest_promises, customer=int)


@dataclass(frozen=True)
class MyPromisesPage:
    """`promises`: the user's own, with their customers, what is due first on top."""

    promises: list[Commitment]
    today: date


def my_promises_page(user: User) -> MyPromisesPage:
    """Read the user's open promises, and the missed ones that can still be kept late."""
    today = timezone.localdate()
    mine = Commitment.objects.outstanding().filter(
        party=Commitment.Party.US,
        owner=user,
        customer__in=Customer.objects.visible_to(user).unmerged(),
    )
    found = mine.select_related("customer").order_by(F("due_on").asc(nulls_last=True), "pk")
    return MyPromisesPage(list(found[:_MOST_OF_MINE]), today)


PROMISES = PagePart("promises", "desk/promises/promises.html", promises_section)
