"""What a restore owes once the data are exchanged: customers who were erased since are erased again.

It is noted before the exchange. When the restore is killed, the next `migrate`, and so every start, does it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command

from partnership.ops.embedded import paths
from partnership.ops.embedded.supervisor import try_lock


def _note() -> Path:
    return paths.var_dir() / "launch" / "restored-from"


@contextmanager
def noted(file: Path) -> Iterator[None]:
    """Note the backup inside the block, which restores it and does what is owed; forget it when the block is left."""
    paths.make_var_dir()
    paths.make_folder(_note().parent, 0o700)
    with _note().open("w") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.write(str(file))
        note.flush()
        try:
            yield
        finally:
            forget()


def forget() -> None:
    _note().unlink(missing_ok=True)


def erase_again(file: Path, **options: Any) -> None:
    """Erase the customers whose erasure the list beside the backup, or our own, tells of."""
    # Of the desk, called by name: this package knows no models.
    call_command("erasures_after_restore", list=file.with_name("erasures.jsonl"), **options)


def do_what_is_owed(**options: Any) -> None:
    """Do what a restore that was killed owes. Nothing while it runs."""
    if not _note().exists() or (lock := try_lock(_note())) is None:
        return
    try:
        erase_again(Path(_note().read_text()), **options)
        forget()
    finally:
        os.close(lock)
