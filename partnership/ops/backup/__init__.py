"""Back up database and files into one file, and restore them. A failure changes nothing."""

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from partnership.ops.backup import archive, database, swap
from partnership.ops.backup.errors import BackupError, full_disk_in_words
from partnership.ops.backup.temporary import sweep, temporary_folder
from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import try_lock

__all__ = ["BackupError", "backup", "restore", "tidy"]


def backup(file: Path, *, made_at: datetime) -> int:
    """Write `file`, which must not exist yet, and return its size in bytes. Raises BackupError.

    The app may run meanwhile. Files stored during the backup may be in it, without their database rows.
    """
    if file.exists():
        raise BackupError(f"{file} exists already; choose another name, so that no backup is overwritten.")
    if not file.parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}.")
    with full_disk_in_words(file.parent), temporary_folder(file.parent) as folder:
        dump, draft = folder / archive.DUMP, folder / "draft.tar"
        database.dump(dump)
        manifest = {"made_at": made_at.astimezone(UTC).isoformat(), **database.schema_state()}
        archive.write(draft, dump=dump, media=Path(settings.MEDIA_ROOT), about=manifest)
        try:
            os.link(draft, file)  # unlike rename, it fails when the file has been created meanwhile
        except FileExistsError as error:
            raise BackupError(f"{file} exists already; choose another name.") from error
    return file.stat().st_size


def restore(file: Path) -> dict[str, object]:
    """Replace database and files by those in `file`, and return its manifest. Raises BackupError, also when in use."""
    if (lock := try_lock(_launcher_lock())) is None:
        raise BackupError("Partnership is running from this folder. Stop it first, then restore.")
    try:
        swap.finish_interrupted()
        with (
            full_disk_in_words(swap.folder().parent),
            archive.open_archive(file) as tar,
            swap.prepared() as folder,
        ):
            manifest = archive.read_manifest(tar)
            database.require_compatible(manifest)
            archive.extract(tar, manifest, folder)
            swap.swap_in(database.load_dump(folder / archive.DUMP), manifest)
    finally:
        os.close(lock)
    call_command("migrate", verbosity=0)
    return manifest


def tidy(*, is_locked: bool = False) -> list[str]:
    """Finish a restore that was killed, and sweep what killed backups left; return what there is to say of it.

    A restore under way is left alone. `is_locked`: the caller's parent holds the launcher's lock.
    """
    said = [f"Removed {folder}, left by a backup that was interrupted." for folder in sweep()]
    if not swap.folder().exists():
        return said
    if is_locked:
        return [*said, swap.finish_interrupted()]
    if (lock := try_lock(_launcher_lock())) is None:
        return said
    try:
        return [*said, swap.finish_interrupted()]
    finally:
        os.close(lock)


def _launcher_lock() -> Path:
    folder = paths.var_dir() / "launch"
    paths.make_var_dir()
    paths.make_folder(folder, 0o700)
    return folder / "lock"
