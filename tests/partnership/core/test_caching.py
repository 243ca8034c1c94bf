"""A read that may be a little out of date, also while Redis is away."""

from itertools import count

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from partnership.core import caching
from partnership.core.caching import read_cached

KEY = "test.read_cached"


@pytest.fixture(autouse=True)
def _no_trace():
    yield
    cache.delete(KEY)


def test_it_is_read_once_until_it_is_forgotten():
    read = count(1).__next__
    assert [read_cached(KEY, 60, read) for _ in range(3)] == [1, 1, 1]
    cache.delete(KEY)
    assert read_cached(KEY, 60, read) == 2


def test_without_redis_it_is_read_each_time(monkeypatch):
    monkeypatch.setattr(caching, "cache", RedisCache("unix:///nowhere/redis.sock", {}))
    read = count(1).__next__
    assert [read_cached(KEY, 60, read) for _ in range(2)] == [1, 2]
