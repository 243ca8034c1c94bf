"""Put restored data in the place of what is there, so that a restore that is killed can be finished.

Everything lies ready in a folder beside the files, and in a database beside ours, before anything is renamed. From then
on the folder holds a journal; with it, what is left to do can be told from what there is.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from partnership.ops.backup import afterwards, archive, database

_JOURNAL, _REPLACED = "journal.json", "replaced"


def folder() -> Path:
    """Return the folder of the restore under way: on the same file system as the files, so that a rename moves them."""
    return _media().parent / ".restore"


def _media() -> Path:
    return Path(settings.MEDIA_ROOT)


@contextmanager
def prepared() -> Iterator[Path]:
    """Yield the empty folder for what is restored. The caller holds the launcher's lock; finish_interrupted was run."""
    folder().mkdir(mode=0o700, parents=True)
    try:
        yield folder()
    finally:
        _remove_folder()


def _remove_folder() -> None:
    """Remove the folder at once: half of one would tell of another restore than there was."""
    gone = folder().with_name(".restore-done")
    shutil.rmtree(gone, ignore_errors=True)
    if folder().exists():
        folder().rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def swap_in(loaded: str, manifest: archive.Manifest) -> None:
    """Exchange the database for `loaded`, and the files for those in the folder; undo it all when something fails."""
    _write_journal(manifest)
    with database.swapped_in(loaded):
        _swap_files()
    clear_cache()


def _write_journal(manifest: archive.Manifest) -> None:
    draft = folder() / "journal.new"
    with draft.open("w") as file:
        json.dump({name: manifest.get(name) for name in ("made_at", "version")}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder() / _JOURNAL)


def _swap_files() -> None:
    """Exchange the files; safe to repeat. Undone when it fails."""
    fresh, old = folder() / archive.MEDIA, folder() / _REPLACED
    if not fresh.exists():
        return
    if _media().exists() and not old.exists():
        _media().rename(old)
    try:
        fresh.rename(_media())
    except OSError:
        if old.exists():
            old.rename(_media())
        raise


def clear_cache() -> None:
    """Forget what was cached of the data that is replaced. Without Redis nothing is cached."""
    try:
        cache.clear()
    except RedisError:
        return


def finish_interrupted() -> str:
    """Finish or undo a restore that was killed, and say which; "" where there was none.

    Before the first rename nothing had changed, and nothing does. After it, the restored data take their place.
    """
    journal = folder() / _JOURNAL
    if not folder().exists():
        return ""
    if not journal.exists() or _is_untouched():
        database.drop_loaded()
        afterwards.forget()
        _remove_folder()
        return "A restore was interrupted before it changed anything: the data are as they were. Start it again."
    about = json.loads(journal.read_text())
    database.finish_swap()
    _swap_files()
    database.drop_replaced()
    clear_cache()
    _remove_folder()
    return f"A restore was interrupted and has been finished: this is the backup of {about['made_at']}."


def _is_untouched() -> bool:
    """Whether nothing was renamed yet, or all of it back again."""
    names = database.restoring_names()
    has_loaded_or_files = names.loaded or (folder() / archive.MEDIA).exists()
    return names.ours and not names.replaced and has_loaded_or_files
