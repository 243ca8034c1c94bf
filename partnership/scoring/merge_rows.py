"""Pins and trends of two customers that are merged. Scores follow by themselves: both are stale then."""

from datetime import date, datetime, timedelta
from typing import Any

from customers.merge_rows import move_rows, return_rows
from customers.models import Merge
from partnership.scoring.engine.rescoring import YEAR, fill_in_snapshots
from partnership.scoring.models import ScoreSnapshot, TierPin
from partnership.staff.models import Firm

KEPT = f"{ScoreSnapshot._meta.db_table}.kept"
"""The survivor's own trend, while that of both is drawn: rows of COLUMNS."""

COLUMNS = [field.attname for field in ScoreSnapshot._meta.concrete_fields if field.attname not in ("id", "customer_id")]


def move_pin(merge: Merge) -> None:
    """The survivor's pin wins; the other one waits for the merge to be undone."""
    if not TierPin.objects.filter(customer=merge.survivor_id).exists():
        move_rows(merge, TierPin, "customer")


def give_back_pin(merge: Merge) -> None:
    if not TierPin.objects.filter(customer=merge.absorbed_id).exists():
        return_rows(merge, TierPin, "customer")


def rebuild_trend(merge: Merge) -> None:
    """The last year as it would have been for both together. What the absorbed one's was stays as it is."""
    own = ScoreSnapshot.objects.filter(customer=merge.survivor_id, day__gte=first_day(merge.merged_at))
    merge.moved[KEPT] = [[plain(value) for value in row] for row in own.order_by("day").values_list(*COLUMNS)]
    own.delete()
    fill_in_snapshots([merge.survivor_id], at=merge.merged_at)


def restore_trends(merge: Merge) -> None:
    """Both as they were; the weeks of the time since are filled in."""
    assert merge.undone_at is not None
    ScoreSnapshot.objects.filter(customer=merge.survivor_id, day__gte=first_day(merge.merged_at)).delete()
    ScoreSnapshot.objects.bulk_create(
        ScoreSnapshot(customer_id=merge.survivor_id, **dict(zip(COLUMNS, row, strict=True)))
        for row in merge.moved.get(KEPT, ())
    )
    weeks = min((merge.undone_at - merge.merged_at).days // 7, YEAR)
    fill_in_snapshots([merge.survivor_id, merge.absorbed_id], at=merge.undone_at, last_weeks=weeks)


def first_day(at: datetime) -> date:
    return Firm.current().local_date(at) - timedelta(weeks=YEAR)


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
