"""Items and recoveries in Django's admin: found by customer, filtered, and changed by nobody; recoveries are closed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.models import Interaction
from partnership.focus import admin as focus_admin
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.recoveries.lifecycle import close_recovery
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from tests.factories import CustomerFactory, UserFactory, happens, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NOW = timezone.now()
MODELS = ["focusitem", "recovery"]


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
    promise(customer, "Call", at=NOW - timedelta(days=9), due_on=timezone.localdate(), by=sam)
    rescore_all(at=NOW)
    refresh_all(at=NOW)


def url(model, page, *args):
    return reverse(f"admin:focus_{model}_{page}", args=args)


def listed(client, model, **asked):
    return [str(row.customer) for row in client.get(url(model, "changelist"), asked).context["cl"].result_list]


@pytest.mark.parametrize("model", MODELS)
def test_found_by_the_customers_name(admins, two, model):
    assert sorted(listed(admins, model)) == ["Ines Duarte", "Rolf Brandt"]
    assert listed(admins, model, q="duarte") == ["Ines Duarte"]
    assert listed(admins, model, q="nobody") == []


def test_filtered(admins, two):
    assert listed(admins, "focusitem", reason__exact="recovery") == ["Ines Duarte"]
    assert listed(admins, "focusitem", state__exact="done") == []
    assert listed(admins, "recovery", closed_at__isempty="1") == ["Ines Duarte"]
    assert listed(admins, "recovery", closed_at__isempty="0") == ["Rolf Brandt"]


@pytest.mark.parametrize("model", MODELS)
def test_read_and_not_written(admins, two, model):
    kind = FocusItem if model == "focusitem" else Recovery
    before = list(kind.objects.order_by("pk").values())
    row = kind.objects.first()
    page = admins.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert admins.post(url(model, "change", row.pk), {"outcome": "Mine"}).status_code == 403
    assert admins.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert admins.get(url(model, "add")).status_code == 403
    admins.post(url(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert list(kind.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("model", MODELS)
def test_as_many_reads_for_many_as_for_one(admins, sam, two, model, django_assert_max_num_queries):
    admins.get(url(model, "changelist"))
    for number in range(8):
        happens(CustomerFactory(owner=sam), "mistake", at=NOW - timedelta(days=number), by=sam, direction="outbound")
    rescore_all(at=NOW)
    refresh_all(at=NOW)
    with django_assert_max_num_queries(11):
        assert len(listed(admins, model)) == 10


@pytest.mark.parametrize("model", MODELS)
def test_not_for_everybody(desk, firm, model):
    assert desk.get(url(model, "changelist")).status_code == 302
    assert signed_in(UserFactory(is_staff=True)).get(url(model, "changelist")).status_code == 403


def close(client, *recoveries, query="", **sent):
    chosen = [one.pk for one in recoveries]
    return client.post(url("recovery", "changelist") + query, {"action": "close", "_selected_action": chosen, **sent})


@pytest.fixture
def old(sam):
    """Three that an import of years opened before there was a limit, and one of last month."""
    for number, days in enumerate((900, 800, 700, 30)):
        mistake = happens(CustomerFactory(name=f"C{number}", owner=sam), "mistake", at=NOW - timedelta(days=days))
        Interaction.objects.filter(pk=mistake.pk).update(source="crm", recorded_at=NOW)
    rescore_all(at=NOW)
    refresh_all(at=NOW)
    return list(Recovery.objects.order_by("opened_at"))


def test_those_told_late_are_found(admins, two, old):
    assert sorted(listed(admins, "recovery", told="late")) == ["C0", "C1", "C2"]
    assert len(listed(admins, "recovery")) == 6


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
    assert sorted(listed(admins, "focusitem", reason__exact="recovery")) == ["C2", "C3"]


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
    monkeypatch.setattr(focus_admin, "AT_ONCE", 3)
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
