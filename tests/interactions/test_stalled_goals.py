"""When a goal stalls."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import CheckIn, Goal
from interactions.stalled_goals import STALLS_AFTER, stalled_goals
from tests.factories import CustomerFactory, FirmFactory, goal, happens

pytestmark = pytest.mark.django_db


@pytest.fixture
def since(db):
    FirmFactory()
    return timezone.now() - STALLS_AFTER


@pytest.fixture
def aim(since):
    return goal(CustomerFactory(), "Ten clients", at=since - timedelta(days=1), by=None)


def stalls(since) -> bool:
    return Goal.objects.filter(stalled_goals(since=since)).exists()


def test_one_of_which_nothing_was_heard(aim, since):
    assert stalls(since)
    assert not stalls(since - timedelta(days=2))
    Goal.objects.update(status="dropped", closed_at=since)
    assert not stalls(since)


@pytest.mark.parametrize(
    ("kind", "direction", "still"),
    [
        ("question", "inbound", True),
        ("complaint", "inbound", True),
        ("message", "inbound", True),
        ("call", "inbound", True),
        ("message", "outbound", False),
        ("call", "outbound", False),
        ("work_done", "inbound", False),
    ],
)
def test_asking_about_it_is_no_step(aim, since, kind, direction, still):
    happens(aim.customer, kind, at=since + timedelta(days=1), direction=direction, goal_id=aim.pk)
    assert stalls(since) is still


def test_what_was_done_before_does_not_last(aim, since):
    happens(aim.customer, "work_done", at=since - timedelta(hours=1), goal_id=aim.pk)
    assert stalls(since)


def test_a_reading_is_a_step(aim, since):
    CheckIn.objects.create(goal=aim, at=since + timedelta(days=1), note="Better")
    assert not stalls(since)
