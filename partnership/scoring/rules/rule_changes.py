"""When other rules came into force."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm


@dataclass(frozen=True)
class RuleChange:
    """`rule_set`: the key of the set that came into force on that local day, `name` what it is called."""

    day: date
    rule_set: int
    name: str


def list_rule_changes(firm: Firm) -> list[RuleChange]:
    """List all changes, the first one first, and of each day the last; with one statement.

    The audit keeps the activations of a set that was activated again. What came with the product replaced nothing: it
    is the only set that was activated without a reason.
    """
    found = _activations(RuleSet.objects.order_by(), "pk").union(
        _activations(apps.get_model("scoring", "RuleSetEvent").objects.order_by(), "pgh_obj_id")
    )
    rows: list[tuple[datetime, int, str]] = sorted(found)
    names = {pk: name for _at, pk, name in rows}
    by_day = {firm.local_date(at): pk for at, pk, _name in rows}
    return [RuleChange(day, pk, names[pk]) for day, pk in by_day.items()]


def _activations(rows: QuerySet[Any], key: str) -> QuerySet[Any, Any]:
    return rows.filter(activated_at__isnull=False).exclude(why="").values_list("activated_at", key, "name")
