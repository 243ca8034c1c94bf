"""A mistake of ours opens a recovery, whatever path it comes by; forgiveness or an outcome closes it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from customers.signals import history_changed
from interactions.actions.deletions import delete_entry, restore_entry
from interactions.actions.record import Entry, record, record_many
from interactions.errors import ActionRefused
from interactions.imports.history import import_records
from interactions.models import Interaction
from partnership.recoveries.lifecycle import close_recovery, settle
from partnership.recoveries.models import Recovery
from tests.factories import CustomerFactory, happens
from tests.strategies import NOON, rolled_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(sam, firm):
    return CustomerFactory(owner=sam)


def fails(customer, *, days=5, **more):
    at = NOON - timedelta(days=days)
    return happens(customer, "mistake", at=at, direction="internal", channel="internal", body="The wrong bill", **more)


def test_a_mistake_opens_one(ada, sam):
    mistake = fails(ada)
    recovery = Recovery.objects.get()
    assert (recovery.customer, recovery.mistake, recovery.owner) == (ada, mistake, sam)
    assert (recovery.what_happened, recovery.opened_at) == ("The wrong bill", mistake.occurred_at)
    assert recovery.closed_at is None


def test_it_is_opened_in_the_transaction_that_records_the_mistake(ada):
    with transaction.atomic():
        fails(ada)
        assert Recovery.objects.exists()
        transaction.set_rollback(True)
    assert not Recovery.objects.exists()
    assert not Interaction.objects.exists()


def test_an_import_opens_them_too(firm):
    told = [
        {"type": "customer", "ref": "crm:1", "name": "Ada"},
        {"type": "interaction", "ref": "crm:2", "customer": "crm:1", "occurred_at": "2026-01-02T10:00:00Z",
         "channel": "call", "direction": "outbound", "kind": "mistake", "subject": "Nobody came"},
    ]  # fmt: skip
    for _ in range(2):
        assert import_records(told, at=NOON).refused == 0
        assert Recovery.objects.get().what_happened == "Nobody came"


def told_of(days):
    return [
        {"type": "customer", "ref": "crm:1", "name": "Ada"},
        {"type": "interaction", "ref": "crm:2", "customer": "crm:1", "channel": "call", "direction": "outbound",
         "occurred_at": (NOON - timedelta(days=days)).isoformat(), "kind": "mistake", "subject": "Nobody came"},
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "opened"), [(0, 1), (90, 1), (91, 0), (2000, 0)])
def test_what_an_import_tells_of_long_ago_is_history(firm, days, opened):
    for later in (0, 200):  # delivered again, it is as old as it was
        assert import_records(told_of(days), at=NOON + timedelta(days=later)).refused == 0
        assert Recovery.objects.count() == opened
    settle([Customer.objects.get().pk])
    assert Recovery.objects.count() == opened


def test_what_is_written_down_here_opens_one_however_old(ada, sam):
    at = NOON - timedelta(days=700)
    record(by=sam, recorded_at=NOON, occurred_at=at, customer_id=ada.pk, kind="mistake", channel="call",
           direction="outbound", body="Nobody came")  # fmt: skip
    assert Recovery.objects.get().opened_at == at


def test_one_that_is_open_stays_so_however_long(firm):
    import_records(told_of(10), at=NOON)
    import_records(told_of(10), at=NOON + timedelta(days=900))
    settle([Customer.objects.get().pk])
    assert Recovery.objects.open().count() == 1


def test_later_forgiveness_closes_it_and_earlier_does_not(ada):
    happens(ada, "forgiveness", at=NOON - timedelta(days=9))
    fails(ada)
    assert Recovery.objects.get().closed_at is None
    forgiven = happens(ada, "forgiveness", at=NOON - timedelta(days=1))
    recovery = Recovery.objects.get()
    assert (recovery.outcome, recovery.forgiveness, recovery.closed_at) == ("forgiven", forgiven, forgiven.occurred_at)


def test_what_we_did_is_told_by_the_timeline_unless_somebody_wrote_it(ada, sam):
    fails(ada)
    happens(ada, "recovery", at=NOON - timedelta(days=2), direction="outbound", body="A new bill and a call", by=sam)
    assert Recovery.objects.get().what_we_did == "A new bill and a call"
    Recovery.objects.update(what_we_did="Better said")
    happens(ada, "recovery", at=NOON - timedelta(days=1), direction="outbound", body="Flowers", by=sam)
    assert Recovery.objects.get().what_we_did == "Better said"


def test_an_outcome_in_words_closes_it_once(ada, sam):
    fails(ada)
    recovery = Recovery.objects.get()
    close_recovery(recovery, outcome="They moved away", by=sam, at=NOON)
    assert (recovery.outcome, recovery.closed_at) == ("They moved away", NOON)
    with pytest.raises(ActionRefused, match="closed already"):
        close_recovery(recovery, outcome="Again", by=sam, at=NOON)
    happens(ada, "forgiveness", at=NOON - timedelta(hours=1))
    recovery.refresh_from_db()
    assert recovery.outcome == "They moved away"


@pytest.mark.parametrize("outcome", ["", "  ", "forgiven"])
def test_an_outcome_says_something(ada, sam, outcome):
    fails(ada)
    with pytest.raises(ActionRefused, match="Say how it ended"):
        close_recovery(Recovery.objects.get(), outcome=outcome, by=sam, at=NOON)


def test_without_its_forgiveness_it_is_open_again(ada, sam):
    fails(ada)
    forgiven = happens(ada, "forgiveness", at=NOON - timedelta(days=1))
    deletion = delete_entry(forgiven, reason="A slip", by=sam, at=NOON)
    assert (Recovery.objects.get().closed_at, Recovery.objects.get().outcome) == (None, "")
    restore_entry(deletion, by=sam, at=NOON)
    assert Recovery.objects.get().outcome == "forgiven"


def test_without_its_mistake_there_is_none(ada, sam):
    deletion = delete_entry(fails(ada), reason="Somebody else's", by=sam, at=NOON)
    assert not Recovery.objects.exists()
    restore_entry(deletion, by=sam, at=NOON)
    assert Recovery.objects.exists()


def test_it_goes_where_the_mistake_goes(ada):
    mistake, other = fails(ada), CustomerFactory()
    Interaction.objects.filter(pk=mistake.pk).update(customer=other)
    history_changed.send(sender=Interaction, customer_ids=[ada.pk, other.pk])
    assert Recovery.objects.get().customer == other


def test_closed_and_without_an_outcome_is_refused(ada):
    fails(ada)
    with pytest.raises(IntegrityError, match="recoveries_recovery_closed_with_an_outcome"), transaction.atomic():
        Recovery.objects.update(closed_at=NOON)


@given(
    rows=st.lists(st.tuples(st.sampled_from(["mistake", "forgiveness"]), st.integers(0, 30)), min_size=1, max_size=8),
    data=st.data(),
)
def test_order_and_repetition_do_not_matter(rows, data):
    """However it arrives: open are the mistakes that no forgiveness followed."""
    shuffled = data.draw(st.permutations(list(enumerate(rows))))
    with rolled_back():
        customer = Customer.objects.create(name="Ada")
        delivered = [
            Entry(customer_id=customer.pk, occurred_at=NOON - timedelta(days=ago), channel="call", kind=kind,
                  direction="inbound", source="test", external_id=str(number))
            for number, (kind, ago) in shuffled
        ]  # fmt: skip
        for one in [*delivered, *delivered]:
            record_many([one], recorded_at=NOON)
        forgiven = [ago for kind, ago in rows if kind == "forgiveness"]
        lost = [ago for kind, ago in rows if kind == "mistake" and not any(later <= ago for later in forgiven)]
        still = Recovery.objects.open().values_list("opened_at", flat=True)
        assert sorted(still) == sorted(NOON - timedelta(days=ago) for ago in lost)
        assert Recovery.objects.count() == sum(kind == "mistake" for kind, _ in rows)


def test_recoveries_are_settled_before_the_packages_above_hear_of_it(ada):
    """The receivers run in the order of INSTALLED_APPS."""
    heard = [receiver.__module__ for receiver, _ in history_changed.send(sender=Interaction, customer_ids=[ada.pk])]
    above = [f"partnership.{name}.receivers" for name in ("focus", "health")]
    assert [heard.index(name) > heard.index("partnership.recoveries.receivers") for name in above] == [True, True]
