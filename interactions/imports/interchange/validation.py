"""Validate lines in a thread, one batch ahead of the database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import from_json

from interactions.imports.interchange.canonical import Record, canonical_record, snapshot_of
from interactions.imports.interchange.explanations import explain_errors
from interactions.imports.interchange.lines import Line, Spool
from interactions.imports.interchange.schema import ADAPTERS
from partnership.staff.external_ids import parse_ref

_TIME_FIELDS = {
    "goal": ("set_at", "closed_at"),
    "commitment": ("made_at", "closed_at"),
    "conversation": ("snoozed_until",),
    "check_in": ("at",),
    "interaction": ("occurred_at",),
    "settlement": ("at",),
}


@dataclass
class _PreparedBatch:
    """A batch's valid lines, its refused ones with reasons, and its number of times without offset."""

    size: int
    lines: list[Line] = field(default_factory=list)
    refused: list[tuple[Line, str]] = field(default_factory=list)
    naive_times: int = 0


def prepare_batches(spool: Spool, type_: str, zone: ZoneInfo) -> Iterator[_PreparedBatch]:
    batches = spool.batches()

    def following() -> _PreparedBatch | None:
        batch = next(batches, None)
        return None if batch is None else _prepare_batch(batch, type_, zone)

    with ThreadPoolExecutor(max_workers=1) as beside:
        ahead = beside.submit(following)
        while (ready := ahead.result()) is not None:
            ahead = beside.submit(following)
            yield ready


def _prepare_batch(batch: list[Line], type_: str, zone: ZoneInfo) -> _PreparedBatch:
    done = _PreparedBatch(len(batch))
    for line in batch:
        try:
            line.record = _validate_line(line, type_)
            done.naive_times += _localise_times(line.record, type_, zone)
            line.plain = canonical_record(line.record, type_)
            line.source_snapshot = snapshot_of(line.plain)
        except ValidationError as error:
            done.refused.append((line, explain_errors(error)))
        except ValueError as error:
            done.refused.append((line, str(error)))
        else:
            done.lines.append(line)
    return done


def _validate_line(line: Line, type_: str) -> Record:
    record = cast(Record, ADAPTERS[type_].validate_json(line.text))
    line.key = parse_ref(record["ref"])
    if b"\\u0000" in line.text and _has_nul(from_json(line.text)):
        raise ValueError("holds a NUL character (\\u0000): leave it out")
    return record


def _localise_times(record: Record, type_: str, zone: ZoneInfo) -> int:
    """Read times without an offset in the firm's zone. Return their number."""
    count = 0
    for name in _TIME_FIELDS.get(type_, ()):
        at: datetime | None = record.get(name)
        if at is not None and at.tzinfo is None:
            record[name] = at.replace(tzinfo=zone)
            count += 1
    return count


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_has_nul(part) for part in value)
