"""Read lines of JSON, gzipped or not."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from interactions.imports.interchange.lines import Place, UnreadableInputError
from interactions.imports.interchange.pipeline import Item, Problem

# In bytes: room for an attachment of 45 MB in base64.
LINE_LIMIT = 64_000_000

# Bytes of a longer line that the refusals file keeps.
_MAX_KEPT = 100_000


@contextmanager
def open_plain(path: Path) -> Iterator[BinaryIO]:
    """Open a file, decompressing gzip. Raise UnreadableInputError once it is found damaged."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield raw
            return
        try:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(BinaryIO, unpacked)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableInputError(
                f"{path}: the gzip file is damaged or cut off ({error}). Nothing was imported: get it again"
            ) from error


def read_items(path: Path) -> Iterator[Item]:
    """Yield each line with its place; skip blank ones."""
    name = str(path)
    number = 0
    with open_plain(path) as stream:
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                size = len(line) + _skip_line(stream, line)
                reason = f"the line is {size:,} bytes long: at most {LINE_LIMIT:,} are read"
                yield Place(name, number), Problem(reason, line[:_MAX_KEPT])
            elif text := line.strip().removeprefix(b"\xef\xbb\xbf"):
                yield Place(name, number), text


def _skip_line(stream: BinaryIO, begun: bytes) -> int:
    """Skip the rest of a line without holding it. Return its number of bytes."""
    skipped = 0
    while not begun.endswith(b"\n"):
        begun = stream.readline(1_000_000)
        skipped += len(begun)
        if not begun:
            break
    return skipped
