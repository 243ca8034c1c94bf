import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory


@pytest.fixture
def admin(firm):
    return UserFactory(role="admin", name="Ada Admin", email="ada@ourfirm.example")


@pytest.fixture
def admins(admin):
    """The admin's browser: signed in, and the password entered again just now."""
    return entered(admin)


def entered(user):
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
