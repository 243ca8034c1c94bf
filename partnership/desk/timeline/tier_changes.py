"""Changes of the tier on a line of time: drawn from the snapshots of the score, no rows of their own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Window
from django.db.models.functions import JSONObject, Lag
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.scoring.explain.explanation import round_score
from partnership.scoring.models import ScoreSnapshot
from partnership.staff.models import Firm

TOLD = {
    "day": "day", "tier": "tier__name", "rank": "tier__rank", "points": "partnership", "rules": "rule_set__name",
    "pinned": "pinned",
}  # fmt: skip

AS_JSON = JSONObject(**TOLD, **{f"was_{name}": f"was_{name}" for name in TOLD})


@dataclass(slots=True)
class TierChange:
    """Where a day's first look found another tier than the snapshot before; at the end of that day of the firm's.

    `because` is empty where the score alone moved it.
    """

    before: str
    tier: str
    rank: int
    points_before: int
    points: int
    because: str
    url: str
    occurred_at: datetime
    occurred_on: date
    pk: int = 0
    deletion: None = None

    @property
    def tier_change(self) -> "TierChange":
        return self


def turns(customer: Any) -> QuerySet[ScoreSnapshot, Any]:
    """Snapshots whose tier is called otherwise than that of the one before, of which `was_…` tells.

    Served by scoring_scoresnapshot_one_a_day.
    """
    by_day = F("day").asc()
    before = {f"was_{name}": Window(Lag(field), order_by=by_day) for name, field in TOLD.items()}
    changed: Any = ScoreSnapshot.objects.filter(customer=customer).annotate(**before)
    turned: QuerySet[ScoreSnapshot, Any] = changed.filter(was_tier__isnull=False).exclude(was_tier=F("tier__name"))
    return turned.order_by("day")


def turns_of_each() -> ArraySubquery:
    """The same for each of the customers of a query, so that their page needs no query more."""
    return ArraySubquery(turns(OuterRef("pk")).values(row=AS_JSON))


def tier_changes(customer: Customer, firm: Firm, *, above: datetime, below: datetime) -> list[TierChange]:
    """Between two moments, newest first. Those that came with the customer (`turns`), else they are read."""
    rows = customer.turns if hasattr(customer, "turns") else turns(customer.pk).values_list(AS_JSON, flat=True)
    changes = [change_of(row, customer, firm) for row in rows]
    return [change for change in reversed(changes) if above < change.occurred_at < below]


def change_of(row: dict[str, Any], customer: Customer, firm: Firm) -> TierChange:
    day, since = (date.fromisoformat(str(row[name])) for name in ("day", "was_day"))
    asked = urlencode({"as_of": day, "since": since})
    return TierChange(
        before=row["was_tier"],
        tier=row["tier"],
        rank=row["rank"],
        points_before=round_score(row["was_points"]),
        points=round_score(row["points"]),
        because=because(row),
        url=f"{reverse('why', args=[customer.pk])}?{asked}",
        occurred_at=firm.end_of(day) - timedelta(microseconds=1),
        occurred_on=day,
    )


def because(row: dict[str, Any]) -> str:
    if row["pinned"]:
        return _("pinned by a manager")
    if row["was_pinned"]:
        return _("the pin is over")
    return _("by the rules “%(rules)s”") % row if row["rules"] != row["was_rules"] else ""
