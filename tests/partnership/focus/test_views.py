"""The page of both lanes, and what is done in its rows, with htmx and without."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from interactions.actions.promises import keep_promise
from interactions.models import Conversation
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Firm
from tests.factories import ConversationFactory, CustomerFactory, UserFactory, happens, promise
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

ON_FOCUS = {"hx_request": "true", "hx_current_url": "http://testserver/?whose=mine"}


@pytest.fixture
def at_focus(sam):
    """As Sam, asking as htmx does on the page of the lanes."""
    return signed_in(sam, **ON_FOCUS)


@pytest.fixture
def item(sam):
    """Owed a call since yesterday."""
    now = timezone.now()
    customer = CustomerFactory(name="Ines Duarte", owner=sam)
    promise(customer, "Call", at=now - timedelta(days=9), due_on=timezone.localdate() - timedelta(days=1), by=sam)
    look_again()
    return FocusItem.objects.get()


@pytest.fixture
def thread(firm):
    customer = CustomerFactory(name="Rolf Brandt")
    thread = ConversationFactory(customer=customer, subject="My refund")
    happens(customer, "message", at=timezone.now() - timedelta(days=9), conversation_id=thread.pk, body="Where is it?")
    return thread


def look_again():
    rescore_all(at=timezone.now())
    refresh_all(at=timezone.now())


def text(response):
    return " ".join(response.content.decode().split())


def sent(item, **fields):
    """As the form of the item sends it."""
    return {"cause": item.cause, **fields}


def url(name, item):
    return reverse(f"focus_item_{name}", args=[item.pk])


def test_both_lanes(desk, item, thread):
    page = text(desk.get("/"))
    assert page.index("My refund") < page.index("our promise is 1 day overdue: Call")
    assert "Where is it?" in page
    assert "1 answer is overdue or due within 2 business hours." in page
    assert "then spend about 50% of the day on partners" in page
    assert "overdue by" in page
    assert "weight 90 of “our promise” × strength 1.00 × partnership" in page


def test_the_share_of_the_day_is_the_firms(desk, firm):
    Firm.objects.update(partnership_share=35)
    assert "Spend about 35% of the day on partners." in text(desk.get("/"))


def test_nothing_to_do_is_said(desk, firm):
    page = text(desk.get("/"))
    assert "No answers due" in page
    assert "No partnership needs attention today" in page
    assert "Look at everybody's work." in text(desk.get("/?whose=mine"))


def test_as_many_reads_for_many_as_for_one(desk, sam, django_assert_max_num_queries):
    now = timezone.now()
    desk.get("/")
    for number in range(9):
        customer = CustomerFactory(owner=sam)
        promise(customer, "Call", at=now, due_on=timezone.localdate(), by=sam)
        talk = ConversationFactory(customer=customer)
        happens(customer, "message", at=now - timedelta(hours=number), conversation_id=talk.pk)
        if number in (0, 8):
            look_again()
            with django_assert_max_num_queries(12):
                assert text(desk.get("/")).count("data-row") == 2 * (number + 1)


def test_more_of_one_lane(desk, htmx, sam):
    for number in range(12):
        customer = CustomerFactory(name=f"C{number:02}")
        promise(customer, "Call", at=timezone.now(), due_on=timezone.localdate(), by=sam)
    look_again()
    after = desk.get("/").context["partners"].after
    more = htmx.get("/", {"partners": after})
    assert text(more).count("data-row") == 2
    assert "<html" not in text(more)
    assert text(desk.get("/", {"partners": after})).count("data-row") == 2
    assert desk.get("/", {"partners": "x"}).status_code == 400
    assert desk.get("/", {"waiting": "1/2,3"}).status_code == 400


def test_taken_in_its_place(at_focus, item, sam):
    response = at_focus.post(url("taking", item))
    item.refresh_from_db()
    assert (item.state, item.taken_by) == ("taken", sam)
    assert response["HX-Retarget"] == response["HX-Reselect"] == f"#item-{item.pk}"
    assert "Taken by Sam Rivera" in text(response)
    assert "It is yours now." in text(response)


def test_taken_without_javascript(desk, item, sam):
    assert desk.post(url("taking", item)).url == "/"
    item.refresh_from_db()
    assert item.taken_by == sam


def test_the_second_is_told_who_took_it(at_focus, item):
    FocusItem.objects.update(state="taken", taken_by=UserFactory(name="Mara Lind"))
    assert "Mara Lind has taken this already." in text(at_focus.post(url("taking", item)))


def test_snoozed_with_a_reason(at_focus, desk, item):
    assert "Why it can wait" in text(at_focus.get(url("snooze", item)))
    until = timezone.localdate() + timedelta(days=3)
    response = at_focus.post(url("snooze", item), sent(item, until=until, reason="On holiday"))
    assert f'id="item-{item.pk}"' not in text(response)
    item.refresh_from_db()
    assert (item.state, item.snooze_reason) == ("snoozed", "On holiday")
    assert item.snoozed_until == Firm.current().start_of_day(until)
    assert "No partnership needs attention today" in text(desk.get("/"))


@pytest.mark.parametrize(("days", "reason"), [(0, "Later"), (-1, "Later"), (400, "Later")])
def test_a_snooze_that_is_none(at_focus, item, days, reason):
    until = timezone.localdate() + timedelta(days=days)
    response = at_focus.post(url("snooze", item), sent(item, until=until, reason=reason))
    assert response.status_code == 422
    assert "HX-Retarget" not in response
    item.refresh_from_db()
    assert item.state == "open"


def test_done(at_focus, item, sam):
    response = at_focus.post(url("done", item), sent(item, outcome="Called, all is well"))
    assert "Done. Thank you." in text(response)
    item.refresh_from_db()
    assert (item.state, item.done_by, item.outcome) == ("done", sam, "Called, all is well")
    again = text(at_focus.post(url("done", item), sent(item, outcome="Twice")))
    assert "done or has changed just now" in again
    item.refresh_from_db()
    assert item.outcome == "Called, all is well"


def test_a_recovery_is_done_when_it_is_written_how_it_ended(at_focus, firm):
    happens(CustomerFactory(), "mistake", at=timezone.now() - timedelta(days=1), direction="internal", body="Oh")
    look_again()
    item = FocusItem.objects.get()
    assert at_focus.post(url("done", item), sent(item, outcome="")).status_code == 422
    assert at_focus.post(url("done", item), sent(item, outcome="We agreed to disagree")).status_code == 200
    assert Recovery.objects.get().outcome == "We agreed to disagree"


@pytest.mark.parametrize("name", ["done", "snooze", "handover"])
def test_what_is_done_is_done_about_the_cause_on_the_screen(at_focus, desk, item, sam, name):
    """Nobody says of one promise that it is done, and settles the next that came up meanwhile."""
    opened = re.search(rf'href="({url(name, item)}[^"]*)"', desk.get("/").content.decode())[1]
    keep_promise(item.customer.commitments.get(), at=timezone.now(), by=sam)
    promise(item.customer, "Write", at=timezone.now(), due_on=timezone.localdate(), by=sam)
    look_again()
    cause = re.search(r'name="cause" value="([^"]*)"', at_focus.get(unescape(opened)).content.decode())[1]
    assert cause == item.cause
    until = timezone.localdate() + timedelta(days=3)
    fields = {"outcome": "Called", "until": until, "reason": "On holiday", "to": sam.pk}
    response = at_focus.post(url(name, item), {"cause": cause, **fields})
    assert response.status_code == 422
    assert "done or has changed just now" in text(response)
    now = FocusItem.objects.get()
    assert (now.pk, now.state, now.taken_by, now.facts["what"]) == (item.pk, "open", None, "Write")


def test_handed_over(at_focus, item):
    mara = UserFactory(name="Mara Lind")
    assert "Taken by Mara Lind" in text(at_focus.post(url("handover", item), sent(item, to=mara.pk)))
    item.refresh_from_db()
    assert item.taken_by == mara


def test_not_to_whom_may_not_see_the_customer(at_focus, item):
    item.customer.restricted = True
    item.customer.save()
    response = at_focus.post(url("handover", item), sent(item, to=UserFactory(name="Mara Lind").pk))
    assert "Mara Lind may not see this customer" in text(response)


def test_a_form_on_a_page_of_its_own_leads_back(desk, item, sam):
    assert text(desk.get(url("done", item))).count("<form") >= 1
    assert desk.post(url("done", item), sent(item, outcome="Called")).url == "/"
    elsewhere = signed_in(sam, hx_request="true", hx_current_url=f"http://testserver{url('done', item)}")
    assert elsewhere.post(url("taking", item))["HX-Redirect"] == "/"


@pytest.mark.parametrize("name", ["taking", "snooze", "done", "handover"])
def test_restricted_customers_have_no_items_for_others(desk, item, name):
    item.customer.restricted, item.customer.owner = True, None
    item.customer.save()
    assert desk.post(url(name, item)).status_code == 404


def test_taking_is_not_asked_for(desk, item):
    assert desk.get(url("taking", item)).status_code == 405


@pytest.mark.parametrize(
    ("name", "sent", "gone"),
    [("assignment", {"user": "take"}, False), ("closure", {}, True),
     ("snooze", {"until": "2999-01-01T10:00", "reason": "Later"}, True)],
)  # fmt: skip
def test_a_conversation_in_its_place(at_focus, thread, name, sent, gone):
    response = at_focus.post(reverse(f"conversation_{name}", args=[thread.pk]) + "?back=focus", sent, follow=True)
    assert response["HX-Retarget"] == f"#waiting-{thread.pk}"
    assert (f'id="waiting-{thread.pk}"' not in text(response)) is gone


def test_a_conversation_without_javascript_leads_back(desk, thread):
    response = desk.post(reverse("conversation_closure", args=[thread.pk]) + "?back=focus", follow=True)
    assert response.redirect_chain[-1][0] == "/"
    assert Conversation.objects.get().status == "closed"
    assert "The conversation is closed." in text(response)
