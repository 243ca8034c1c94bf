"""What tests of several at the same moment share; each works over a connection of its own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from customers.models import Customer
from interactions.actions.record import Entry
from interactions.models import Kind
from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.models import RuleSet, Score
from partnership.staff.models import User
from tests.strategies import fetch_scores

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def event(customer: Customer, ref: str, *, minutes: int = 0, **fields: Any) -> Entry:
    given = {"channel": "email", "direction": "inbound", "kind": Kind.MESSAGE, **fields}
    occurred_at = NOON + timedelta(minutes=minutes)
    return Entry(customer_id=customer.pk, occurred_at=occurred_at, source="test", external_id=ref, **given)


def waiting_for_locks() -> int:
    """Other connections to this database that wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps seeing what it first saw
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def closing(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    finally:
        connection.close()


def sam() -> User:
    return User.objects.get_or_create(email="sam@firm.example", defaults={"name": "Sam"})[0]


def assert_fresh(*customers: Customer) -> None:
    for customer, fresh in zip(
        customers, fetch_scores(RuleSet.objects.active(), *customers, day=NOON.date()), strict=True
    ):
        score = Score.objects.get(customer=customer)
        assert {name: getattr(score, name) for name in (*SUMS, "partnership")} == {
            name: fresh[name] for name in (*SUMS, "partnership")
        }
