"""Back up database and files into one file, and restore them. A failure changes nothing."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

from partnership.ops.backup import archive, database
from partnership.ops.backup.errors import BackupError
from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import try_lock

__all__ = ["BackupError", "backup", "restore"]


def backup(file: Path, *, made_at: datetime) -> int:
    """Write `file`, which must not exist yet, and return its size in bytes. Raises BackupError.

    The app may run meanwhile. Files stored during the backup may be in it, without their database rows.
    """
    if file.exists():
        raise BackupError(f"{file} exists already; choose another name, so that no backup is overwritten.")
    if not file.parent.is_dir():
        raise BackupError(f"There is no folder {file.parent}.")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        dump, draft = Path(folder) / archive.DUMP, Path(folder) / "draft.tar"
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
        with archive.open_archive(file) as tar:
            manifest = archive.read_manifest(tar)
            database.require_compatible(manifest)
            _replace(tar, manifest)
    finally:
        os.close(lock)
    # The cache and the queued tasks belong to the replaced data.
    cache.clear()
    call_command("migrate", verbosity=0)
    return manifest


def _replace(tar: archive.Tar, manifest: archive.Manifest) -> None:
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    # On the same file system as the present files, so that replacing them is a rename.
    with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as folder:
        archive.extract(tar, manifest, Path(folder))
        loaded = database.load_dump(Path(folder) / archive.DUMP)
        with database.swapped_in(loaded):
            old = Path(folder) / "replaced"
            if media.exists():
                media.rename(old)
            try:
                (Path(folder) / archive.MEDIA).rename(media)
            except OSError:
                if old.exists():
                    old.rename(media)
                raise
        shutil.rmtree(old, ignore_errors=True)


def _launcher_lock() -> Path:
    folder = paths.var_dir() / "launch"
    paths.make_var_dir()
    paths.make_folder(folder, 0o700)
    return folder / "lock"
