"""axe finds nothing in the admin of value rules and recoveries, in light and dark, wide and narrow."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.utils import timezone
from playwright.sync_api import Page

from customers.models import Customer
from partnership.scoring.engine.rescoring import backfill_snapshots
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.trials.runs import continue_runs, request_run
from partnership.staff.models import User
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import UserFactory, firm_today, happens

pytestmark = pytest.mark.browser


def draft_and_runs(story: Story, ada: User) -> tuple[RuleSet, list[Run]]:
    """A copy in which a promise kept is worth three, previewed and backtested, as the active set is."""
    now, active = timezone.now(), RuleSet.objects.active()
    Customer.objects.update(attributes={"passed": False})
    Customer.objects.filter(pk=story.champion.pk).update(attributes={"passed": True})
    backfill_snapshots(list(Customer.objects.values_list("pk", flat=True)), at=now)
    draft = copy_rule_set(rule_set=active, name="Bolder", by=ada)
    draft.rules.filter(name="Promise kept").update(points=3)
    day = (firm_today() - timedelta(days=10)).isoformat()
    asked = {"as_of": day, "outcome": "attribute:passed"}
    runs = [request_run("preview", rule_set=draft, by=ada, at=now)]
    runs += [request_run("backtest", rule_set=one, by=ada, at=now, settings=asked) for one in (active, draft)]
    continue_runs()
    assert set(Run.objects.values_list("status", flat=True)) == {"done"}
    return draft, runs


def addresses(draft: RuleSet, runs: list[Run]) -> Iterator[str]:
    preview, *backtests = runs
    yield from (f"ruleset/{end}" for end in ("", "presets/", f"{draft.based_on_id}/change/"))
    yield from (f"ruleset/{draft.pk}/{name}/" for name in ("change", "copy", "backtest", "activation", "history"))
    yield f"ruleset/comparison/?second={draft.pk}"
    yield from (f"run/{run.pk}/change/" for run in (preview, backtests[0]))
    yield f"run/comparison/?first={backtests[0].pk}&second={backtests[1].pk}"


def test_axe_finds_nothing_on_the_pages_of_value_rules(story: Story, elsewhere: Callable[..., Page]) -> None:
    """Looked at in a window that forgives console errors: axe itself tries styles that the policy refuses."""
    ada: Any = UserFactory(name="Ada Okafor", role="admin", is_staff=True)
    window, found = elsewhere(ada), {}
    for address in addresses(*draft_and_runs(story, ada)):
        answer = window.goto(f"/admin/scoring/{address}")
        assert answer, address
        assert answer.ok, address
        found[address] = faults_everywhere(window)
    assert not {address: wrong for address, wrong in found.items() if wrong}


def what_went_wrong(ada: User) -> Iterator[str]:
    """A set that would be refused today, trials of a draft that was edited since, a rescore that failed."""
    now, former = timezone.now(), RuleSet.objects.active()
    draft = copy_rule_set(rule_set=former, name="Bolder", by=ada)
    activate_rule_set(rule_set=draft, why="To try", by=ada, at=now)
    with pgtrigger.ignore("scoring.ValueRule:only_in_drafts"):
        former.rules.filter(name="Promise missed").update(half_life=90)
    other = copy_rule_set(rule_set=draft, name="Bolder still", by=ada)
    preview = {"kind": "preview", "status": "done", "asked_at": now, "finished_at": now}
    other.runs.create(result={"fingerprint": "another"}, **preview)
    Run.objects.filter(kind="rescore").update(status="failed", finished_at=now, error="It was begun 3 times.")
    yield from ("", f"scoring/ruleset/{former.pk}/activation/", f"scoring/ruleset/{other.pk}/change/")
    yield f"scoring/run/{Run.objects.get(kind='rescore').pk}/change/"


def test_axe_finds_nothing_where_something_is_wrong(story: Story, elsewhere: Callable[..., Page]) -> None:
    ada: Any = UserFactory(name="Ada Okafor", role="admin", is_staff=True)
    happens(story.champion, "mistake", at=timezone.now(), direction="outbound", body="The wrong bill")
    window, found = elsewhere(ada), {}
    for address in what_went_wrong(ada):
        window.goto(f"/admin/{address}")
        found[address] = faults_everywhere(window)
    window.goto("/admin/recoveries/recovery/")
    window.locator("#action-toggle").check()
    window.locator("select[name=action]").select_option("close")
    window.get_by_role("button", name="Go", exact=True).click()
    window.get_by_label("How they ended").wait_for()
    found["closing"] = faults_everywhere(window)
    assert not {address: wrong for address, wrong in found.items() if wrong}
    window.get_by_label("How they ended").fill("Healed long ago")
    window.get_by_role("button", name="Close the recoveries").click()
    window.get_by_text("is closed.").wait_for()
