"""What was read a moment ago, for reads that are dear and may be a little old."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

T = TypeVar("T")


def lately(key: str, seconds: int, read: Callable[[], T]) -> T:
    """What `read` gave within the last `seconds`; while the cache is gone it is asked every time."""
    try:
        found: T | None = cache.get(key)
        if found is None:
            found = read()
            cache.set(key, found, seconds)
    except RedisError:
        return read()
    return found
