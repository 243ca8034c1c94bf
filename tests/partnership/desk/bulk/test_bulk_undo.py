"""Whatever is changed after a bulk action stays; all else is as before once the action is taken back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import bulk
from customers.models import Customer
from partnership.staff.audit import current_change, history_author
from partnership.staff.models import User
from tests.factories import CustomerFactory, UserFactory
from tests.strategies import rolled_back

pytestmark = pytest.mark.django_db

TAGS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3)


def rows():
    return {row["pk"]: row for row in Customer.objects.values("pk", "tags", "owner", "lifecycle")}


@pytest.fixture
def users(firm):
    return [UserFactory(), UserFactory()]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tags=st.lists(TAGS, min_size=1, max_size=5),
    action=st.sampled_from(["tag", "untag", "assign", "lifecycle"]),
    chosen=st.sets(st.integers(0, 4)),
    touched=st.sets(st.integers(0, 4)),
    later=st.sampled_from(["tags", "owner", "lifecycle", "name"]),
)
def test_undoing_restores_exactly_what_nobody_changed_since(users, tags, action, chosen, touched, later):
    with rolled_back():
        by, other = users
        customers = [CustomerFactory(tags=each) for each in tags]
        pick = lambda places: [customers[place].pk for place in places if place < len(customers)]  # noqa: E731
        before = rows()
        with history_author(by):
            change = current_change()
            act(action, Customer.objects.filter(pk__in=pick(chosen)), owner=other)
        changed = {pk for pk, row in rows().items() if row != before[pk]}
        values = {"tags": ["late"], "owner": by, "lifecycle": "ended", "name": "Another"}
        with history_author(other):
            Customer.objects.filter(pk__in=pick(touched)).update(**{later: values[later]})
        between = rows()
        column = {"tag": "tags", "untag": "tags", "assign": "owner"}.get(action, "lifecycle")
        kept = {pk for pk in pick(touched) if later == column} & changed
        restored, left = bulk.undo(Customer.objects.all(), action=action, change=change, by=by)
        assert (restored, left) == (len(changed - kept), len(kept))
        for pk, row in rows().items():
            expected = {**between[pk], column: before[pk][column]} if pk in changed - kept else between[pk]
            assert row == expected


def act(action: str, customers, *, owner: User) -> None:
    if action == "assign":
        bulk.assign(customers, owner=owner)
    elif action == "lifecycle":
        bulk.set_lifecycle(customers, lifecycle="paused")
    else:
        getattr(bulk, action)(customers, tag="b")
