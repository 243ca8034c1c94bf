"""A backup holds database and files; a restore is all of it or nothing."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from partnership.ops.backup import BackupError, archive, database
from partnership.ops.embedded.supervisor import try_lock
from tests.processes import Stack, wait_until

ABOUT = {"made_at": "2026-01-01T00:00:00+00:00", "migrations": {}, "postgresql": 18}


@pytest.fixture
def installation(migrated_var_dir: Path) -> Iterator[Stack]:
    """Database and Redis with the schema, without users."""
    stack = Stack(migrated_var_dir)
    try:
        stack.start(*Stack.SERVERS)
        yield stack
    finally:
        stack.close()


def write(stack: Stack, query: str) -> None:
    with psycopg.connect(stack.database_url, autocommit=True) as there:
        there.execute(query)


def refusal(stack: Stack, *arguments: str) -> str:
    with pytest.raises(AssertionError) as failed:
        stack.manage(*arguments)
    return str(failed.value)


@pytest.mark.processes
def test_a_backup_overwrites_nothing_and_a_restore_waits_until_nobody_is_there(installation):
    folder, file = installation.folder, installation.folder / "today.tar"
    photo = folder / "media" / "faces" / "ada.png"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"her face")
    write(installation, "CREATE TABLE kept AS SELECT 'before' AS word")
    installation.manage("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    assert "exists already" in refusal(installation, "backup", str(file))

    write(installation, "UPDATE kept SET word = 'after'")
    photo.write_bytes(b"other")
    (folder / "media" / "later.png").write_bytes(b"later")
    with psycopg.connect(installation.database_url):
        assert "is in use. There is 1 other session" in refusal(installation, "restore", str(file))
    running = try_lock(folder / "launch" / "lock")
    assert running is not None
    assert "Stop it first" in refusal(installation, "restore", str(file))
    assert installation.sql("SELECT word FROM kept") == [("after",)]

    os.close(running)
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(installation.database_url):
            restoring = pool.submit(installation.manage, "restore", str(file))
            wait_until(lambda: restoring.done() or is_renaming(installation), what="the restore to wait")
        assert "Restored the backup of" in restoring.result(60)
    assert installation.sql("SELECT word FROM kept") == [("before",)]


def is_renaming(stack: Stack) -> bool:
    with psycopg.connect(stack.database_url, dbname="postgres") as elsewhere:
        renaming = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'ALTER DATABASE%'"
        return elsewhere.execute(renaming).rowcount > 0


@pytest.mark.processes
def test_a_restore_that_fails_halfway_leaves_everything_as_it_was(installation):
    folder, file = installation.folder, installation.folder / "today.tar"
    (folder / "media").mkdir()
    (folder / "media" / "note.txt").write_text("before")
    write(installation, "CREATE TABLE kept AS SELECT 'before' AS word")
    installation.manage("backup", str(file))
    write(installation, "UPDATE kept SET word = 'after'")
    (folder / "media" / "note.txt").write_text("after")

    broken = folder / "broken.tar"
    _with_other_dump(file, broken, b"PGDMP and then nothing that makes sense")
    assert "pg_restore failed" in refusal(installation, "restore", str(broken))
    assert installation.sql("SELECT word FROM kept") == [("after",)]
    assert (folder / "media" / "note.txt").read_text() == "after"
    assert installation.sql("SELECT datname FROM pg_database WHERE datname LIKE 'partnership_%'") == []

    assert "Restored the backup of" in installation.manage("restore", str(file))
    assert installation.sql("SELECT word FROM kept") == [("before",)]
    assert (folder / "media" / "note.txt").read_text() == "before"
    assert installation.sql("SELECT datname FROM pg_database WHERE datname LIKE 'partnership_%'") == []
    assert [path.name for path in folder.iterdir() if path.name.startswith((".restore", ".backup"))] == []


def _with_other_dump(source: Path, target: Path, content: bytes) -> None:
    with tarfile.open(source) as tar:
        member = tar.extractfile(archive.MANIFEST)
        assert member
        about = json.loads(member.read())
    dump = target.with_suffix(".dump")
    dump.write_bytes(content)
    about = {key: about[key] for key in ABOUT}
    archive.write(target, dump=dump, media=target.parent / "media", about=about)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "dump").write_bytes(b"dump" * 5000)
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.txt").write_text("a")
    archive.write(tmp_path / "b.tar", dump=tmp_path / "dump", media=tmp_path / "media", about=ABOUT)
    return tmp_path / "b.tar"


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    with archive.open_archive(file) as tar:
        about = archive.read_manifest(tar)
        archive.extract(tar, about, folder)
    return about


def test_an_archive_gives_back_what_went_in(file, tmp_path):
    assert unpack(file, tmp_path / "out")["version"] == archive.product_version()
    assert (tmp_path / "out" / archive.DUMP).read_bytes() == b"dump" * 5000
    assert (tmp_path / "out" / "media" / "a.txt").read_text() == "a"


def test_a_single_changed_byte_is_noticed(file, tmp_path):
    content = bytearray(file.read_bytes())
    content[content.index(b"dumpdump") + 1] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupError, match="damaged: database"):
        unpack(file, tmp_path / "out")


def test_a_file_cut_short_is_noticed(file, tmp_path):
    file.write_bytes(file.read_bytes()[:9000])
    with pytest.raises(BackupError, match="damaged or not a backup"):
        unpack(file, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"not a tar", bytes(range(256)) * 50])
def test_what_is_no_backup_is_refused(content, tmp_path):
    (tmp_path / "b.tar").write_bytes(content)
    with pytest.raises(BackupError, match="not a backup"):
        unpack(tmp_path / "b.tar", tmp_path / "out")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BackupError, match="There is no file"):
        unpack(tmp_path / "none.tar", tmp_path / "out")


@pytest.mark.parametrize("name", ["../outside", "media/../../outside", "/tmp/outside"])
def test_nothing_is_written_outside(name, tmp_path):
    content = json.dumps({"partnership_backup": 1, **ABOUT, "sha256": {name: "0"}}).encode()
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        for member, data in ((name, b"x"), (archive.MANIFEST, content)):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    with pytest.raises(BackupError, match="not a backup made by Partnership"):
        unpack(tmp_path / "b.tar", tmp_path / "out")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": "99.0.0"}, "from Partnership 99.0.0, newer than this"),
        ({"migrations": {"customers": ["9999_later"]}}, "it has customers.9999_later"),
        ({"postgresql": 99}, "from PostgreSQL 99; the server here is"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_with_the_reason(change, reason):
    about = {**ABOUT, "version": archive.product_version(), **database.schema_state()}
    database.require_compatible(about)
    with pytest.raises(BackupError, match=reason):
        database.require_compatible({**about, **change})
