"""Import records of one type in batches: create new rows, and update those that the source changed."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, TypeAlias, TypeVar

from django.db import models
from pydantic_core import from_json

from customers.models import Commitment, Goal
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line
from interactions.imports.interchange.records import canonical_records_by_pk
from interactions.models import Conversation, Interaction
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import Firm

# A row's primary key and its source snapshot, by its key.
_ExistingRows: TypeAlias = dict[refs.Key, tuple[int, Record | None]]

R = TypeVar("R", bound=ExternallyIdentified)


class RecordRefusedError(Exception):
    """Raised for a record that cannot be imported; the message says why and what to do."""


class Noted(set[int]):
    """Keys of rows that only ever become more; `unsaved` are those that the database has not been told yet."""

    def __init__(self) -> None:
        super().__init__()
        self.unsaved: set[int] = set()

    def add(self, key: int) -> None:
        self.update((key,))

    def update(self, *several: Iterable[int]) -> None:
        for keys in several:
            fresh = set(keys) - self
            self.unsaved |= fresh
            super().update(fresh)

    def load(self, keys: Iterable[int]) -> None:
        """Add keys that the database holds."""
        super().update(keys)


@dataclass
class ImportRun:
    """The state that the importers of one import share. What is Noted, unfinished.py keeps in the database too."""

    firm: Firm
    at: datetime
    key: int = 0  # of its lock and its ImportRemainder rows
    staff: refs.StaffRefs = field(default_factory=refs.StaffRefs)
    customers_in_file: dict[str, bool] = field(default_factory=dict)  # ref: whether an organisation
    current_stated: Noted = field(default_factory=Noted)  # goals whose `current` a record gave in this run
    conversations_stated: Noted = field(default_factory=Noted)  # with a status stated in this run
    conversations_new: Noted = field(default_factory=Noted)  # without a stated status yet
    conversations_made: Noted = field(default_factory=Noted)  # without a record: subject and channel follow
    conversations_rejoined: Noted = field(default_factory=Noted)  # a record stated their joining
    conversations_touched: Noted = field(default_factory=Noted)
    messages_alone: Noted = field(default_factory=Noted)  # recent messages of theirs without a conversation
    customers_touched: Noted = field(default_factory=Noted)
    files_written: list[str] = field(default_factory=list)
    keep_files: bool = True  # not in a dry run


@dataclass
class Outcome:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Line, str]] = field(default_factory=list)


@dataclass(slots=True)
class Change(Generic[R]):
    """A row that the source changed: before, after, and the changed fields."""

    line: Line
    before: R
    row: R
    fields: set[str]


_MODELS_BY_TYPE: Mapping[str, type[models.Model]] = {
    "goal": Goal,
    "commitment": Commitment,
    "conversation": Conversation,
    "interaction": Interaction,
}


class Importer(Generic[R]):
    """The steps that all types share.

    `columns`: record field → model column. `ref_fields`: field → type of the record that its ref names. `field_groups`:
    fields that only change together.
    """

    record_type: ClassVar[str]
    model: type[R]
    columns: ClassVar[Mapping[str, str]]
    ref_fields: ClassVar[Mapping[str, str]] = {}
    field_groups: ClassVar[Sequence[frozenset[str]]] = ()  # fields that only make sense as one word

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        fields = {column: self.model._meta.get_field(column) for column in self.columns.values()}
        self.blank = {column: field.get_default for column, field in fields.items() if isinstance(field, models.Field)}

    def import_batch(self, lines: list[Line]) -> Outcome:
        """Import a batch within the caller's transaction. A repeated ref is imported again, over the earlier record."""
        outcome = Outcome()
        for wave in _waves(lines):
            self.import_wave(wave, outcome)
        return outcome

    def import_wave(self, wave: list[Line], outcome: Outcome) -> None:
        existing = self.existing_rows(wave)
        fresh = [line for line in wave if not (line.once and line.key in existing)]
        outcome.unchanged += len(wave) - len(fresh)
        ready = self.resolve(fresh, outcome)
        new = [line for line in ready if line.key not in existing]
        self.create(new, outcome)
        self.update([line for line in ready if line.key in existing], existing, outcome)

    def existing_rows(self, lines: list[Line]) -> _ExistingRows:
        """Return existing rows by key: primary key and source snapshot."""
        rows = refs.find_rows(self.model, [line.key for line in lines], "id", "source_snapshot")
        return {
            (source, external_id): (pk, source_snapshot and from_json(source_snapshot))
            for source, external_id, pk, source_snapshot in rows
        }

    def resolve(self, wave: list[Line], outcome: Outcome) -> list[Line]:
        known = self.look_up_names(wave)
        ready = []
        for line in wave:
            try:
                line.values = self.values(line, known)
            except RecordRefusedError as refused:
                outcome.refused.append((line, str(refused)))
            else:
                ready.append(line)
        return ready

    def look_up_names(self, wave: list[Line]) -> dict[str, dict[str, int]]:
        asked: dict[str, set[str]] = {}
        for name, kind in self.ref_fields.items():
            asked.setdefault(kind, set()).update(line.record[name] for line in wave if line.record.get(name))
        return {kind: self.find(kind, names) for kind, names in asked.items()}

    def find(self, kind: str, names: set[str]) -> dict[str, int]:
        if kind == "staff":
            return {name: pk for name in names if (pk := self.run.staff.get(name)) is not None}
        return refs.customers_by_ref(names) if kind == "customer" else refs.primary_keys(_MODELS_BY_TYPE[kind], names)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> Record:
        """Return the record's values by model column. Raise RecordRefusedError."""
        values = {column: default() for column, default in self.blank.items()}
        for name, value in line.record.items():
            if value is None or name not in self.columns:
                continue
            if name in self.ref_fields:
                value = resolve_ref(name, value, known[self.ref_fields[name]])
            values[self.columns[name]] = value
        return values

    def create(self, lines: list[Line], outcome: Outcome) -> None:
        rows = self.model._default_manager.bulk_create([self.new_row(line) for line in lines], batch_size=1000)
        outcome.created += len(lines)
        if rows:
            self.after_create(lines, rows)

    def new_row(self, line: Line) -> R:
        source, external_id = line.key
        return self.model(source=source, external_id=external_id, source_snapshot=line.source_snapshot, **line.values)

    def after_create(self, lines: list[Line], rows: list[R]) -> None:
        """Create what follows from new rows."""

    def update(self, lines: list[Line], existing: _ExistingRows, outcome: Outcome) -> None:
        news = self.find_changes(lines, existing)
        outcome.unchanged += sum(not fields for _, fields in news)
        outcome.updated += sum(bool(fields) for _, fields in news)
        speaking = [(line, fields) for line, fields in news if fields or existing[line.key][1] is None]
        if not speaking:
            return
        pks = [existing[line.key][0] for line, _ in speaking]
        rows = {
            row.pk: row for row in self.model._default_manager.select_for_update().filter(pk__in=pks).order_by("pk")
        }
        changes = [self.apply_change(line, rows[existing[line.key][0]], fields) for line, fields in speaking]
        columns = {self.columns[name] for change in changes for name in change.fields if name in self.columns}
        self.model._default_manager.bulk_update(
            [change.row for change in changes], [*self.written_columns(columns), "source_snapshot"], batch_size=500
        )
        self.after_update([change for change in changes if change.fields])

    def find_changes(self, lines: list[Line], existing: _ExistingRows) -> list[tuple[Line, set[str]]]:
        """Return each line with the fields that the source has changed since its last delivery."""
        unspoken = [existing[line.key][0] for line in lines if existing[line.key][1] is None]
        current = canonical_records_by_pk(self.record_type, unspoken) if unspoken else {}
        found = []
        for line in lines:
            pk, source_snapshot = existing[line.key]
            if source_snapshot is None:
                stated = {name for name, value in line.record.items() if value is not None} - {"type", "ref"}
                fields = {name for name in stated if line.plain.get(name) != current[pk].get(name)}
            else:
                fields = (
                    set()
                    if source_snapshot == line.source_snapshot
                    else _changed_names(line.source_snapshot, source_snapshot)
                )
            found.append((line, fields))
        return found

    def apply_change(self, line: Line, row: R, fields: set[str]) -> Change[R]:
        change = Change(line, copy.copy(row), row, self.widen(fields, line, row))
        for name in change.fields:
            if name in self.columns:
                setattr(row, self.columns[name], line.values[self.columns[name]])
        row.source_snapshot = line.source_snapshot
        return change

    def widen(self, fields: set[str], line: Line, row: R) -> set[str]:
        """Add the fields that change together with these."""
        return fields.union(*(group for group in self.field_groups if group & fields))

    def written_columns(self, columns: set[str]) -> list[str]:
        """Return the columns to write when these changed."""
        return sorted(columns)

    def after_update(self, changes: list[Change[R]]) -> None:
        """Update what follows from changed rows."""


def _changed_names(one: Mapping[str, object], other: Mapping[str, object]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def resolve_ref(name: str, value: str, known: Mapping[str, int]) -> int:
    try:
        return known[value]
    except KeyError:
        raise RecordRefusedError(
            f"{name} {value[:80]!r} appears nowhere: put its record into the import, or import it first"
        ) from None


def _waves(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Split the lines into runs without a repeated ref, so that a later record meets the earlier one as a row."""
    rest = list(lines)
    while rest:
        seen: set[tuple[str, str]] = set()
        now: list[Line] = []
        later: list[Line] = []
        for line in rest:
            (later if line.key in seen else now).append(line)
            seen.add(line.key)
        yield now
        rest = later
