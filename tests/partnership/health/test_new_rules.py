"""When other rules are activated, every board follows the scores without waiting for the next day."""

import csv
import io
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from partnership.focus.models import FocusItem, StaleFocus
from partnership.focus.tasks import refresh_stale_task as refresh_focus
from partnership.health.models import CustomerMetrics
from partnership.health.tasks import refresh_stale_task
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.trials.runs import continue_runs
from partnership.staff.models import User
from tests.factories import happens
from tests.partnership.health.story import Told

pytestmark = pytest.mark.django_db


def table(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url)).decode("utf-8-sig"))))[1:]


def boards(client: Client) -> dict[str, list[list[str]]]:
    """What each board that shows scores or tiers shows of them."""
    named = {
        "quadrant": table(client, "/health/quadrant/?table=quadrant"),
        "under": table(client, "/health/attention/?table=under"),
        "recoveries": table(client, "/health/recoveries/?table=recoveries"),
        "customers": table(client, "/health/customers/?csv=1"),
    }
    moved = [*table(client, "/health/movers/?table=up"), *table(client, "/health/movers/?table=down")]
    return named | {"movers": [[row[0], row[2]] for row in moved]}


@pytest.fixture
def activated(told: Told, sam: User, managers_desk: Client) -> RuleSet:
    """Rules under which everybody stands elsewhere, while every board was counted under the ones before."""
    happens(told.partner, "survey_response", at=told.at, payload={"recommendation": 9})
    ScoreSnapshot.objects.update(day=(told.at - timedelta(days=60)).date(), partnership=1)
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Effort alone", by=None)
    RuleSet.objects.filter(pk=draft.pk).update(promise_weight=0.1, balance_doubt=2, demand_half=50)
    draft.tiers.filter(name="Customer").update(partnership=1, confidence=0)
    draft.tiers.filter(name="Partner").update(partnership=99)
    draft.tiers.filter(name="Champion").update(partnership=100)
    RuleSet.objects.filter(pk=draft.pk).update(thin_below=0)
    draft.refresh_from_db()
    activate_rule_set(rule_set=draft, why="To try", by=None, at=told.at)
    assert continue_runs(clock=lambda: told.at) == 1
    return draft


def test_every_board_agrees_with_the_scores(
    told: Told, managers_desk: Client, activated: RuleSet, monkeypatch: pytest.MonkeyPatch
):
    before = {row.customer_id: row.partnership for row in CustomerMetrics.objects.filter(period="month")}
    refresh_stale_task()
    scores = {score.customer.name: score for score in Score.objects.select_related("customer", "tier")}
    assert {score.rule_set_id for score in scores.values()} == {activated.pk}
    assert all(abs(score.partnership - before[score.customer_id]) > 1 for score in scores.values())
    shown = boards(managers_desk)
    assert all(shown.values())
    for row in shown["customers"]:
        score = scores[row[0].removeprefix("'")]
        assert row[1:4] == [score.tier.name, f"{score.partnership:.1f}", f"{score.loudness:.1f}"]
    for name, column in (("quadrant", 1), ("under", 2), ("recoveries", 2), ("movers", 1)):
        for row in shown[name]:
            assert row[column] == f"{scores[row[0].removeprefix(chr(39))].partnership:.0f}", name
    tiers = Counter(score.tier.name for score in scores.values())
    assert {row[0]: int(row[1]) for row in table(managers_desk, "/health/attention/?table=tiers")} == tiers
    assert {row[0] for row in table(managers_desk, "/health/goals/?table=goals")} == set(tiers)
    assert {row[0] for row in table(managers_desk, "/health/answers/?table=answers")} == set(tiers)
    today = ScoreSnapshot.objects.filter(day=scores["Paul Partner"].day)
    assert {snapshot.customer_id: snapshot.partnership for snapshot in today} == {
        score.customer_id: score.partnership for score in scores.values()
    }


def test_so_does_the_focus_queue(told: Told, managers_desk: Client, activated: RuleSet):
    refresh_focus()
    before = dict(FocusItem.objects.values_list("pk", "place"))
    everybody = [told.partner.pk, told.wronged.pk, told.loud.pk]
    Score.objects.update(partnership=0)
    StaleFocus.objects.bulk_create(StaleFocus(customer_id=pk) for pk in everybody)
    refresh_focus()
    assert dict(FocusItem.objects.values_list("pk", "place")) != before
    rescore(everybody, at=told.at)  # as after a correction: no history changed
    refresh_focus()
    assert dict(FocusItem.objects.values_list("pk", "place")) == before


def test_scores_that_stay_outdate_nothing(told: Told):
    refresh_stale_task()
    rescore([told.partner.pk], at=told.at)
    assert refresh_stale_task() == 0
