"""A goal or a promise that is said better: its rows follow, and history keeps what stood."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from interactions.actions.goals import achieve_goal, check_in, correct_goal, drop_goal, reopen_goal
from interactions.actions.promises import (
    correct_promise,
    keep_promise,
    make_promises,
)
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.scoring.models import StaleScore
from tests.factories import CustomerFactory, UserFactory, goal, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return UserFactory()


def subjects(**asked):
    return sorted(Interaction.objects.filter(**asked).values_list("subject", flat=True))


def earlier(row):
    events = apps.get_model("interactions.InteractionEvent").objects.filter(pgh_obj_id=row.pk)
    return list(events.values_list("subject", flat=True))


def test_correcting_a_goal_corrects_all_its_rows(sam):
    now = timezone.now()
    aim = goal(CustomerFactory(), "Ten cleints", at=now - timedelta(days=9), by=sam, target=10, unit="clients")
    other = goal(aim.customer, "Ten cleints", at=now, by=sam)
    check_in(goal=aim, at=now, by=sam, value=Decimal(4))
    check_in(goal=aim, at=now, by=sam, note="Slow week.")
    achieve_goal(aim, at=now, by=sam)
    correct_goal(aim, by=sam, title="Ten clients", unit="people")
    assert subjects(goal=aim) == ["Ten clients", "Ten clients", "Ten clients", "Ten clients: 4 people"]
    assert subjects(goal=other) == ["Ten cleints"]
    assert earlier(Interaction.objects.get(goal=aim, kind="goal_set")) == ["Ten cleints"]


def test_a_goal_that_was_closed_by_mistake_is_pursued_again(sam):
    now = timezone.now()
    aim = goal(CustomerFactory(), "Ten clients", at=now, by=sam)
    for close in (achieve_goal, drop_goal):
        close(aim, at=now, by=sam)
        StaleScore.objects.all().delete()
        reopen_goal(aim, at=now, by=sam)
        assert (aim.status, aim.closed_at) == ("active", None)
        assert StaleScore.objects.filter(customer=aim.customer).exists()
        assert Interaction.objects.get(goal=aim).kind == "goal_set"
    with pytest.raises(ActionRefused, match="open already"):
        reopen_goal(aim, at=now, by=sam)


def test_correcting_a_promise_moves_its_rows_to_its_goal(sam):
    now = timezone.now()
    made = promise(CustomerFactory(), "Send the paln", at=now, due_on=None, by=sam)
    aim = goal(made.customer, "Ten clients", at=now, by=sam)
    keep_promise(made, at=now, by=sam)
    correct_promise(made, by=sam, what="Send the plan", goal=aim)
    rows = Interaction.objects.filter(commitment=made)
    assert {(row.subject, row.goal) for row in rows} == {("Send the plan", aim)}
    assert rows.count() == 2


def test_the_same_promise_with_many_is_made_once_under_a_ref(sam, django_assert_max_num_queries):
    customers, now = CustomerFactory.create_batch(40), timezone.now()
    given = {"party": "us", "what": "Send slides", "made_at": now, "at": now, "by": sam, "ref": "s1"}
    with django_assert_max_num_queries(18):
        made = make_promises(customers=customers, **given)
    again = make_promises(customers=customers, **given)
    assert {one.pk for one in made} == {one.pk for one in again}
    assert {one.owner for one in made} == {sam}
    assert Interaction.objects.filter(kind="commitment_made").count() == 40
