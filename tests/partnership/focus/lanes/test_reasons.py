"""What raises somebody into the Partnerships lane, and how it is said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from interactions.actions.goals import check_in
from interactions.actions.promises import keep_promise, miss_overdue
from partnership.focus.lanes.reasons import sentence
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Firm
from tests.factories import CustomerFactory, goal, happens, noon, promise, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(firm):
    return firm.local_date(timezone.now())


def reasons(customer):
    """By the reason: what is said."""
    at = timezone.now()
    rescore_all(at=at)
    refresh_all(at=at)
    today = Firm.current().local_date(at)
    items = FocusItem.objects.filter(customer=customer).exclude(state="done")
    return {item.reason: sentence(item, as_of=today) for item in items}


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, "our promise is 3 days overdue: Call"),
        (-1, "our promise is 1 day overdue: Call"),
        (0, "our promise is due today: Call"),
        (1, "our promise is due tomorrow: Call"),
        (5, "our promise is due in 5 days: Call"),
        (8, None),
        (-91, "our promise is 91 days overdue: Call"),
    ],
)
def test_what_we_owe(sam, today, days, said):
    customer = CustomerFactory()
    promise(customer, "Call", at=noon(today - timedelta(days=100)), due_on=today + timedelta(days=days), by=sam)
    assert reasons(customer).get("our_promise") == said


def test_a_missed_promise_of_ours_stays_until_it_is_kept(sam, today):
    customer = CustomerFactory()
    missed = promise(customer, "Call", at=noon(today - timedelta(days=9)), due_on=today - timedelta(days=2), by=sam)
    miss_overdue(at=timezone.now())
    assert reasons(customer) == {"our_promise": "our promise is 2 days overdue: Call"}
    missed.refresh_from_db()
    keep_promise(missed, at=timezone.now(), by=sam)
    assert reasons(customer) == {}


def test_the_most_urgent_of_several_promises_is_said(sam, today):
    customer = CustomerFactory()
    for days in (3, -2, 6):
        made = noon(today - timedelta(days=9))
        promise(customer, f"Due in {days}", at=made, due_on=today + timedelta(days=days), by=sam)
    assert reasons(customer) == {"our_promise": "our promise is 2 days overdue: Due in -2"}


@pytest.mark.parametrize(
    ("days", "said"),
    [(-15, None), (-2, "their promise is 2 days overdue: Draft"), (0, "their promise is due today: Draft"),
     (2, "their promise is due in 2 days: Draft"), (3, None)],
)  # fmt: skip
def test_what_they_owe_is_worth_a_nudge_around_its_day(sam, today, days, said):
    customer = CustomerFactory()
    made = noon(today - timedelta(days=30))
    promise(customer, "Draft", party="them", at=made, due_on=today + timedelta(days=days), by=sam)
    assert reasons(customer).get("their_promise") == said


@pytest.mark.parametrize(("nudges", "raised"), [(1, True), (2, False)])
def test_nobody_is_nudged_beyond_the_ceiling(sam, today, nudges, raised):
    customer = CustomerFactory()
    promise(customer, "Draft", party="them", at=noon(today - timedelta(days=9)), due_on=today, by=sam)
    happens(customer, "nudge", at=noon(today - timedelta(days=40)), direction="outbound", by=sam)
    for number in range(nudges):
        happens(customer, "nudge", at=noon(today - timedelta(days=number + 1)), direction="outbound", by=sam)
    happens(customer, "nudge", at=noon(today), direction="outbound", payload={"not_sent": True})
    assert ("their_promise" in reasons(customer)) is raised


def test_a_goal_that_does_not_move_stalls_however_often_it_is_read(sam, today):
    customer = CustomerFactory()
    aim = goal(customer, "Ten clients", at=noon(today - timedelta(days=90)), by=sam, baseline=0, target=10)
    for days, value in ((70, 2), (40, 2), (3, 2)):
        check_in(goal=aim, at=noon(today - timedelta(days=days)), by=None, value=Decimal(value))
    assert reasons(customer) == {"goal": "no progress on the goal for 10 weeks: Ten clients"}
    check_in(goal=aim, at=timezone.now() - timedelta(minutes=5), by=None, value=Decimal(3))
    assert reasons(customer) == {}


@pytest.mark.parametrize(("days", "raised"), [(20, False), (21, True), (366, False)])
def test_a_goal_without_a_measure_stalls_without_a_word(sam, today, days, raised):
    customer = CustomerFactory()
    aim = goal(customer, "Speak freely", at=noon(today - timedelta(days=500)), by=sam)
    check_in(goal=aim, at=noon(today - timedelta(days=days)), by=None, value=None, note="Better")
    assert ("goal" in reasons(customer)) is raised


def test_a_goal_that_is_due(sam, today):
    customer = CustomerFactory()
    goal(customer, "Ten clients", at=noon(today), by=sam, due_on=today + timedelta(days=2))
    assert reasons(customer) == {"goal": "goal due in 2 days: Ten clients"}


def test_quiet_is_told_by_their_own_rhythm(firm, today):
    often, seldom = CustomerFactory(), CustomerFactory()
    for number in range(8):
        happens(often, "work_done", at=noon(today - timedelta(days=22 + 2 * number)))
        happens(seldom, "work_done", at=noon(today - timedelta(days=22 + 14 * number)))
    day = f"{today - timedelta(days=22):%-d %b %Y}"
    assert reasons(often) == {"quiet": f"quiet since {day}, was every 2 days"}
    assert reasons(seldom) == {}


def test_asking_does_not_break_the_silence(firm, today):
    customer = CustomerFactory()
    works(customer, until=today - timedelta(days=30), days=10)
    before = reasons(customer)
    for kind in ("message", "call", "question", "complaint", "refund_request"):
        happens(customer, kind, at=timezone.now() - timedelta(hours=2))
    assert reasons(customer) == before
    assert "was daily" in before["quiet"]


def test_too_few_days_make_no_rhythm(firm, today):
    customer = CustomerFactory()
    works(customer, until=today - timedelta(days=30), days=5)
    assert reasons(customer) == {}


@pytest.mark.parametrize("kind", ["referral", "testimonial"])
def test_who_speaks_for_us_is_thanked(sam, today, kind):
    customer = CustomerFactory()
    at = noon(today - timedelta(days=4))
    happens(customer, kind, at=at)
    happens(customer, "message", at=at + timedelta(days=1), by=sam, direction="outbound", payload={"auto_reply": True})
    assert "not thanked yet" in reasons(customer)["thank"]
    happens(customer, "message", at=at + timedelta(days=2), by=sam, direction="outbound")
    assert reasons(customer) == {}


def test_newly_engaged(firm, today):
    newcomer, back, steady = CustomerFactory(), CustomerFactory(), CustomerFactory()
    works(newcomer, until=today, days=4)
    happens(back, "work_done", at=noon(today - timedelta(days=200)))
    works(back, until=today, days=3)
    works(steady, until=today, days=40)
    day = f"{today - timedelta(days=3):%-d %b %Y}"
    assert reasons(newcomer) == {"engaged": f"newly engaged: active on 4 days since {day}"}
    assert "active on 3 days" in reasons(back)["engaged"]
    assert reasons(steady) == {}


def test_a_mistake_of_ours(sam, today):
    customer = CustomerFactory()
    happens(customer, "mistake", at=noon(today - timedelta(days=2)), direction="internal", body="Sent the wrong bill")
    day = f"{today - timedelta(days=2):%-d %b %Y}"
    assert reasons(customer) == {"recovery": f"recovery open since {day}: Sent the wrong bill"}
    happens(customer, "forgiveness", at=timezone.now())
    assert reasons(customer) == {}


def test_whom_we_have_nothing_to_do_for_has_no_reason(firm):
    assert reasons(CustomerFactory()) == {}
