"""The example worked out in docs/scoring.md."""

from datetime import UTC, datetime, timedelta

import pytest

from interactions.actions.record import Entry, record_many
from partnership.scoring.explaining import explain
from tests.factories import CustomerFactory

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_mara() -> None:
    mara = CustomerFactory()
    events = [("work_done", 14), ("work_done", 14), ("attendance", 0), ("commitment_kept", 60), ("question", 0)]
    entries = [
        Entry(
            customer_id=mara.pk,
            occurred_at=NOON - timedelta(days=days),
            channel="app",
            direction="inbound",
            kind=kind,
        )
        for kind, days in events
    ]
    record_many(entries, recorded_at=NOON)
    found = explain(mara.pk, as_of=NOON.date())
    assert found.sums == {"kept": 0.5, "missed": 0, "effort": 1.5, "received": 0, "given": 0, "demand": 1}
    rounded = {name: round(score, 2) for name, score in found.scores.items() if name != "confidence"}
    assert rounded == {"commitment": 42.36, "reciprocity": 50, "partnership": 46.02, "loudness": 12.94}
    assert round(found.confidence, 4) == 0.2042
    contributions = {line.name: round(line.contribution, 2) for line in found.lines if line.contribution}
    assert contributions == {"Promise kept": 6, "Doing their part": 6.36}
    assert found.is_thin
    assert found.tier.name == "Getting to know each other"
