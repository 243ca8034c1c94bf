"""Scores and explanations as the commands print them."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError

from customers.models import Customer
from partnership.scoring.explaining import Explanation
from partnership.scoring.formulas import SUMS
from partnership.staff.sourced import parse_ref


def customer_id_of(ref: str) -> int:
    """CommandError when the ref is malformed or names nobody. A merged customer's ref names the survivor."""
    try:
        source, external_id = parse_ref(ref)
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    customer = Customer.objects.filter(source=source, external_id=external_id).first()
    if customer is None:
        raise CommandError(f"There is no customer {ref}. export_history lists every ref.")
    return customer.merged_into_id or customer.pk


def as_dict(found: Explanation) -> dict[str, Any]:
    return {
        "customer": found.ref,
        **found.scores,
        "tier": found.tier.name,
        "sums": {name: found.sums[name] for name in SUMS},
    }


def line_dicts(found: Explanation) -> list[dict[str, Any]]:
    names = ("name", "sum", "count", "points", "decayed", "contribution")
    return [{"rule" if name == "name" else name: getattr(line, name) for name in names} for line in found.lines]


def table(found: Iterable[Explanation]) -> Iterable[str]:
    yield f"{'partnership':>11} {'commitment':>10} {'reciprocity':>11} {'confidence':>10}  {'tier':26} customer"
    for one in found:
        scores = one.scores
        yield (
            f"{scores['partnership']:11.1f} {scores['commitment']:10.1f} {scores['reciprocity']:11.1f} "
            f"{scores['confidence']:10.2f}  {one.tier.name:26} {one.ref}"
        )
