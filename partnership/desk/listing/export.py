"""The list as a table for other programs."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from customers.querysets import CustomerQuerySet
from partnership.desk.listing.columns import COLUMNS, rows_of

BATCH = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(stream: IO[str], customers: CustomerQuerySet, columns: Iterable[str], *, today: date) -> None:
    """CSV by name: ref, name, tier, the three scores, then the columns."""
    columns = tuple(columns)
    table = csv.writer(stream)
    heads = [_("Ref"), _("Name"), _("Tier"), _("Partnership"), _("Commitment"), _("Reciprocity")]
    table.writerow(map(harmless, [*heads, *(str(COLUMNS[name].label) for name in columns)]))
    refs = customers.order_by("sort_key", "pk").values_list("pk", "source", "external_id").iterator()
    while batch := list(islice(refs, BATCH)):
        named = {pk: f"{source}:{external_id}" for pk, source, external_id in batch}
        for one in rows_of(list(named), columns, today=today):
            cells = [named[one.pk], one.name, *scores_of(one), *(COLUMNS[name].text(one) for name in columns)]
            table.writerow(map(harmless, cells))


def scores_of(customer: Any) -> Iterator[str]:
    score = getattr(customer, "score", None)
    yield str(score.tier.name) if score and score.tier else ""
    for name in ("partnership", "commitment", "reciprocity"):
        yield f"{getattr(score, name):.1f}" if score else ""


def harmless(cell: str) -> str:
    """A spreadsheet takes a text that begins like a formula for one, and runs it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
