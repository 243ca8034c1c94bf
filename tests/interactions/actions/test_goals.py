"""Goals: set, checked in, achieved or dropped, each with its row on the timeline."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from customers.models import Customer, Goal
from interactions.actions.goals import achieve_goal, check_in, drop_goal, set_goal
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.staff.models import User

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def sam() -> User:
    return User.objects.create_user("sam@firm.example", name="Sam")


@pytest.fixture
def goal(sam: User) -> Goal:
    return set_goal(
        customer=Customer.objects.create(name="Ada"), title="Ten clients", at=AT, by=sam,
        unit="clients", baseline=Decimal(2), target=Decimal(10),
    )  # fmt: skip


def kinds(goal: Goal) -> list[str]:
    return list(Interaction.objects.filter(goal=goal).order_by("occurred_at").values_list("kind", flat=True))


def test_setting_one_is_theirs(goal: Goal) -> None:
    row = Interaction.objects.get(goal=goal)
    assert (row.kind, row.direction, row.occurred_at, row.subject) == ("goal_set", "inbound", AT, "Ten clients")


@pytest.mark.parametrize(("verb", "status"), [(achieve_goal, "achieved"), (drop_goal, "dropped")])
def test_closing_one_once(goal: Goal, sam: User, verb: Callable[..., None], status: str) -> None:
    at = AT + timedelta(days=30)
    verb(goal, at=at, by=sam)
    assert (goal.status, goal.closed_at) == (status, at)
    for again in (achieve_goal, drop_goal):
        with pytest.raises(ActionRefused, match=status):
            again(goal, at=at + timedelta(days=1), by=sam)
    assert kinds(goal) == ["goal_set", f"goal_{status}"]


def test_the_newest_reading_is_the_current_value_whatever_order_they_come_in(goal: Goal, sam: User) -> None:
    check_in(goal=goal, value=Decimal(6), at=AT + timedelta(days=9), by=None)
    check_in(goal=goal, value=Decimal(4), at=AT + timedelta(days=5), by=None)
    check_in(goal=goal, note="Slow week", at=AT + timedelta(days=12), by=sam)
    goal.refresh_from_db()
    assert goal.current == 6
    assert goal.progress == 50


def test_a_reading_counts_as_their_part_when_it_is_theirs(goal: Goal, sam: User) -> None:
    check_in(goal=goal, value=Decimal("6.50"), at=AT, by=None)
    check_in(goal=goal, value=Decimal(600), at=AT, by=sam, note="Counted together")
    rows = Interaction.objects.filter(kind="check_in").order_by("id")
    assert [(row.direction, row.author, row.subject, row.body) for row in rows] == [
        ("inbound", None, "Ten clients: 6.5 clients", ""),
        ("outbound", sam, "Ten clients: 600 clients", "Counted together"),
    ]
