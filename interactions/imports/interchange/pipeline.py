"""The pipeline behind all formats: spool records by type, then import referenced types first."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db import DatabaseError, DataError, IntegrityError, transaction
from pydantic_core import PydanticSerializationError, from_json, to_json

from customers.signals import history_changed, history_imported
from interactions.imports import unfinished
from interactions.imports.importers.attachments import AttachmentImporter
from interactions.imports.importers.commitments import CommitmentImporter
from interactions.imports.importers.conversations import ConversationImporter, JoinImporter
from interactions.imports.importers.customers import CustomerImporter, LinkImporter
from interactions.imports.importers.goals import CheckInImporter, GoalImporter
from interactions.imports.importers.importer import Importer, ImportRun, Outcome
from interactions.imports.importers.settlements import SettlementImporter
from interactions.imports.importers.staff import CoverImporter, StaffImporter
from interactions.imports.importers.timeline import InteractionImporter
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Line, Place, Refusals, Spool
from interactions.imports.interchange.schema import TYPES
from interactions.imports.interchange.validation import prepare_batches
from interactions.personal_data.erased_lines import split_erased
from partnership.core.locks import LockKey, lock_transaction

_AnyImporter: TypeAlias = "Importer[Any]"

STEPS: tuple[type[_AnyImporter], ...] = (
    StaffImporter,
    CoverImporter,
    CustomerImporter,
    LinkImporter,
    GoalImporter,
    CommitmentImporter,
    ConversationImporter,
    JoinImporter,
    CheckInImporter,
    InteractionImporter,
    SettlementImporter,
    AttachmentImporter,
)
# Steps that read records a second time: they count refusals only.
_SECOND_PASSES = (CoverImporter, LinkImporter, JoinImporter)

# Classes of SQLSTATE: a limit of the program, such as the longest key of an index, and what a trigger raises.
_STATES_OF_VALUES = ("54", "P0")

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Problem:
    """Something in an input that is no record."""

    reason: str
    text: bytes


@dataclass(frozen=True)
class WriteOnce:
    """Records that never change an existing row: a second copy of a mail is the same mail."""

    records: list[Record]


# What readers yield at a place: a line of JSON, records, or why there is none.
Item = tuple[Place, "bytes | list[Record] | WriteOnce | Problem"]


@dataclass
class Tally:
    """Counts by type."""

    read: int = 0
    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    naive_times: int = 0


class Pipeline:
    """Imports in two passes: `spool` reads the inputs, `apply` writes to the database."""

    def __init__(self, run: ImportRun, refusals: Refusals, progress: Progress, *, fills_trends: bool = False) -> None:
        self.run, self.refusals, self.progress, self.fills_trends = run, refusals, progress, fills_trends
        self.spools = {type_: Spool() for type_ in TYPES}
        self.tally = Tally()

    def close(self) -> None:
        for spool in self.spools.values():
            spool.close()

    def spool(self, items: Iterable[Item]) -> None:
        for place, item in items:
            self.tally.read += 1
            if self.tally.read % 10_000 == 0:
                self.progress("read", self.tally.read)
            if isinstance(item, Problem):
                self.refusals.add(place, item.reason, item.text)
            elif isinstance(item, bytes):
                self.spool_text(place, item)
            else:
                once = isinstance(item, WriteOnce)
                for record in item.records if isinstance(item, WriteOnce) else item:
                    self.spool_record(place, record, once=once)

    def spool_text(self, place: Place, text: bytes) -> None:
        try:
            record = from_json(text, allow_inf_nan=False)
        except ValueError as error:
            self.refusals.add(place, f"not JSON: {error}", text)
            return
        self.keep(place, record, text)

    def spool_record(self, place: Place, record: Record, *, once: bool) -> None:
        try:
            text = to_json(record)
        except (PydanticSerializationError, UnicodeError, ValueError) as error:
            self.refusals.add(place, f"cannot be written as JSON: {error}", repr(record)[:10_000])
            return
        self.keep(place, record, text, once=once)

    def keep(self, place: Place, record: object, text: bytes, *, once: bool = False) -> None:
        if not isinstance(record, dict):
            self.refusals.add(place, "not a record: write a JSON object in braces", text)
            return
        type_ = record.get("type")
        if not isinstance(type_, str) or type_ not in self.spools:
            given = f"unknown type {str(type_)[:40]!r}" if type_ else "type is missing"
            self.refusals.add(place, f"{given}: known are {', '.join(sorted(TYPES))}", text)
            return
        if type_ == "customer":
            self.announce(record)
        self.spools[type_].add(place, text, once=once)

    def announce(self, record: Record) -> None:
        """Note all customers of the inputs, since they may name each other in any order."""
        also = record.get("also")
        for ref in [record.get("ref"), *(also if isinstance(also, list) else ())]:
            if isinstance(ref, str):
                self.run.customers_in_file[ref] = record.get("kind") == "organisation"

    def apply(self) -> None:
        history_changed.connect(self.note_customers)
        try:
            self.import_all()
        finally:
            history_changed.disconnect(self.note_customers)

    def note_customers(self, *, customer_ids: Collection[int], **_: object) -> None:
        self.run.customers_touched.update(customer_ids)

    def import_all(self) -> None:
        with unfinished.under_way(self.run):
            self.import_steps()

    def import_steps(self) -> None:
        for step in STEPS:
            importer = step(self.run)
            done = 0
            for batch in prepare_batches(self.spools[step.record_type], step.record_type, self.run.firm.zone):
                for line, reason in batch.refused:
                    self.refuse(line, reason)
                self.tally.naive_times += 0 if step in _SECOND_PASSES else batch.naive_times
                lines, erased = split_erased(batch.lines, step.record_type)
                for line, reason in erased:
                    self.refusals.add(line.place, reason, "")
                if lines:
                    self.import_lines(importer, lines)
                done += batch.size
                self.progress(step.record_type, done)
        with transaction.atomic():
            lock_transaction(LockKey.HISTORY)
            unfinished.finish(self.run)
            self.announce_customers()

    def announce_customers(self) -> None:
        """Tell in the batch's transaction whose history has grown, as far as it was not told."""
        if self.fills_trends and self.run.customers_touched.unsaved:
            history_imported.send(sender=None, customer_ids=sorted(self.run.customers_touched.unsaved))

    def import_lines(self, importer: _AnyImporter, lines: list[Line]) -> None:
        """Import one batch. If the database refuses it, halve it until the refused line is found."""
        try:
            with transaction.atomic():
                lock_transaction(LockKey.HISTORY)  # two imports never race on a ref or a contact point
                outcome = importer.import_batch(lines)
                saved = unfinished.save(self.run)
                self.announce_customers()
        except DatabaseError as error:
            if not _refuses_values(error):
                raise
            if len(lines) == 1:
                reason = (str(error).splitlines() or ["it does not say why"])[0]
                self.refuse(lines[0], f"the database refuses it: {reason}. Correct the record and import it again")
                return
            half = len(lines) // 2
            for part in (lines[:half], lines[half:]):
                self.import_lines(importer, [_reset(line) for line in part])
        else:
            for noted, keys in saved:
                noted.unsaved -= keys
            self.run.customers_touched.unsaved.clear()
            self.count(importer, outcome)

    def count(self, importer: _AnyImporter, outcome: Outcome) -> None:
        for line, reason in outcome.refused:
            self.refuse(line, reason)
        if isinstance(importer, _SECOND_PASSES):
            return
        tally = self.tally
        for counts, number in (
            (tally.created, outcome.created),
            (tally.updated, outcome.updated),
            (tally.unchanged, outcome.unchanged),
        ):
            if number:
                counts[importer.record_type] = counts.get(importer.record_type, 0) + number

    def refuse(self, line: Line, reason: str) -> None:
        self.refusals.add(line.place, reason, line.text)


def _refuses_values(error: DatabaseError) -> bool:
    """Check whether the values are at fault, rather than the server, a lock or the connection."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, DataError | IntegrityError) or state[:2] in _STATES_OF_VALUES


def _reset(line: Line) -> Line:
    """Return the line as it was before the import."""
    return Line(line.place, line.text, line.once, line.record, line.key, line.plain, line.source_snapshot)
