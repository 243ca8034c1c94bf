"""The list as a table for other programs."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.querysets import CustomerQuerySet
from partnership.core.csv_cells import escape_formula
from partnership.desk.customer_list.columns import COLUMNS, rows_of

BATCH = 1000


def table(customers: CustomerQuerySet, columns: Iterable[str], *, at: datetime) -> Iterator[str]:
    """CSV by name: ref, name, tier, the three scores, then the columns. In pieces of BATCH customers, each read when it
    is asked for; `at` is now, in the zone of its days."""
    columns = tuple(columns)
    heads = [_("Ref"), _("Name"), _("Tier"), _("Partnership"), _("Commitment"), _("Reciprocity")]
    yield written([[*heads, *(str(COLUMNS[name].label) for name in columns)]])
    refs = customers.order_by("sort_key", "pk").values_list("pk", "source", "external_id").iterator(BATCH)
    while batch := list(islice(refs, BATCH)):
        named = {pk: f"{source}:{external_id}" for pk, source, external_id in batch}
        with timezone.override(at.tzinfo):  # the view that asked, and its zone, are gone
            rows = rows_of(list(named), columns, today=at.date())
            piece = written([[named[one.pk], *cells_of(one, columns)] for one in rows])
        yield piece


def cells_of(one: Any, columns: Iterable[str]) -> Iterator[str]:
    yield one.name
    yield from scores_of(one)
    yield from (COLUMNS[name].text(one) for name in columns)


def written(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(map(escape_formula, row) for row in rows)
    return text.getvalue()


def scores_of(customer: Any) -> Iterator[str]:
    score = getattr(customer, "score", None)
    yield str(score.tier.name) if score and score.tier else ""
    for name in ("partnership", "commitment", "reciprocity"):
        yield f"{getattr(score, name):.1f}" if score else ""
