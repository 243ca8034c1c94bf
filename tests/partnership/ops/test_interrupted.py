"""Restores and backups that are killed, and a database that is newer than the code."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from partnership.ops.backup import temporary
from partnership.ops.launch import preparation
from tests.processes import PROJECT, Stack

pytestmark = pytest.mark.processes

# Runs a command, and ends as if killed when the function of that name is called for the nth time.
KILLED = """
import importlib, os, sys
module, _, name = sys.argv[1].rpartition(".")
left = int(sys.argv[2])
module = importlib.import_module(module)
function = getattr(module, name)
def counted(*args, **more):
    global left
    left -= 1
    if left == 0:
        os._exit(137)
    return function(*args, **more)
from django.core.management import execute_from_command_line
import django
django.setup()
setattr(module, name, counted)
execute_from_command_line(["manage.py", *sys.argv[3:]])
"""
DATABASE, SWAP = "partnership.ops.backup.database", "partnership.ops.backup.swap"


@pytest.fixture
def installation(migrated_var_dir: Path) -> Iterator[Stack]:
    stack = Stack(migrated_var_dir)
    try:
        stack.start(*Stack.SERVERS)
        (stack.folder / "media").mkdir()
        (stack.folder / "media" / "note.txt").write_text("before")
        write(stack, "CREATE TABLE kept AS SELECT 'before' AS word")
        stack.manage("backup", str(stack.folder / "today.tar"))
        write(stack, "UPDATE kept SET word = 'after'")
        (stack.folder / "media" / "note.txt").write_text("after")
        yield stack
    finally:
        stack.close()


def write(stack: Stack, query: str) -> None:
    with psycopg.connect(stack.database_url, autocommit=True) as there:
        there.execute(query)


def run_killed(stack: Stack, function: str, time: int, *arguments: str) -> None:
    command = [sys.executable, "-c", KILLED, function, str(time), *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=stack.env, capture_output=True, text=True, check=False)
    assert done.returncode == 137, done.stderr


def what_is_there(stack: Stack) -> tuple[object, str]:
    ((word,),) = stack.sql("SELECT word FROM kept")
    return word, (stack.folder / "media" / "note.txt").read_text()


def leftovers(stack: Stack) -> list[str]:
    databases = [str(name) for (name,) in stack.sql("SELECT datname FROM pg_database WHERE datname LIKE '%\\_re%'")]
    return databases + [path.name for path in stack.folder.iterdir() if path.name.startswith((".restore", ".backup"))]


UNTOUCHED, FINISHED = ("after", "after"), ("before", "before")


@pytest.mark.parametrize(
    ("function", "time", "found"),
    [
        (f"{DATABASE}.load_dump", 1, UNTOUCHED),
        (f"{SWAP}._write_journal", 1, UNTOUCHED),
        (f"{DATABASE}._rename", 1, UNTOUCHED),
        (f"{DATABASE}._rename", 2, FINISHED),
        (f"{SWAP}._swap_files", 1, FINISHED),
        (f"{DATABASE}._drop", 3, FINISHED),  # the one that was replaced
        (f"{SWAP}.clear_cache", 1, FINISHED),
        (f"{SWAP}._remove_folder", 1, FINISHED),
    ],
)
def test_a_restore_that_is_killed_is_finished_or_undone_at_the_next_start(installation, function, time, found):
    run_killed(installation, function, time, "restore", str(installation.folder / "today.tar"))
    said = installation.manage("migrate")
    assert ("has been finished" if found == FINISHED else "the data are as they were") in said
    assert what_is_there(installation) == found
    assert leftovers(installation) == []
    assert "interrupted" not in installation.manage("migrate")


def test_between_the_renames_of_the_files(installation):
    """The database is in its place, the old files are away, and the new ones are not there yet."""
    run_killed(installation, f"{SWAP}._swap_files", 1, "restore", str(installation.folder / "today.tar"))
    (installation.folder / "media").rename(installation.folder / ".restore" / "replaced")
    assert "has been finished" in installation.manage("tidy")
    assert what_is_there(installation) == FINISHED
    assert leftovers(installation) == []


def test_who_was_erased_since_the_backup_is_erased_again_by_the_next_start(installation, tmp_path):
    """Killed when the data are back, and before the erasures that are newer were done again."""
    run_killed(installation, "partnership.ops.backup.afterwards.erase_again", 1, "restore",
               str(installation.folder / "today.tar"))  # fmt: skip
    note = installation.folder / "launch" / "restored-from"
    assert note.read_text() == str(installation.folder / "today.tar")
    installation.manage("migrate")
    assert not note.exists()
    assert what_is_there(installation) == FINISHED


def test_the_launcher_says_it(installation, monkeypatch):
    run_killed(installation, f"{DATABASE}._rename", 2, "restore", str(installation.folder / "today.tar"))
    for name in ("VAR_DIR", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.setenv(name, installation.env[name])
    (said,) = preparation.finish_interrupted()
    assert "has been finished" in said
    assert preparation.finish_interrupted() == []


def test_the_folder_of_a_backup_that_is_killed_is_swept(installation):
    elsewhere = installation.folder / "backups"
    elsewhere.mkdir()
    run_killed(installation, "partnership.ops.backup.archive.write", 1, "backup", str(elsewhere / "other.tar"))
    (left,) = elsewhere.iterdir()
    assert str(left) in installation.manage("migrate")
    assert list(elsewhere.iterdir()) == []


def test_what_is_being_written_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    with temporary.temporary_folder(tmp_path) as folder:
        assert temporary.sweep() == []
        assert folder.is_dir()
    assert not folder.exists()


def test_code_that_is_older_than_the_database_names_what_it_does_not_know(installation):
    write(installation, "INSERT INTO django_migrations (app, name, applied) VALUES ('customers', '9999_later', now())")
    python = [sys.executable, "-m"]
    for command in (
        [sys.executable, "manage.py", "migrate"],
        [*python, "gunicorn", "--bind", "127.0.0.1:0"],
        [*python, "celery", "-A", "partnership", "worker", "--pool=solo"],
    ):
        done = subprocess.run(
            command, cwd=PROJECT, env=installation.env, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode != 0
        assert "newer than this Partnership: it has customers.9999_later" in done.stdout + done.stderr


@pytest.mark.django_db
def test_that_the_database_is_away_stops_no_start(monkeypatch):
    from partnership.ops import schema

    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    schema.require_known()
