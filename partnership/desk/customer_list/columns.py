"""The columns of the list beside name, tier and scores."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Abs
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from customers.custom_fields.definitions import Definition, list_definitions
from customers.custom_fields.values import export_value, format_value
from customers.merging.fields import read_attributes
from customers.models import Commitment, ContactPoint, Customer, Goal
from customers.tags import join_tags
from interactions.models import Interaction, Kind
from interactions.models.kinds import SALES
from partnership.desk.customer_list.orders import last_inbound_at, waiting_since
from partnership.scoring.models import Score
from partnership.staff.models import Firm

_Annotations = dict[str, Subquery]
Money = tuple[Decimal, str]


@dataclass(frozen=True)
class ListedCustomer:
    """A customer with the values of the columns shown, as they are at `at`; the rest keep their defaults."""

    customer: Customer
    at: datetime
    last_inbound_at: datetime | None = None
    waiting_since: datetime | None = None
    goal_count: int | None = None
    owed_count: int | None = None
    contact: str | None = None
    lifetime: list[Money] = field(default_factory=list)
    cells: Mapping[str, str] = field(default_factory=dict)
    """The values of custom fields, by the names of their columns."""
    firm_currency: str = ""

    @property
    def score(self) -> Score | None:
        return getattr(self.customer, "score", None)

    @property
    def owner(self) -> str:
        return self.customer.owner.name if self.customer.owner else ""

    @property
    def organisation(self) -> str:
        """The organisation's name, unless it is restricted."""
        organisation = self.customer.organisation
        return organisation.name if organisation and not organisation.restricted else ""

    @property
    def waiting_time(self) -> str:
        """How long they have waited: to the minute within a day, then in whole days."""
        if self.waiting_since is None:
            return ""
        if self.at - self.waiting_since < timedelta(days=1):
            return timesince(self.waiting_since, self.at)
        return timesince(timezone.localdate(self.waiting_since), timezone.localdate(self.at))


@dataclass(frozen=True)
class Column:
    """A column. `value`: its typed cell in a file; `annotations`: what to read on a day, by fields of ListedCustomer;
    `order`: the order that its head offers."""

    label: str | Promise
    value: Callable[[ListedCustomer], object]
    annotations: Callable[[date], _Annotations] = lambda today: {}
    order: str = ""


def _count(rows: QuerySet[Goal] | QuerySet[Commitment]) -> Subquery:
    counts = rows.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(number=Count("*"))
    return Subquery(counts.values("number"))


def _goals(today: date) -> _Annotations:
    return {"goal_count": _count(Goal.objects.filter(status=Goal.Status.ACTIVE))}


def _owed_promises(today: date) -> _Annotations:
    return {"owed_count": _count(Commitment.objects.owed(today).filter(party=Commitment.Party.US))}


def _contact(today: date) -> _Annotations:
    first = ContactPoint.objects.filter(customer=OuterRef("pk")).order_by("kind", "pk")
    return {"contact": Subquery(first.values("value")[:1])}


def _firm_currency(today: date) -> _Annotations:
    return {"firm_currency": Subquery(Firm.objects.values("currency")[:1])}


# By their names in Preferences and SavedView.
COLUMNS: dict[str, Column] = {
    "tags": Column(_("Tags"), lambda row: join_tags(row.customer.tags)),
    "owner": Column(_("Owner"), lambda row: row.owner, order="owner"),
    "heard": Column(
        _("Last heard"), lambda row: row.last_inbound_at,
        lambda today: {"last_inbound_at": last_inbound_at()}, "heard",
    ),
    "waiting": Column(
        _("Waiting since"), lambda row: row.waiting_since, lambda today: {"waiting_since": waiting_since()},
        "waiting",
    ),
    "goals": Column(_("Goals"), lambda row: row.goal_count or 0, _goals),
    "overdue": Column(_("Broken, still owed"), lambda row: row.owed_count or 0, _owed_promises),
    "lifecycle": Column(_("Lifecycle"), lambda row: row.customer.get_lifecycle_display()),
    "contact": Column(_("Contact"), lambda row: row.contact, _contact),
    "since": Column(_("Customer since"), lambda row: row.customer.since, order="since"),
    "renews": Column(_("Renews on"), lambda row: row.customer.renews_on, order="renews"),
    "renewal": Column(_("Renewal amount"), lambda row: row.customer.renewal_amount, _firm_currency),
    "value": Column(_("Lifetime value"), lambda row: row.lifetime),
}  # fmt: skip

_DEFAULT_COLUMNS = ("tags", "waiting", "heard", "owner")

_FIELDS = (
    "name", "photo", "organisation", "role", "owner", "tags", "lifecycle", "since", "restricted", "do_not_contact",
    "renews_on", "renewal_amount",
    "organisation__name", "organisation__restricted", "owner__name", "score__partnership", "score__commitment",
    "score__reciprocity", "score__pinned", "score__tier__name", "score__tier__colour",
)  # fmt: skip


def all_columns() -> dict[str, Column]:
    """Return every column, those of custom fields last."""
    return {**COLUMNS, **{field.name: _custom_column(field) for field in list_definitions()}}


def _custom_column(field: Definition) -> Column:
    def value(row: ListedCustomer) -> object:
        return export_value(field, read_attributes(row.customer.attributes).get(field.key))

    return Column(field.label_with_unit, value)


def known_columns(names: Collection[str] | None) -> tuple[str, ...]:
    """Keep the names of columns that exist, in the list's own order; without a choice, return the default ones."""
    return _DEFAULT_COLUMNS if names is None else tuple(name for name in all_columns() if name in names)


def load_customers(pks: Sequence[int], columns: Iterable[str], *, at: datetime) -> list[ListedCustomer]:
    """Read these customers in this order, with the values of these columns as of `at`. Two queries at most."""
    if not pks:
        return []
    columns = tuple(columns)
    annotations: _Annotations = {}
    for name in columns:
        annotations |= COLUMNS[name].annotations(at.date()) if name in COLUMNS else {}
    custom = [one for one in list_definitions() if one.name in columns] if {*columns} - COLUMNS.keys() else []
    fields = (*_FIELDS, "attributes") if custom else _FIELDS
    found = Customer.objects.filter(pk__in=pks).select_related("owner", "organisation", "score__tier").only(*fields)
    by_pk = {customer.pk: customer for customer in found.annotate(**annotations).order_by()}
    lifetime = _lifetime_values(pks) if "value" in columns else {}
    return [
        ListedCustomer(
            by_pk[pk],
            at,
            lifetime=lifetime.get(pk, []),
            cells=_custom_cells(by_pk[pk], custom),
            **{name: getattr(by_pk[pk], name) for name in annotations},
        )
        for pk in pks
        if pk in by_pk
    ]


def _custom_cells(customer: Customer, fields: Iterable[Definition]) -> dict[str, str]:
    stored = read_attributes(customer.attributes) if fields else {}
    return {field.name: format_value(field, stored.get(field.key)) for field in fields}


def _lifetime_values(pks: Sequence[int]) -> dict[int, list[Money]]:
    """Sum purchases and renewals less refunds, by currency. Served by interactions_value."""
    signed = Case(When(kind=Kind.REFUND, then=-Abs(F("amount"))), default=F("amount"))
    sums = (
        Interaction.objects.filter(customer__in=pks, kind__in=[*SALES, Kind.REFUND])
        .exclude(amount=None)
        .values_list("customer", "currency")
        .annotate(sum=Sum(signed))
        .order_by("currency")
    )
    lifetime: dict[int, list[Money]] = defaultdict(list)
    for pk, currency, amount in sums:
        lifetime[pk].append((amount, currency))
    return lifetime
