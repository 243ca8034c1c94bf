"""record and record_many: the only ways in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from customers.models import Customer
from customers.signals import history_changed
from interactions.actions.record import Entry, record, record_many
from interactions.models import Conversation, Interaction
from partnership.scoring.models import StaleScore
from partnership.staff.models import Firm, User

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
NOW = AT + timedelta(hours=1)


@pytest.fixture
def ada() -> Customer:
    ada = Customer.objects.create(name="Ada")
    StaleScore.objects.all().delete()
    return ada


@pytest.fixture
def sam() -> User:
    return User.objects.create_user("sam@firm.example", name="Sam")


def entry(customer: Customer, **fields: Any) -> Entry:
    given = {"occurred_at": AT, "channel": "email", "direction": "inbound", "kind": "message", **fields}
    return Entry(customer_id=customer.pk, **given)


def test_one_with_everything(ada: Customer, sam: User) -> None:
    Firm.objects.create(name="Firm", timezone="Europe/Berlin")
    row = record(
        by=sam, recorded_at=NOW, customer_id=ada.pk, occurred_at=AT, channel="call", direction="outbound", kind="call",
        subject="Über \t die Pläne", body="Zeile 1\nZeile 2\\N \\. ü 😀", minutes=12, amount=Decimal("-3.50"),
        currency="EUR", payload={"a": [1, "ü\n", None]}, shared=True, source="crm", external_id="a:b/1",
    )  # fmt: skip
    assert (row.occurred_at, row.occurred_on, row.recorded_at) == (AT, date(2026, 3, 3), NOW)
    assert (row.subject, row.body) == ("Über \t die Pläne", "Zeile 1\nZeile 2\\N \\. ü 😀")
    assert (row.minutes, row.amount, row.currency, row.payload) == (
        12,
        Decimal("-3.50"),
        "EUR",
        {"a": [1, "ü\n", None]},
    )
    assert (row.author, row.shared, row.pinned, row.ref) == (sam, True, False, "crm:a:b/1")


@pytest.mark.parametrize(("direction", "named"), [("inbound", False), ("outbound", True), ("internal", True)])
def test_who_records_is_the_author_of_what_is_ours(ada: Customer, sam: User, direction: str, named: bool) -> None:
    fields = {"occurred_at": AT, "channel": "internal", "direction": direction, "kind": "note"}
    row = record(by=sam, recorded_at=NOW, customer_id=ada.pk, **fields)
    assert row.author == (sam if named else None)
    kim = User.objects.create_user("kim@firm.example", name="Kim")
    assert record(by=sam, recorded_at=NOW, customer_id=ada.pk, author_id=kim.pk, **fields).author == kim


def test_delivered_again_it_is_the_row_that_is_there(ada: Customer) -> None:
    fields = {"customer_id": ada.pk, "occurred_at": AT, "channel": "email", "direction": "inbound", "kind": "message"}
    first = record(by=None, recorded_at=NOW, source="mail", external_id="<x@y>", body="Hello", **fields)
    again = record(by=None, recorded_at=NOW, source="mail", external_id="<x@y>", body="Hello again", **fields)
    assert (again.pk, again.body) == (first.pk, "Hello")
    other = record(by=None, recorded_at=NOW, source="crm", external_id="<x@y>", body="Another", **fields)
    assert other.pk != first.pk


def test_a_batch_says_what_was_new_and_announces_once(ada: Customer) -> None:
    heard: list[set[int]] = []

    def hear(*, customer_ids: set[int], **_: object) -> None:
        heard.append(customer_ids)

    history_changed.connect(hear)
    try:
        eve = Customer.objects.create(name="Eve")
        heard.clear()
        batch = [entry(ada, source="crm", external_id=str(number)) for number in range(3)]
        twice = [
            *batch,
            replace(batch[0], body="The same ref twice in one batch"),
            entry(eve, source="crm", external_id="e"),
        ]
        created = record_many(twice, recorded_at=NOW)
        assert set(created) == {("crm", "0"), ("crm", "1"), ("crm", "2"), ("crm", "e")}
        assert created["crm", "e"] == Interaction.objects.get(customer=eve).pk
        assert record_many(twice, recorded_at=NOW) == {}
        assert record_many([], recorded_at=NOW) == {}
    finally:
        history_changed.disconnect(hear)
    assert heard == [{ada.pk, eve.pk}]


def test_one_costs_few_queries_and_a_thousand_three_more(ada: Customer, django_assert_num_queries: Any) -> None:
    record_many([entry(ada)], recorded_at=NOW)
    with django_assert_num_queries(6):
        record_many([entry(ada)], recorded_at=NOW)
    with django_assert_num_queries(9):
        record_many([entry(ada) for _ in range(1000)], recorded_at=NOW)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "rant"}, "interactions_interaction_known_words"),
        ({"channel": "pigeon"}, "interactions_interaction_known_words"),
        ({"direction": "sideways"}, "interactions_interaction_known_words"),
        ({"amount": Decimal(1)}, "interactions_interaction_money_has_a_currency"),
        ({"amount": Decimal(1), "currency": "eur"}, "interactions_interaction_money_has_a_currency"),
        ({"minutes": -1}, "minutes_check"),
        ({"customer_id": 0}, "customer_id"),
    ],
)
def test_one_wrong_row_refuses_the_batch_and_leaves_nothing(ada: Customer, wrong: dict[str, Any], named: str) -> None:
    batch = [entry(ada), replace(entry(ada), **wrong), entry(ada)]
    with pytest.raises(IntegrityError, match=named):
        committed(batch)
    assert not Interaction.objects.exists()
    assert not StaleScore.objects.exists()
    assert len(record_many([entry(ada)], recorded_at=NOW)) == 1


def committed(batch: list[Entry]) -> None:
    """Foreign keys are checked at commit."""
    with transaction.atomic():
        record_many(batch, recorded_at=NOW)
        connection.check_constraints()


def test_nul_bytes_are_refused(ada: Customer) -> None:
    with pytest.raises(DataError):
        committed([entry(ada, body="a\x00b")])
    assert not Interaction.objects.exists()


def test_what_a_rolled_back_transaction_recorded_is_neither_there_nor_stale(ada: Customer) -> None:
    with transaction.atomic():
        record_many([entry(ada)], recorded_at=NOW)
        assert StaleScore.objects.filter(customer=ada).exists()
        transaction.set_rollback(True)
    assert not Interaction.objects.exists()
    assert not StaleScore.objects.exists()


@pytest.mark.parametrize(
    ("ago", "direction", "reopen", "status"),
    [
        (timedelta(days=1), "inbound", True, "open"),
        (timedelta(days=15), "inbound", True, "open"),
        (timedelta(days=1), "outbound", True, "closed"),
        (timedelta(days=1), "inbound", False, "closed"),
    ],
)
def test_a_message_from_them_opens_its_conversation_unless_it_is_history(
    ada: Customer, ago: timedelta, direction: str, reopen: bool, status: str
) -> None:
    thread = Conversation.objects.create(customer=ada, channel="email", status="closed")
    message = entry(ada, conversation_id=thread.pk, occurred_at=NOW - ago, direction=direction)
    record_many([message], recorded_at=NOW, reopen=reopen)
    thread.refresh_from_db()
    assert thread.status == status
    assert thread.last_interaction_at == NOW - ago


def test_an_old_message_that_arrives_late_does_not_open_what_was_answered(ada: Customer) -> None:
    thread = Conversation.objects.create(customer=ada, channel="email")
    answer = entry(ada, conversation_id=thread.pk, occurred_at=NOW, direction="outbound")
    record_many([answer], recorded_at=NOW)
    Conversation.objects.update(status="closed")
    record_many([entry(ada, conversation_id=thread.pk, occurred_at=NOW - timedelta(days=1))], recorded_at=NOW)
    thread.refresh_from_db()
    assert (thread.status, thread.waiting_since, thread.last_interaction_at) == ("closed", None, NOW)


def test_a_fresh_message_ends_a_snooze(ada: Customer) -> None:
    later = NOW + timedelta(days=3)
    thread = Conversation.objects.create(customer=ada, channel="email", status="snoozed", snoozed_until=later)
    record_many([entry(ada, conversation_id=thread.pk, occurred_at=NOW)], recorded_at=NOW)
    thread.refresh_from_db()
    assert (thread.status, thread.snoozed_until) == ("open", None)
