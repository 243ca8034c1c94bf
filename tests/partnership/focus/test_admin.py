"""Items in Django's admin: found by customer, filtered, and changed by nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from tests.factories import CustomerFactory, UserFactory, firm_today, happens, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def admins(firm):
    return signed_in(UserFactory(role="admin", is_staff=True))


@pytest.fixture
def two(sam):
    """Ines waits for a call and was wronged; Rolf was wronged, and it is settled."""
    for name in ("Ines Duarte", "Rolf Brandt"):
        customer = CustomerFactory(name=name, owner=sam)
        happens(customer, "mistake", at=NOW - timedelta(days=3), by=sam, direction="outbound", body="The wrong bill")
    happens(customer, "forgiveness", at=NOW - timedelta(days=1))
    promise(customer, "Call", at=NOW - timedelta(days=9), due_on=firm_today(), by=sam)
    rescore_all(at=NOW)
    refresh_all(at=NOW)


def url(page, *args):
    return reverse(f"admin:focus_focusitem_{page}", args=args)


def listed(client, **asked):
    return [str(row.customer) for row in client.get(url("changelist"), asked).context["cl"].result_list]


def test_found_by_the_customers_name(admins, two):
    assert sorted(listed(admins)) == ["Ines Duarte", "Rolf Brandt"]
    assert listed(admins, q="duarte") == ["Ines Duarte"]
    assert listed(admins, q="nobody") == []


def test_filtered(admins, two):
    assert listed(admins, reason__exact="recovery") == ["Ines Duarte"]
    assert listed(admins, state__exact="done") == []


def test_read_and_not_written(admins, two):
    before = list(FocusItem.objects.order_by("pk").values())
    row = FocusItem.objects.first()
    page = admins.get(url("change", row.pk))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert admins.post(url("change", row.pk), {"outcome": "Mine"}).status_code == 403
    assert admins.post(url("delete", row.pk), {"post": "yes"}).status_code == 403
    assert admins.get(url("add")).status_code == 403
    admins.post(url("changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert list(FocusItem.objects.order_by("pk").values()) == before


def test_as_many_reads_for_many_as_for_one(admins, sam, two, django_assert_max_num_queries):
    admins.get(url("changelist"))
    for number in range(8):
        happens(CustomerFactory(owner=sam), "mistake", at=NOW - timedelta(days=number), by=sam, direction="outbound")
    rescore_all(at=NOW)
    refresh_all(at=NOW)
    with django_assert_max_num_queries(11):
        assert len(listed(admins)) == 10


def test_not_for_everybody(desk, firm):
    assert desk.get(url("changelist")).status_code == 302
    assert signed_in(UserFactory(is_staff=True)).get(url("changelist")).status_code == 403
