"""Who introduced two customers who are one."""

from datetime import UTC, datetime

import pytest

from customers.models import Customer
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def introducers() -> dict[str, str | None]:
    rows = Customer.objects.filter(merged_into=None).values_list("name", "introduced_by__name")
    return {name: by for name, by in rows if by}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"B": "X"}, {"A": "X"}),
        ({"A": "X", "B": "Y"}, {"A": "X"}),
        ({"A": "B"}, {}),
        ({"B": "A", "X": "B"}, {"X": "A"}),
        ({"A": "B", "B": "X"}, {"A": "X"}),
        ({"B": "X", "X": "A"}, {"X": "A"}),
        ({"A": "X", "X": "B"}, {"X": "A"}),
        ({"A": "X", "X": "Y", "Y": "B", "B": "Z"}, {"A": "Z", "X": "Y", "Y": "A"}),
        ({"B": "X", "X": "Y", "Y": "X"}, {"A": "X", "X": "Y", "Y": "X"}),
    ],
)
def test_nobody_introduces_themselves_on_whatever_way(before: dict[str, str], after: dict[str, str]) -> None:
    """A becomes the one that B was as well; undone, all is as it was."""
    people = {name: CustomerFactory(name=name) for name in "ABXYZ"}
    for name, by in before.items():
        Customer.objects.filter(pk=people[name].pk).update(introduced_by=people[by])
    sam = UserFactory()
    done = merge_customers(survivor=people["A"], absorbed=people["B"], by=sam, at=NOON)
    assert introducers() == after
    unmerge_customers(done, by=sam, at=NOON)
    assert introducers() == before
