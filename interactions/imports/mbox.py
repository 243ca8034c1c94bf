"""Split mbox files into messages, holding one at a time."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from interactions.mail.source import MAX_BYTES

_MAX_LINE = 1_000_000
_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_DATED = re.compile(rb"From .*\d{1,2}:\d{2}.*\d{4}|From \S+\s*$|From .*\d{4}.*\d{1,2}:\d{2}")
_ESCAPED = re.compile(rb">+From ")


def read_messages(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield `(number of its first line, raw bytes)` of each message, without separator, "From " unescaped.

    A separator is a "From " line at the start or after a blank line, with a date or a header below. Text before the
    first separator is a message. A message is cut at the size that the mail reader accepts.
    """
    collected = _Collected(1)
    after_blank, held, start_of_line = True, b"", True
    number = 0
    while line := stream.readline(_MAX_LINE):
        number += start_of_line
        if held:
            if _DATED.match(held) or _HEADER.match(line):
                yield from collected.finished()
                collected, after_blank = _Collected(number), True
            else:
                collected.add(held)
            held = b""
        if after_blank and start_of_line and line.startswith(b"From "):
            held = line
        else:
            collected.add(line[1:] if start_of_line and _ESCAPED.match(line) else line)
        after_blank = start_of_line and not line.strip(b"\r\n")
        start_of_line = line.endswith(b"\n")
    collected.add(held if not _DATED.match(held) else b"")
    yield from collected.finished()


class _Collected:
    """The lines of one message so far."""

    def __init__(self, first_line: int) -> None:
        self._first_line = first_line
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> None:
        if self._size <= MAX_BYTES:
            self._lines.append(line)
            self._size += len(line)

    def finished(self) -> Iterator[tuple[int, bytes]]:
        raw = b"".join(self._lines)
        if raw.strip():
            yield self._first_line, raw
