"""A zip that is written member by member, in bounded memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.files.storage import default_storage

_PIECE = 256 * 1024  # bytes


def temporary_file() -> IO[bytes]:
    """Open a file without a name where files are stored, which ends with its handle: /tmp may be memory."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(0o700, parents=True, exist_ok=True)
    return TemporaryFile(dir=folder)  # closed with the response that sends it


@contextmanager
def zip_into(file: IO[bytes]) -> Iterator[ZipFile]:
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        yield packed
    file.seek(0)


def add_stored_file(packed: ZipFile, name: str, stored: str) -> bool:
    """Add a file of the storage piece by piece; False where it is missing."""
    try:
        source = default_storage.open(stored)
    except FileNotFoundError:
        return False
    with source, packed.open(name, "w", force_zip64=True) as member:
        for piece in source.chunks(_PIECE):
            member.write(piece)
    return True
