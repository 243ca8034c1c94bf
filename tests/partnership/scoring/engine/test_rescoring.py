"""Stored scores, the tier shown, snapshots and trends, against a model of docs/scoring.md in plain Python."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.record import Entry
from interactions.models import Kind
from partnership.scoring.engine import rescoring
from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.engine.rescoring import TREND_WEEKS, backfill_snapshots, rescore, rescore_all, rescore_stale
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot, StaleScore, Tier, TierPin
from partnership.scoring.rules.activation import copy_rule_set
from tests.examples import examples
from tests.reference import ReferenceScores, compute_reference_scores
from tests.strategies import (
    DAY,
    NOON,
    TAGS,
    add_history,
    customer_with,
    entry,
    histories,
    make_active,
    make_rule_set,
    rolled_back,
    rule_sets,
)

pytestmark = pytest.mark.django_db

SCORES = ("reciprocity", "commitment", "partnership", "loudness", "confidence")
HOME = ZoneInfo("UTC")


@dataclass
class Snapshot:
    rule_set: RuleSet
    scores: dict[str, float]
    tier: Tier


@dataclass
class Model:
    """A model of the tier shown, snapshots and trends in docs/scoring.md; `look` is one rescoring."""

    snapshots: dict[date, Snapshot] = field(default_factory=dict)

    def look(self, rule_set: RuleSet, now: ReferenceScores, day: date) -> tuple[Tier, float | None]:
        earlier = [then for then in sorted(self.snapshots) if then < day]
        last = self.snapshots[earlier[-1]] if earlier else None
        tier = shown(rule_set, now, last.tier if last else None)
        scores = {name: getattr(now, name) for name in SCORES}
        if (
            day in self.snapshots
            or last is None
            or last.rule_set != rule_set
            or last.tier != tier
            or any(abs(scores[name] - last.scores[name]) >= 1 for name in SCORES if name != "confidence")
        ):
            self.snapshots[day] = Snapshot(rule_set, scores, tier)
        month_ago = [then for then in earlier if then <= day - timedelta(weeks=4)]
        trend = now.partnership - self.snapshots[month_ago[-1]].scores["partnership"] if month_ago else None
        return tier, trend


def shown(rule_set: RuleSet, now: ReferenceScores, former: Tier | None) -> Tier:
    if now.confidence < rule_set.thin_below or former is None or former.for_newcomers:
        return now.tier
    same = former if former.rule_set_id == rule_set.pk else Tier.objects.get(pk=former.pk).same_as
    if same is None or same.for_newcomers:
        return now.tier
    up, down = reached(rule_set, now, rule_set.margin), reached(rule_set, now, -rule_set.margin)
    if up.rank > same.rank:
        return up
    return down if down.rank < same.rank else same


def reached(rule_set: RuleSet, now: ReferenceScores, margin: float) -> Tier:
    ranked = [tier for tier in rule_set.tiers.all() if not tier.for_newcomers]
    met = [
        tier
        for tier in ranked[1:]
        if now.confidence >= tier.confidence
        and (not tier.partnership or now.partnership >= tier.partnership + margin)
        and (not tier.commitment or now.commitment >= tier.commitment + margin)
    ]
    return met[-1] if met else ranked[0]


def assert_stored(customer: Customer, model: Model, found: ReferenceScores, tier: Tier, trend: float | None) -> None:
    score = Score.objects.get(customer=customer)
    assert {name: getattr(score, name) for name in SUMS} == found.sums
    assert [getattr(score, name) for name in SCORES] == pytest.approx(
        [getattr(found, name) for name in SCORES], abs=1e-9
    )
    assert (score.earned_tier, score.tier) == (found.tier, tier)
    assert score.trend == (None if trend is None else pytest.approx(trend, abs=1e-9))
    assert_snapshots(customer, model)


def assert_snapshots(customer: Customer, model: Model) -> None:
    stored = list(ScoreSnapshot.objects.filter(customer=customer).order_by("day").select_related("rule_set", "tier"))
    assert [one.day for one in stored] == sorted(model.snapshots)
    for one in stored:
        expected = model.snapshots[one.day]
        assert (one.rule_set, one.tier) == (expected.rule_set, expected.tier)
        assert {name: getattr(one, name) for name in SCORES} == pytest.approx(expected.scores, abs=1e-9)


nights = st.lists(st.tuples(st.sampled_from([0, 1, 3, 14, 29, 30, 31, 90]), histories(most=6)), min_size=1, max_size=6)


@given(nights=nights, rules=st.none() | rule_sets(), back_at=st.integers(0, 6))
def test_night_after_night(nights: list[tuple[int, list[Entry]]], rules: dict | None, back_at: int) -> None:
    """Days pass, interactions arrive, and rules change and change back."""
    with rolled_back():
        standard, drawn = RuleSet.objects.active(), make_rule_set(rules)
        customer, model, history, at = customer_with([]), Model(), [], NOON - timedelta(days=150)
        for number, (gap, news) in enumerate(nights):
            rule_set = drawn if number < back_at else standard
            make_active(rule_set)
            at += timedelta(days=gap)
            add_history(customer, news, prefix=f"night{number}/")
            history += news
            rescore_all(at=at)
            found = compute_reference_scores(rule_set, history, day=at.date(), zone=HOME, tags=TAGS[:1])
            assert_stored(customer, model, found, *model.look(rule_set, found, at.date()))


@examples(5, nightly=50)  # each example looks at 52 weeks twice
@given(history=histories(most=40))
def test_a_year_of_weeks_is_filled_in(history: list[Entry]) -> None:
    with rolled_back():
        rule_set, customer, model = RuleSet.objects.active(), customer_with(history), Model()
        for weeks in range(TREND_WEEKS, 0, -1):
            day = DAY - timedelta(weeks=weeks)
            if any(one.occurred_at.date() <= day for one in history):
                model.look(
                    rule_set, compute_reference_scores(rule_set, history, day=day, zone=HOME, tags=TAGS[:1]), day
                )
        for _ in range(2):
            backfill_snapshots([customer.pk], at=NOON)
            assert_snapshots(customer, model)


def test_the_margin_keeps_a_tier_that_is_barely_lost() -> None:
    """Partner needs 55: without new evidence it is shown down to 52, though no longer earned."""
    with rolled_back():
        work = [entry(Kind.WORK_DONE, ago=ago) for ago in range(10)]
        customer = customer_with([*[entry(Kind.COMMITMENT_KEPT)] * 4, *work])
        seen = []
        for ahead in range(0, 60, 2):
            rescore([customer.pk], at=NOON + timedelta(days=ahead))
            score = Score.objects.select_related("tier", "earned_tier").get(customer=customer)
            seen.append((score.earned_tier.name, score.tier.name, score.partnership))
        kept = [partnership for earned, tier, partnership in seen if (earned, tier) == ("Customer", "Partner")]
        lost = [partnership for earned, tier, partnership in seen if (earned, tier) == ("Customer", "Customer")]
        assert kept
        assert lost
        assert all(52 <= partnership < 55 for partnership in kept)
        assert all(partnership < 52 for partnership in lost)


def test_the_margin_is_asked_of_who_comes_back() -> None:
    """A lost tier is shown again only from 3 points above its threshold."""
    with rolled_back():
        customer, seen = customer_with([entry(Kind.COMMITMENT_KEPT, ago=1)] * 2), []
        for ahead in range(12):
            add_history(
                customer, [replace(entry(Kind.CHECK_IN), occurred_at=NOON + timedelta(days=ahead))], prefix=f"{ahead}/"
            )
            rescore([customer.pk], at=NOON + timedelta(days=ahead))
            score = Score.objects.select_related("tier", "earned_tier").get(customer=customer)
            seen.append((score.earned_tier.name, score.tier.name, score.partnership))
        held = [partnership for earned, tier, partnership in seen if (earned, tier) == ("Partner", "Customer")]
        assert held
        assert all(55 <= partnership < 58 for partnership in held)
        assert seen[-1][1] == "Partner"


def test_a_pin_overrides_the_tier_and_nothing_else_until_its_day_is_over() -> None:
    with rolled_back():
        customer = customer_with([entry(Kind.WORK_DONE)] * 3)
        rescore([customer.pk], at=NOON)
        before = Score.objects.get(customer=customer)
        champion = Tier.objects.get(rule_set__status="active", name="Champion")
        TierPin.objects.create(customer=customer, tier=champion, reason="She built the place.", until=DAY)
        rescore([customer.pk], at=NOON)
        pinned = Score.objects.get(customer=customer)
        assert pinned.tier == champion
        assert pinned.earned_tier == before.earned_tier
        assert pinned.partnership == before.partnership
        rescore([customer.pk], at=NOON + timedelta(days=1))
        assert Score.objects.get(customer=customer).tier == before.tier


def test_a_pin_holds_across_rule_sets_by_the_tier_not_by_its_place() -> None:
    with rolled_back():
        customer = customer_with([])
        champion = Tier.objects.get(rule_set__status="active", name="Champion")
        TierPin.objects.create(customer=customer, tier=champion, reason="She built the place.", until=DAY)
        draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="With Gold", by=None)
        draft.tiers.filter(name="Champion").update(rank=5)
        draft.tiers.create(rank=4, name="Gold", partnership=65)
        make_active(draft)
        rescore([customer.pk], at=NOON)
        assert Score.objects.get(customer=customer).tier == draft.tiers.get(name="Champion")


def test_stale_ones_are_drained_batch_by_batch_the_oldest_first() -> None:
    with rolled_back():
        customers = [customer_with([entry(Kind.WORK_DONE)], f"Customer {number}") for number in range(5)]
        assert [rescore_stale(at=NOON, batch=2) for _ in range(4)] == [2, 2, 1, 0]
        assert Score.objects.filter(customer__in=customers, effort__gt=0).count() == 5
        add_history(customers[3], [entry(Kind.WORK_DONE)], prefix="more")
        add_history(customers[0], [entry(Kind.WORK_DONE)], prefix="more")
        rescore_stale(at=NOON, batch=1)
        assert StaleScore.objects.values_list("customer", flat=True).distinct().get() == customers[0].pk


def test_everybody_is_rescored_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "CHUNK", 3)
    with rolled_back():
        customers = [customer_with([entry(Kind.FEEDBACK)], f"Customer {number}") for number in range(7)]
        assert rescore_all(at=NOON) == 7
        assert Score.objects.filter(customer__in=customers, received__gt=0, day=DAY).count() == 7
        assert not StaleScore.objects.exists()


def test_the_day_is_the_firms() -> None:
    """23:30 on the 15th in UTC is the 16th in India and still the 15th in New York."""
    late = datetime(2026, 1, 15, 23, 30, tzinfo=ZoneInfo("UTC"))
    for zone, at, day in [
        ("Asia/Kolkata", late, date(2026, 1, 16)),
        ("America/New_York", late - timedelta(hours=20), date(2026, 1, 14)),
    ]:
        with rolled_back(zone):
            customer = customer_with([])
            rescore_all(at=at)
            assert Score.objects.get(customer=customer).day == day


def test_one_rescoring_costs_as_many_queries_for_many_as_for_one() -> None:
    def queries(work: Callable[[], object]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            work()
        return len(captured)

    with rolled_back():
        one = queries(lambda: (customer_with([entry(Kind.WORK_DONE)]), rescore_stale(at=NOON))[-1])
        made_ones = [customer_with([entry(Kind.WORK_DONE)]) for _ in range(20)]
        many = queries(lambda: rescore_stale(at=NOON))
        assert len(made_ones) == 20
        assert many <= one


def test_a_pin_that_is_over_was_never_earned() -> None:
    """After a pin to Champion, a score within Partner's margins shows the earned tier, as if never pinned."""
    with rolled_back():
        work = [entry(Kind.WORK_DONE, ago=ago) for ago in range(10)]
        customer = customer_with([*[entry(Kind.COMMITMENT_KEPT)] * 4, *work])
        found = Score.objects.select_related("tier", "earned_tier").filter(customer=customer)
        ahead = 0
        while ahead == 0 or found.get().partnership >= 55:
            rescore([customer.pk], at=NOON + timedelta(days=ahead))
            ahead += 1
        assert found.get().tier.name == "Partner"
        ScoreSnapshot.objects.filter(customer=customer).delete()
        today = NOON + timedelta(days=ahead)
        partner = Tier.objects.get(rule_set__status="active", name="Partner")
        pin = TierPin.objects.create(customer=customer, tier=partner, reason="So be it.", until=today.date())
        rescore([customer.pk], at=today)
        assert list(ScoreSnapshot.objects.filter(customer=customer).values_list("tier__name", "pinned")) == [
            ("Partner", True)
        ]
        tomorrow = today + timedelta(days=1)
        rescore([customer.pk], at=tomorrow)
        assert 52 <= found.get().partnership < 55
        assert found.get().tier.name == found.get().earned_tier.name == "Customer"
        pin.delete()
        newest = ScoreSnapshot.objects.filter(customer=customer).order_by("-day").first()
        assert newest is not None
        assert (newest.day, newest.pinned) == (tomorrow.date(), False)


def test_a_pin_of_today_says_nothing_of_the_year_before() -> None:
    with rolled_back():
        customer = customer_with([entry(Kind.WORK_DONE, ago=200)])
        champion = Tier.objects.get(rule_set__status="active", name="Champion")
        TierPin.objects.create(customer=customer, tier=champion, reason="She built the place.", until=DAY)
        backfill_snapshots([customer.pk], at=NOON)
        snapshots = ScoreSnapshot.objects.filter(customer=customer)
        assert snapshots.exists()
        assert not snapshots.filter(pinned=True).exists()
        assert not snapshots.filter(tier=champion).exists()
