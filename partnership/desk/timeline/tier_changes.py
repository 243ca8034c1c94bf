"""Changes of the tier on a timeline, found in the score snapshots: they have no rows of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Coalesce, JSONObject, Lag
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.scoring.explain.explanation import round_score
from partnership.scoring.models import ScoreSnapshot
from partnership.staff.models import Firm

# The tier in force is itself; one of earlier rules points to it.
_LINEAGE = Coalesce("tier__same_as", "tier")

_FIELDS: dict[str, Any] = {
    "day": "day", "tier": "tier__name", "lineage": _LINEAGE, "points": "partnership", "rules": "rule_set__name",
    "pinned": "pinned",
}  # fmt: skip

_AS_JSON = JSONObject(**_FIELDS, **{f"was_{name}": f"was_{name}" for name in _FIELDS})


class TierChangeRow(TypedDict):
    """A snapshot as the database returns it; `was_…` is the one before."""

    day: str
    tier: str
    lineage: int
    points: float
    rules: str
    pinned: bool
    was_day: str
    was_tier: str
    was_lineage: int
    was_points: float
    was_rules: str
    was_pinned: bool


@dataclass(slots=True)
class TierChange:
    """Another tier than in the snapshot before, placed at the end of that day in the firm's time zone.

    `because` is empty where the score alone moved it.
    """

    before: str
    tier: str
    points_before: int
    points: int
    because: str
    url: str
    occurred_at: datetime
    occurred_on: date
    pk: int = 0
    deletion: None = None
    template: str = "desk/timeline/tier_change.html"


def _with_tier_changed(snapshots: QuerySet[ScoreSnapshot]) -> QuerySet[ScoreSnapshot]:
    """Pick those whose tier is another than in the one before (`was_…`), by scoring_scoresnapshot_one_a_day.

    Under other rules, a tier of another name may be the same one: that is no change.
    """
    by_day = F("day").asc()
    before = {f"was_{name}": Window(Lag(field), order_by=by_day) for name, field in _FIELDS.items()}
    renamed = ~Q(was_rules=F("rule_set__name")) & Q(was_lineage=_LINEAGE)
    had_another = Q(was_tier__isnull=False) & ~Q(was_tier=F("tier__name")) & ~renamed
    return snapshots.annotate(**before).filter(had_another).order_by("day")


def tier_change_rows_of_each() -> ArraySubquery:
    """Return them for each customer of a query, so that their page needs no query of its own."""
    snapshots = ScoreSnapshot.objects.filter(customer=OuterRef("pk"))
    return ArraySubquery(_with_tier_changed(snapshots).values(row=_AS_JSON))


def tier_changes(
    customer: Customer, firm: Firm, rows: Sequence[TierChangeRow] | None, *, above: datetime, below: datetime
) -> list[TierChange]:
    """List the changes between two moments, newest first. `rows`: all of the customer's, read here where None."""
    if rows is None:
        snapshots = ScoreSnapshot.objects.filter(customer=customer)
        rows = list(_with_tier_changed(snapshots).values_list(_AS_JSON, flat=True))
    changes = [_tier_change(row, customer, firm) for row in rows]
    return [change for change in reversed(changes) if above < change.occurred_at < below]


def _tier_change(row: TierChangeRow, customer: Customer, firm: Firm) -> TierChange:
    day = date.fromisoformat(row["day"])
    period = urlencode({"as_of": day, "since": row["was_day"]})
    return TierChange(
        before=row["was_tier"],
        tier=row["tier"],
        points_before=round_score(row["was_points"]),
        points=round_score(row["points"]),
        because=_reason(row),
        url=f"{reverse('why', args=[customer.pk])}?{period}",
        occurred_at=firm.end_of_day(day) - timedelta(microseconds=1),
        occurred_on=day,
    )


def _reason(row: TierChangeRow) -> str:
    if row["pinned"]:
        return _("pinned by a manager")
    if row["was_pinned"]:
        return _("the pin is over")
    return _("by the rules “%(rules)s”") % row if row["rules"] != row["was_rules"] else ""
