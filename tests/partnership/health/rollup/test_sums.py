"""The sums by block and the tallies in brief are what the tallies say, whatever changes a tally."""

from collections import Counter
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from partnership.health.drilldown.customer_breakdown import ordered
from partnership.health.frame.scope import Scope, ScopeForm, scope_of, tiers_in_force
from partnership.health.models import BriefTally, Tally, TallySum
from partnership.health.rollup.metrics import MEASURES
from partnership.health.rollup.periods import PERIODS, place
from partnership.health.rollup.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import User
from tests.factories import CustomerFactory, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def tallied() -> list[Tally]:
    """Customers of three blocks, of several tiers."""
    now = timezone.now()
    for number, pk in enumerate((TallySum.BLOCK * 40 - 1, TallySum.BLOCK * 40, TallySum.BLOCK * 41 + 7, 20_000)):
        customer: Customer = CustomerFactory(pk=pk)  # type: ignore[assignment]
        for _ in range(5 * number):
            happens(customer, "work_done", at=now)
            happens(customer, "message", at=now, direction="outbound", channel="email")
        happens(customer, "call", at=now, direction="outbound", minutes=15 + number)
    rescore_all(at=now)
    refresh_all(at=now)
    Tally.objects.filter(pk=20_000).update(rank=4)
    return list(Tally.objects.order_by("pk"))


def figures(row: Tally | TallySum) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for name, measure in MEASURES.items():
        for number, value in enumerate(getattr(row, name) if measure.day else [getattr(row, name)]):
            found[name, number] += int(value)
    return found


def added_up() -> dict[tuple[int, int | None], Counter[Any]]:
    """From the tallies themselves."""
    found: dict[tuple[int, int | None], Counter[Any]] = {}
    for tally in Tally.objects.all():
        sums = found.setdefault((tally.pk // TallySum.BLOCK, tally.rank), Counter())
        sums.update(figures(tally))
        sums["customers"] += 1
        sums["partnership"] += round(tally.partnership * 1000)
    return found


def kept() -> dict[tuple[int, int | None], Counter[Any]]:
    return {
        (row.block, row.rank): figures(row)
        + Counter({"customers": row.customers, "partnership": round(row.partnership * 1000)})
        for row in TallySum.objects.all()
    }


def agree() -> bool:
    found = {key: +sums for key, sums in added_up().items()}
    for key, sums in kept().items():
        assert abs(sums.pop("partnership", 0) - found[key].pop("partnership", 0)) <= sums["customers"]
        assert sums == found[key]
    assert len(kept()) == len(found)
    for tally in Tally.objects.select_related("customer__brief_tally"):
        assert_brief(tally.customer.brief_tally, tally)
    return BriefTally.objects.count() == Tally.objects.count()


def assert_brief(brief: BriefTally, tally: Tally) -> None:
    assert (brief.partnership, brief.loudness, brief.rank) == (tally.partnership, tally.loudness, tally.rank)
    for number, period in enumerate(PERIODS):
        then, now = tally.partnership_then[number], place(period)
        assert getattr(brief, f"minutes_{period}") == tally.minutes[now]
        assert getattr(brief, f"messages_{period}") == tally.messages[now]
        assert getattr(brief, f"then_{period}") == tally.rank_then[number]
        assert getattr(brief, f"moved_{period}") == (None if then is None else tally.partnership - then)


def test_they_follow_what_is_counted(tallied: list[Tally]):
    assert len({tally.rank for tally in tallied}) > 1
    assert {row.block for row in TallySum.objects.all()} == {39, 40, 41, 20_000 // TallySum.BLOCK}
    assert agree()


def test_they_follow_who_is_changed_by_hand_or_gone(tallied: list[Tally]):
    Tally.objects.filter(pk=tallied[0].pk).update(rank=4, minutes=[7] * 8)
    assert agree()
    tallied[1].delete()
    assert agree()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM health_tally WHERE customer_id = %s", [tallied[2].pk])
    assert agree()
    tallied[3].customer.delete()
    assert TallySum.objects.count() == 1
    assert agree()


def test_the_command_rebuilds_them(tallied: list[Tally]):
    TallySum.objects.update(customers=99, asked=[9] * 8)
    BriefTally.objects.update(loudness=99)
    call_command("rebuild_rollups", stdout=StringIO())
    assert agree()


def test_what_is_asked_of_everybody_is_the_same_by_both(tallied: list[Tally], manager: User, sam: User):
    """Sam is no manager: what is asked of the customers Sam sees, which are all, is added up one by one."""
    for period in PERIODS:
        for scope in (scope_by(manager, period=period), scope_by(manager, period=period, tier=tallied[0].rank)):
            assert scope.totals(*MEASURES) == replace(scope, viewer=sam).totals(*MEASURES)
            in_brief = [(one.pk, one.effort) for one in ordered(scope, {})]
            efforts = scope.tallies().annotate(effort=scope.effort()).order_by("-effort", "-pk")
            assert in_brief == [(one.pk, one.effort) for one in efforts]


def scope_by(user: User, **asked: Any) -> Scope:
    tiers = tiers_in_force()
    return scope_of(user, ScopeForm(asked, tiers), tiers=tiers, today=timezone.localdate())
