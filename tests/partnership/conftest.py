from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from partnership.demo.seeding import analyze_tables, seed
from partnership.staff.models import Firm, User
from tests.factories import FirmFactory, UserFactory


@pytest.fixture
def firm(db: None) -> Firm:
    return FirmFactory()


@pytest.fixture
def sam(firm: Firm, key_of: Callable[..., int]) -> User:
    return UserFactory(pk=key_of(User, "sam"), name="Sam Rivera", email="sam@ourfirm.example")


@pytest.fixture
def manager(firm: Firm, key_of: Callable[..., int]) -> User:
    return UserFactory(pk=key_of(User, "manager"), name="Mara Lind", role="manager")


def signed_in(user: User, **headers: Any) -> Client:
    client = Client(headers=headers)
    client.force_login(user)
    return client


@pytest.fixture
def desk(sam: User) -> Client:
    """A client signed in as Sam, of support."""
    return signed_in(sam)


@pytest.fixture
def managers_desk(manager: User) -> Client:
    return signed_in(manager)


@pytest.fixture
def htmx(sam: User) -> Client:
    """As Sam, asking as htmx does."""
    return signed_in(sam, hx_request="true")


@pytest.fixture
def demo(db: None, told_once: Callable[..., Any]) -> Callable[[int], datetime]:
    """demo(number) → the moment of which the demo is told: by each number with other names and on another day."""

    def tell(number: int) -> datetime:
        at = datetime(2026, 3, 17, 10, tzinfo=UTC) + timedelta(days=17 * number)
        told_once(f"demo {number}", lambda: seed(customers=20, seed=number, at=at))
        analyze_tables()
        return at

    return tell
