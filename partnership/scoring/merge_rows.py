"""Pins and trends of two customers that are merged. Scores follow by themselves: both are stale then."""

from datetime import date, datetime, timedelta
from typing import Any

from customers.merge_rows import give_back, move
from customers.models import Merge
from partnership.scoring.engine.rescoring import TREND_WEEKS, backfill_snapshots
from partnership.scoring.models import ScoreSnapshot, TierPin
from partnership.staff.models import Firm

_SURVIVOR_TREND = f"{ScoreSnapshot._meta.db_table}.kept"
"""The survivor's own trend, while that of both is drawn: rows of COLUMNS."""

_COLUMNS = [
    field.attname for field in ScoreSnapshot._meta.concrete_fields if field.attname not in ("id", "customer_id")
]


def move_pin(merge: Merge) -> None:
    """The survivor's pin wins; the other one waits for the merge to be undone."""
    if not TierPin.objects.filter(customer=merge.survivor_id).exists():
        move(merge, TierPin, "customer")


def return_pin(merge: Merge) -> None:
    if not TierPin.objects.filter(customer=merge.absorbed_id).exists():
        give_back(merge, TierPin, "customer")


def rebuild_trend(merge: Merge) -> None:
    """The last year as it would have been for both together. What the absorbed one's was stays as it is."""
    own = ScoreSnapshot.objects.filter(customer=merge.survivor_id, day__gte=_find_first_day(merge.merged_at))
    merge.moved[_SURVIVOR_TREND] = [
        [_to_plain(value) for value in row] for row in own.order_by("day").values_list(*_COLUMNS)
    ]
    own.delete()
    backfill_snapshots([merge.survivor_id], at=merge.merged_at)


def restore_trends(merge: Merge) -> None:
    """Both as they were; the weeks of the time since are filled in."""
    assert merge.undone_at is not None
    ScoreSnapshot.objects.filter(customer=merge.survivor_id, day__gte=_find_first_day(merge.merged_at)).delete()
    ScoreSnapshot.objects.bulk_create(
        ScoreSnapshot(customer_id=merge.survivor_id, **dict(zip(_COLUMNS, row, strict=True)))
        for row in merge.moved.get(_SURVIVOR_TREND, ())
    )
    weeks = min((merge.undone_at - merge.merged_at).days // 7, TREND_WEEKS)
    backfill_snapshots([merge.survivor_id, merge.absorbed_id], at=merge.undone_at, last_weeks=weeks)


def _find_first_day(at: datetime) -> date:
    return Firm.current().local_date(at) - timedelta(weeks=TREND_WEEKS)


def _to_plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
