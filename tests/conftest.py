"""Real servers for every test: PostgreSQL and Redis in a folder of this run's own (tests/settings.py)."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from unittest import mock
from uuid import uuid4

import hypothesis
import pgtrigger
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from partnership.ops import embedded

pytest_plugins = ["tests.browser", "tests.processes"]

hypothesis.settings.register_profile("default", max_examples=100, deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=1000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.collectonly:
        embedded.ensure()


@pytest.fixture(autouse=True)
def fresh_cache(settings: Settings) -> None:
    """Nothing that one test cached, counted or limited is seen by the next."""
    cache = settings.CACHES["default"]
    settings.CACHES = {**settings.CACHES, "default": {**cache, "KEY_PREFIX": uuid4().hex}}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A test that empties the tables puts back what migrations had put in, for whichever test comes next.

    Django's own serialized_rollback loses it once a browser is open: its event loop has connections of its own.
    """
    with django_db_blocker.unblock():
        migrated = connection.creation.serialize_db_to_string()
    empty, put_back = TransactionTestCase._fixture_teardown, BaseDatabaseCreation.deserialize_db_from_string

    def empty_and_put_back(test: TransactionTestCase) -> None:
        empty(test)
        ContentType.objects.all().delete()  # emptying makes them anew, with other keys
        connection.creation.deserialize_db_from_string(migrated)

    def put_back_unguarded(creation: BaseDatabaseCreation, data: str) -> None:
        """The rules in force are put back after their set, which is no draft."""
        with pgtrigger.ignore("scoring.ValueRule:only_in_drafts", "scoring.Tier:only_in_drafts"):
            put_back(creation, data)

    with (
        mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_and_put_back),
        mock.patch.object(BaseDatabaseCreation, "deserialize_db_from_string", put_back_unguarded),
    ):
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHER_SESSIONS)


# A browser's event loop keeps the connections that tests opened under it; PostgreSQL drops no database in use.
END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


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
