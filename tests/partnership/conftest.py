from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

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
