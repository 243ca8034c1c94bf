"""What changed a score between two days: parts that add up, each under its own name."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pgtrigger
import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.record import Entry
from interactions.models import Interaction, Kind
from partnership.scoring.engine.rescoring import rescore
from partnership.scoring.explain.explanation import explain_score, round_score
from partnership.scoring.explain.score_changes import (
    CHANGE_PARTS,
    EXPLAINED_SCORES,
    MILLIONTHS,
    ScoreChange,
    explain_score_change,
)
from partnership.scoring.models import RuleSet, Score
from partnership.staff.models import User
from tests.factories import UserFactory
from tests.strategies import (
    DAY,
    NOON,
    add_history,
    customer_with,
    entries,
    entry,
    histories,
    make_active,
    make_rule_set,
    rolled_back,
    rule_sets,
)

pytestmark = pytest.mark.django_db

SINCE = DAY - timedelta(days=30)
THEN = NOON - timedelta(days=30)


def parts_of(found: ScoreChange, score: str = "partnership") -> dict[str, int]:
    """Return the parts that are not zero."""
    return {part: scores[score] for part, scores in found.parts.items() if scores[score]}


def happened_at(moment: datetime, *, after: int = 0) -> None:
    """Date the events of the history tables from a key on."""
    events = apps.get_model("interactions", "InteractionEvent")
    with pgtrigger.ignore("interactions.InteractionEvent:append_only"):
        events._base_manager.filter(pgh_id__gt=after).update(pgh_created_at=moment)


def newest_event() -> int:
    events = apps.get_model("interactions", "InteractionEvent")
    return events._base_manager.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0


def move(customer: Customer) -> ScoreChange:
    return explain_score_change(customer.pk, since=SINCE, until=DAY)


@pytest.fixture
def ada() -> Customer:
    """A customer with twenty days of work and two promises kept, known before SINCE."""
    work = [entry(Kind.WORK_DONE, ago=40 + ago) for ago in range(20)]
    return customer_with([*work, *[entry(Kind.COMMITMENT_KEPT, ago=35)] * 2], at=THEN)


@given(
    known=histories(most=12),
    late=st.lists(entries(), max_size=6),
    edited=st.integers(0, 3),
    deleted=st.integers(0, 3),
    rules=st.none() | rule_sets(),
    back=st.integers(1, 200),
)
def test_the_parts_add_up_exactly(
    known: list[Entry], late: list[Entry], edited: int, deleted: int, rules: dict | None, back: int
) -> None:
    with rolled_back():
        since = DAY - timedelta(days=back)
        moment = NOON - timedelta(days=back)
        customer = customer_with(known, at=moment)
        rescore([customer.pk], at=moment)
        stood = Score.objects.select_related("rule_set", "earned_tier").get(customer=customer)
        before = newest_event()
        add_history(customer, late, prefix="late", at=NOON)
        rows = list(Interaction.objects.filter(customer=customer).order_by("pk").values_list("pk", flat=True))
        Interaction.objects.filter(pk__in=rows[:edited]).update(kind=Kind.REFERRAL, direction="inbound")
        Interaction.objects.filter(pk__in=rows[edited : edited + deleted]).delete()
        happened_at(NOON, after=before)
        make_active(make_rule_set(rules))
        found, now = explain_score_change(customer.pk, since=since, until=DAY), explain_score(customer.pk, as_of=DAY)
        for score in EXPLAINED_SCORES:
            assert found.start[score] == round(getattr(stood, score) * MILLIONTHS)
            assert found.start[score] + sum(found.parts[part][score] for part in CHANGE_PARTS) == found.end[score]
            assert found.end[score] == round(now.scores[score] * MILLIONTHS)
            shown = found.round(score)
            assert shown.start + sum(shown.parts.values()) == shown.end == round_score(found.end[score] / MILLIONTHS)
            assert all(abs(shown.parts[part] - found.parts[part][score] / MILLIONTHS) < 2 for part in CHANGE_PARTS)
        assert (found.start_tier, found.end_tier) == (stood.earned_tier, now.tier)
        assert (found.start_rules, found.end_rules) == (stood.rule_set, now.rule_set)


def test_time_alone_is_fading(ada: Customer) -> None:
    assert parts_of(move(ada)).keys() == {"fading"}
    assert parts_of(move(ada))["fading"] < 0


def test_what_happened_since_is_new(ada: Customer) -> None:
    add_history(ada, [entry(Kind.REFERRAL, ago=3)], prefix="new")
    found = move(ada)
    assert parts_of(found).keys() == {"fading", "new_evidence"}
    assert parts_of(found)["new_evidence"] > 0
    assert parts_of(found, "commitment").keys() == {"fading"}


def test_what_was_known_of_and_has_come_to_pass_is_new(ada: Customer) -> None:
    add_history(ada, [entry(Kind.REFERRAL, ago=3)], prefix="new", at=THEN)
    assert parts_of(move(ada)).keys() == {"fading", "new_evidence"}


def test_what_was_learned_of_later_is_late(ada: Customer) -> None:
    add_history(ada, [entry(Kind.REFERRAL, ago=31)], prefix="late")
    assert parts_of(move(ada)).keys() == {"fading", "late"}
    assert parts_of(move(ada))["late"] > 0


def test_the_day_ends_at_the_firms_midnight() -> None:
    four = datetime.combine(SINCE + timedelta(days=1), time(4), tzinfo=NOON.tzinfo)
    for zone, part in (("UTC", "late"), ("America/New_York", "fading")):
        with rolled_back(zone):
            assert parts_of(move(customer_with([entry(Kind.WORK_DONE, ago=60)], at=four))).keys() == {part}


def change_kind(row: Interaction) -> None:
    Interaction.objects.filter(pk=row.pk).update(kind=Kind.COMMITMENT_MISSED)


def change_day(row: Interaction) -> None:
    Interaction.objects.filter(pk=row.pk).update(
        occurred_at=row.occurred_at - timedelta(days=300), occurred_on=row.occurred_on - timedelta(days=300)
    )


def make_late(row: Interaction) -> None:
    Interaction.objects.filter(pk=row.pk).update(payload={"days_late": 3})


def delete(row: Interaction) -> None:
    row.delete()


def move_away(row: Interaction) -> None:
    Interaction.objects.filter(pk=row.pk).update(customer=Customer.objects.create(name="Eve"))


@pytest.mark.parametrize("correct", [change_kind, change_day, make_late, delete, move_away])
def test_a_correction(ada: Customer, correct: Callable[[Interaction], None]) -> None:
    before = move(ada)
    correct(Interaction.objects.filter(customer=ada, kind=Kind.COMMITMENT_KEPT).first())
    found = move(ada)
    assert found.start == before.start
    assert parts_of(found).keys() == {"fading", "corrected"}
    assert parts_of(found)["corrected"] < 0


def test_what_came_from_another_customer_is_a_correction(ada: Customer) -> None:
    eve = customer_with([entry(Kind.WORK_DONE, ago=60)], "Eve", at=THEN)
    Interaction.objects.filter(customer=eve).update(customer=ada)
    assert parts_of(move(ada)).keys() == {"fading", "corrected"}
    assert parts_of(move(ada))["corrected"] > 0
    assert parts_of(move(eve)).keys() == {"fading", "corrected"}


def test_only_what_was_changed_since_is_a_correction(ada: Customer) -> None:
    """Changed before and after: the version at the end of the day is what the first change after it kept."""
    row = Interaction.objects.filter(customer=ada, kind=Kind.COMMITMENT_KEPT).first()
    change_kind(row)
    happened_at(THEN - timedelta(days=1))
    before = explain_score_change(ada.pk, since=SINCE, until=DAY)
    assert parts_of(before).keys() == {"fading"}
    assert before.start["commitment"] > before.end["commitment"]
    seen = newest_event()
    for kind in (Kind.FEEDBACK, Kind.WORK_DONE):
        Interaction.objects.filter(pk=row.pk).update(kind=kind)
    happened_at(NOON - timedelta(days=1), after=seen)
    found = move(ada)
    assert found.start == before.start
    assert parts_of(found)["corrected"] > 0


def test_a_change_that_no_rule_looks_at_is_none(ada: Customer) -> None:
    Interaction.objects.filter(customer=ada).update(pinned=True, subject="Another word")
    assert parts_of(move(ada)).keys() == {"fading"}


def test_deleted_then_and_brought_back_since(ada: Customer, user: User) -> None:
    row = Interaction.objects.filter(customer=ada, kind=Kind.WORK_DONE).first()
    assert row is not None
    whole = move(ada)
    gone = delete_entry(row, reason="Said twice", by=user, at=THEN - timedelta(days=1))
    happened_at(THEN - timedelta(days=1))
    without = move(ada)
    assert without.start["commitment"] < whole.start["commitment"]
    restore_entry(gone, by=user, at=NOON - timedelta(days=1))
    found = move(ada)
    assert found.start == without.start
    assert found.end == whole.end
    assert parts_of(found).keys() == {"fading", "corrected"}


@pytest.fixture
def user() -> User:
    return UserFactory()


def test_other_rules_since_are_a_rule_change(ada: Customer) -> None:
    rescore([ada.pk], at=THEN)
    standard = RuleSet.objects.active()
    make_active(make_rule_set({"constants": {"promise_weight": 1}, "rules": [], "tiers": [{}], "newcomers": False}))
    found = move(ada)
    assert (found.start_rules, found.end_rules.name) == (standard, "Drawn")
    assert parts_of(found).keys() == {"rule_change"}
    assert found.end_tier.name == "Tier 0"


def test_without_a_snapshot_the_rules_then_are_those_in_force(ada: Customer) -> None:
    standard = RuleSet.objects.active()
    RuleSet.objects.filter(pk=standard.pk).update(activated_at=THEN - timedelta(days=9), retired_at=NOON)
    make_active(make_rule_set({"constants": {"promise_weight": 1}, "rules": [], "tiers": [{}], "newcomers": False}))
    RuleSet.objects.filter(status="active").update(activated_at=NOON)
    assert move(ada).start_rules == standard
    assert (
        explain_score_change(ada.pk, since=SINCE - timedelta(days=90), until=DAY).start_rules
        == RuleSet.objects.active()
    )


def test_one_read_for_each_step_whatever_the_story(ada: Customer, django_assert_num_queries: object) -> None:
    add_history(ada, [entry(Kind.MESSAGE, ago=ago) for ago in range(60)], prefix="more")
    rule_set = RuleSet.objects.active()
    with django_assert_num_queries(8):  # type: ignore[operator]
        explain_score_change(ada.pk, since=SINCE, until=DAY, rule_set=rule_set)


def test_nobody_has_moved_who_is_not_there() -> None:
    with pytest.raises(KeyError):
        explain_score_change(0, since=SINCE, until=DAY)
