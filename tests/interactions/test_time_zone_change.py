"""A firm that moves to another time zone: every moment keeps its place, and its day is the new zone's."""

from datetime import UTC, date, datetime

import pytest

from customers.models import Customer
from interactions.actions.record import record
from partnership.scoring.models import StaleScore
from partnership.staff.models import Firm

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def test_days_follow_the_firms_time_zone() -> None:
    firm = Firm.objects.create(name="Ours", timezone="UTC")
    ada = Customer.objects.create(name="Ada")
    entry = record(
        by=None, recorded_at=LATE, customer_id=ada.pk, occurred_at=LATE, channel="app", direction="inbound",
        kind="work_done",
    )  # fmt: skip
    assert entry.occurred_on == date(2026, 3, 2)
    StaleScore.objects.all().delete()

    firm.timezone = "Europe/Berlin"
    firm.save()
    entry.refresh_from_db()
    assert (entry.occurred_at, entry.occurred_on) == (LATE, date(2026, 3, 3))
    assert [stale.customer_id for stale in StaleScore.objects.all()] == [ada.pk]

    StaleScore.objects.all().delete()
    firm.save()
    assert not StaleScore.objects.exists()
