"""Detect a file's format by its name or its first bytes, and read it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from interactions.imports import csv_rows, jsonl, mail_files
from interactions.imports.interchange.lines import UnreadableInputError
from interactions.imports.interchange.pipeline import Item
from interactions.imports.mail_threads import Threads
from partnership.staff.models import Firm

FORMATS = ("jsonl", "csv", "mbox", "eml")
_FORMATS_BY_SUFFIX = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".mbox": "mbox",
    ".eml": "eml",
}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_HEADER = re.compile(rb"[!-9;-~]{1,80}:[ \t\r\n]")


@dataclass(frozen=True)
class ReadOptions:
    """How to read files. `columns`: CSV column → field. `own`: further addresses of ours. `threads`: of the mail read
    so far."""

    format: str = "auto"
    columns: tuple[tuple[str, str], ...] = ()
    own: tuple[str, ...] = ()
    threads: Threads = field(default_factory=Threads)


def read_items(path: Path, reading: ReadOptions, *, firm: Firm, at: datetime) -> Iterator[Item]:
    """Yield the items of a file in order. Raise UnreadableInputError with the file and what to do."""
    try:
        head = _read_beginning(path)
        chosen = reading.format if reading.format != "auto" else _detect_format(path, head)
        _refuse_binary(path, chosen, head)
        if chosen == "jsonl":
            yield from jsonl.read_items(path)
        elif chosen == "csv":
            yield from csv_rows.read_items(path, dict(reading.columns))
        else:
            yield from mail_files.read_items(path, chosen, own=reading.own, firm=firm, threads=reading.threads)
    except OSError as error:
        raise UnreadableInputError(
            f"{path}: cannot be read ({error.strerror or error}). Nothing was imported"
        ) from error


def _read_beginning(path: Path) -> bytes:
    if path.is_dir():
        raise UnreadableInputError(f"{path}: is a folder; name the files in it, such as {path}/*.jsonl")
    try:
        with jsonl.open_plain(path) as stream:
            head = stream.read(65_536)
    except FileNotFoundError:
        raise UnreadableInputError(f"{path}: there is no such file. Nothing was imported: check the name") from None
    if not head.removeprefix(_BYTE_ORDER_MARK).strip():
        raise UnreadableInputError(f"{path}: the file is empty. Nothing was imported: export it again")
    return head


def _detect_format(path: Path, head: bytes) -> str:
    name = path.name.lower().removesuffix(".gz")
    by_name = _FORMATS_BY_SUFFIX.get(Path(name).suffix)
    start = head.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if by_name:
        return by_name
    if start.startswith(b"{"):
        return "jsonl"
    if start.startswith(b"From "):
        return "mbox"
    if _HEADER.match(start):
        return "eml"
    if b"\x00" not in head and re.match(rb"[^\n]*[,;\t]", start):
        return "csv"
    kind = "is a binary file" if b"\x00" in head else "is in no format that can be told from it"
    raise UnreadableInputError(f"{path}: {kind}. Name its format with --format: {', '.join(FORMATS)}")


def _refuse_binary(path: Path, chosen: str, head: bytes) -> None:
    text = chosen == "csv" or (chosen == "jsonl" and not head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{"))
    if text and b"\x00" in head[:8192]:
        raise UnreadableInputError(f"{path}: is a binary file, not {chosen.upper()}. Nothing was imported")
