"""Lines of inputs, kept on disk by record type until their type is imported."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from interactions.imports.interchange.canonical import Record

_BATCH_LINES = 4000
_BATCH_BYTES = 16_000_000


def open_privately(path: str, flags: int) -> int:
    """Open a file, for open(opener=…), that its owner alone may read."""
    return os.open(path, flags, 0o600)


class Place(NamedTuple):
    """Where a record stands: the input's name and its line, from 1."""

    input: str
    line: int


class UnreadableInputError(Exception):
    """Raised if an input cannot be read at all; the message names it and says what to do. Nothing is imported."""


@dataclass(slots=True)
class Line:
    """One record. `text` is the input's line; `key` and later fields are set by validation.

    `once`: leave an existing row with its ref unchanged.
    """

    place: Place
    text: bytes
    once: bool = False
    record: Record = field(default_factory=dict)
    key: tuple[str, str] = ("", "")
    plain: Record = field(default_factory=dict)
    source_snapshot: Record = field(default_factory=dict)
    values: Record = field(default_factory=dict)


class Spool:
    """Lines of one type in input order, in a temporary file."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - close() ends it
        self._inputs: dict[str, int] = {}

    def add(self, place: Place, text: bytes, *, once: bool) -> None:
        number = self._inputs.setdefault(place.input, len(self._inputs))
        self._file.write(b"%d %d %d %d\n%b\n" % (number, place.line, once, len(text), text))

    def batches(self) -> Iterator[list[Line]]:
        """Yield batches limited in lines and bytes."""
        names = list(self._inputs)
        self._file.seek(0)
        batch: list[Line] = []
        size = 0
        while head := self._file.readline():
            number, line, once, length = map(int, head.split())
            batch.append(Line(Place(names[number], line), self._file.read(length), bool(once)))
            self._file.read(1)
            size += length
            if len(batch) == _BATCH_LINES or size > _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def close(self) -> None:
        self._file.close()


class Refusals:
    """The refusals file: one JSON object per line with input, line, reason and text. Created when needed."""

    # Characters of a refused text that are kept.
    KEPT = 100_000

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self.count = 0
        self._places: set[Place] = set()

    @property
    def path(self) -> str | None:
        return str(self._path) if self.count else None

    def add(self, place: Place, reason: str, text: bytes | str) -> None:
        """Add one refusal per place: a refused mail takes its attachments with it."""
        if place in self._places:
            return
        self._places.add(place)
        self.count += 1
        if self._file is None:
            self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
            self._file = open(self._path, "w", encoding="utf-8", opener=open_privately)  # noqa: SIM115 - close() ends it
        whole = text if isinstance(text, str) else text.decode("utf-8", "backslashreplace")
        entry = {"input": place.input, "line": place.line, "reason": reason, "text": whole[: self.KEPT]}
        if len(whole) > self.KEPT:
            entry["left_out"] = f"{len(whole) - self.KEPT} characters: they stand in the input"
        self._file.write(json.dumps(entry, ensure_ascii=False).replace("\ud800", "") + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
