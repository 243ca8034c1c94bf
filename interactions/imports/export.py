"""Export the history in the canonical form of the interchange format: equal histories give equal bytes."""

import gzip
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from django.db import connection, transaction
from django.db.models import Q

from customers.models import Customer
from interactions.imports.interchange import refs
from interactions.imports.interchange.canonical import Record, dump_json
from interactions.imports.interchange.lines import open_privately
from interactions.imports.interchange.records import (
    MODELS_BY_TYPE,
    STAFF_FIELDS,
    Rows,
    canonical_records,
    order_by_ref,
    record_rows,
    survivor_refs,
)
from interactions.models import Interaction
from partnership.staff.models import User

_BATCH_ROWS = 2_000


class UnknownRefsError(Exception):
    """Raised for refs that belong to no customer; the message lists them."""


@dataclass
class Export:
    """Counts by type, and the attachments left out because their file is missing."""

    written: dict[str, int] = field(default_factory=dict)
    missing_files: list[str] = field(default_factory=list)


def export_history(path: Path, *, customers: Collection[str] = ()) -> Export:
    """Write everything, or what concerns the customers with these refs. Compress if the name ends in ".gz"."""
    with transaction.atomic():
        read_as_of_now()
        scope = _Scope.of(customers) if customers else None
        with open(path, "wb", opener=open_privately) as raw:
            if path.name.endswith(".gz"):
                # Neither time nor name in its header: the same history gives the same bytes.
                with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
                    return _write(packed, scope)  # type: ignore[arg-type]
            return _write(raw, scope)


def write_own_history(stream: IO[bytes], *, customers: Collection[str]) -> Export:
    """Write the customers' own records alone: whom they name stands in them by ref, and no colleague has a record."""
    with transaction.atomic():
        read_as_of_now()
        chosen = _Scope.of(customers).chosen
        return _write(stream, _Scope(chosen, chosen), types=[type_ for type_ in MODELS_BY_TYPE if type_ != "staff"])


def read_as_of_now() -> None:
    """Read one consistent snapshot, unless we are inside another transaction."""
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


@dataclass(frozen=True)
class _Scope:
    """The chosen customers, and the customers named in their records: organisations, introducers, persons."""

    chosen: frozenset[int]
    named: frozenset[int]

    @classmethod
    def of(cls, names: Collection[str]) -> "_Scope":
        found = refs.customers_by_ref(set(names))
        if unknown := sorted(set(names) - found.keys()):
            raise UnknownRefsError(f"No customer has the ref {', '.join(unknown)}")
        chosen = frozenset(found.values())
        named = set(chosen)
        named.update(
            Interaction.objects.filter(customer__in=chosen, person__isnull=False).values_list("person", flat=True)
        )
        fresh = named
        while fresh:
            pairs = Customer.objects.filter(pk__in=fresh).values_list("organisation_id", "introduced_by_id")
            fresh = {pk for pair in pairs for pk in pair if pk is not None} - named
            named |= fresh
        return cls(chosen, frozenset(named))

    def narrow(self, type_: str, found: Rows, staff: Collection[str]) -> Rows:
        return found.filter(
            {
                "customer": Q(pk__in=self.named),
                "check_in": Q(goal__customer__in=self.chosen),
                "attachment": Q(interaction__customer__in=self.chosen),
                "settlement": Q(conversation__customer__in=self.chosen),
                "staff": Q(email__in=staff),
            }.get(type_, Q(customer__in=self.chosen))
        )


def _write(stream: IO[bytes], scope: _Scope | None, *, types: Iterable[str] = MODELS_BY_TYPE) -> Export:
    done = Export()
    survivors = survivor_refs()
    staff: set[str] = set()
    for type_ in types:
        found = record_rows(type_)
        if scope is not None:
            if type_ == "staff":
                staff = _with_covers(staff)
            found = scope.narrow(type_, found, staff)
        for batch in _batches(order_by_ref(found), 20 if type_ == "attachment" else _BATCH_ROWS):
            for record in canonical_records(type_, batch, survivors, done.missing_files):
                stream.write(dump_json(record).encode() + b"\n")
                done.written[type_] = done.written.get(type_, 0) + 1
                staff.update(
                    record[name] for name in STAFF_FIELDS.get(type_, ()) if scope is not None and name in record
                )
    return done


def _batches(found: Rows, size: int) -> Iterator[list[Record]]:
    rest = found.iterator(chunk_size=size)
    while batch := list(islice(rest, size)):
        yield batch


def _with_covers(emails: set[str]) -> set[str]:
    """Add the staff who cover for these, directly or through others."""
    known = set(emails)
    fresh = known
    while fresh:
        covers = User.objects.filter(email__in=fresh, cover__isnull=False).values_list("cover__email", flat=True)
        fresh = set(covers) - known
        known |= fresh
    return known
