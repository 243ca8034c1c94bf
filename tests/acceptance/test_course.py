"""The scores of a real course's students, against who passed."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer

pytestmark = pytest.mark.django_db

START = date(2013, 10, 1)


def test_on_a_real_course_commitment_tells_more_than_contact(
    data: Path, report: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The figures are those of a prototype of these formulas, on days 60, 90 and 120 of the course."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2014, 9, 1, 12, tzinfo=UTC))
    monkeypatch.setattr("partnership.desk.management.commands.import_history.fill_in_trends", lambda **_: 0)
    call_command("import_history", str(data / "oulad-AAA-2013J.jsonl.gz"))
    records = capsys.readouterr().out.partition(" read")[0]
    report(f"course: {Customer.objects.count():,} students, {records} records")
    for days, known, asked in ((60, 0.766, 361), (90, 0.773, 358), (120, 0.816, 352)):
        said = ["--outcome", "attribute:passed", "--present", "attribute:left_on", "--json"]
        call_command("backtest", "--as-of", str(START + timedelta(days=days)), *said)
        found = json.loads(capsys.readouterr().out)
        auc = {name: one["auc"] for name, one in found["predictors"].items()}
        figures = ", ".join(f"{name} {value:.3f}" for name, value in auc.items())
        report(f"course, day {days}: {found['n']} students, AUC of {figures}")
        assert found["n"] == asked
        assert auc["commitment"] == pytest.approx(known, abs=0.002)
        assert auc["commitment"] > max(auc["contact_volume"], auc["rfm"], auc["loudness"])
        assert found["against_loudness"]["commitment"]["better"]
