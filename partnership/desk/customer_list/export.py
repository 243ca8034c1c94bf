"""The list as a CSV file."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.querysets import CustomerQuerySet
from partnership.core.csv_cells import escape_formula
from partnership.desk.customer_list.columns import COLUMNS, ListedCustomer, load_customers

_BATCH = 1000


def export_csv(customers: CustomerQuerySet, columns: Iterable[str], *, at: datetime) -> Iterator[str]:
    """Yield CSV by name: ref, name, tier, the three scores, then the columns, a thousand customers at a time.

    `at` is now, in the time zone of the days written.
    """
    columns = tuple(columns)
    heads = [_("Ref"), _("Name"), _("Tier"), _("Partnership"), _("Commitment"), _("Reciprocity")]
    yield _write_rows([[*heads, *(str(COLUMNS[name].label) for name in columns)]])
    refs = customers.order_by("sort_key", "pk").values_list("pk", "source", "external_id").iterator(_BATCH)
    while batch := list(islice(refs, _BATCH)):
        refs_by_pk = {pk: f"{source}:{external_id}" for pk, source, external_id in batch}
        with timezone.override(at.tzinfo):  # the request, and its time zone, are over when a response streams
            rows = load_customers(list(refs_by_pk), columns, at=at)
            text = _write_rows([[refs_by_pk[row.customer.pk], *_cells(row, columns)] for row in rows])
        yield text


def _cells(row: ListedCustomer, columns: Iterable[str]) -> Iterator[str]:
    score = row.score
    yield row.customer.name
    yield score.tier.name if score and score.tier else ""
    for name in ("partnership", "commitment", "reciprocity"):
        yield f"{getattr(score, name):.1f}" if score else ""
    yield from (COLUMNS[name].text(row) for name in columns)


def _write_rows(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(map(escape_formula, row) for row in rows)
    return text.getvalue()
