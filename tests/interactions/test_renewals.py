"""What decides a renewal, and which are still to be decided."""

from datetime import date, timedelta

import pytest

from customers.models import Customer
from interactions.renewals import undecided_renewals
from tests.factories import CustomerFactory, FirmFactory, happens, noon

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 17)


@pytest.mark.parametrize(
    ("kind", "days", "is_undecided"),
    [
        ("renewal", -15, True),
        ("renewal", -14, False),
        ("renewal", 0, False),
        ("renewal", 40, False),
        ("cancellation", 3, False),
        ("purchase", 0, True),
        ("payment", 0, True),
    ],
)
def test_a_renewal_or_cancellation_from_a_fortnight_before_the_day_on_decides(
    kind: str, days: int, is_undecided: bool
) -> None:
    FirmFactory()
    ada = CustomerFactory(renews_on=DAY)
    happens(CustomerFactory(), "renewal", at=noon(DAY))
    happens(ada, kind, at=noon(DAY + timedelta(days=days)), channel="billing")
    assert (ada in Customer.objects.filter(undecided_renewals())) is is_undecided


def test_without_a_day_there_is_nothing_to_decide() -> None:
    CustomerFactory()
    assert not Customer.objects.filter(undecided_renewals()).exists()
