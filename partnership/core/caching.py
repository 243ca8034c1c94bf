"""Reads that are expensive and may be a little out of date."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

T = TypeVar("T")


def read_cached(key: str, seconds: int, read: Callable[[], T]) -> T:
    """Return what `read` returned within the last `seconds`; without Redis, call it each time."""
    try:
        found: T | None = cache.get(key)
        if found is None:
            found = read()
            cache.set(key, found, seconds)
    except RedisError:
        return read()
    return found
