"""Dump the database, load a dump into a second database, and swap the two."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from partnership.ops.backup.archive import Manifest, product_version
from partnership.ops.backup.errors import BackupError
from partnership.ops.embedded.servers import postgres_program
from partnership.ops.schema import unknown_among
from partnership.ops.upgrade import REPLACED, TooOld, require_last_schema


def schema_state() -> Manifest:
    """Return the applied migrations by app and PostgreSQL's major version."""
    applied = MigrationLoader(connection).applied_migrations
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(applied):
        migrations.setdefault(app, []).append(name)
    return {"migrations": migrations, "postgresql": connection.cursor().connection.info.server_version // 10000}


def require_compatible(manifest: Manifest) -> None:
    """Raise BackupError when the backup is newer than we are in version, schema or server, or its schema too old."""
    if _version_numbers(manifest["version"]) > _version_numbers(product_version()):
        raise BackupError(
            f"The backup is from Partnership {manifest['version']}, newer than this ({product_version()})."
        )
    applied = {(app, name) for app, names in manifest["migrations"].items() for name in names}
    ours = set(MigrationLoader(None).disk_migrations)
    if unknown := unknown_among(applied):
        raise BackupError(f"The backup's database is newer than this Partnership: it has {', '.join(unknown)}.")
    if applied & REPLACED - ours:
        try:
            require_last_schema(applied)
        except TooOld as error:
            raise BackupError(f"The backup can't be read by this Partnership. {error}") from error
    if manifest["postgresql"] > (installed := schema_state()["postgresql"]):
        raise BackupError(f"The backup is from PostgreSQL {manifest['postgresql']}; the server here is {installed}.")


def _version_numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def dump(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", dbname=_database_name())


def load_dump(dump: Path) -> str:
    """Load the dump into a new database and return its name. On failure the new database is dropped."""
    loaded = _loaded_name()
    with _maintenance() as server:
        _drop(server, loaded)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(loaded)))
    try:
        _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", str(dump), dbname=loaded)
    except BaseException:
        with _maintenance() as server:
            _drop(server, loaded)
        raise
    return loaded


@contextlib.contextmanager
def swapped_in(loaded: str) -> Iterator[None]:
    """Put the database `loaded` in the place of ours; if the block fails, swap back. Drop the one not in use.

    PostgreSQL waits five seconds for sessions that are just leaving. Raises BackupError when one stays.
    """
    name, old = _database_name(), _replaced_name()
    connection.close()
    with _maintenance() as server:
        _drop(server, old)
        try:
            _rename(server, name, old)
        except psycopg.errors.ObjectInUse as error:
            _drop(server, loaded)
            raise BackupError(
                f"The database is in use. {error.diag.message_detail} Stop the programs that use it, then restore."
            ) from error
        try:
            _rename(server, loaded, name)
            yield
        except BaseException:
            with contextlib.suppress(psycopg.Error):
                _rename(server, name, loaded)
            _rename(server, old, name)
            _drop(server, loaded)
            raise
        _drop(server, old)


def _loaded_name() -> str:
    return f"{_database_name()}_restoring"


def _replaced_name() -> str:
    return f"{_database_name()}_replaced"


class RestoringNames(NamedTuple):
    """Which databases there are: ours, the loaded one, and the one that was ours."""

    ours: bool
    loaded: bool
    replaced: bool


def restoring_names() -> RestoringNames:
    with _maintenance() as server:
        return RestoringNames(*(_exists(server, name) for name in (_database_name(), _loaded_name(), _replaced_name())))


def finish_swap() -> None:
    """Put the loaded database in our place, where it is not there yet. swapped_in was killed."""
    connection.close()
    names = restoring_names()
    if names.loaded and not names.ours:
        with _maintenance() as server:
            _rename(server, _loaded_name(), _database_name())


def drop_loaded() -> None:
    with _maintenance() as server:
        _drop(server, _loaded_name())


def drop_replaced() -> None:
    with _maintenance() as server:
        _drop(server, _replaced_name())


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount > 0


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _parameters(dbname: str) -> dict[str, str]:
    """Return libpq's connection parameters, without the options of Django and psycopg."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = connection.get_connection_params()
    return {key: str(value) for key, value in given.items() if key in known} | {"dbname": dbname}


@contextlib.contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    """Connect to the database “postgres”: a database cannot be renamed by its own sessions."""
    try:
        server = psycopg.connect(make_conninfo(**_parameters("postgres")), autocommit=True)
    except psycopg.OperationalError as error:
        raise BackupError(f"Cannot connect to the server's database “postgres”, which this needs: {error}") from error
    with contextlib.closing(server):
        try:
            yield server
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupError(f"The database's user may not create databases: {error}. Grant it CREATEDB.") from error


def _run(program: str, *arguments: str, dbname: str) -> None:
    """Run a PostgreSQL program on the database `dbname`. The password stays out of the command line."""
    parameters = _parameters(dbname)
    secret = {"PGPASSWORD": parameters.pop("password")} if "password" in parameters else {}
    command = [postgres_program(program), "--dbname", make_conninfo(**parameters), *arguments]
    done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{program} failed:\n{done.stderr.strip()}")


def count_rows(name: str) -> dict[str, int]:
    """Count the rows of every table of another database of the server."""
    with contextlib.closing(psycopg.connect(make_conninfo(**_parameters(name)), autocommit=True)) as other:
        tables = other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        counts = {}
        for (table,) in tables:
            found = other.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            counts[table] = found[0] if found else 0
    return counts


def drop_database(name: str) -> None:
    """Drop a database that was loaded to be looked at."""
    with _maintenance() as server:
        _drop(server, name)
