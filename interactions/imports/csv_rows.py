"""Read CSV files: one interaction per row, columns named like the fields."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path

from pydantic_core import from_json

from interactions.imports import jsonl
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Place, UnreadableInputError
from interactions.imports.interchange.pipeline import Item, Problem
from interactions.imports.interchange.schema import InteractionRecord

FIELDS = frozenset(InteractionRecord.__annotations__) - {"type", "via"}
_FLAGS = frozenset({"shared", "pinned"})
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_EMAIL = re.compile(r"[^\s:<>@]+@[^\s@]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{5,}")
_MAX_CELL = 16_000_000


def read_items(path: Path, columns: Mapping[str, str]) -> Iterator[Item]:
    """Yield each row as an interaction, at the line where it ends. Raise UnreadableInputError for a bad header."""
    csv.field_size_limit(_MAX_CELL)
    with jsonl.open_plain(path) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as stream:
        try:
            rows = csv.reader(stream, _detect_dialect(stream), strict=True)
            header = [name.strip() for name in next(rows)]
            fields = _column_fields(path, header, columns)
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield Place(str(path), rows.line_num), _read_row(row, fields)
        except (csv.Error, UnicodeDecodeError) as error:
            raise UnreadableInputError(
                f"{path}: is not CSV in UTF-8 ({error}). Nothing was imported: save it as CSV UTF-8"
            ) from error


def _detect_dialect(stream: TextIOWrapper) -> type[csv.Dialect]:
    """Return Excel's dialect with the header's most frequent delimiter."""
    first = stream.readline()
    stream.seek(0)

    class Told(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Told


def _column_fields(path: Path, header: list[str], columns: Mapping[str, str]) -> list[str]:
    """Return the field of each column: the mapped one, else the one of the same name."""
    fields = [columns.get(name, name) for name in header]
    unknown = [name for name, field in zip(header, fields, strict=True) if not _is_field(field)]
    if unknown:
        raise UnreadableInputError(
            f"{path}: unknown columns {', '.join(map(repr, unknown))}. Say what each is with --map COLUMN=FIELD, or"
            f" keep it with --map COLUMN=payload.KEY; the fields are {', '.join(sorted(FIELDS))}"
        )
    absent = [name for name in columns if name not in header]
    if absent:
        raise UnreadableInputError(f"{path}: --map names columns that are not there: {', '.join(map(repr, absent))}")
    doubled = sorted({field for field in fields if fields.count(field) > 1})
    if doubled:
        raise UnreadableInputError(f"{path}: more than one column is {', '.join(map(repr, doubled))}: leave one")
    return fields


def _is_field(field: str) -> bool:
    return field in FIELDS or (field.startswith("payload.") and len(field) > len("payload."))


def _read_row(row: list[str], fields: list[str]) -> list[Record] | Problem:
    if len(row) != len(fields):
        reason = f"{len(row)} cells where the header has {len(fields)}: put cells that hold the delimiter in quotes"
        return Problem(reason, json.dumps(row, ensure_ascii=False).encode())
    cells = {field: cell.strip() for field, cell in zip(fields, row, strict=True) if cell.strip()}
    try:
        record: Record = {
            field: _parse_cell(field, cell) for field, cell in cells.items() if not field.startswith("payload.")
        }
    except ValueError as error:
        return Problem(str(error), json.dumps(row, ensure_ascii=False).encode())
    more = {field.removeprefix("payload."): cell for field, cell in cells.items() if field.startswith("payload.")}
    if more:
        record["payload"] = {**record.get("payload", {}), **more}
    record.setdefault("ref", f"csv:{sha256(json.dumps(sorted(cells.items())).encode()).hexdigest()}")
    return [{"type": "interaction", **_name_customer(record)}]


def _parse_cell(field: str, cell: str) -> object:
    """Convert a cell to the record's value."""
    if field in _FLAGS:
        if cell.lower() not in _TRUE | _FALSE:
            raise ValueError(f"{field} {cell[:40]!r}: write true or false")
        return cell.lower() in _TRUE
    if field == "minutes" and cell.isdecimal():
        return int(cell)
    return _parse_payload(cell) if field == "payload" else cell


def _parse_payload(cell: str) -> Record:
    try:
        found = from_json(cell)
    except ValueError as error:
        raise ValueError(f"payload {cell[:40]!r} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"payload {cell[:40]!r}: write an object in braces")
    return found


def _name_customer(record: Record) -> Record:
    """Convert a `customer` that is an e-mail address or phone number to `via`."""
    given = str(record.get("customer", ""))
    for kind, pattern in (("email", _EMAIL), ("phone", _PHONE)):
        if pattern.fullmatch(given):
            del record["customer"]
            return {**record, "via": {"kind": kind, "value": given}}
    return record
