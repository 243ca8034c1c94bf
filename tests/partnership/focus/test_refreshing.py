"""Items follow what happens, piece by piece exactly as all at once; demand moves none of them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.actions.goals import check_in, set_goal
from interactions.actions.promises import keep_promise, make_promise, miss_overdue
from partnership.core.locks import LockKey
from partnership.focus.actions import finish, snooze, take, wake
from partnership.focus.lanes.partnership_lane import partnership_lane
from partnership.focus.models import FocusItem, Refreshed, StaleFocus
from partnership.focus.refreshing import refresh, refresh_all, refresh_new_day, refresh_stale
from partnership.focus.tasks import refresh_new_day_task, refresh_stale_task, wake_task
from partnership.scoring.engine.rescoring import rescore_all, rescore_stale
from partnership.scoring.models import StaleScore
from partnership.staff.models import User
from tests.factories import CustomerFactory, happens, promise, works
from tests.strategies import DAY, NOON, add_history, customer_with, demands, histories, rolled_back

pytestmark = pytest.mark.django_db

FIELDS = ("customer_id", "reason", "cause", "since", "strength", "facts", "place", "is_lead", "state", "taken_by_id",
          "snoozed_until", "snooze_reason")  # fmt: skip

PAST = histories(most=12)


def items():
    return list(FocusItem.objects.order_by("customer_id", "reason", "cause").values(*FIELDS))


def catch_up(at=NOON):
    while rescore_stale(at=at):
        pass
    while refresh_stale(at=at):
        pass


def rebuild(at=NOON):
    FocusItem.objects.filter(state="open").delete()
    rescore_all(at=at)
    refresh_all(at=at)


@st.composite
def happenings(draw):
    """What people do to a customer's goals and promises, days before NOON."""
    return [
        (draw(st.sampled_from(["ours", "theirs", "goal", "keep", "read", "take", "finish", "snooze", "night"])),
         draw(st.integers(0, 60)), draw(st.integers(-20, 20)))
        for _ in range(draw(st.integers(1, 8)))
    ]  # fmt: skip


def live(customer: Customer, what: str, ago: int, ahead: int, *, by: User) -> None:
    """One of those; what can't be done is not."""
    at, due_on = NOON - timedelta(days=ago), DAY + timedelta(days=ahead)
    open_promise = customer.commitments.filter(status="open").first()
    aim, item = customer.goals.first(), FocusItem.objects.filter(customer=customer).exclude(state="done").first()
    if what in ("ours", "theirs"):
        party = "us" if what == "ours" else "them"
        make_promise(customer=customer, party=party, what="Call", made_at=at, due_on=due_on, by=by)
    elif what == "goal":
        set_goal(customer=customer, title="Ten", at=at, by=by, target=10, baseline=0, due_on=due_on)
    elif what == "keep" and open_promise:
        keep_promise(open_promise, at=at, by=by)
    elif what == "read" and aim:
        check_in(goal=aim, at=at, by=None, value=Decimal(ahead % 4))
    elif what == "take" and item:
        take(item, by=by, at=NOON)
    elif what == "finish" and item:
        finish(item, outcome="Talked", by=by, at=NOON)
    elif what == "snooze" and item:
        snooze(item, until=NOON + timedelta(days=3), reason="Holiday", by=by, at=NOON)
    elif what == "night":
        miss_overdue(at=NOON)


@given(past=st.lists(PAST, min_size=1, max_size=3), news=st.lists(PAST, max_size=3), told=happenings())
def test_piece_by_piece_is_as_all_at_once(past, news, told):
    with rolled_back():
        by = User.objects.create_user("sam@firm.example", name="Sam")
        customers = [customer_with(history, f"C{number}") for number, history in enumerate(past)]
        catch_up()
        for number, history in enumerate(news):
            add_history(customers[number % len(customers)], history, prefix=f"news{number}")
            catch_up()
        for number, happening in enumerate(told):
            live(customers[number % len(customers)], *happening, by=by)
            catch_up()
        assert not StaleFocus.objects.exists()
        piece_by_piece = items()
        rebuild()
        assert items() == piece_by_piece
        refresh_all(at=NOON)
        assert items() == piece_by_piece


@given(past=st.lists(PAST, min_size=2, max_size=3), told=happenings(), demand=demands())
def test_demand_changes_no_place_and_no_reason(past, told, demand):
    with rolled_back():
        by = User.objects.create_user("sam@firm.example", name="Sam")
        customers = [customer_with(history, f"C{number}") for number, history in enumerate(past)]
        for number, happening in enumerate(told):
            live(customers[number % len(customers)], *happening, by=by)
        catch_up()
        before, order = items(), places()
        add_history(customers[0], demand, prefix="demand")
        catch_up()
        assert (items(), places()) == (before, order)
        rebuild()
        assert [item["reason"] for item in items()] == [item["reason"] for item in before]


def places():
    return [one.customer.pk for one in partnership_lane(Customer.objects.all(), as_of=DAY, size=50).rows]


@pytest.fixture
def owed(sam, firm):
    """Promised for yesterday."""
    customer = CustomerFactory(owner=sam)
    make_promise(customer=customer, party="us", what="Call", made_at=NOON - timedelta(days=9), by=sam,
                 due_on=DAY - timedelta(days=1))  # fmt: skip
    catch_up()
    return customer


def the(customer, reason="our_promise"):
    return FocusItem.objects.exclude(state="done").get(customer=customer, reason=reason)


def test_what_is_done_does_not_come_back_next_morning_but_a_new_cause_does(owed, sam):
    finish(the(owed), outcome="Called", by=sam, at=NOON)
    for days in (0, 1, 2, 40):
        rebuild(NOON + timedelta(days=days))
        assert not FocusItem.objects.exclude(state="done").exists()
    promise(owed, "Write", at=NOON, due_on=DAY + timedelta(days=40), by=sam)
    rebuild(NOON + timedelta(days=40))
    assert the(owed).facts["what"] == "Write"


def test_a_goal_that_still_stalls_is_raised_again_after_four_weeks(sam, firm):
    customer = CustomerFactory()
    set_goal(customer=customer, title="Ten", at=NOON - timedelta(days=50), by=sam)
    catch_up()
    finish(the(customer, "goal"), outcome="Talked", by=sam, at=NOON)
    for days, back in ((1, False), (27, False), (29, True)):
        rebuild(NOON + timedelta(days=days))
        assert FocusItem.objects.exclude(state="done").exists() is back


def test_snoozed_comes_back_at_its_time_and_not_before(owed, sam):
    snooze(the(owed), until=NOON + timedelta(days=3), reason="On holiday", by=sam, at=NOON)
    assert places() == []
    for days in (1, 2):
        rebuild(NOON + timedelta(days=days))
        assert wake(at=NOON + timedelta(days=days)) == 0
        assert the(owed).state == "snoozed"
    assert wake(at=NOON + timedelta(days=3)) == 1
    assert (the(owed).state, the(owed).is_lead, the(owed).snooze_reason) == ("open", True, "")
    assert wake(at=NOON + timedelta(days=3)) == 0


def test_snoozed_by_whom_has_it_comes_back_to_them(owed, sam):
    take(the(owed), by=sam, at=NOON)
    snooze(the(owed), until=NOON + timedelta(days=3), reason="On holiday", by=sam, at=NOON)
    wake(at=NOON + timedelta(days=3))
    assert (the(owed).state, the(owed).taken_by) == ("taken", sam)


def test_all_are_held_at_once_in_one_order(sam, firm):
    """One by one, two who hold some of the same would wait for each other."""
    for _ in range(3):
        promise(CustomerFactory(), "Call", at=NOON, due_on=DAY, by=sam)
    catch_up()
    for item in FocusItem.objects.all():
        snooze(item, until=NOON + timedelta(days=3), reason="On holiday", by=sam, at=NOON)
    with CaptureQueriesContext(connection) as asked:
        assert wake(at=NOON + timedelta(days=3)) == 3
    assert sum("FOR UPDATE" in query["sql"] for query in asked) == 1


def test_something_new_wakes_what_was_snoozed(owed, sam):
    item = the(owed)
    snooze(item, until=NOON + timedelta(days=30), reason="On holiday", by=sam, at=NOON)
    keep_promise(owed.commitments.get(), at=NOON, by=sam)
    promise(owed, "Write", at=NOON, due_on=DAY, by=sam)
    catch_up()
    assert (the(owed).pk, the(owed).state, the(owed).facts["what"]) == (item.pk, "open", "Write")


def test_a_second_promise_does_not_wake_the_snoozed_one(owed, sam):
    snooze(the(owed), until=NOON + timedelta(days=30), reason="On holiday", by=sam, at=NOON)
    promise(owed, "Older still", at=NOON, due_on=DAY - timedelta(days=4), by=sam)
    catch_up()
    assert (the(owed).state, the(owed).facts["what"]) == ("snoozed", "Call")


def test_the_same_customer_and_reason_update_one_item(owed, sam):
    item = the(owed)
    take(item, by=sam, at=NOON)
    for days in (2, 3, 4):
        promise(owed, f"Call again {days}", at=NOON, due_on=DAY - timedelta(days=days), by=sam)
        catch_up()
    assert [(one.pk, one.state, one.taken_by) for one in FocusItem.objects.all()] == [(item.pk, "taken", sam)]


def test_another_promise_comes_up_behind_the_one_that_is_done(owed, sam):
    promise(owed, "Write", at=NOON, due_on=DAY, by=sam)
    catch_up()
    finish(the(owed), outcome="Called", by=sam, at=NOON)
    catch_up()
    assert the(owed).facts["what"] == "Write"


def test_thanks_for_the_newest_are_thanks_for_all(sam, firm):
    customer = CustomerFactory()
    for days in (5, 3):
        happens(customer, "referral", at=NOON - timedelta(days=days))
    catch_up()
    finish(the(customer, "thank"), outcome="Sent flowers", by=sam, at=NOON)
    catch_up()
    assert not FocusItem.objects.exclude(state="done").exists()


def test_what_is_kept_is_gone(owed, sam):
    take(the(owed), by=sam, at=NOON)
    keep_promise(owed.commitments.get(), at=NOON, by=sam)
    catch_up()
    assert not FocusItem.objects.exists()


def test_the_next_reason_leads_when_the_first_is_done_or_snoozed(owed, sam):
    happens(owed, "referral", at=NOON - timedelta(hours=3))
    catch_up()
    finish(the(owed), outcome="", by=sam, at=NOON)
    assert the(owed, "thank").is_lead
    snooze(the(owed, "thank"), until=NOON + timedelta(days=1), reason="Later", by=sam, at=NOON)
    assert not FocusItem.objects.filter(is_lead=True).exists()


def test_nobody_is_refreshed_before_they_are_rescored(sam, firm):
    works(CustomerFactory(), until=DAY, days=3)
    assert StaleScore.objects.exists()
    assert refresh_stale(at=NOON) == 0
    rescore_stale(at=NOON)
    assert refresh_stale(at=NOON) == 1
    assert refresh_stale(at=NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time(firm):
    works(CustomerFactory(), until=DAY, days=3)
    rescore_stale(at=NOON)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LockKey.FOCUS_REFRESH])
            assert refresh_stale(at=NOON) == 0
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LockKey.FOCUS_REFRESH])
    finally:
        other.close()
    assert refresh_stale(at=NOON) == 1


def test_a_new_day_refreshes_everybody_once_they_are_scored(sam, firm):
    customer = CustomerFactory()
    promise(customer, "Call", at=NOON, due_on=DAY + timedelta(days=8), by=sam)
    catch_up()
    rescore_all(at=NOON)
    assert refresh_new_day(at=NOON) == 1
    assert refresh_new_day(at=NOON) == 0
    tomorrow = NOON + timedelta(days=1)
    assert refresh_new_day(at=tomorrow) == 0
    rescore_all(at=tomorrow)
    assert refresh_new_day(at=tomorrow) == 1
    assert the(customer).reason == "our_promise"
    assert Refreshed.objects.get().day == DAY + timedelta(days=1)


def test_tasks_do_nothing_the_second_time(owed):
    assert refresh_stale_task() == 0
    rescore_all(at=NOON)
    assert refresh_new_day_task() == 0
    assert wake_task() == 0


def test_a_merged_customer_has_no_items(owed):
    Customer.objects.filter(pk=owed.pk).update(merged_into=CustomerFactory())
    refresh([owed.pk], at=NOON)
    assert not FocusItem.objects.exists()


def test_a_refund_asked_for_moves_the_other_lane_alone(owed):
    before = places()
    for _ in range(50):
        happens(owed, "refund_request", at=NOON - timedelta(hours=1))
    catch_up()
    assert places() == before
