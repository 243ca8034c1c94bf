"""Metrics follow what happens, piece by piece exactly as all at once; each number is its rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given

from customers.models import Customer
from interactions.actions.conversations import close_conversation, reopen_conversation
from interactions.actions.promises import keep_promise
from interactions.merging.merging import merge_customers
from interactions.models import Conversation, Settlement
from partnership.health.models import Answer, CustomerMetrics, StaleMetrics
from partnership.health.rollup.metrics import METRICS
from partnership.health.rollup.periods import PERIODS, span
from partnership.health.rollup.refreshing import refresh_all, refresh_new_day, refresh_stale
from partnership.health.tasks import refresh_new_day_task, refresh_stale_task
from partnership.scoring.engine.rescoring import rescore_all, rescore_stale
from partnership.staff.models import Firm
from tests.examples import examples
from tests.factories import ConversationFactory, CustomerFactory, goal, happens, promise
from tests.strategies import DAY, NOON, add_history, customer_with, demands, histories, rolled_back

pytestmark = pytest.mark.django_db

PAST = histories(most=12)


def metrics():
    rows = CustomerMetrics.objects.order_by("customer", "period").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def of(period: str) -> CustomerMetrics:
    return CustomerMetrics.objects.get(period=period)


def answers():
    return list(Answer.objects.order_by("asked_at", "conversation").values("customer", "asked_at", "waited", "late"))


def catch_up(at=NOON):
    while rescore_stale(at=at):
        pass
    while refresh_stale(at=at):
        pass


def rebuild(at=NOON):
    CustomerMetrics.objects.all().delete()
    rescore_all(at=at)
    refresh_all(at=at)


def numbers(customer: Customer) -> dict[tuple[str, str, bool], int]:
    """By metric, period and whether it is the one before: counted from the rows themselves."""
    firm, found = Firm.current(), {}
    for name, metric in METRICS.items():
        for period in PERIODS:
            for before in (False, True):
                rows = metric.within(firm, DAY, span(period, DAY, before=before)).filter(**{metric.customer: customer})
                total = rows.aggregate(total=Sum(metric.amount))["total"] if metric.amount else rows.count()
                found[name, period, before] = int(Decimal(total or 0).quantize(1, ROUND_HALF_UP))
    return found


def stored(customer: Customer) -> dict[tuple[str, str, bool], int]:
    found = {}
    for row in CustomerMetrics.objects.filter(customer=customer):
        for name, metric in METRICS.items():
            for before in (False, True):
                column = f"before_{name}" if before and metric.day else name
                found[name, row.period, before] = getattr(row, column)
    return found


@examples(8)
@given(PAST)
def test_each_number_is_how_many_rows_it_counts(past):
    with rolled_back():
        customer = customer_with(past)
        rebuild()
        assert stored(customer) == numbers(customer)


@examples(8)
@given(PAST, PAST)
def test_piece_by_piece_is_exactly_as_all_at_once(first, second):
    with rolled_back():
        customer = customer_with(first)
        catch_up()
        add_history(customer, second, prefix="news")
        catch_up()
        followed, answered = metrics(), answers()
        rebuild()
        assert (followed, answered) == (metrics(), answers())
        assert not StaleMetrics.objects.exists()


@examples(8)
@given(PAST, demands())
def test_demand_changes_demand_waiting_and_minutes_alone(past, more):
    """Also where it is about a goal."""
    with rolled_back():
        customer = customer_with(past)
        aim = goal(customer, "Ten clients", at=NOON - timedelta(days=60), by=None)
        # No newcomer, or the first thing they ask for may be the first that is known of them.
        happens(customer, "note", at=datetime(1949, 1, 1, tzinfo=UTC), direction="internal")
        rebuild()
        before = metrics()
        add_history(customer, [replace(one, goal_id=aim.pk) for one in more], prefix="demand")
        catch_up()
        counts = ("asked", "minutes", "messages")
        demand = {"loudness", *counts, *(f"before_{name}" for name in counts)}
        for was, now in zip(before, metrics(), strict=True):
            assert {name for name in was if was[name] != now[name]} <= demand


@pytest.fixture
def ada(firm: Firm) -> Customer:
    customer = CustomerFactory(name="Ada")
    catch_up()
    return customer


def test_a_day_later_the_spans_have_moved_on(ada: Customer):
    happens(ada, "call", at=NOON - timedelta(days=6), direction="outbound", minutes=30)
    catch_up()
    assert (of("week").minutes, of("week").before_minutes) == (30, 0)
    assert refresh_new_day_task() == 0  # not yet scored for that day
    rescore_all(at=NOON + timedelta(days=1))
    assert refresh_new_day(at=NOON + timedelta(days=1)) == 1
    assert (of("week").minutes, of("week").before_minutes) == (0, 30)
    assert refresh_new_day(at=NOON + timedelta(days=1)) == 0


def test_on_a_new_day_who_is_new_is_no_reason_to_count_everybody_again(ada: Customer):
    happens(CustomerFactory(), "praise", at=NOON)
    while rescore_stale(at=NOON):
        pass
    assert refresh_new_day(at=NOON) == 0
    assert refresh_stale(at=NOON) == 1
    assert CustomerMetrics.objects.count() == 2 * len(PERIODS)


def test_big_sums_are_counted_like_others(ada: Customer):
    happens(ada, "purchase", at=NOON, amount=3_000_000_000, currency=Firm.current().currency, channel="billing")
    for _ in range(2):
        happens(ada, "call", at=NOON, direction="outbound", minutes=2_000_000_000)
    catch_up()
    assert of("week").bought == 3_000_000_000
    assert (of("week").minutes, of("week").before_minutes) == (4_000_000_000, 0)


@pytest.mark.parametrize(
    ("due", "closed", "counted"),
    [(None, NOON, "theirs_kept"), (DAY, NOON, "theirs_kept"), (DAY - timedelta(days=1), NOON, "theirs_late")],
)
def test_every_promise_that_is_kept_is_counted(ada: Customer, sam, due, closed, counted):
    made = promise(ada, "Draft", party="them", at=NOON - timedelta(days=5), due_on=due, by=sam)
    keep_promise(made, at=closed, by=sam)
    catch_up()
    names = [f"{when}{name}" for name in ("theirs_kept", "theirs_late") for when in ("", "before_")]
    assert {name: getattr(of("week"), name) for name in names if getattr(of("week"), name)} == {counted: 1}


def test_done_twice_it_changes_nothing(ada: Customer):
    happens(ada, "call", at=NOON, direction="outbound", minutes=30)
    rescore_all(at=NOON)
    assert [refresh_stale_task(), refresh_stale_task()] == [1, 0]


def test_a_merged_customer_has_no_metrics(ada: Customer, sam):
    other = CustomerFactory(name="Ada again")
    happens(other, "call", at=NOON, direction="outbound", minutes=30)
    catch_up()
    merge_customers(survivor=ada, absorbed=other, by=sam, at=NOON)
    catch_up()
    assert {row.customer for row in CustomerMetrics.objects.all()} == {ada}
    assert of("week").minutes == 30


def test_an_answer_is_measured_in_business_hours_against_the_promise(ada: Customer, sam):
    """Asked on Friday at four, answered on Monday at ten: two hours; the next one took the week."""
    thread = ConversationFactory(customer=ada)
    friday = datetime(2026, 1, 2, 15, tzinfo=UTC)
    monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    talk = {"conversation_id": thread.pk}
    happens(ada, "question", at=friday, **talk)
    happens(ada, "message", at=friday + timedelta(minutes=10), **talk)
    happens(ada, "message", at=friday, direction="outbound", payload={"auto_reply": "vacation"}, **talk)
    happens(ada, "message", at=friday, by=sam, direction="outbound", payload={"not_sent": True}, **talk)
    happens(ada, "message", at=monday, by=sam, direction="outbound", **talk)
    happens(ada, "message", at=monday + timedelta(hours=1), **talk)
    happens(ada, "message", at=monday + timedelta(days=4), by=sam, direction="outbound", **talk)
    happens(ada, "message", at=monday + timedelta(days=5), **talk)
    catch_up()
    found = Answer.objects.order_by("asked_at").values_list("asked_at", "waited", "late")
    assert list(found) == [(friday, 2 * 3600, False), (monday + timedelta(hours=1), 31 * 3600, True)]


def test_time_is_estimated_for_messages_that_were_sent(ada: Customer, sam):
    for payload in ({}, {"auto_reply": True}, {"not_sent": True}):
        happens(ada, "message", at=NOON, by=sam, direction="outbound", payload=payload)
    catch_up()
    assert of("week").messages == 1


def test_a_settled_question_is_not_answered_by_what_we_write_later(ada: Customer, sam):
    thread = ConversationFactory(customer=ada)
    talk = {"conversation_id": thread.pk}
    happens(ada, "question", at=NOON - timedelta(days=5), **talk)
    happens(ada, "message", at=NOON - timedelta(days=4), payload={"bulk": True}, **talk)
    thread.refresh_from_db()
    close_conversation(thread, answered="not_needed", by=sam, at=NOON - timedelta(days=3))
    happens(ada, "question", at=NOON - timedelta(days=2), **talk)
    happens(ada, "message", at=NOON - timedelta(days=1), by=sam, direction="outbound", **talk)
    catch_up()
    assert Answer.objects.values_list("asked_at", "answered_at").get() == (
        NOON - timedelta(days=2), NOON - timedelta(days=1),
    )  # fmt: skip


def test_what_was_settled_is_counted_when_it_was_and_no_longer_once_taken_back(ada: Customer, sam):
    for answered, days in (("not_needed", 1), ("without", 2), ("without", 9), ("yes", 1)):
        thread = ConversationFactory(customer=ada)
        happens(ada, "question", at=NOON - timedelta(days=days), conversation_id=thread.pk)
        if answered == "yes":
            happens(ada, "message", at=NOON, by=sam, direction="outbound", conversation_id=thread.pk)
        thread.refresh_from_db()
        close_conversation(thread, answered=answered, reason="Spam", by=sam, at=NOON - timedelta(days=days - 1))
    Settlement.objects.create(conversation=thread, at=NOON, answered="without", reason="Closed before it was imported.")
    catch_up()
    counts = [(of(period).not_needed, of(period).without_answer) for period in ("week", "month")]
    assert counts == [(1, 1), (1, 2)]
    assert of("week").before_without_answer == 1
    reopen_conversation(Conversation.objects.get(settlements__answered="not_needed"), by=sam, at=NOON)
    catch_up()
    assert of("week").not_needed == 0


def test_rebuilding_by_the_command_is_the_same(ada: Customer):
    happens(ada, "praise", at=NOON)
    catch_up(timezone.now())
    before = metrics()
    CustomerMetrics.objects.update(received=9)
    call_command("rebuild_rollups", stdout=StringIO())
    assert metrics() == before
