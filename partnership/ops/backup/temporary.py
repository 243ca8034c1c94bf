"""Folders for what is being written, swept at the next start when their process was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import try_lock

_PREFIX = ".backup-"


def _notes() -> Path:
    return paths.var_dir() / "launch" / "temporary"


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Yield a new folder in `parent`. A note of it in VAR_DIR, locked by this process, tells the next start of it."""
    sweep()
    paths.make_var_dir()
    for place in (_notes().parent, _notes()):
        paths.make_folder(place, 0o700)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX))
    note = _notes() / folder.name
    with note.open("x") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(str(folder))
        file.flush()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            note.unlink(missing_ok=True)


def sweep() -> list[Path]:
    """Remove the folders whose process is gone; return them."""
    gone = []
    for note in sorted(_notes().glob(f"{_PREFIX}*")) if _notes().is_dir() else []:
        lock = try_lock(note)
        if lock is None:
            continue
        folder = Path(note.read_text() or os.devnull)
        if folder.name == note.name and folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder)
        note.unlink(missing_ok=True)
        os.close(lock)
    return gone
