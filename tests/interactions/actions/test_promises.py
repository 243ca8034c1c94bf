"""Promises: kept, late, missed at the firm's midnight, renegotiated, corrected."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Commitment, Customer
from interactions.actions.promises import (
    keep_promise,
    make_promise,
    miss_overdue,
    release_promise,
    renegotiate_promise,
    reopen_promise,
    undo_renegotiation,
)
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.staff.models import Firm, User
from tests.strategies import CHANGES, rolled_back, zones

pytestmark = pytest.mark.django_db

MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = date(2026, 3, 10)
OVER = datetime(2026, 3, 11, tzinfo=UTC)


@pytest.fixture
def sam() -> User:
    return User.objects.create_user("sam@firm.example", name="Sam")


def promise_of(party: str, by: User, *, due_on: date | None = DUE, made_at: datetime = MADE) -> Commitment:
    customer = Customer.objects.create(name="Ada")
    return make_promise(customer=customer, party=party, what="Call five", made_at=made_at, due_on=due_on, by=by)


def rows(promise: Commitment) -> list[tuple[str, str, datetime]]:
    found = Interaction.objects.filter(commitment=promise).order_by("occurred_at", "external_id")
    return [(row.external_id.rpartition("/")[2], row.direction, row.occurred_at) for row in found]


def test_made_and_kept_in_time(sam: User) -> None:
    promise = promise_of("them", sam)
    at = OVER - timedelta(microseconds=1)
    keep_promise(promise, at=at, by=sam)
    assert (promise.status, promise.closed_at) == ("kept", at)
    assert rows(promise) == [("made", "inbound", MADE), ("kept", "inbound", at)]
    assert not Interaction.objects.filter(payload__has_key="days_late").exists()


def test_ours_goes_out_in_its_owners_name(sam: User) -> None:
    kim = User.objects.create_user("kim@firm.example", name="Kim")
    ours = make_promise(
        customer=Customer.objects.create(name="Ada"), party="us", what="Answer", made_at=MADE, owner=kim, by=sam
    )
    theirs = promise_of("them", sam)
    assert (ours.owner, theirs.owner) == (kim, None)
    made = Interaction.objects.get(commitment=ours)
    assert (made.author, made.direction) == (kim, "outbound")


def test_kept_late_before_anybody_looked_has_the_miss_too(sam: User) -> None:
    promise, at = promise_of("them", sam), OVER + timedelta(days=2)
    keep_promise(promise, at=at, by=sam)
    assert rows(promise) == [("made", "inbound", MADE), ("missed", "inbound", OVER), ("kept", "inbound", at)]
    assert Interaction.objects.get(kind="commitment_kept").payload == {"days_late": 3}


def test_missed_then_kept_late_is_the_same_as_kept_late(sam: User) -> None:
    promise, at = promise_of("them", sam), OVER + timedelta(days=2)
    assert miss_overdue(at=OVER) == 1
    promise.refresh_from_db()
    assert (promise.status, promise.closed_at) == ("missed", OVER)
    keep_promise(promise, at=at, by=sam)
    assert promise.status == "kept"
    assert rows(promise) == [("made", "inbound", MADE), ("missed", "inbound", OVER), ("kept", "inbound", at)]
    assert Interaction.objects.get(kind="commitment_kept").payload == {"days_late": 3}


def test_nothing_is_missed_without_a_due_day_nor_on_it(sam: User) -> None:
    promise_of("them", sam, due_on=None)
    promise_of("us", sam)
    assert miss_overdue(at=OVER - timedelta(microseconds=1)) == 0


def test_renegotiated_in_time_is_honest(sam: User) -> None:
    promise, at = promise_of("them", sam), OVER - timedelta(hours=30)
    new = renegotiate_promise(promise, due_on=DUE + timedelta(days=7), at=at, by=sam)
    promise.refresh_from_db()
    assert promise.status == "released"
    assert rows(promise) == [("made", "inbound", MADE), ("released", "inbound", at)]
    assert rows(new) == [("made", "inbound", at)]
    assert (new.what, new.due_on, new.status) == ("Call five", DUE + timedelta(days=7), "open")
    assert miss_overdue(at=OVER) == 0


def test_renegotiated_too_late_was_missed(sam: User) -> None:
    promise = promise_of("them", sam)
    renegotiate_promise(promise, due_on=DUE + timedelta(days=7), at=OVER, by=sam)
    assert [event for event, *_ in rows(promise)] == ["made", "missed", "released"]


def test_a_new_date_after_the_miss_leaves_it_standing_and_is_undone(sam: User) -> None:
    promise, later = promise_of("us", sam), OVER + timedelta(days=1)
    miss_overdue(at=OVER)
    promise.refresh_from_db()
    new = renegotiate_promise(promise, due_on=DUE + timedelta(days=7), at=later, by=sam)
    promise.refresh_from_db()
    assert promise.status == "released"
    assert [event for event, *_ in rows(promise)] == ["made", "missed", "released"]
    undo_renegotiation(promise, new=new, at=later, by=sam)
    promise.refresh_from_db()
    assert promise.status == "missed"
    assert [event for event, *_ in rows(promise)] == ["made", "missed"]


@pytest.mark.parametrize("status", ["kept", "released"])
def test_what_is_done_stays_done(sam: User, status: str) -> None:
    promise = promise_of("them", sam)
    {"kept": keep_promise, "released": release_promise}[status](promise, at=MADE + timedelta(days=1), by=sam)
    before = rows(promise)
    for verb in (keep_promise, release_promise):
        with pytest.raises(ActionRefused, match=status):
            verb(promise, at=MADE + timedelta(days=2), by=sam)
    with pytest.raises(ActionRefused):
        renegotiate_promise(promise, due_on=DUE, at=MADE + timedelta(days=2), by=sam)
    assert miss_overdue(at=OVER) == 0
    assert rows(promise) == before
    assert Commitment.objects.count() == 1


def test_what_was_missed_can_be_let_go_and_the_miss_stands(sam: User) -> None:
    promise = promise_of("us", sam)
    miss_overdue(at=OVER)
    promise.refresh_from_db()
    assert promise.is_owed(OVER.date())
    release_promise(promise, at=OVER + timedelta(days=2), by=sam)
    assert not promise.is_owed(OVER.date())
    assert [event for event, *_ in rows(promise)] == ["made", "missed", "released"]
    reopen_promise(promise, at=OVER + timedelta(days=3), by=sam)
    promise.refresh_from_db()
    assert (promise.status, promise.closed_at) == ("missed", OVER)
    assert [event for event, *_ in rows(promise)] == ["made", "missed"]


@given(zone=zones, due_on=st.sampled_from(CHANGES) | st.dates(date(2024, 1, 1), date(2027, 1, 1)), ours=st.booleans())
def test_a_promise_is_missed_at_the_first_moment_of_the_next_local_day(zone: str, due_on: date, ours: bool) -> None:
    """Clocks change at midnight in some zones: no moment of the due day is late, and the next one is."""
    with rolled_back(zone):
        by = User.objects.create_user("sam@firm.example", name="Sam")
        made_at = datetime.combine(due_on - timedelta(days=5), time(12), tzinfo=UTC)
        promise = promise_of("us" if ours else "them", by, due_on=due_on, made_at=made_at)
        over = Firm.current().end_of_day(due_on).astimezone(UTC)
        before = (over - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
        assert (before.date(), over.astimezone(ZoneInfo(zone)).date()) == (due_on, due_on + timedelta(days=1))
        assert miss_overdue(at=before) == 0
        assert miss_overdue(at=over) == 1
        assert miss_overdue(at=over + timedelta(hours=5)) == 0
        missed = Interaction.objects.get(commitment=promise, kind="commitment_missed")
        assert (missed.occurred_at, missed.occurred_on) == (over, due_on + timedelta(days=1))
        assert missed.direction == ("outbound" if ours else "inbound")
