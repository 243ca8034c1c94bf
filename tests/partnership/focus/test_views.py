"""What is done with an item of the Partnerships lane, with htmx and without."""

import re
from datetime import timedelta
from html import escape, unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.actions.promises import keep_promise
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Firm
from tests.factories import CustomerFactory, UserFactory, firm_today, happens, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

NEXT = "/focus/next/?lane=partners&whose=mine"


@pytest.fixture
def at_focus(sam):
    """As Sam, asking as htmx does on Focus."""
    return signed_in(sam, hx_request="true")


@pytest.fixture
def item(sam):
    """Owed a call since yesterday."""
    now = timezone.now()
    customer = CustomerFactory(name="Ines Duarte", owner=sam)
    promise(customer, "Call", at=now - timedelta(days=9), due_on=firm_today() - timedelta(days=1), by=sam)
    look_again()
    return FocusItem.objects.get()


def look_again():
    rescore_all(at=timezone.now())
    refresh_all(at=timezone.now())


def text(response):
    return " ".join(response.content.decode().split())


def sent(item, **fields):
    """As the form of the item sends it."""
    return {"cause": item.cause, **fields}


def bare(name, item):
    return re.escape(reverse(f"focus_item_{name}", args=[item.pk]))


def url(name, item):
    return f"{reverse(f'focus_item_{name}', args=[item.pk])}?{urlencode({'next': NEXT})}"


@pytest.mark.parametrize("visitor", ["at_focus", "desk"])
def test_taken_and_on_to_what_is_next(visitor, request, item, sam):
    response = request.getfixturevalue(visitor).post(url("taking", item))
    item.refresh_from_db()
    assert (item.state, item.taken_by) == ("taken", sam)
    assert response.url == NEXT


def test_no_other_site_is_next(desk, item):
    taking = reverse("focus_item_taking", args=[item.pk])
    assert desk.post(f"{taking}?next=https://elsewhere.example/").url == "/"
    assert desk.post(taking).url == "/"


def test_the_second_is_told_who_took_it(at_focus, item):
    FocusItem.objects.update(state="taken", taken_by=UserFactory(name="Mara Lind"))
    assert "This is assigned to Mara Lind already." in text(at_focus.post(url("taking", item), follow=True))


def test_snoozed_with_a_reason(at_focus, desk, item):
    assert "Why it can wait" in text(at_focus.get(url("snooze", item)))
    until = firm_today() + timedelta(days=3)
    assert at_focus.post(url("snooze", item), sent(item, until=until, reason="On holiday")).url == NEXT
    item.refresh_from_db()
    assert (item.state, item.snooze_reason) == ("snoozed", "On holiday")
    assert item.snoozed_until == Firm.current().start_of_day(until)
    assert "No partnership needs attention today" in text(desk.get("/"))


@pytest.mark.parametrize(("days", "reason"), [(0, "Later"), (-1, "Later"), (400, "Later")])
def test_a_snooze_that_is_none(at_focus, item, days, reason):
    until = firm_today() + timedelta(days=days)
    response = at_focus.post(url("snooze", item), sent(item, until=until, reason=reason))
    assert response.status_code == 422
    assert response["HX-Retarget"] == response["HX-Reselect"] == "#focus-form"
    item.refresh_from_db()
    assert item.state == "open"


def test_done(at_focus, item, sam):
    response = at_focus.post(url("done", item), sent(item, outcome="Called, all is well"), follow=True)
    assert "Done. Thank you." in text(response)
    item.refresh_from_db()
    assert (item.state, item.done_by, item.outcome) == ("done", sam, "Called, all is well")
    again = text(at_focus.post(url("done", item), sent(item, outcome="Twice"), follow=True))
    assert "done or has changed just now" in again
    item.refresh_from_db()
    assert item.outcome == "Called, all is well"


def test_a_recovery_is_done_when_it_is_written_how_it_ended(at_focus, firm):
    happens(CustomerFactory(), "mistake", at=timezone.now() - timedelta(days=1), direction="internal", body="Oh")
    look_again()
    item = FocusItem.objects.get()
    assert at_focus.post(url("done", item), sent(item, outcome="")).status_code == 422
    assert at_focus.post(url("done", item), sent(item, outcome="We agreed to disagree")).url == NEXT
    assert Recovery.objects.get().outcome == "We agreed to disagree"


@pytest.mark.parametrize("name", ["done", "snooze", "handover"])
def test_what_is_done_is_done_about_the_cause_on_the_screen(at_focus, desk, item, sam, name):
    """Nobody says of one promise that it is done, and settles the next that came up meanwhile."""
    opened = re.search(rf'href="({bare(name, item)}[^"]*)"', desk.get("/").content.decode())[1]
    keep_promise(item.customer.commitments.get(), at=timezone.now(), by=sam)
    promise(item.customer, "Write", at=timezone.now(), due_on=firm_today(), by=sam)
    look_again()
    cause = re.search(r'name="cause" value="([^"]*)"', at_focus.get(unescape(opened)).content.decode())[1]
    assert cause == item.cause
    until = firm_today() + timedelta(days=3)
    fields = {"outcome": "Called", "until": until, "reason": "On holiday", "to": sam.pk}
    response = at_focus.post(url(name, item), {"cause": cause, **fields})
    assert response.status_code == 422
    assert "done or has changed just now" in text(response)
    now = FocusItem.objects.get()
    assert (now.pk, now.state, now.taken_by, now.facts["what"]) == (item.pk, "open", None, "Write")


def test_handed_over(at_focus, item):
    mara = UserFactory(name="Mara Lind")
    assert at_focus.post(url("handover", item), sent(item, to=mara.pk)).url == NEXT
    item.refresh_from_db()
    assert item.taken_by == mara


def test_not_to_whom_may_not_see_the_customer(at_focus, item):
    item.customer.restricted = True
    item.customer.save()
    given = sent(item, to=UserFactory(name="Mara Lind").pk)
    response = at_focus.post(url("handover", item), given, follow=True)
    assert "Mara Lind may not see this customer" in text(response)


def test_a_form_on_a_page_of_its_own_leads_back(desk, item, sam):
    assert text(desk.get(url("done", item))).count("<form") >= 1
    assert f'href="{escape(NEXT)}"' in desk.get(url("done", item)).content.decode()
    assert desk.post(url("done", item), sent(item, outcome="Called")).url == NEXT


@pytest.mark.parametrize("name", ["taking", "snooze", "done", "handover"])
def test_restricted_customers_have_no_items_for_others(desk, item, name):
    item.customer.restricted, item.customer.owner = True, None
    item.customer.save()
    assert desk.post(url(name, item)).status_code == 404


def test_taking_is_not_asked_for(desk, item):
    assert desk.get(url("taking", item)).status_code == 405
