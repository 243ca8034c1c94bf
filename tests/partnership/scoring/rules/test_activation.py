"""Rule sets are copied, activated and reactivated."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from interactions.errors import ActionRefused
from interactions.models import Kind
from partnership.scoring.models import RuleSet, Run, Score
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.rules.validation import Problem
from partnership.scoring.tasks import rescore_new_day_task
from partnership.scoring.trials.runs import continue_run, continue_runs
from partnership.staff.models import User
from tests.factories import UserFactory
from tests.strategies import NOON, customer_with, entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    return UserFactory(role="admin")


@pytest.fixture
def standard() -> RuleSet:
    return RuleSet.objects.active()


@pytest.fixture
def draft(standard: RuleSet, sam: User) -> RuleSet:
    return copy_rule_set(rule_set=standard, name="Standard 2", by=sam)


def rows_of(rule_set: RuleSet) -> list[list[dict[str, Any]]]:
    """Return rules and tiers without keys, to compare two sets."""
    rows = [rule_set.rules.order_by("position", "pk").values(), rule_set.tiers.order_by("rank").values()]
    own = ("id", "rule_set_id", "same_as_id")
    return [[{k: v for k, v in row.items() if k not in own} for row in table] for table in rows]


def test_a_copy_is_a_draft_of_the_same(standard: RuleSet, draft: RuleSet) -> None:
    assert (draft.status, draft.based_on, draft.why, draft.activated_at) == ("draft", standard, "", None)
    assert rows_of(draft) == rows_of(standard)
    assert len(rows_of(draft)[0]) == standard.rules.count() > 5
    assert RuleSet.objects.active() == standard
    assert list(draft.rules.all()) != list(standard.rules.all())
    assert [tier.same_as for tier in draft.tiers.all()] == list(standard.tiers.all())


def test_its_history_says_who_made_it_and_who_put_it_in_force(standard: RuleSet, draft: RuleSet, sam: User) -> None:
    activate_rule_set(rule_set=draft, why="To try", by=sam, at=NOON)
    for model, rows in (
        ("RuleSet", [draft.pk, standard.pk]),
        ("ValueRule", [rule.pk for rule in draft.rules.all()]),
    ):
        events = apps.get_model("scoring", f"{model}Event").objects.filter(pgh_obj_id__in=rows)
        assert {event.pgh_context.metadata["user"] for event in events.exclude(pgh_context=None)} == {sam.pk}
        assert events.filter(pgh_obj_id=rows[0], pgh_label="insert").exclude(pgh_context=None).exists()


def test_a_copy_needs_a_name_of_its_own(standard: RuleSet, sam: User) -> None:
    with pytest.raises(ValidationError, match="name"):
        copy_rule_set(rule_set=standard, name="Standard", by=sam)


def test_activated_it_is_followed_by_a_rescore(standard: RuleSet, draft: RuleSet, sam: User) -> None:
    run = activate_rule_set(rule_set=draft, why="To try", by=sam, at=NOON)
    draft.refresh_from_db()
    standard.refresh_from_db()
    assert (draft.status, draft.activated_at, draft.retired_at, draft.why) == ("active", NOON, None, "To try")
    assert (standard.status, standard.retired_at) == ("retired", NOON)
    assert (run.kind, run.rule_set, run.by, run.status) == ("rescore", draft, sam, "waiting")


def test_every_score_follows_there_and_back(standard: RuleSet, draft: RuleSet, sam: User) -> None:
    draft.rules.filter(name="Doing their part").update(points=3, daily_cap=3)
    ada = customer_with([entry(Kind.WORK_DONE)])
    seen = []
    for number, rule_set in enumerate([draft, standard, draft]):
        at = NOON + timedelta(hours=number)
        run = activate_rule_set(rule_set=rule_set, why="Back and forth", by=sam, at=at)
        continue_run(run.pk, clock=lambda at=at: at)
        score = Score.objects.get(customer=ada)
        assert (score.rule_set, score.tier.rule_set) == (rule_set, rule_set)
        seen.append(score.effort)
    assert seen[0] == seen[2] == 3 * seen[1]
    assert RuleSet.objects.get(pk=draft.pk).retired_at is None


def test_refused(standard: RuleSet, draft: RuleSet, sam: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(rule_set: RuleSet, why: str = "To try") -> None:
        activate_rule_set(rule_set=rule_set, why=why, by=sam, at=NOON)

    with pytest.raises(ActionRefused, match="active already"):
        tried(standard)
    with pytest.raises(ActionRefused, match="what this changes and why"):
        tried(draft, why=" ")
    missed = draft.rules.get(name="Promise missed")
    missed.half_life = 90
    missed.save()
    with pytest.raises(ActionRefused, match=r"Promise missed: Promises kept and missed must fade alike"):
        tried(draft)
    monkeypatch.setattr("partnership.scoring.rules.activation.find_problems", lambda *_: [Problem("Something.")])
    with pytest.raises(ActionRefused, match=r"“Standard 2” cannot be activated\. Something\."):
        tried(draft)
    gone = RuleSet.objects.get(pk=draft.pk)
    draft.delete()
    with pytest.raises(ActionRefused, match="deleted meanwhile"):
        tried(gone)
    assert RuleSet.objects.active() == standard
    assert not Run.objects.exists()


def test_the_nightly_look_finds_scores_of_another_set(
    draft: RuleSet, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the rescore is lost, being deleted or failed."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    ada = customer_with([entry(Kind.WORK_DONE)])
    run = activate_rule_set(rule_set=RuleSet.objects.get(pk=draft.pk), why="To try", by=sam, at=NOON)
    continue_run(run.pk, clock=lambda: NOON)
    standard = RuleSet.objects.get(name="Standard")
    run = activate_rule_set(rule_set=standard, why="Back", by=sam, at=NOON)
    assert rescore_new_day_task() == 0, "its run will come to it"
    run.delete()
    assert rescore_new_day_task() == 1
    assert continue_runs(clock=lambda: NOON) == 1
    assert Score.objects.get(customer=ada).rule_set == standard
    assert rescore_new_day_task() == 0
