"""The list as a file."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.utils.translation import gettext as _

from customers.querysets import CustomerQuerySet
from partnership.desk.customer_list.columns import COLUMNS, Column, ListedCustomer, all_columns, load_customers
from partnership.staff.models import Firm

_BATCH = 1000
_VALUE, _OWNER = "value", "owner"


def export_heads(columns: Iterable[str], firm: Firm) -> list[str]:
    """Return the heads: what every file of customers has, the scores, then the columns chosen for the list."""
    named = [_("Ref"), _("Name"), _("Tier"), _("Partnership"), _("Commitment"), _("Reciprocity")]
    return [*named, *_chosen_heads(columns, firm), str(COLUMNS[_OWNER].label), _("Customer ID")]


def _chosen_heads(columns: Iterable[str], firm: Firm) -> Iterator[str]:
    known = all_columns()
    for name in _chosen(columns):
        yield f"{known[name].label} ({firm.currency})" if name == _VALUE else str(known[name].label)
        if name == _VALUE:
            yield _("Lifetime value in other currencies")


def _chosen(columns: Iterable[str]) -> list[str]:
    """Return the columns without the owner, whom every file names."""
    return [name for name in columns if name != _OWNER]


def export_rows(
    customers: CustomerQuerySet, columns: Iterable[str], firm: Firm, *, at: datetime
) -> Iterator[list[object]]:
    """Yield the rows, reading a thousand customers at a time. `at` is now, in the time zone of the firm's day."""
    columns, known = tuple(columns), all_columns()
    refs = customers.order_by("sort_key", "pk").values_list("pk", "source", "external_id").iterator(_BATCH)
    while batch := list(islice(refs, _BATCH)):
        refs_by_pk = {pk: f"{source}:{external_id}" for pk, source, external_id in batch}
        for row in load_customers(list(refs_by_pk), columns, at=at):
            yield [refs_by_pk[row.customer.pk], *_cells(row, columns, known, firm)]


def _cells(row: ListedCustomer, columns: Iterable[str], known: Mapping[str, Column], firm: Firm) -> Iterator[object]:
    score = row.score
    yield row.customer.name
    yield score.tier.name if score and score.tier else None
    for name in ("partnership", "commitment", "reciprocity"):
        yield round(getattr(score, name), 1) if score else None
    for name in _chosen(columns):
        if name == _VALUE:
            yield from _lifetime_cells(row, firm)
        else:
            yield known[name].value(row)
    yield row.owner
    yield row.customer.pk


def _lifetime_cells(row: ListedCustomer, firm: Firm) -> tuple[Decimal | None, str]:
    """Return the value in the firm's currency, and what there is in others."""
    amounts = {currency: amount for amount, currency in row.lifetime}
    own = amounts.pop(firm.currency, None)
    return own, ", ".join(f"{amount} {currency}" for currency, amount in amounts.items())
