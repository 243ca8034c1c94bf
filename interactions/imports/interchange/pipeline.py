"""The one way in behind all formats: records are spooled by type, then taken in, what is named before what names it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, transaction
from pydantic_core import PydanticSerializationError, from_json, to_json

from customers.signals import history_changed
from interactions.imports.importers import conversations
from interactions.imports.importers.attachments import AttachmentTaker
from interactions.imports.importers.commitments import CommitmentTaker
from interactions.imports.importers.conversations import ConversationTaker, JoinTaker
from interactions.imports.importers.customers import CustomerTaker, LinkTaker
from interactions.imports.importers.goals import CheckInTaker, GoalTaker
from interactions.imports.importers.importer import Outcome, Run, Taker
from interactions.imports.importers.staff import CoverTaker, StaffTaker
from interactions.imports.importers.timeline import InteractionTaker
from interactions.imports.interchange.lines import Line, Place, Refusals, Spool
from interactions.imports.interchange.schema import TYPES
from interactions.imports.interchange.validation import prepared
from partnership.core.locks import LockKey, lock_transaction

STEPS: tuple[type[Taker], ...] = (
    StaffTaker,
    CoverTaker,
    CustomerTaker,
    LinkTaker,
    GoalTaker,
    CommitmentTaker,
    ConversationTaker,
    JoinTaker,
    CheckInTaker,
    InteractionTaker,
    AttachmentTaker,
)
SECOND_LOOKS = (CoverTaker, LinkTaker, JoinTaker)
"""Steps that go over records again: they count nothing but what they refuse."""

Progress = Callable[[str, int], None]
Record = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something in an input that is no record."""

    reason: str
    text: bytes


@dataclass(frozen=True)
class Once:
    """Records that never change once they are here: another copy of a mail, by another way, is the same mail."""

    records: list[Record]


Item = tuple[Place, "bytes | list[Record] | Once | Problem"]
"""What readers yield: a line of JSON, the records that one place gives, or why it gives none."""


@dataclass
class Tally:
    """Counts by type."""

    read: int = 0
    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    naive_times: int = 0


class Intake:
    """Two passes: `spool` reads the inputs, `apply` takes what they gave into the database."""

    def __init__(self, run: Run, refusals: Refusals, progress: Progress) -> None:
        self.run, self.refusals, self.progress = run, refusals, progress
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
                once = isinstance(item, Once)
                for record in item.records if isinstance(item, Once) else item:
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

    def keep(self, place: Place, record: Any, text: bytes, *, once: bool = False) -> None:
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
        """Customers may name each other in any order, so that all that are to come must be known."""
        also = record.get("also")
        for ref in [record.get("ref"), *(also if isinstance(also, list) else ())]:
            if isinstance(ref, str):
                self.run.customers_in_file[ref] = record.get("kind") == "organisation"

    def apply(self) -> None:
        history_changed.connect(self.note_customers)
        try:
            self.take_all()
        finally:
            history_changed.disconnect(self.note_customers)

    def note_customers(self, *, customer_ids: Collection[int], **_: Any) -> None:
        self.run.customers_touched.update(customer_ids)

    def take_all(self) -> None:
        for step in STEPS:
            taker = step(self.run)
            done = 0
            for batch in prepared(self.spools[step.type], step.type, self.run.firm.zone):
                for line, reason in batch.refused:
                    self.refuse(line, reason)
                self.tally.naive_times += 0 if step in SECOND_LOOKS else batch.naive_times
                if batch.lines:
                    self.take(taker, batch.lines)
                done += batch.size
                self.progress(step.type, done)
        with transaction.atomic():
            lock_transaction(LockKey.HISTORY)
            conversations.settle(self.run)

    def take(self, taker: Taker, lines: list[Line]) -> None:
        """One batch, whole or, where the database refuses it, in halves down to the line that it refuses."""
        try:
            with transaction.atomic():
                lock_transaction(LockKey.HISTORY)  # two imports never race on a ref or a contact point
                outcome = taker.take(lines)
        except (DataError, IntegrityError) as error:
            if len(lines) == 1:
                self.refuse(lines[0], f"the database refuses it: {str(error).splitlines()[0]}")
                return
            half = len(lines) // 2
            for part in (lines[:half], lines[half:]):
                self.take(taker, [again(line) for line in part])
        else:
            self.count(taker, outcome)

    def count(self, taker: Taker, outcome: Outcome) -> None:
        for line, reason in outcome.refused:
            self.refuse(line, reason)
        if isinstance(taker, SECOND_LOOKS):
            return
        tally = self.tally
        for counts, number in (
            (tally.created, outcome.created),
            (tally.updated, outcome.updated),
            (tally.unchanged, outcome.unchanged),
        ):
            if number:
                counts[taker.type] = counts.get(taker.type, 0) + number

    def refuse(self, line: Line, reason: str) -> None:
        self.refusals.add(line.place, reason, line.text)


def again(line: Line) -> Line:
    """The line as it was before it was taken."""
    return Line(line.place, line.text, line.once, line.record, line.key, line.plain, line.source_snapshot)
