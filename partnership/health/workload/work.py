"""What each colleague carries: the rows of each figure, declared once, and how many they are."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, DateField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer
from interactions.models import Conversation, Direction, Interaction, Kind
from partnership.focus.lanes.waiting_lane import TARGET_HOURS, clock_of
from partnership.health.drilldown.rows import bound_moments
from partnership.health.frame.scope import Scope
from partnership.staff.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Rows = QuerySet[Any, Any]

_THANKS = (Kind.PRAISE, Kind.TESTIMONIAL)


@dataclass(frozen=True)
class Figure:
    """A figure of a colleague: `rows` are all of a scope, `whose` is the path to the colleague's key (NULL: without
    one), `order` sorts them, `amount` is summed instead of counting; `is_of_period`: of the period, not of today."""

    label: "StrOrPromise"
    rows: Callable[[Scope], Rows]
    whose: str
    order: str
    amount: str = ""
    is_of_period: bool = False

    def of(self, scope: Scope, colleague: int | None) -> Rows:
        return self.rows(scope).filter(**{self.whose: colleague})

    def count(self, scope: Scope) -> dict[int | None, int]:
        """Return the figure by colleague, in one read."""
        summed = Sum(self.amount) if self.amount else Count("pk")
        found = self.rows(scope).order_by().values_list(self.whose).annotate(summed)
        return dict(found)


def _customers(scope: Scope) -> Rows:
    return scope.customers()


def _waiting(scope: Scope) -> Rows:
    """Snoozed ones too: the customer waits all the same."""
    return Conversation.objects.waiting().filter(customer__in=scope.customers()).with_responsible()


def _overdue(scope: Scope) -> Rows:
    return _timed(scope).filter(is_overdue=True)


def _timed(scope: Scope) -> Rows:
    """Annotate those that wait with `is_overdue`: past their tier's response target by the firm's business clock."""
    late = ExpressionWrapper(clock_of(scope.moment, firm=scope.firm).is_overdue(), BooleanField())
    return _waiting(scope).alias(target_hours=TARGET_HOURS).annotate(is_overdue=late)


def _owed(scope: Scope) -> Rows:
    return Commitment.objects.owed(scope.day).filter(party=Commitment.Party.US, customer__in=scope.customers())


def _minutes(scope: Scope) -> Rows:
    """Service and delivery alike: both take a colleague's day."""
    return _entries(scope).filter(minutes__gt=0)


def _thanks(scope: Scope) -> Rows:
    return _entries(scope).filter(kind__in=_THANKS, direction=Direction.INBOUND)


def _entries(scope: Scope) -> Rows:
    """Return the entries of the period. Served by interactions_newest.

    The day is an expression, as PostgreSQL would search the index of each customer's days once a customer.
    """
    days = scope.span()
    day = ExpressionWrapper(F("occurred_on") + Value(0), DateField())
    found = Interaction.objects.alias(day=day).filter(day__gte=days.since, day__lte=days.until)
    return found.filter(customer__in=scope.customers(), **bound_moments(scope, "occurred_at", days))


# By the name in the URL.
FIGURES = {
    "customers": Figure(_("customers"), _customers, "owner", "sort_key"),
    "waiting": Figure(_("conversations waiting"), _waiting, "responsible", "waiting_since"),
    "overdue": Figure(_("answers overdue"), _overdue, "responsible", "waiting_since"),
    "promises": Figure(_("promises of ours past their date"), _owed, "owner", "due_on"),
    "minutes": Figure(_("time entered"), _minutes, "author", "-occurred_at", "minutes", is_of_period=True),
    "thanks": Figure(_("praise and testimonials"), _thanks, "customer__owner", "-occurred_at", is_of_period=True),
}


@dataclass(frozen=True)
class Load:
    """What a colleague carries, by the name of the figure; `user`: None for rows without a colleague."""

    user: User | None
    figures: dict[str, int]

    @property
    def is_empty(self) -> bool:
        return not any(self.figures.values())


def loads(scope: Scope) -> list[Load]:
    """Return the load of each colleague by name, then of the rows without one. Colleagues who left, and in a narrowed
    scope all others, are listed only with something to carry."""
    carried = load_figures(scope, *(name for name in FIGURES if name not in _WAITS))
    staff = sorted(User.objects.select_related("cover"), key=lambda user: (user.name.casefold(), user.pk))
    found = [Load(user, carried[user.pk]) for user in staff]
    is_narrowed = any(value not in (None, "") for value in (scope.owner, scope.team, scope.tag, scope.tier))
    shown = [load for load in found if not load.is_empty or (load.user and load.user.is_active and not is_narrowed)]
    return [*shown, Load(None, carried[None])]


_WAITS = ("waiting", "overdue")


def load_figures(scope: Scope, *names: str) -> defaultdict[int | None, dict[str, int]]:
    """Return figures by colleague: of what waits in one read, of the others in a read each."""
    found: defaultdict[int | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*_WAITS, *names), 0))
    waits = _timed(scope).order_by().values_list("responsible")
    for whose, *counts in waits.annotate(Count("pk"), late=Count("pk", filter=Q(is_overdue=True))):
        found[whose].update(zip(_WAITS, counts, strict=True))
    for name in names:
        for whose, figure in FIGURES[name].count(scope).items():
            found[whose][name] = figure or 0
    return found


def customer_of(row: Any) -> Customer:
    """Return the customer of a figure's row."""
    return row if isinstance(row, Customer) else row.customer
