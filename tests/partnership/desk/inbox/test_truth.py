"""After every act, Focus says at once what is true; so does it after Undo."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Commitment
from interactions.actions.goals import set_goal
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Firm
from tests.factories import CustomerFactory, happens, promise

pytestmark = pytest.mark.django_db

PAGE = "/?whose=all"


@pytest.fixture(autouse=True)
def acts_in_focus(desk):
    desk.defaults["HTTP_REFERER"] = f"http://testserver{PAGE}"


@pytest.fixture
def ada(firm, sam):
    return CustomerFactory(name="Ada", owner=sam)


def today():
    return Firm.current().local_date(timezone.now())


def owed(customer, what, *, days, by):
    """A promise of ours that was due so many days ago."""
    made = timezone.now() - timedelta(days=days + 7)
    return promise(customer, what, at=made, due_on=today() - timedelta(days=days), by=by)


def settle():
    rescore_all(at=timezone.now())
    refresh_all(at=timezone.now())


def said(visitor, page=PAGE):
    """What the rows of Partnerships say, the first first."""
    html = visitor.get(page).content.decode().partition('id="partnerships-title"')[2].partition("</section>")[0]
    return [unescape(text).strip() for text in re.findall(r"queue-words[^>]*>([^<]*)<", html)]


def undo_of(response):
    return unescape(re.search(r'hx-post="([^"]*(?:undo|reopening|withdrawal)[^"]*)"', response.content.decode())[1])


def test_what_is_kept_is_said_no_longer_and_again_after_undo(desk, ada, sam):
    first, _second = owed(ada, "The plan", days=9, by=sam), owed(ada, "The list", days=2, by=sam)
    settle()
    assert "9 days overdue: The plan" in said(desk)[0]
    done = desk.post(f"{reverse('promise_keeping', args=[first.pk])}?next={PAGE}", follow=True)
    assert "2 days overdue: The list" in said(desk)[0]
    desk.post(undo_of(done))
    assert "9 days overdue: The plan" in said(desk)[0]


def test_the_row_goes_with_the_act_and_comes_back_with_undo(desk, ada, sam):
    only = owed(ada, "The plan", days=9, by=sam)
    settle()
    row = FocusItem.objects.get()
    done = desk.post(f"{reverse('promise_keeping', args=[only.pk])}?next={PAGE}", follow=True)
    assert said(desk) == []
    assert desk.get(f"{PAGE}&item={row.pk}").status_code == 200  # as it may stand in the address
    desk.post(undo_of(done))
    assert "9 days overdue: The plan" in said(desk)[0]


@pytest.mark.parametrize("act", ["release", "renegotiation"])
def test_released_or_put_off(desk, ada, sam, act):
    only = owed(ada, "The plan", days=9, by=sam)
    settle()
    later = today() + timedelta(days=90)
    done = desk.post(f"{reverse(f'promise_{act}', args=[only.pk])}?next={PAGE}", {"due_on": later}, follow=True)
    assert Commitment.objects.get(pk=only.pk).status == "released"
    assert said(desk) == []
    desk.post(undo_of(done))
    assert "9 days overdue: The plan" in said(desk)[0]


def test_a_goal_that_was_checked_in_on(desk, ada, sam):
    goal = set_goal(customer=ada, title="Run", at=timezone.now() - timedelta(days=60), by=sam)
    settle()
    item = FocusItem.objects.get()
    assert "No progress on the goal" in said(desk)[0]
    sent = {"goal": goal.pk, "note": "They run."}
    done = desk.post(f"{PAGE}&item={item.pk}&tab=check-ins", sent, follow=True)
    assert said(desk) == []
    desk.post(undo_of(done))
    assert "No progress on the goal" in said(desk)[0]


def test_a_recovery_that_is_closed(desk, ada, sam):
    happens(ada, "mistake", at=timezone.now() - timedelta(days=3), direction="outbound", body="Lost the box")
    settle()
    item = FocusItem.objects.get()
    assert "Lost the box" in said(desk)[0]
    sent = {"cause": item.cause, "outcome": "Replaced it."}
    done = desk.post(reverse("focus_item_done", args=[item.pk]), sent, follow=True)
    assert said(desk) == []
    desk.post(undo_of(done))
    assert "Lost the box" in said(desk)[0]


def test_behind_what_is_done_stands_the_next(desk, ada, sam):
    owed(ada, "The plan", days=9, by=sam)
    owed(ada, "The list", days=2, by=sam)
    settle()
    item = FocusItem.objects.get()
    desk.post(reverse("focus_item_done", args=[item.pk]), {"cause": item.cause, "outcome": ""})
    assert "The list" in said(desk)[0]


@pytest.mark.parametrize("days", [(9, 2), (2, 9), (223, 5), (5, 223)])
def test_of_what_we_owe_the_oldest_is_said_and_acted_on(desk, ada, sam, days):
    promises = {late: owed(ada, f"Owed {late}", days=late, by=sam) for late in days}
    settle()
    item = FocusItem.objects.get()
    assert said(desk)[0] == f"Our promise is {max(days)} days overdue: Owed {max(days)}"
    assert reverse("promise_keeping", args=[promises[max(days)].pk]) in desk.get(PAGE).content.decode()
    assert item.strength == 1  # the younger one is the better reason to call today


def test_the_panes_head_begins_with_what_we_owe(desk, ada, sam):
    now = timezone.now()
    for late in (40, 30):
        due = today() - timedelta(days=late)
        promise(ada, f"Theirs {late}", party="them", at=now - timedelta(days=60), due_on=due, by=sam)
    for late in (2, 9):
        owed(ada, f"Owed {late}", days=late, by=sam)
    settle()
    head = desk.get(PAGE).content.decode().partition('class="pane-names"')[2].partition("pane-bar")[0]
    assert re.findall(r"(?:Our|Their) promise: (\w+ \d+)", head) == ["Owed 9", "Owed 2", "Theirs 40"]
