"""How records of one type are taken in, batch by batch: those that are new, and those in which the source changed."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from pydantic_core import from_json

from customers.models import Commitment, Goal
from interactions.imports.interchange import refs
from interactions.imports.interchange.lines import Line
from interactions.imports.interchange.records import records_of
from interactions.models import Conversation, Interaction
from partnership.staff.models import Firm

if TYPE_CHECKING:
    from interactions.imports.interchange.refs import Key


class RefusedError(Exception):
    """This record cannot be taken; the message says why and what to do."""


@dataclass
class Run:
    """What one import knows while it goes on."""

    firm: Firm
    at: datetime
    staff: refs.StaffRefs = field(default_factory=refs.StaffRefs)
    customers_in_file: dict[str, bool] = field(default_factory=dict)  # ref: whether an organisation
    current_stated: set[int] = field(default_factory=set)  # goals whose `current` a record gave in this run
    conversations_stated: set[int] = field(default_factory=set)  # a record of this run gave their status
    conversations_new: set[int] = field(default_factory=set)  # nobody gave their status yet
    conversations_made: set[int] = field(default_factory=set)  # they have no record, subject and channel follow
    conversations_rejoined: set[int] = field(default_factory=set)  # a record said where they were joined to
    conversations_touched: set[int] = field(default_factory=set)
    customers_touched: set[int] = field(default_factory=set)
    files_written: list[str] = field(default_factory=list)
    keep_files: bool = True  # not in a dry run


@dataclass
class Outcome:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Line, str]] = field(default_factory=list)


@dataclass(slots=True)
class Change:
    """A row that the source's new word changes: as it was, as it is now, and the fields in question."""

    line: Line
    before: Any
    row: Any
    fields: set[str]


MODELS: Mapping[str, type[models.Model]] = {
    "goal": Goal,
    "commitment": Commitment,
    "conversation": Conversation,
    "interaction": Interaction,
}


class Taker:
    """The steps that all types share. `columns` maps a record's fields to the model's, `named` those that are refs."""

    type: ClassVar[str]
    model: ClassVar[Any]
    columns: ClassVar[Mapping[str, str]]
    named: ClassVar[Mapping[str, str]] = {}
    together: ClassVar[Sequence[frozenset[str]]] = ()  # fields that only make sense as one word

    def __init__(self, run: Run) -> None:
        self.run = run
        self.blank = {column: self.model._meta.get_field(column).get_default for column in self.columns.values()}

    def take(self, lines: list[Line]) -> Outcome:
        """In the caller's transaction. A ref that comes twice is taken twice, the later over the earlier."""
        outcome = Outcome()
        for wave in waves(lines):
            self.take_wave(wave, outcome)
        return outcome

    def take_wave(self, wave: list[Line], outcome: Outcome) -> None:
        held = self.held(wave)
        fresh = [line for line in wave if not (line.once and line.key in held)]
        outcome.unchanged += len(wave) - len(fresh)
        ready = self.resolved(fresh, outcome)
        new = [line for line in ready if line.key not in held]
        self.create(new, outcome)
        self.update([line for line in ready if line.key in held], held, outcome)

    def held(self, lines: list[Line]) -> "dict[Key, tuple[int, Any]]":
        """The rows that are there already, with what their source last said."""
        rows = refs.look_up(self.model, [line.key for line in lines], "id", "source_snapshot")
        return {
            (source, external_id): (pk, source_snapshot and from_json(source_snapshot))
            for source, external_id, pk, source_snapshot in rows
        }

    def resolved(self, wave: list[Line], outcome: Outcome) -> list[Line]:
        known = self.look_up_names(wave)
        ready = []
        for line in wave:
            try:
                line.values = self.values(line, known)
            except RefusedError as refused:
                outcome.refused.append((line, str(refused)))
            else:
                ready.append(line)
        return ready

    def look_up_names(self, wave: list[Line]) -> dict[str, dict[str, int]]:
        asked: dict[str, set[str]] = {}
        for name, kind in self.named.items():
            asked.setdefault(kind, set()).update(line.record[name] for line in wave if line.record.get(name))
        return {kind: self.find(kind, names) for kind, names in asked.items()}

    def find(self, kind: str, names: set[str]) -> dict[str, int]:
        if kind == "staff":
            return {name: pk for name in names if (pk := self.run.staff.get(name)) is not None}
        return refs.customers(names) if kind == "customer" else refs.primary_keys(MODELS[kind], names)

    def values(self, line: Line, known: dict[str, dict[str, int]]) -> dict[str, Any]:
        """The model's columns as this record would have them. RefusedError."""
        values = {column: default() for column, default in self.blank.items()}
        for name, value in line.record.items():
            if value is None or name not in self.columns:
                continue
            if name in self.named:
                value = known_as(name, value, known[self.named[name]])
            values[self.columns[name]] = value
        return values

    def create(self, lines: list[Line], outcome: Outcome) -> None:
        rows = self.model.objects.bulk_create([self.new_row(line) for line in lines], batch_size=1000)
        outcome.created += len(lines)
        if rows:
            self.created(lines, rows)

    def new_row(self, line: Line) -> Any:
        source, external_id = line.key
        return self.model(source=source, external_id=external_id, source_snapshot=line.source_snapshot, **line.values)

    def created(self, lines: list[Line], rows: list[Any]) -> None:
        """What else follows from new rows."""

    def update(self, lines: list[Line], held: "dict[Key, tuple[int, Any]]", outcome: Outcome) -> None:
        news = self.news(lines, held)
        outcome.unchanged += sum(not fields for _, fields in news)
        outcome.updated += sum(bool(fields) for _, fields in news)
        speaking = [(line, fields) for line, fields in news if fields or held[line.key][1] is None]
        if not speaking:
            return
        pks = [held[line.key][0] for line, _ in speaking]
        rows = {row.pk: row for row in self.model.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
        changes = [self.change(line, rows[held[line.key][0]], fields) for line, fields in speaking]
        columns = {self.columns[name] for change in changes for name in change.fields if name in self.columns}
        self.model.objects.bulk_update(
            [change.row for change in changes], [*self.written(columns), "source_snapshot"], batch_size=500
        )
        self.changed([change for change in changes if change.fields])

    def news(self, lines: list[Line], held: "dict[Key, tuple[int, Any]]") -> list[tuple[Line, set[str]]]:
        """Each line with the fields in which its source says something else than before."""
        unspoken = [held[line.key][0] for line in lines if held[line.key][1] is None]
        current = records_of(self.type, unspoken) if unspoken else {}
        found = []
        for line in lines:
            pk, source_snapshot = held[line.key]
            if source_snapshot is None:
                stated = {name for name, value in line.record.items() if value is not None} - {"type", "ref"}
                fields = {name for name in stated if line.plain.get(name) != current[pk].get(name)}
            else:
                fields = (
                    set()
                    if source_snapshot == line.source_snapshot
                    else differing(line.source_snapshot, source_snapshot)
                )
            found.append((line, fields))
        return found

    def change(self, line: Line, row: Any, fields: set[str]) -> Change:
        change = Change(line, copy.copy(row), row, self.widened(fields, line, row))
        for name in change.fields:
            if name in self.columns:
                setattr(row, self.columns[name], line.values[self.columns[name]])
        row.source_snapshot = line.source_snapshot
        return change

    def widened(self, fields: set[str], line: Line, row: Any) -> set[str]:
        """With the fields that are said in one word with these."""
        return fields.union(*(group for group in self.together if group & fields))

    def written(self, columns: set[str]) -> list[str]:
        """The columns to write when these changed."""
        return sorted(columns)

    def changed(self, changes: list[Change]) -> None:
        """What else follows from changed rows."""


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def known_as(name: str, value: str, known: Mapping[str, int]) -> int:
    try:
        return known[value]
    except KeyError:
        raise RefusedError(
            f"{name} {value[:80]!r} appears nowhere: put its record into the import, or import it first"
        ) from None


def waves(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in runs without a repeated ref, so that a later word meets the earlier one as a row."""
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
