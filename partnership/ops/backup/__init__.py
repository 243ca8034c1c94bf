"""Database and files together in one file, and back. Both do all or nothing; a failure leaves what was there."""

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command

from partnership.ops.backup import archive, database
from partnership.ops.backup.errors import Refused
from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import try_lock

__all__ = ["Refused", "backup", "restore"]


def backup(file: Path, *, made_at: datetime) -> int:
    """Write `file`, which must not exist yet; returns its size in bytes. The app may run meanwhile. Raises Refused.

    The database is as of one moment; the files are those of that moment and perhaps some younger ones.
    """
    if file.exists():
        raise Refused(f"{file} exists already; choose another name, so that no backup is overwritten.")
    if not file.parent.is_dir():
        raise Refused(f"There is no folder {file.parent}.")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        dump, draft = Path(folder) / archive.DUMP, Path(folder) / "draft.tar"
        database.dump(dump)
        about = {"made_at": made_at.astimezone(UTC).isoformat(), **database.state()}
        archive.write(draft, dump=dump, media=Path(settings.MEDIA_ROOT), about=about)
        try:
            os.link(draft, file)  # unlike a rename, it fails when somebody was faster
        except FileExistsError as error:
            raise Refused(f"{file} exists already; choose another name.") from error
    return file.stat().st_size


def restore(file: Path) -> dict[str, object]:
    """Replace database and files by what `file` holds; returns its manifest. Raises Refused, also when in use."""
    if (lock := try_lock(_launcher_lock())) is None:
        raise Refused("Partnership is running from this folder. Stop it first, then restore.")
    try:
        with archive.reading(file) as tar:
            about = archive.manifest(tar)
            database.must_fit(about)
            _replace(tar, about)
    finally:
        os.close(lock)
    # What is cached, and what is queued, is about the data that was here before.
    cache.clear()
    call_command("migrate", verbosity=0)
    return about


def _replace(tar: archive.Tar, about: archive.Manifest) -> None:
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    # Beside the files that are there, so that taking their place is a rename.
    with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as folder:
        archive.extract(tar, about, Path(folder))
        aside = database.load_aside(Path(folder) / archive.DUMP)
        with database.swapped(aside):
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
