"""The database out to a dump, and a dump in beside the database, which then takes its place in one moment."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from partnership.ops.backup.archive import Manifest, product_version
from partnership.ops.backup.errors import Refused
from partnership.ops.embedded.servers import postgres_program
from partnership.ops.upgrade import REPLACED, TooOld, require_last_schema

_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


def state() -> Manifest:
    """What a backup has to fit: the migrations applied, by app, and PostgreSQL's major version."""
    applied = MigrationLoader(connection).applied_migrations
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(applied):
        migrations.setdefault(app, []).append(name)
    return {"migrations": migrations, "postgresql": connection.cursor().connection.info.server_version // 10000}


def must_fit(about: Manifest) -> None:
    """Refused when the backup is of a newer Partnership, schema or PostgreSQL than are here, or of a schema too old."""
    if _numbers(about["version"]) > _numbers(product_version()):
        raise Refused(f"The backup is from Partnership {about['version']}, newer than this ({product_version()}).")
    theirs = {(app, name) for app, names in about["migrations"].items() for name in names}
    ours = set(MigrationLoader(None).disk_migrations)
    if unknown := sorted(".".join(migration) for migration in theirs - ours - REPLACED):
        raise Refused(f"The backup's database is newer than this Partnership: it has {', '.join(unknown)}.")
    if theirs & REPLACED - ours:
        try:
            require_last_schema(theirs)
        except TooOld as error:
            raise Refused(f"The backup can't be read by this Partnership. {error}") from error
    if about["postgresql"] > (here := state()["postgresql"]):
        raise Refused(f"The backup is from PostgreSQL {about['postgresql']}; the server here is {here}.")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def dump(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", dbname=_name())


def load_aside(dump: Path) -> str:
    """A new database with what the dump holds; returns its name. On failure there is none."""
    aside = f"{_name()}_restoring"
    with _maintenance() as server:
        _drop(server, aside)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(aside)))
    try:
        _run("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", str(dump), dbname=aside)
    except BaseException:
        with _maintenance() as server:
            _drop(server, aside)
        raise
    return aside


@contextlib.contextmanager
def swapped(aside: str) -> Iterator[None]:
    """`aside` takes the database's place; if the block fails, the old one takes it back. Then the loser is dropped."""
    name, old = _name(), f"{_name()}_replaced"
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    with _maintenance() as server:
        _nobody_else(server, name, aside)
        _drop(server, old)
        _rename(server, name, old)
        try:
            _rename(server, aside, name)
            yield
        except BaseException:
            with contextlib.suppress(psycopg.Error):
                _rename(server, name, aside)
            _rename(server, old, name)
            _drop(server, aside)
            raise
        _drop(server, old)


def _nobody_else(server: psycopg.Connection, name: str, aside: str) -> None:
    if (found := server.execute(_SESSIONS, [name]).fetchone()) and found[0]:
        _drop(server, aside)
        raise Refused(f"The database is in use ({found[0]} sessions). Stop whatever uses it, then restore.")


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _parameters(dbname: str) -> dict[str, str]:
    """libpq's words for where the database is; Django's own options and psycopg's are no concern of libpq."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = connection.get_connection_params()
    return {key: str(value) for key, value in given.items() if key in known} | {"dbname": dbname}


@contextlib.contextmanager
def _maintenance() -> Iterator[psycopg.Connection]:
    """A session outside the database, which can't be renamed from within."""
    try:
        server = psycopg.connect(make_conninfo(**_parameters("postgres")), autocommit=True)
    except psycopg.OperationalError as error:
        raise Refused(f"The server's database “postgres” is needed for this and can't be entered: {error}") from error
    with contextlib.closing(server):
        try:
            yield server
        except psycopg.errors.InsufficientPrivilege as error:
            raise Refused(f"The database's user may not make databases: {error}. Grant CREATEDB to it.") from error


def _run(program: str, *arguments: str, dbname: str) -> None:
    """A program of PostgreSQL's on this database. The password is not for the list of processes."""
    parameters = _parameters(dbname)
    secret = {"PGPASSWORD": parameters.pop("password")} if "password" in parameters else {}
    command = [postgres_program(program), "--dbname", make_conninfo(**parameters), *arguments]
    done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program} failed:\n{done.stderr.strip()}")
