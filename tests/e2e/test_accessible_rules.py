"""axe finds nothing on the pages of value rules, in light and dark, wide and narrow."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from customers.models import Customer
from partnership.scoring.activation import copy_of
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rescoring import fill_in_snapshots
from partnership.scoring.runs import ask_for, carry_on_all
from partnership.staff.models import User
from tests.e2e.story import Story
from tests.e2e.test_accessibility import faults_everywhere
from tests.factories import UserFactory

pytestmark = pytest.mark.browser


def draft_and_runs(story: Story, ada: User) -> tuple[RuleSet, list[Run]]:
    """A copy in which a promise kept is worth three, previewed and backtested, as the active set is."""
    now, active = timezone.now(), RuleSet.objects.active()
    Customer.objects.update(attributes={"passed": False})
    Customer.objects.filter(pk=story.champion.pk).update(attributes={"passed": True})
    fill_in_snapshots(list(Customer.objects.values_list("pk", flat=True)), at=now)
    draft = copy_of(rule_set=active, name="Bolder", by=ada)
    draft.rules.filter(name="Promise kept").update(points=3)
    day = (timezone.localdate() - timedelta(days=10)).isoformat()
    asked = {"as_of": day, "outcome": "attribute:passed"}
    runs = [ask_for("preview", rule_set=draft, by=ada, at=now)]
    runs += [ask_for("backtest", rule_set=one, by=ada, at=now, settings=asked) for one in (active, draft)]
    carry_on_all()
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
