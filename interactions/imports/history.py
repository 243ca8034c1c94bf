"""Import history from files of any format, or from records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from interactions.imports import formats
from interactions.imports.importers.importer import ImportRun
from interactions.imports.interchange.canonical import Record
from interactions.imports.interchange.lines import Place, Refusals, UnreadableInputError
from interactions.imports.interchange.pipeline import Item, Pipeline, Progress
from partnership.staff.models import Firm

__all__ = ["Summary", "UnreadableInputError", "import_files", "import_records"]


@dataclass(frozen=True)
class Summary:
    """Result of an import, by record type. `customers`: keys of those whose history changed."""

    read: int
    created: dict[str, int]
    updated: dict[str, int]
    unchanged: dict[str, int]
    refused: int
    refusals_file: str | None
    times_without_offset: int
    seconds: float
    imported: bool
    customers: frozenset[int]

    def as_json(self) -> dict[str, object]:
        inside = ("imported", "customers")
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in inside}


class _RolledBackError(Exception):
    """Raised inside the transaction to roll it back."""


def ignore_progress(step: str, done: int) -> None:
    """Ignore reports of progress."""


def import_files(
    paths: Sequence[Path],
    *,
    at: datetime,
    format: str = "auto",
    columns: Sequence[tuple[str, str]] = (),
    own: Sequence[str] = (),
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress = ignore_progress,
) -> Summary:
    """Import files. Bad lines go to the refusals file; with `strict`, one bad line prevents the import.

    Those whose history grew are announced by history_imported, so that they get a trend at once.

    `at` is the time of the import. Raise UnreadableInputError before anything is written.
    """
    firm = Firm.current()
    reading = formats.ReadOptions(format, tuple(columns), tuple(own))
    found = (item for path in paths for item in formats.read_items(Path(path), reading, firm=firm, at=at))
    name = f"{Path(paths[0]).name}-{at:%Y%m%d-%H%M%S}-{uuid4().hex[:6]}.jsonl"
    return _import(
        found, name=name, firm=firm, at=at, dry_run=dry_run, strict=strict, progress=progress, fills_trends=True
    )


def import_records(records: Iterable[Record], *, at: datetime, progress: Progress = ignore_progress) -> Summary:
    """Import records in any order."""
    found: Iterable[Item] = ((Place("records", number), [each]) for number, each in enumerate(records, start=1))
    name = f"records-{at:%Y%m%d-%H%M%S}-{uuid4().hex[:6]}.jsonl"
    return _import(found, name=name, firm=Firm.current(), at=at, dry_run=False, strict=False, progress=progress)


def _import(
    found: Iterable[Item],
    *,
    name: str,
    firm: Firm,
    at: datetime,
    dry_run: bool,
    strict: bool,
    progress: Progress,
    fills_trends: bool = False,
) -> Summary:
    began = monotonic()
    refusals = Refusals(Path(settings.VAR_DIR) / "refusals" / name)
    run = ImportRun(firm=firm, at=at, keep_files=not dry_run)
    intake = Pipeline(run, refusals, progress, fills_trends=fills_trends)
    try:
        intake.spool(found)
        imported = _apply(intake, dry_run=dry_run, strict=strict)
    finally:
        intake.close()
        refusals.close()
    return _summarise(intake, imported=imported, seconds=round(monotonic() - began, 3), strict=strict)


def _apply(intake: Pipeline, *, dry_run: bool, strict: bool) -> bool:
    """Apply the import. Return whether it was committed."""
    if not (dry_run or strict):
        intake.apply()
        return True
    try:
        with transaction.atomic():
            intake.apply()
            if dry_run or intake.refusals.count:
                for written in intake.run.files_written:
                    default_storage.delete(written)
                raise _RolledBackError
    except _RolledBackError:
        return False
    return True


def _summarise(intake: Pipeline, *, imported: bool, seconds: float, strict: bool) -> Summary:
    tally, refusals = intake.tally, intake.refusals
    nothing = strict and bool(refusals.count)
    return Summary(
        read=tally.read,
        created={} if nothing else tally.created,
        updated={} if nothing else tally.updated,
        unchanged={} if nothing else tally.unchanged,
        refused=refusals.count,
        refusals_file=refusals.path,
        times_without_offset=tally.naive_times,
        seconds=seconds,
        imported=imported,
        customers=frozenset(intake.run.customers_touched) if imported else frozenset(),
    )
