"""The former tier of a customer who has gone quiet: "quiet, was Champion"."""

from datetime import UTC, datetime, timedelta

import pytest

from interactions.actions.record import Entry, record_many
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.models import Score
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_a_champion_gone_quiet_is_remembered() -> None:
    ada = CustomerFactory()
    kinds = [("work_done", 1), ("work_done", 2), ("commitment_kept", 1), ("commitment_kept", 2), ("referral", 1)]
    entries = [
        Entry(
            customer_id=ada.pk, occurred_at=NOON - timedelta(days=days + 3 * again), channel="app",
            direction="inbound", kind=kind,
        )
        for kind, days in kinds
        for again in range(8)
    ]  # fmt: skip
    record_many(entries, recorded_at=NOON)
    rescore([ada.pk], at=NOON)
    busy = Score.objects.get(customer=ada)
    assert busy.tier is not None
    assert busy.tier.name == "Champion"
    assert busy.find_former_tier() is None

    rescore([ada.pk], at=NOON + timedelta(days=3000))
    quiet = Score.objects.get(customer=ada)
    assert quiet.tier is not None
    assert quiet.tier.name == "Transactional"
    once = quiet.find_former_tier()
    assert once is not None
    assert once.name == "Champion"


def test_a_stranger_was_nothing_before() -> None:
    ada = CustomerFactory()
    rescore([ada.pk], at=NOON)
    assert Score.objects.get(customer=ada).find_former_tier() is None
