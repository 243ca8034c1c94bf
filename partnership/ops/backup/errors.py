import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_SPACE = "No space left on device"


class BackupError(Exception):
    """A backup or restore is not possible; the message says why."""


@contextmanager
def full_disk_in_words(folder: Path) -> Iterator[None]:
    """Raise BackupError where the disk of `folder`, or the database's, was full."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise BackupError(_say_full(folder)) from error
    except BackupError as error:
        if _NO_SPACE not in str(error):
            raise
        raise BackupError(f"{_say_full(folder)}\n{error}") from error


def _say_full(folder: Path) -> str:
    return (
        f"A disk is full ({_NO_SPACE}): that of {folder}, or the database's. Make room, or choose another folder. "
        "Nothing is left half done."
    )
