"""Lines of JSON, gzipped or not."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from interactions.imports.interchange.lines import Place, UnreadableInputError
from interactions.imports.interchange.pipeline import Item, Problem

LINE_LIMIT = 64_000_000
"""Bytes of a line: room for an attachment of 45 MB in base64."""

MAX_KEPT = 100_000
"""Bytes of a longer line that are kept for the refusals file."""


@contextmanager
def open_plain(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped. UnreadableInputError as soon as that is found damaged."""
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
    """Each line with its place; blank ones are passed over."""
    name = str(path)
    number = 0
    with open_plain(path) as stream:
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                size = len(line) + _skip_line(stream, line)
                reason = f"the line is {size:,} bytes long: at most {LINE_LIMIT:,} are read"
                yield Place(name, number), Problem(reason, line[:MAX_KEPT])
            elif text := line.strip().removeprefix(b"\xef\xbb\xbf"):
                yield Place(name, number), text


def _skip_line(stream: BinaryIO, begun: bytes) -> int:
    """Read on to the end of a line without holding it; how many bytes that were."""
    skipped = 0
    while not begun.endswith(b"\n"):
        begun = stream.readline(1_000_000)
        skipped += len(begun)
        if not begun:
            break
    return skipped
