"""Real servers for every test: PostgreSQL and Redis in a folder of this run's own (tests/settings.py)."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import Settings

pytest_plugins = [
    "tests.browser",
    "tests.databases",
    "tests.examples",
    "tests.processes",
    "tests.identity_provider",
]


def pytest_collection_finish() -> None:
    """Looking for garbage took a sixth of the tests' time: what is loaded by now stays, and there is memory enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(autouse=True)
def fresh_cache(settings: Settings) -> None:
    """Nothing that one test cached, counted or limited is seen by the next."""
    cache = settings.CACHES["default"]
    settings.CACHES = {**settings.CACHES, "default": {**cache, "KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Call functions at the same moment, each in a thread with a connection of its own; what they return."""
    with ThreadPoolExecutor(8) as pool:

        def run(*calls: Callable[[], Any]) -> list[Any]:
            start = Barrier(len(calls))

            def one(call: Callable[[], Any]) -> Any:
                try:
                    start.wait(20)
                    return call()
                finally:
                    connection.close()

            return [future.result(60) for future in [pool.submit(one, call) for call in calls]]

        yield run
