"""Restore a backup into a database beside ours, count what is in it, and drop it again."""

from dataclasses import dataclass
from pathlib import Path

import psycopg

from partnership.ops.backup import archive, database
from partnership.ops.backup.errors import BackupError, full_disk_in_words
from partnership.ops.backup.temporary import temporary_folder


@dataclass(frozen=True)
class Trial:
    """`rows` by table; `files`: how many the backup holds; `made_at`: of the backup."""

    rows: dict[str, int]
    files: int
    made_at: str


def try_restore(file: Path) -> Trial:
    """Do all that a restore does but putting it in the place of what is there. Raise BackupError."""
    with full_disk_in_words(file.parent), archive.open_archive(file) as tar, temporary_folder(file.parent) as place:
        manifest = archive.read_manifest(tar)
        database.require_compatible(manifest)
        archive.extract(tar, manifest, place)
        loaded = database.load_dump(place / archive.DUMP)
        try:
            rows = database.count_rows(loaded)
        except psycopg.Error as error:
            raise BackupError(f"The restored database could not be read: {error}") from error
        finally:
            database.drop_database(loaded)
    return Trial(rows, len(manifest["sha256"]) - 1, str(manifest["made_at"]))
