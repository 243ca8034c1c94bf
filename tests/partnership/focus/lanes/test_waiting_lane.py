"""The lane of answers due: who waits, against the response target of their tier, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from interactions.models import Conversation
from partnership.focus.lanes.scopes import MINE, TEAM, scope_of
from partnership.focus.lanes.waiting_lane import AtRisk, at_risk, clock_of, one_waiting, waiting_lane
from partnership.focus.models import FocusItem
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import DEFAULT_RESPONSE_HOURS, RuleSet, Score, Tier
from partnership.staff.models import Firm
from partnership.staff.models.opening_hours import office_hours
from tests.factories import ConversationFactory, CustomerFactory, DepartmentFactory, UserFactory, happens
from tests.partnership.focus.reference import answer_by
from tests.strategies import rolled_back

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 3, 17, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def waiting(at=None, visible=None, **more):
    clock = clock_of(at or timezone.now())
    return [
        row.thread.subject
        for row in waiting_lane(Customer.objects.all() if visible is None else visible, clock=clock, **more).rows
    ]


def asks(customer, *, at, subject, times=1, **thread):
    talk = ConversationFactory(customer=customer, subject=subject, **thread)
    for number in range(times):
        happens(customer, "complaint", at=at + timedelta(seconds=number), conversation_id=talk.pk)
    return talk


def promised(customer, hours):
    draft, _ = RuleSet.objects.get_or_create(name="Terms")
    tier, _ = Tier.objects.get_or_create(
        rule_set=draft,
        rank=100 + hours,
        defaults={"name": f"T{hours}", "response_hours": hours},
    )
    Score.objects.update_or_create(customer=customer, defaults={"tier": tier})


def test_who_waits_longest_comes_first_however_often_they_write(firm):
    now = timezone.now()
    asks(CustomerFactory(), at=now - 2 * HOUR, subject="Loud", times=30)
    asks(CustomerFactory(), at=now - timedelta(days=5), subject="Quiet")
    assert waiting(now) == ["Quiet", "Loud"]


def test_the_wait_is_held_against_what_the_tier_promises(firm):
    champion, other = CustomerFactory(), CustomerFactory()
    asks(other, at=TUESDAY - 2 * HOUR, subject="Promised sixteen hours")
    asks(champion, at=TUESDAY - HOUR, subject="Promised four hours")
    promised(other, 16)
    promised(champion, 4)
    assert waiting(TUESDAY) == ["Promised four hours", "Promised sixteen hours"]


def test_only_business_hours_count(firm):
    friday, monday = (datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((13, 15), (16, 9)))
    early, late = CustomerFactory(), CustomerFactory()
    promised(early, 4)
    promised(late, 2)
    asks(early, at=friday, subject="Friday afternoon, four hours: Monday at eleven")
    asks(late, at=monday - 2 * HOUR, subject="Monday at seven, two hours: Monday at ten")
    [first, second] = waiting_lane(Customer.objects.all(), clock=clock_of(monday)).rows
    assert first.thread.customer == late
    assert [row.answer_by for row in (first, second)] == [monday + HOUR, monday + 2 * HOUR]
    assert [row.time_left for row in (first, second)] == ["1 business hour left", "2 business hours left"]


def test_what_is_overdue_says_by_how_much(firm):
    late = CustomerFactory()
    promised(late, 1)
    asks(late, at=TUESDAY - 2 * HOUR, subject="Late")
    [row] = waiting_lane(Customer.objects.all(), clock=clock_of(TUESDAY + timedelta(minutes=20))).rows
    assert row.is_overdue
    assert row.time_left == "overdue by 1 business hour"


def test_everybody_who_waits_is_there_but_for_what_is_closed_or_snoozed(firm):
    asks(CustomerFactory(do_not_contact=True, lifecycle="ended"), at=TUESDAY, subject="Ended")
    asks(CustomerFactory(), at=TUESDAY, subject="Closed")
    asks(CustomerFactory(), at=TUESDAY, subject="Snoozed")
    Conversation.objects.filter(subject="Closed").update(status="closed")
    Conversation.objects.filter(subject="Snoozed").update(status="snoozed", snoozed_until=TUESDAY + 9 * HOUR)
    answered = asks(CustomerFactory(), at=TUESDAY, subject="Answered")
    happens(answered.customer, "message", at=TUESDAY + HOUR, direction="outbound", conversation_id=answered.pk)
    assert waiting(TUESDAY + HOUR) == ["Ended"]


def test_what_is_due_soon_is_counted_snoozed_ones_apart(firm):
    one, other, third = (CustomerFactory() for _ in range(3))
    for customer, hours in ((one, 1), (other, 3), (third, 8)):
        promised(customer, hours)
        asks(customer, at=TUESDAY - HOUR, subject="Well?")
    assert at_risk(Customer.objects.all(), clock=clock_of(TUESDAY)) == AtRisk(open=2, snoozed=0)
    Conversation.objects.filter(customer=one).update(status="snoozed", snoozed_until=TUESDAY + 9 * HOUR)
    assert at_risk(Customer.objects.all(), clock=clock_of(TUESDAY)) == AtRisk(open=1, snoozed=1)


def test_pages_show_everybody_once(firm):
    for number in range(7):
        asks(CustomerFactory(), at=TUESDAY - timedelta(days=3) - HOUR * (number // 3), subject=f"T{number}")
    clock, seen, after = clock_of(TUESDAY), [], ""
    while after is not None:
        page = waiting_lane(Customer.objects.all(), clock=clock, after=after, size=2)
        seen, after = seen + [row.thread.subject for row in page.rows], page.after
    assert seen == waiting(TUESDAY)
    assert len(seen) == 7


def test_the_newest_of_their_words_stands_there(firm):
    thread = asks(CustomerFactory(), at=TUESDAY - 5 * HOUR, subject="Bill", times=2)
    happens(thread.customer, "message", at=TUESDAY - HOUR, conversation_id=thread.pk, body="Still nothing?")
    happens(thread.customer, "note", at=TUESDAY, direction="internal", conversation_id=thread.pk, body="Careful")
    [row] = waiting_lane(Customer.objects.all(), clock=clock_of(TUESDAY)).rows
    assert row.newest.body == "Still nothing?"


def test_one_alone(firm):
    thread = asks(CustomerFactory(), at=TUESDAY - HOUR, subject="Bill")
    clock = clock_of(TUESDAY)
    assert one_waiting(Customer.objects.all(), thread.pk, clock=clock).thread == thread
    assert one_waiting(Customer.objects.none(), thread.pk, clock=clock) is None


def test_scopes(firm, sam):
    team, colleague = DepartmentFactory(), UserFactory()
    for user in (sam, colleague):
        user.department = team
        user.save()
    mine, theirs = CustomerFactory(owner=sam), CustomerFactory(owner=colleague)
    asks(mine, at=TUESDAY, subject="Mine, nobody's")
    asks(mine, at=TUESDAY, subject="Mine, a stranger has it", assignee=UserFactory())
    asks(CustomerFactory(), at=TUESDAY, subject="Given to me", assignee=sam)
    asks(theirs, at=TUESDAY, subject="My colleague's")
    asks(CustomerFactory(), at=TUESDAY, subject="For my team", department=team)
    asks(CustomerFactory(), at=TUESDAY, subject="Nobody's")
    assert set(waiting(TUESDAY, scope=scope_of(sam, MINE))) == {"Mine, nobody's", "Given to me"}
    teams = {"Mine, nobody's", "Given to me", "My colleague's", "For my team"}
    assert set(waiting(TUESDAY, scope=scope_of(sam, TEAM))) == teams
    assert len(waiting(TUESDAY, scope=scope_of(sam, ""))) == 6


def test_as_many_reads_for_many_as_for_one(firm, django_assert_num_queries):
    clock = clock_of(TUESDAY)
    for number in range(1, 26):
        asks(CustomerFactory(), at=TUESDAY - HOUR * number, subject=f"T{number}")
        if number in (1, 25):
            with django_assert_num_queries(5 if number > 8 else 4):
                rows = waiting_lane(Customer.objects.all(), clock=clock, size=20).rows
                assert [bool(row.newest and row.thread.customer.name) for row in rows] == [True] * min(number, 20)


@given(
    threads=st.lists(
        st.tuples(st.integers(0, 21 * 24 * 60), st.sampled_from([None, 1, 4, 8, 16, 40])), min_size=1, max_size=6
    ),
    holidays=st.sets(st.integers(0, 20), max_size=3),
    partners=st.integers(0, 5),
    size=st.integers(1, 8),
)
def test_nothing_but_the_wait_and_the_promise_orders_them(threads, holidays, partners, size):
    """By the moment that a reference in Python names; whatever is to do in the other lane starves nobody."""
    with rolled_back("Europe/Berlin"):
        days_off = [(TUESDAY - timedelta(days=ago)).date() for ago in holidays]
        Firm.objects.update(holidays=days_off, business_hours=office_hours())
        firm = Firm.current()
        expected = []
        for number, (ago, hours) in enumerate(threads):
            customer, since = CustomerFactory(), TUESDAY - timedelta(minutes=ago)
            if hours:
                promised(customer, hours)
            asks(customer, at=since, subject=f"T{number}")
            expected.append((answer_by(firm, since, hours or DEFAULT_RESPONSE_HOURS), since, f"T{number}"))
        for _ in range(partners):
            FocusItem.objects.create(
                customer=CustomerFactory(), reason="recovery", cause="recovery/1", since=TUESDAY.date(), strength=1,
                place=200, is_lead=True, facts={"what": "", "recovery": 1},
            )  # fmt: skip
        rows = paged(size)
        assert [row.thread.subject for row in rows] == [subject for *_, subject in sorted(expected, key=in_turn)]
        assert [row.answer_by for row in rows] == [due for due, *_ in sorted(expected, key=in_turn)]


def paged(size):
    """The whole lane, so many a page."""
    clock, rows, after = clock_of(TUESDAY), [], ""
    while after is not None:
        page = waiting_lane(Customer.objects.all(), clock=clock, after=after, size=size)
        rows, after = rows + page.rows, page.after
    return rows


def in_turn(expected):
    due, since, subject = expected
    return due, since, int(subject[1:])


def test_a_firm_without_anybody_waiting_has_an_empty_lane(firm):
    rescore_all(at=TUESDAY)
    assert waiting(TUESDAY) == []
