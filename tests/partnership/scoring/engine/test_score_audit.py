"""The audit finds and lists wrong stored scores, until they are corrected."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from customers.models import Customer
from interactions.models import Interaction, Kind
from partnership.scoring.engine import rescoring, score_audit
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.engine.score_audit import Audit, audit_scores, find_failed_audit, is_audit_due
from partnership.scoring.models import RuleSet, Run, Score, StaleScore
from partnership.scoring.tasks import audit_scores_task
from partnership.scoring.trials.progress import ignore_progress
from partnership.scoring.trials.runs import continue_run, request_run
from partnership.staff.models import Firm
from tests.strategies import DAY, NOON, add_history, customer_with, entry, make_active, make_rule_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[Customer]:
    found = [customer_with([entry(Kind.WORK_DONE, ago=ago)], f"Customer {ago}") for ago in range(5)]
    rescore_all(at=NOON)
    return found


def looked(*, everybody: bool = True) -> Audit:
    return audit_scores(everybody=everybody, progress=ignore_progress)


def ran(at: datetime = NOON, **settings: Any) -> Run:
    run = request_run(Run.Kind.AUDIT, rule_set=RuleSet.objects.active(), by=None, at=at, settings=settings)
    continue_run(run.pk, clock=lambda: at)
    run.refresh_from_db()
    return run


def test_all_well(people: list[Customer]) -> None:
    assert looked() == {"checked": 5, "everybody": True, "differing": 0, "ids": [], "customers": []}


@pytest.mark.parametrize(
    ("field", "value"),
    [("effort", 1), ("demand", 7), ("partnership", 99.5), ("confidence", 1), ("earned_tier", "Champion")],
)
def test_any_field_that_differs_is_named(people: list[Customer], field: str, value: Any) -> None:
    stored = RuleSet.objects.active().tiers.get(name=value).pk if field == "earned_tier" else value
    column = "earned_tier_id" if field == "earned_tier" else field
    fresh = getattr(Score.objects.get(customer=people[2]), column)
    Score.objects.filter(customer=people[2]).update(**{column: stored})
    (one,) = looked()["customers"]
    assert (one["id"], one["customer"], one["day"], one["ruleset"]) == (
        people[2].pk,
        people[2].ref,
        str(DAY),
        "Standard",
    )
    assert one["fields"] == {column: [stored, fresh]}


def test_a_history_that_changed_behind_every_back(people: list[Customer]) -> None:
    Interaction.objects.filter(customer=people[0]).delete()
    assert [set(one["fields"]) for one in looked()["customers"]] == [
        {"effort", "commitment", "partnership", "confidence"}
    ]


def test_stale_and_absorbed_ones_are_not_asked(people: list[Customer]) -> None:
    Score.objects.update(effort=1)
    add_history(people[0], [entry(Kind.WORK_DONE)], prefix="more")
    Customer.objects.filter(pk=people[1].pk).update(merged_into=people[2])
    StaleScore.objects.filter(customer=people[1]).delete()
    assert {one["id"] for one in looked()["customers"]} == {one.pk for one in people[2:]}
    assert looked()["checked"] == 3


def test_each_is_compared_as_of_its_own_day_and_set(people: list[Customer]) -> None:
    rescoring.rescore([people[0].pk], at=NOON + timedelta(days=3))
    make_active(make_rule_set({"constants": {}, "rules": [], "tiers": [{}], "newcomers": True}))
    rescoring.rescore([people[1].pk], at=NOON)
    assert len(set(Score.objects.values_list("rule_set", "day"))) == 3
    assert (looked()["checked"], looked()["differing"]) == (5, 0)


def test_a_sample_and_those_that_differed_last(people: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_audit, "SAMPLE_SIZE", 2)
    assert looked(everybody=False)["checked"] == 2
    Score.objects.filter(customer__in=people[:3]).update(effort=1)
    assert ran(all=True).result["differing"] == 3
    for _ in range(3):
        assert looked(everybody=False)["differing"] == 3


def test_names_are_capped(people: list[Customer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_audit, "MAX_LISTED", 2)
    monkeypatch.setattr(score_audit, "CHUNK", 2)
    Score.objects.update(effort=1)
    found = looked()
    assert (found["differing"], len(found["customers"])) == (5, 2)
    assert found["ids"] == [one.pk for one in people]


def test_the_alarm_stands_while_one_beyond_the_named_differs(
    people: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_audit, "MAX_LISTED", 2)
    monkeypatch.setattr(score_audit, "SAMPLE_SIZE", 0)
    Score.objects.update(effort=1)
    named = [one["id"] for one in ran(all=True).result["customers"]]
    rescoring.rescore(named, at=NOON)
    again = ran(NOON + timedelta(days=1))
    assert find_failed_audit() == again
    assert again.result["ids"] == [one.pk for one in people[2:]]


def test_the_alarm_stands_until_a_clean_audit(people: list[Customer]) -> None:
    assert find_failed_audit() is None
    ran()
    assert find_failed_audit() is None
    Score.objects.filter(customer=people[0]).update(effort=1)
    raised = ran(NOON + timedelta(days=1))
    assert find_failed_audit() == raised
    failed = Run.objects.create(kind=Run.Kind.AUDIT, rule_set=RuleSet.objects.active(), status="failed", asked_at=NOON)
    assert find_failed_audit() == raised != failed
    rescore_all(at=NOON)
    ran(NOON + timedelta(days=2))
    assert find_failed_audit() is None


def test_due_once_a_day_in_the_quiet_hours_of_the_firm(monkeypatch: pytest.MonkeyPatch) -> None:
    Firm.objects.update_or_create(id=1, defaults={"name": "Firm", "timezone": "Asia/Kolkata"})
    quiet = datetime(2026, 1, 15, 21, 30, tzinfo=UTC)  # three in Kolkata
    assert not is_audit_due(at=quiet - timedelta(minutes=1))
    monkeypatch.setattr("django.utils.timezone.now", lambda: quiet)
    assert [audit_scores_task(), audit_scores_task()] == [1, 0]
    assert Run.objects.get().kind == "audit"
    assert not is_audit_due(at=quiet + timedelta(hours=20))
    assert is_audit_due(at=quiet + timedelta(days=1))


def test_the_command(people: list[Customer], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_scores", "--json")
    assert json.loads(capsys.readouterr().out)["checked"] == 5
    Score.objects.filter(customer=people[0]).update(effort=1)
    with pytest.raises(SystemExit) as left:
        call_command("audit_scores", "--all")
    assert left.value.code == 3
    assert f"{people[0].ref} as of {DAY} under Standard: effort 1, should be" in capsys.readouterr().out
    assert find_failed_audit() == Run.objects.order_by("-pk").first()
