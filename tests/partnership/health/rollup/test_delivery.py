"""Time that customers pay for is delivery, all other time is service time; the admin says which, and sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given

from customers.models import Customer
from interactions.models import Kind
from partnership.health.boards.attention import attention, audit_of
from partnership.health.boards.service_gap import gaps
from partnership.health.frame.scope import Scope, ScopeForm, scope_of
from partnership.health.models import CustomerMetrics, StaleMetrics
from partnership.health.rollup.refreshing import refresh_all, refresh_metrics, refresh_stale
from partnership.health.tasks import refresh_stale_task
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.models import Firm, TimedKind, User
from tests.examples import examples
from tests.factories import CustomerFactory, UserFactory, happens, works
from tests.partnership.conftest import signed_in
from tests.strategies import DAY, NOON, customer_with, histories, rolled_back

pytestmark = pytest.mark.django_db

WEEKS_52 = timedelta(weeks=52)


@pytest.fixture
def ada(firm: Firm) -> Customer:
    return CustomerFactory(name="Ada")


def split(customer: Customer, period: str = "week") -> tuple[int, int]:
    """Service time and delivery of the period, counted anew."""
    refresh_metrics([customer.pk], at=NOON)
    row = CustomerMetrics.objects.get(customer=customer, period=period)
    return row.minutes, row.delivered


def meets(customer: Customer, **entry: Any) -> None:
    happens(customer, "meeting", at=NOON, **{"direction": "internal", "minutes": 60, **entry})


def test_a_kind_that_takes_time_is_a_kind_of_the_timeline():
    assert {one.value: str(one.label) for one in TimedKind} == {
        one.value: str(Kind(one.value).label) for one in TimedKind
    }


@pytest.mark.parametrize("kind", ["purchase", "renewal", "payment"])
@pytest.mark.parametrize(
    ("before", "is_paid"),
    [(timedelta(0), True), (WEEKS_52, True), (WEEKS_52 + timedelta(days=1), False), (-timedelta(days=1), False)],
)
def test_what_was_paid_for_within_52_weeks_is_delivery(ada: Customer, kind: str, before: timedelta, is_paid: bool):
    meets(ada)
    happens(ada, kind, at=NOON - before, channel="billing", amount=50, currency="EUR")
    assert split(ada) == ((0, 60) if is_paid else (60, 0))


@pytest.mark.parametrize("kind", ["late_payment", "refund", "cancellation", "praise"])
def test_what_pays_for_nothing_makes_no_delivery(ada: Customer, kind: str):
    meets(ada)
    happens(ada, kind, at=NOON - timedelta(days=9), channel="billing")
    assert split(ada) == (60, 0)


def test_what_somebody_else_paid_for_is_no_delivery(ada: Customer):
    meets(ada)
    happens(CustomerFactory(), "purchase", at=NOON - timedelta(days=9), channel="billing")
    assert split(ada) == (60, 0)


def test_the_firm_says_which_kinds_are_delivery(ada: Customer):
    happens(ada, "purchase", at=NOON - timedelta(days=9), channel="billing")
    meets(ada)
    happens(ada, "attendance", at=NOON, minutes=30)
    happens(ada, "call", at=NOON, direction="outbound", minutes=7)
    assert split(ada) == (7, 90)
    Firm.objects.update(delivery_kinds=["call"])
    assert split(ada) == (90, 7)
    Firm.objects.update(delivery_kinds=[])
    assert split(ada) == (97, 0)


@examples(10)
@given(histories(most=20, kinds=["meeting", "attendance", "call", "free_work", "purchase", "payment"]))
def test_both_together_are_all_minutes(past: list[Any]):
    with rolled_back():
        customer = customer_with(past)
        split(customer)
        row = CustomerMetrics.objects.get(customer=customer, period="year")
        begin = DAY - 2 * WEEKS_52
        entered = [one for one in customer.interactions.all() if begin < one.occurred_on <= DAY and one.minutes]
        assert row.minutes + row.delivered + row.before_minutes + row.before_delivered == sum(
            one.minutes or 0 for one in entered
        )


@pytest.fixture
def scope(firm: Firm) -> Scope:
    lineage = load_tier_lineage()
    viewer = UserFactory(role="manager")
    return scope_of(viewer, ScopeForm({"period": "month"}, lineage), lineage=lineage, today=DAY)


@pytest.fixture
def buyer(ada: Customer) -> Customer:
    """Somebody who pays for many hours, beside a partner who pays for one, and a stranger who calls."""
    for back in range(20):
        happens(ada, "meeting", at=NOON - timedelta(days=back), direction="internal", minutes=90)
    partner, caller = CustomerFactory(name="Paul"), CustomerFactory(name="Carl")
    works(partner, until=DAY, days=20)
    meets(partner)
    happens(caller, "call", at=NOON, direction="outbound", minutes=60)
    for one in (ada, partner, caller):
        happens(one, "purchase", at=NOON - timedelta(days=300), channel="billing")
    rescore_all(at=NOON)
    refresh_all(at=NOON)
    return ada


def over_served(scope: Scope) -> list[str]:
    audit = audit_of(scope)
    return [one.customer.name for one in gaps(scope, fair=audit.fair, mean=audit.mean, over=True)]


def test_a_customer_who_buys_more_is_not_over_served(buyer: Customer, scope: Scope):
    assert over_served(scope) == ["Carl"]
    Firm.objects.update(delivery_kinds=[])
    refresh_all(at=NOON)
    assert over_served(scope)[0] == "Ada"


def test_the_board_shows_delivery_and_says_the_rule(buyer: Customer, scope: Scope):
    board = attention(scope)
    assert "31 h: the time of these entries (meeting and attendance) for customers who bought, renewed or" in board.text
    table = board.tables[0]
    place = [str(head) for head in table.heads].index("Delivery")
    shown = [row[place] for row in table.rows]
    assert sorted(str(cell.text) for cell in shown if cell.url) == ["31 h"]
    assert all("/health/rows/delivered/" in cell.url for cell in shown if cell.url)


@pytest.fixture
def admin(firm: Firm) -> Client:
    return signed_in(UserFactory(role="admin", admin=True))


def given_form(client: Client) -> dict[str, Any]:
    """The firm's form as the page has it."""
    form = client.get("/settings/terms/").context["form"]
    values = {field.name: field.value() for field in form}
    return {name: "" if value is None else value for name, value in values.items()}


def test_the_admin_changes_the_rule_by_check_boxes_and_everybody_is_counted_again(
    admin: Client, ada: Customer, sam: User
):
    others = CustomerFactory.create_batch(2)
    happens(ada, "purchase", at=NOON - timedelta(days=9), channel="billing")
    meets(ada)
    rescore_all(at=NOON)
    refresh_all(at=NOON)
    StaleMetrics.objects.all().delete()
    assert split(ada) == (0, 60)
    page = admin.get("/settings/terms/").content.decode()
    assert page.count('type="checkbox" name="delivery_kinds"') == len(TimedKind)
    given = given_form(admin)
    assert given["delivery_kinds"] == ["meeting", "attendance"]
    response = admin.post("/settings/terms/", given)
    assert response.status_code == 302, response.context["form"].errors
    assert refresh_stale_task() == 0  # nothing changed
    assert admin.post("/settings/terms/", {**given, "delivery_kinds": ["call"]}).status_code == 302
    assert refresh_stale(at=NOON) == len([ada, *others])
    row = CustomerMetrics.objects.get(customer=ada, period="week")
    assert (row.minutes, row.delivered) == (60, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("currency", "USD"), ("timezone", "Asia/Tokyo"), ("business_hours", {}), ("holidays", [DAY])],
)
def test_other_settings_that_are_counted_by_outdate_everybody(ada: Customer, name: str, value: object):
    rescore_all(at=NOON)
    refresh_all(at=NOON)
    StaleMetrics.objects.all().delete()
    firm = Firm.current()
    setattr(firm, name, value)
    firm.save()
    assert StaleMetrics.objects.filter(customer=ada).exists()
