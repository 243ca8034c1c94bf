from unittest import mock

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from partnership.ops import views

pytestmark = pytest.mark.django_db


def test_all_is_well_and_nobody_needs_to_sign_in(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": True, "redis": True})


def test_says_that_redis_is_gone(client):
    with mock.patch.object(views.cache, "get", side_effect=RedisConnectionError):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": True, "redis": False})


def test_says_that_the_database_is_gone(client):
    with mock.patch.object(views.connection, "cursor", side_effect=OperationalError):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": False, "redis": True})


def test_only_reading(client):
    assert client.post("/healthz").status_code == 405
