"""Recoveries in Django's admin: found by customer, filtered, changed by nobody, and closed many at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Interaction
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.recoveries import admin as recoveries_admin
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from tests.factories import CustomerFactory, UserFactory, happens
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def admins(firm):
    return signed_in(UserFactory(role="admin", is_staff=True))


@pytest.fixture
def two(sam):
    """Ines and Rolf were wronged; Rolf forgave us."""
    for name in ("Ines Duarte", "Rolf Brandt"):
        customer = CustomerFactory(name=name, owner=sam)
        happens(customer, "mistake", at=NOW - timedelta(days=3), by=sam, direction="outbound", body="The wrong bill")
    happens(customer, "forgiveness", at=NOW - timedelta(days=1))


def url(page, *args):
    return reverse(f"admin:recoveries_recovery_{page}", args=args)


def listed(client, **asked):
    return [str(row.customer) for row in client.get(url("changelist"), asked).context["cl"].result_list]


def test_found_by_the_customers_name(admins, two):
    assert sorted(listed(admins)) == ["Ines Duarte", "Rolf Brandt"]
    assert listed(admins, q="duarte") == ["Ines Duarte"]
    assert listed(admins, q="nobody") == []


def test_filtered(admins, two):
    assert listed(admins, closed_at__isempty="1") == ["Ines Duarte"]
    assert listed(admins, closed_at__isempty="0") == ["Rolf Brandt"]


def test_read_and_not_written(admins, two):
    before = list(Recovery.objects.order_by("pk").values())
    row = Recovery.objects.first()
    page = admins.get(url("change", row.pk))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert admins.post(url("change", row.pk), {"outcome": "Mine"}).status_code == 403
    assert admins.post(url("delete", row.pk), {"post": "yes"}).status_code == 403
    assert admins.get(url("add")).status_code == 403
    admins.post(url("changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert list(Recovery.objects.order_by("pk").values()) == before


def test_as_many_reads_for_many_as_for_one(admins, sam, two, django_assert_max_num_queries):
    admins.get(url("changelist"))
    for number in range(8):
        happens(CustomerFactory(owner=sam), "mistake", at=NOW - timedelta(days=number), by=sam, direction="outbound")
    with django_assert_max_num_queries(11):
        assert len(listed(admins)) == 10


def test_not_for_everybody(desk, firm):
    assert desk.get(url("changelist")).status_code == 302
    assert signed_in(UserFactory(is_staff=True)).get(url("changelist")).status_code == 403


def close(client, *recoveries, query="", **sent):
    chosen = [one.pk for one in recoveries]
    return client.post(url("changelist") + query, {"action": "close", "_selected_action": chosen, **sent})


@pytest.fixture
def old(sam):
    """Three that an import of years opened before there was a limit, and one of last month."""
    for number, days in enumerate((900, 800, 700, 30)):
        mistake = happens(CustomerFactory(name=f"C{number}", owner=sam), "mistake", at=NOW - timedelta(days=days))
        Interaction.objects.filter(pk=mistake.pk).update(source="crm", recorded_at=NOW)
    return list(Recovery.objects.order_by("opened_at"))


def test_those_told_late_are_found(admins, two, old):
    assert sorted(listed(admins, told="late")) == ["C0", "C1", "C2"]
    assert len(listed(admins)) == 6


def test_many_are_closed_at_once_with_an_outcome(admins, old):
    asked = close(admins, *old[:2], query="?told=late")
    assert asked.status_code == 200
    assert "Close 2 recoveries?" in asked.text
    assert [name for name in ("C0", "C1", "C2", "C3") if name in asked.text] == ["C0", "C1"]
    assert Recovery.objects.open().count() == 4
    sent = {"closing": "1", "outcome": "Healed long ago"}
    assert "2 recoveries are closed." in admins.get(close(admins, *old[:2], **sent).url).text
    assert [one.outcome for one in Recovery.objects.order_by("opened_at")] == ["Healed long ago"] * 2 + [""] * 2
    told = Interaction.objects.filter(kind="recovery", subject="Closed: Healed long ago")
    assert {(row.customer.name, row.author.is_admin) for row in told} == {("C0", True), ("C1", True)}
    rescore_all(at=NOW)
    refresh_all(at=NOW)
    still_in_the_lane = FocusItem.objects.filter(reason="recovery").values_list("customer__name", flat=True)
    assert sorted(still_in_the_lane) == ["C2", "C3"]


def test_once_closed_they_stay_so(admins, old):
    close_recovery(old[0], outcome="They moved away", by=UserFactory(), at=NOW)
    close(admins, *old[:2], closing="1", outcome="Healed long ago")
    assert "They are closed already." in admins.get(close(admins, *old[:2], closing="1", outcome="Again").url).text
    assert [one.outcome for one in Recovery.objects.order_by("opened_at")[:2]] == ["They moved away", "Healed long ago"]
    assert Interaction.objects.filter(kind="recovery").count() == 2


@pytest.mark.parametrize("outcome", ["", "  ", "forgiven", "x" * 501])
def test_they_are_not_closed_without_words(admins, old, outcome):
    assert close(admins, *old, closing="1", outcome=outcome).status_code == 422
    assert Recovery.objects.open().count() == 4


def test_the_oldest_come_first_when_there_are_too_many(admins, old, monkeypatch):
    monkeypatch.setattr(recoveries_admin, "MOST_CLOSED_AT_ONCE", 3)
    asked = close(admins, *old)
    assert "1 more is left" in asked.text
    assert asked.text.count('name="_selected_action"') == 3
    close(admins, *old, closing="1", outcome="Healed long ago")
    assert [one.closed_at is None for one in Recovery.objects.order_by("opened_at")] == [False, False, False, True]


@pytest.mark.parametrize("role", ["support", "manager"])
def test_they_are_closed_by_administrators(firm, old, role):
    for is_staff, status in ((False, 302), (True, 403)):
        desk = signed_in(UserFactory(role=role, is_staff=is_staff))
        assert close(desk, *old, closing="1", outcome="Healed long ago").status_code == status
    assert Recovery.objects.open().count() == 4
