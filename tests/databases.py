"""The tests' databases: migrated once and copied for each worker; stories are told once and put back from memory.

Putting rows back takes 20 ms. Emptying every table by TRUNCATE takes 180 ms, as each index gets a new file, and a copy
of the whole database by CREATE DATABASE … TEMPLATE takes 220 ms, for the same reason.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from partnership import embedded
from partnership.embedded.servers import POSTGRES_SETTINGS

NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For the server of the tests' own, which dies with them. Those that tests kill are as in production."""

TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


class Rows:
    """What all tables hold at this moment. Sequences are left alone: they only ever go on."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            self.tables = [table for (table,) in cursor.fetchall()]
            rows = {table: self._read(cursor, table) for table in self.tables}
        self.rows = {table: text for table, text in rows.items() if text}

    def _read(self, cursor: Any, table: str) -> bytes:
        with cursor.copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(copy)

    @transaction.atomic
    def put_back(self) -> None:
        """Make the tables hold these rows and no others; no trigger looks on. Waits for whoever still writes."""
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(self.tables)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in self.tables))
            for table, text in self.rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(text)


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.collectonly:
        with mock.patch.dict(POSTGRES_SETTINGS, NOT_DURABLE):
            embedded.ensure()


def copy_of_migrated(name: str) -> None:
    """Connect to a new database, a copy of the migrated one, which the first worker makes while the others wait."""
    folder = Path(os.environ["TESTS_VAR_DIR"])
    migrated = folder / "migrated"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if migrated.exists():
            connection.settings_dict["NAME"] = migrated.read_text()
        else:
            migrated.write_text(connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False))
        connection.creation.clone_test_db(name, verbosity=0)
    connection.settings_dict.update(connection.creation.get_test_db_clone_settings(name))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """A database of this worker's own. A test that commits has the rows of the migrations put back after it."""
    with django_db_blocker.unblock():
        copy_of_migrated(worker_id)
        migrated = Rows()
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", side_effect=migrated.put_back):
        yield
    with django_db_blocker.unblock():
        connection.close()
        # A browser's event loop keeps the connections that tests opened under it.
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} WITH (FORCE)")


@pytest.fixture(scope="session")
def told_once(django_db_setup: None) -> Callable[[Any, Callable[[], Any]], Any]:
    """told_once(key, tell) → what tell() gives, for tests that commit: the second time, its rows are put back."""
    told: dict[Any, tuple[Rows, Any]] = {}

    def once(key: Any, tell: Callable[[], Any]) -> Any:
        if key in told:
            rows, story = told[key]
            rows.put_back()
        else:
            story = tell()
            told[key] = Rows(), story
        return deepcopy(story)

    return once


@contextmanager
def told_in_transaction(blocker: DjangoDbBlocker, tell: Callable[[], Any]) -> Iterator[Any]:
    """For a fixture of a module whose tests don't commit: what is told is there for each, and gone after the last.

    Each test gets a copy.deepcopy() of it: what one sets on an object, the next must not see.
    """
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            story = tell()
        except BaseException as error:
            around.__exit__(type(error), error, None)
            raise
    yield story
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
