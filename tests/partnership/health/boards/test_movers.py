"""Whose partnership moved: the board, the customer's page and What changed compare with the same score."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.record import Entry
from interactions.merging.merging import merge_customers
from interactions.models import Kind
from partnership.health.boards.movers import movers
from partnership.health.frame.scope import ScopeForm, scope_of
from partnership.health.rollup.refreshing import refresh_metrics
from partnership.scoring.engine.rescoring import backfill_snapshots, rescore
from partnership.scoring.explain.explanation import round_gain
from partnership.scoring.explain.score_changes import explain_score_change
from partnership.scoring.models import Score
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import User
from tests.factories import UserFactory, firm_today
from tests.strategies import DAY, NOON, add_history, customer_with, entry, histories, rolled_back

pytestmark = pytest.mark.django_db


def explained(customer: Customer, back: int) -> int:
    return (
        explain_score_change(customer.pk, since=DAY - timedelta(days=back), until=DAY).round("partnership").difference
    )


def moved_by(customer: Customer, user: User) -> int | None:
    """The number beside the customer on the board of four weeks; None when they are not on it."""
    lineage = load_tier_lineage()
    board = movers(scope_of(user, ScopeForm({"period": "month"}, lineage), lineage=lineage, today=DAY))
    rows = [row for table in board.tables for row in table.rows if row[0].text == customer.name]
    return int(rows[0][3].text.replace("−", "-")) if rows else None


@given(
    known=histories(most=10),
    late=histories(most=5),
    imported=st.booleans(),
    looked=st.lists(st.integers(0, 90), max_size=4),
)
def test_head_board_and_explanation_agree(known: list[Entry], late: list[Entry], imported: bool, looked: list[int]):
    with rolled_back():
        user = UserFactory(is_superuser=True)
        customer = customer_with(known, at=NOON if imported else NOON - timedelta(days=95))
        if imported:
            backfill_snapshots([customer.pk], at=NOON)
        else:
            for back in sorted(looked, reverse=True):
                rescore([customer.pk], at=NOON - timedelta(days=back))
        add_history(customer, late, prefix="late", at=NOON)
        rescore([customer.pk], at=NOON)
        refresh_metrics([customer.pk], at=NOON)
        score = Score.objects.get(customer=customer)
        if score.trend is not None:
            assert round_gain(score.trend, score.partnership) == explained(customer, 28)
        on_board = moved_by(customer, user)
        assert on_board is None or on_board == explained(customer, 28)


def test_an_imported_history_moved_by_what_happened_in_it():
    with rolled_back():
        customer = customer_with([entry(Kind.WORK_DONE, ago=40 + ago) for ago in range(20)], at=NOON)
        backfill_snapshots([customer.pk], at=NOON)
        rescore([customer.pk], at=NOON)
        change = explain_score_change(customer.pk, since=DAY - timedelta(days=30), until=DAY)
        assert {part for part, scores in change.parts.items() if scores["partnership"]} == {"fading"}
        assert change.round("partnership").difference < 0


def test_both_histories_of_a_merge_are_known_then(user: User):
    with rolled_back():
        customer, other = (
            customer_with([entry(Kind.WORK_DONE, ago=40 + ago) for ago in range(20)], name, at=NOON)
            for name in ("Ada", "Eve")
        )
        for one in (customer, other):
            rescore([one.pk], at=NOON - timedelta(days=35))
        merge_customers(survivor=customer, absorbed=other, by=user, at=NOON)
        rescore([customer.pk], at=NOON)
        score = Score.objects.get(customer=customer)
        assert score.trend is not None
        assert round_gain(score.trend, score.partnership) == explained(customer, 28)


@pytest.fixture
def user() -> User:
    return UserFactory()


def test_the_board_says_what_was_learned_late(managers_desk: Client):
    now = timezone.now()
    customer = customer_with([entry(Kind.WORK_DONE, ago=0)], "Ada Late", at=now - timedelta(days=60))
    rescore([customer.pk], at=now - timedelta(days=60))
    long_ago = (firm_today() - DAY).days - 45
    add_history(
        customer, [entry(Kind.REFERRAL, ago=-long_ago), entry(Kind.QUESTION, ago=-long_ago)], prefix="l", at=now
    )
    rescore([customer.pk], at=now)
    refresh_metrics([customer.pk], at=now)
    page = managers_desk.get("/health/movers/").content.decode()
    assert re.search(r"recorded late \+\d", page)


def test_thin_evidence_is_said_on_the_page_and_in_the_file(managers_desk: Client):
    now = timezone.now()
    days = (firm_today() - DAY).days
    for name, kinds in (("Ada Thin", [Kind.WORK_DONE]), ("Eve Known", [Kind.WORK_DONE, Kind.REFERRAL])):
        customer = customer_with([entry(Kind.MESSAGE, ago=0)], name, at=now - timedelta(days=60))
        rescore([customer.pk], at=now - timedelta(days=60))
        add_history(customer, [entry(kind, ago=1 - days) for kind in kinds], prefix="l", at=now)
        rescore([customer.pk], at=now)
        refresh_metrics([customer.pk], at=now)
    page = managers_desk.get("/health/movers/").text
    said = {name: "thin evidence" in page.partition(f"{name}</a>")[2].partition("</tr>")[0] for name in (
        "Ada Thin", "Eve Known")}  # fmt: skip
    assert said == {"Ada Thin": True, "Eve Known": False}
    file = b"".join(managers_desk.get("/health/movers/?table=up")).decode("utf-8-sig")
    evidence = {row["Customer"]: row["Evidence"] for row in csv.DictReader(io.StringIO(file))}
    assert evidence == {"Ada Thin": "thin evidence", "Eve Known": ""}


def test_the_reasons_add_up_to_the_points_beside_them(managers_desk: Client):
    now = timezone.now()
    customer = customer_with([entry(Kind.WORK_DONE, ago=0)], "Ada", at=now - timedelta(days=60))
    rescore([customer.pk], at=now - timedelta(days=60))
    days = (firm_today() - DAY).days
    fresh = [
        entry(kind, ago=-days + ago) for ago, kind in enumerate((Kind.REFERRAL, Kind.COMMITMENT_KEPT, Kind.PRAISE), 1)
    ]
    unmoving = [entry(kind, ago=-days + 1) for kind in (Kind.GOAL_ACHIEVED, Kind.PURCHASE)]
    add_history(customer, [*fresh, *unmoving], prefix="l", at=now)
    rescore([customer.pk], at=now)
    refresh_metrics([customer.pk], at=now)
    page = managers_desk.get("/health/movers/").content.decode()
    row = re.search(r"Ada</a>.*?</tr>", page, re.DOTALL)
    assert row
    text = " ".join(re.sub(r"<[^>]+>", " ", row[0]).split())
    assert "goal" not in text
    _, then, now_, gain, *reasons = re.split(r" (?=[\d+−])", text, maxsplit=3) + re.findall(r"[+−]\d+\.\d", text)
    assert sum(float(one.replace("−", "-")) for one in reasons) == pytest.approx(int(now_) - int(then))
    assert gain.startswith(f"+{int(now_) - int(then)} ")
    assert "kept 1 promise +" in text
