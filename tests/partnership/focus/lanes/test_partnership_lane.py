"""The Partnerships lane: who stands where."""

from datetime import timedelta

import pytest
from django.core.exceptions import BadRequest
from django.utils import timezone

from customers.models import Customer
from partnership.focus.lanes.factors import FACTORS
from partnership.focus.lanes.partnership_lane import partnership_lane
from partnership.focus.lanes.scopes import MINE, TEAM, scope_of
from partnership.focus.models import FocusItem
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import Score
from tests.e2e.story import tell
from tests.factories import CustomerFactory, DepartmentFactory, UserFactory, happens, noon, promise, works

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(firm):
    return firm.local_date(timezone.now())


def lane(today, visible=None, **more):
    at = timezone.now()
    rescore_all(at=at)
    refresh_all(at=at)
    return [
        one.customer.name
        for one in partnership_lane(Customer.objects.all() if visible is None else visible, as_of=today, **more).rows
    ]


def owed(sam, today, *, days=0, **fields):
    """Somebody to whom we promised something for `days` from today."""
    customer = CustomerFactory(**fields)
    promise(customer, "Call", at=noon(today - timedelta(days=9)), due_on=today + timedelta(days=days), by=sam)
    return customer


def test_the_quiet_champion_stands_there_and_the_loud_one_far_below(sam, today):
    story = tell(sam=sam, today=today)
    names = lane(today)
    assert names[0] == story.champion.name
    assert names.index(story.owed.name) < names.index(story.loud.name)


def test_the_better_partner_comes_first_where_the_reason_is_the_same(sam, today):
    idle, diligent = owed(sam, today, name="Idle"), owed(sam, today, name="Diligent")
    works(diligent, until=today, days=20)
    assert lane(today) == [diligent.name, idle.name]


def test_whom_we_failed_comes_before_everything(sam, today):
    best = owed(sam, today, days=-5, name="Best")
    works(best, until=today, days=40)
    failed = CustomerFactory(name="Failed")
    happens(failed, "mistake", at=noon(today - timedelta(days=2)), direction="internal")
    assert lane(today) == ["Failed", "Best"]
    assert all(factor.weight <= 100 for factor in FACTORS)


@pytest.mark.parametrize(
    "change",
    [{"lifecycle": "prospect"}, {"lifecycle": "paused"}, {"lifecycle": "ended"}, {"do_not_contact": True}],
)
def test_who_is_not_to_be_approached_is_not_there(sam, today, change):
    owed(sam, today, name="Active")
    other = owed(sam, today, name="Other", **change)
    assert lane(today) == ["Active"]
    Customer.objects.filter(pk=other.pk).update(lifecycle="active", do_not_contact=False)
    assert set(lane(today)) == {"Active", "Other"}


def test_restricted_customers_are_for_whom_may_see_them(sam, today):
    owed(sam, today, name="Restricted", restricted=True)
    assert lane(today, Customer.objects.visible_to(sam)) == []
    assert lane(today, Customer.objects.visible_to(UserFactory(role="manager"))) == ["Restricted"]


def test_one_line_for_each_with_the_other_reasons_below(sam, today):
    customer = owed(sam, today)
    happens(customer, "referral", at=timezone.now() - timedelta(hours=3))
    works(customer, until=today, days=3)
    lane(today)
    [partner] = partnership_lane(Customer.objects.all(), as_of=today).rows
    assert partner.reason == "our promise is due today: Call"
    assert [text.split(" ")[0] for text in partner.other_reasons] == ["referred", "newly"]


def test_why_here_adds_up(sam, today):
    customer = owed(sam, today)
    happens(customer, "mistake", at=noon(today - timedelta(days=2)), direction="internal")
    lane(today)
    for item in FocusItem.objects.all():
        why = partnership_lane(Customer.objects.all(), as_of=today).rows[0].why if item.is_lead else None
        assert why is None or why.place == pytest.approx(item.place)
    assert why or item


def test_pages_show_everybody_once(sam, today):
    for number in range(7):
        owed(sam, today, days=number // 3, name=f"C{number}")
    whole, seen, after = lane(today), [], ""
    assert len(whole) == 7
    while after is not None:
        page = partnership_lane(Customer.objects.all(), as_of=today, after=after, size=2)
        seen, after = seen + [one.customer.name for one in page.rows], page.after
    assert seen == whole


@pytest.mark.parametrize("after", ["x", "1,y", ",", "1", "nan-,3"])
def test_no_place_in_the_lane(today, after):
    with pytest.raises(BadRequest):
        partnership_lane(Customer.objects.all(), as_of=today, after=after)


def test_scopes(sam, today):
    colleague, stranger = UserFactory(), UserFactory()
    for user in (sam, colleague):
        user.department = DepartmentFactory._meta.model.objects.get_or_create(name="Coaching")[0]
        user.save()
    owed(sam, today, name="Mine", owner=sam)
    owed(sam, today, name="My colleague's", owner=colleague)
    owed(sam, today, name="A stranger's", owner=stranger)
    owed(sam, today, name="Nobody's")
    lane(today)
    FocusItem.objects.filter(customer__name="A stranger's").update(state="taken", taken_by=sam)
    FocusItem.objects.filter(customer__name="Mine").update(state="taken", taken_by=stranger)
    assert set(lane(today, scope=scope_of(sam, MINE))) == {"A stranger's"}
    assert set(lane(today, scope=scope_of(sam, TEAM))) == {"A stranger's", "My colleague's"}
    assert len(lane(today, scope=scope_of(sam, ""))) == 4


def test_as_many_reads_for_many_as_for_one(sam, today, django_assert_num_queries):
    for number in range(8):
        happens(owed(sam, today, owner=sam), "referral", at=timezone.now() - timedelta(hours=number + 1))
        if number in (0, 7):
            lane(today)
            with django_assert_num_queries(2):
                rows = partnership_lane(Customer.objects.all(), as_of=today).rows
                assert all(one.why.place and one.other_reasons and one.customer.owner.name for one in rows)


def test_without_a_score_yet_a_reason_is_there_all_the_same(sam, today):
    customer = owed(sam, today, name="New")
    lane(today)
    Score.objects.filter(customer=customer).delete()
    refresh_all(at=timezone.now())
    [partner] = partnership_lane(Customer.objects.all(), as_of=today).rows
    assert partner.why.place == 0
