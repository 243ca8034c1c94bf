"""Pins and trends of merged customers. Their scores need nothing here: a merge makes both stale."""

from datetime import date, datetime, timedelta

from customers.merging.rows import move_rows, return_rows
from customers.models import Merge
from partnership.scoring.engine.rescoring import TREND_WEEKS, backfill_snapshots
from partnership.scoring.models import ScoreSnapshot, TierPin
from partnership.staff.models import Firm

# Key in Merge.moved of the survivor's own snapshots, as rows of _COLUMNS, while the trend of both replaces them.
_SURVIVOR_TREND = f"{ScoreSnapshot._meta.db_table}.kept"

_COLUMNS = [
    field.attname for field in ScoreSnapshot._meta.concrete_fields if field.attname not in ("id", "customer_id")
]


def move_pin(merge: Merge) -> None:
    """Move the absorbed customer's pin, unless the survivor has one; then it stays until the merge is undone."""
    if not TierPin.objects.filter(customer=merge.survivor_id).exists():
        move_rows(merge, TierPin, "customer")


def return_pin(merge: Merge) -> None:
    if not TierPin.objects.filter(customer=merge.absorbed_id).exists():
        return_rows(merge, TierPin, "customer")


def rebuild_trend(merge: Merge) -> None:
    """Replace the survivor's snapshots of the last year with those of both histories; the absorbed ones stay."""
    own = ScoreSnapshot.objects.filter(customer=merge.survivor_id, day__gte=_find_first_day(merge.merged_at))
    merge.moved[_SURVIVOR_TREND] = [
        [_to_plain(value) for value in row] for row in own.order_by("day").values_list(*_COLUMNS)
    ]
    own.delete()
    backfill_snapshots([merge.survivor_id], at=merge.merged_at)


def restore_trends(merge: Merge) -> None:
    """Restore both trends, and backfill the weeks since the merge."""
    assert merge.undone_at is not None
    ScoreSnapshot.objects.filter(customer=merge.survivor_id, day__gte=_find_first_day(merge.merged_at)).delete()
    ScoreSnapshot.objects.bulk_create(
        # Rows that were kept before recorded_at was added, the last of the columns, have no value for it.
        ScoreSnapshot(customer_id=merge.survivor_id, **dict(zip(_COLUMNS, row, strict=False)))
        for row in merge.moved.get(_SURVIVOR_TREND, ())
    )
    weeks = min((merge.undone_at - merge.merged_at).days // 7, TREND_WEEKS)
    backfill_snapshots([merge.survivor_id, merge.absorbed_id], at=merge.undone_at, last_weeks=weeks)


def _find_first_day(at: datetime) -> date:
    return Firm.current().local_date(at) - timedelta(weeks=TREND_WEEKS)


def _to_plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
