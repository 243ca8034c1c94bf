"""When other rules are activated, every board follows the scores without waiting for the next day."""

import csv
import io
import re
from collections import Counter
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from partnership.focus.models import FocusItem, StaleFocus
from partnership.focus.tasks import refresh_stale_task as refresh_focus
from partnership.health.models import CustomerMetrics
from partnership.health.rollup.refreshing import refresh_all
from partnership.health.tasks import refresh_stale_task
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.explain.explanation import round_score
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.rules.rule_changes import list_rule_changes
from partnership.scoring.trials.runs import continue_runs
from partnership.staff.models import Firm, User
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
        assert row[1] == score.tier.name
        assert [float(one) for one in row[2:4]] == [round(score.partnership, 1), round(score.loudness, 1)]
    for name, column in (("quadrant", 1), ("under", 2), ("recoveries", 2), ("movers", 1)):
        for row in shown[name]:
            exact = scores[row[0].removeprefix("'")].partnership
            assert float(row[column]) == (round_score(exact) if name == "movers" else round(exact, 1)), name
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


def test_boards_know_a_tier_by_its_identity_and_the_past_by_its_name(told: Told, managers_desk: Client):
    """With Gold inserted below it, Champion stays Champion, and nobody had been Gold before."""
    champion = RuleSet.objects.active().tiers.get(name="Champion")
    ScoreSnapshot.objects.update(day=(told.at - timedelta(days=60)).date(), tier=champion)
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="With Gold", by=None)
    draft.tiers.filter(name="Champion").update(rank=5, name="Star")
    draft.tiers.create(rank=4, name="Gold", partnership=99)
    draft.tiers.exclude(name="Star").update(partnership=99)
    draft.tiers.filter(rank=0).update(partnership=0)
    draft.tiers.filter(name="Star").update(partnership=0, commitment=0)
    star = draft.tiers.get(name="Star")
    activate_rule_set(rule_set=draft, why="To try", by=None, at=told.at, tiers={champion.pk: star})
    assert continue_runs(clock=lambda: told.at) == 1
    refresh_stale_task()
    rows = {row[0]: row[1:] for row in table(managers_desk, "/health/flow/?table=flow")}
    assert {name: sum(map(int, row)) for name, row in rows.items()} == {"Champion, now Star": 3}
    heads = re.findall(r'<th scope="col"[^>]*>\s*(.*?)\s*</th>', page_of(managers_desk, "/health/flow/"))
    assert heads.index("Star") < heads.index("Gold") < heads.index("Partner")
    urls = map(unescape, re.findall(r'href="([^"]+was=[^"]+)"', page_of(managers_desk, "/health/flow/")))
    behind = {url: table(managers_desk, f"{url}&csv=1") for url in urls}
    assert sum(map(len, behind.values())) == 3
    assert all("Champion, now Star on" in page_of(managers_desk, url) for url in behind)
    for old_or_new in (champion.pk, star.pk):
        page = page_of(managers_desk, f"/health/customers/?tier={old_or_new}")
        assert re.search(rf'<option value="{star.pk}" selected>Star<', page)
        assert "Paul Partner" in page


@pytest.fixture
def gilded(told: Told) -> RuleSet:
    """Rules under which everybody, a Customer for sixty days, is Gold; one of them has become a Partner before."""
    tiers = RuleSet.objects.active().tiers
    ScoreSnapshot.objects.update(day=(told.at - timedelta(days=60)).date(), tier=tiers.get(name="Customer"))
    stood = ScoreSnapshot.objects.get(customer=told.partner)
    stood.pk, stood.day, stood.tier = None, (told.at - timedelta(days=6)).date(), tiers.get(name="Partner")
    stood.save()
    draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="With Gold", by=None)
    draft.tiers.exclude(rank=0).update(partnership=99)
    draft.tiers.create(rank=9, name="Gold", partnership=0)
    RuleSet.objects.filter(pk=draft.pk).update(thin_below=0)
    draft.refresh_from_db()
    activate_rule_set(rule_set=draft, why="To try", by=None, at=told.at)
    assert continue_runs(clock=lambda: told.at) == 1
    refresh_stale_task()
    return draft


def said(client: Client, url: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page_of(client, url))).split())


def test_nobody_rises_by_other_rules(told: Told, managers_desk: Client, gilded: RuleSet):
    moved = "1 customer rose to a higher tier, 0 fell to a lower one; 3 changed tier by other rules."
    assert moved in said(managers_desk, "/health/")
    assert moved in said(managers_desk, "/health/flow/")
    assert moved in said(managers_desk, "/health/?period=week")
    ruled = sorted(table(managers_desk, "/health/flow/?table=rules"))
    assert ruled == [["Customer", "Gold", "2"], ["Partner", "Gold", "1"]]
    lines = {row[0]: row[1:4] for row in table(managers_desk, "/health/?table=portfolio")}
    assert lines["Gold"] == ["3", "3", "3"]
    assert lines["Customer"] == ["0", "-3", "-2"]
    assert lines["Partner"] == ["0", "0", "-1"]


def test_until_the_metrics_follow_nobody_is_said_to_fall(told: Told, managers_desk: Client, gilded: RuleSet):
    customer = RuleSet.objects.get(pk=gilded.based_on_id).tiers.get(name="Customer")
    CustomerMetrics.objects.exclude(customer=told.partner).update(tier=customer)
    moved = "1 customer rose to a higher tier, 0 fell to a lower one; 1 changed tier by other rules."
    assert moved in said(managers_desk, "/health/")


def test_boards_say_when_the_rules_changed(told: Told, managers_desk: Client, gilded: RuleSet):
    for url in ("/health/", "/health/trends/", "/health/flow/"):
        assert re.search(r"Rules changed on [^:]*: With Gold\.", said(managers_desk, url)), url
    yesterday = (told.at - timedelta(days=1)).date()
    past = said(managers_desk, f"/health/flow/?from={yesterday - timedelta(days=30)}&to={yesterday}")
    assert "1 customer rose to a higher tier, 0 fell to a lower one." in past
    assert "Rules changed on" not in past


def test_a_set_that_is_taken_back_changed_nobody_who_is_where_they_were(
    told: Told, managers_desk: Client, gilded: RuleSet
):
    tomorrow = told.at + timedelta(days=1)
    standard = RuleSet.objects.get(pk=gilded.based_on_id)
    activate_rule_set(rule_set=standard, why="It was better", by=None, at=tomorrow)
    assert continue_runs(clock=lambda: tomorrow) == 1
    refresh_all(at=tomorrow)
    assert [one.name for one in list_rule_changes(Firm.current())] == ["With Gold", "Standard"]
    was = {told.partner.pk: "Partner", told.loud.pk: "Customer", told.wronged.pk: "Customer"}
    moved = sum(score.tier.name != was[score.customer_id] for score in Score.objects.select_related("tier"))
    assert f"1 customer rose to a higher tier, 0 fell to a lower one; {moved} changed tier by other rules." in said(
        managers_desk, "/health/flow/"
    )


def page_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()
