"""The tests' databases: migrated once and copied for each worker; stories are told once and put back from memory.

Putting rows back takes 20 ms. Emptying every table by TRUNCATE takes 180 ms, as each index gets a new file, and a copy
of the whole database by CREATE DATABASE … TEMPLATE takes 220 ms, for the same reason.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from partnership.ops import embedded
from partnership.ops.embedded.roles import SUPERUSER
from partnership.ops.embedded.servers import ACCOUNT, POSTGRES_SETTINGS

NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For servers that die with the tests: a process that is killed loses nothing by it, only a machine would."""


class Rows:
    """What the tables hold, as COPY writes it. Sequences are left alone: they only ever go on."""

    def __init__(self, rows: dict[str, list[bytes]]) -> None:
        self.rows = rows

    @classmethod
    def now(cls) -> "Rows":
        with connection.cursor() as cursor:
            return cls({table: read(cursor, table) for table in tables(cursor)})

    def without(self, earlier: "Rows") -> "Rows":
        rows = {}
        for table, lines in self.rows.items():
            known = set(earlier.rows[table])
            rows[table] = [line for line in lines if line not in known]
            assert known <= set(lines), f"the story changes what {table} held before: {known - set(lines)}"
        return Rows(rows)

    def add(self) -> None:
        """Beside what the tables hold; no trigger looks on."""
        with connection.cursor() as cursor, unwatched(cursor):
            self._write(cursor)

    def put_back(self) -> None:
        """In place of what the tables hold; waits for whoever still writes."""
        with connection.cursor() as cursor, unwatched(cursor):
            cursor.execute(f"LOCK TABLE {', '.join(self.rows)} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in self.rows))
            self._write(cursor)

    def _write(self, cursor: Any) -> None:
        for table, lines in self.rows.items():
            if lines:
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(b"".join(lines))


def tables(cursor: Any) -> list[str]:
    cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    return [table for (table,) in cursor.fetchall()]


def read(cursor: Any, table: str) -> list[bytes]:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return [bytes(line) for line in copy]


@contextmanager
def unwatched(cursor: Any) -> Iterator[None]:
    """A transaction in which no trigger runs, those of foreign keys among them."""
    with transaction.atomic():
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def pytest_configure(config: pytest.Config) -> None:
    if not config.option.collectonly:
        with mock.patch.dict(POSTGRES_SETTINGS, NOT_DURABLE):
            embedded.ensure()
        # The product's role is no superuser; `unwatched` needs this one right of theirs.
        with psycopg.connect(embedded.database_url(role=SUPERUSER), autocommit=True) as superuser:
            superuser.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ACCOUNT}")


@contextmanager
def once_a_run(name: str, make: Callable[[], str]) -> Iterator[str]:
    """What make() returns, called by the first of the run's processes while the others wait; nobody else is inside."""
    folder = Path(os.environ["TESTS_VAR_DIR"])
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_text(make())
        yield made.read_text()


def copy_of_migrated(name: str) -> None:
    """Connect to a new database, a copy of the migrated one."""
    create = partial(connection.creation.create_test_db, verbosity=0, autoclobber=True, serialize=False)
    with once_a_run("migrated", create) as connection.settings_dict["NAME"]:
        connection.creation.clone_test_db(name, verbosity=0)
    connection.settings_dict.update(connection.creation.get_test_db_clone_settings(name))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[None]:
    """A database of this worker's own. A test that commits has the rows of the migrations put back after it."""
    with django_db_blocker.unblock():
        copy_of_migrated(worker_id)
        migrated = Rows.now()
    with mock.patch.object(TransactionTestCase, "_fixture_teardown", side_effect=migrated.put_back):
        yield
    with django_db_blocker.unblock():
        connection.close()
        # A browser's event loop keeps the connections that tests opened under it.
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} WITH (FORCE)")


@pytest.fixture(scope="session")
def told_once(django_db_setup: None) -> Callable[[str, Callable[[], Any]], Any]:
    """told_once(name, tell) → a copy of what tell() gives; from the second time on, the rows it made are copied in.

    It may tell of what has the same key in every test (key_of), Sam for one, and of what it makes itself; it changes no
    row that was there before. It is told again every hour, so that today does not become yesterday.
    """
    told: dict[Any, tuple[Rows, Any]] = {}

    def once(name: str, tell: Callable[[], Any]) -> Any:
        key = name, datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        if key in told:
            rows, story = told[key]
            rows.add()
        else:
            before = Rows.now()
            story = tell()
            told[key] = Rows.now().without(before), story
        return deepcopy(story)

    return once


@pytest.fixture(scope="session")
def media_of_stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A MEDIA_ROOT for stories that have files: their rows are copied, the files stay."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def key_of(django_db_setup: None) -> Callable[[type[Model], str], int]:
    """key_of(model, name) → the primary key of what a story calls so, the same in every test."""

    @cache
    def key(model: type[Model], name: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
            return int(cursor.fetchone()[0])

    return key
