"""Who is signed in stays so while Redis is gone."""

from unittest import mock

import pytest
from django.core.cache import cache
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisGoneError

from partnership.staff.models import User
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_a_page_without_redis(sam: User) -> None:
    client = signed_in(sam)
    gone = mock.Mock(side_effect=RedisGoneError("gone"))
    with mock.patch.multiple(type(cache._connections["default"]), get=gone, set=gone):  # type: ignore[attr-defined]
        assert client.get(reverse("customers")).status_code == 200
    assert gone.called
