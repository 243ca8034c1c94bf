"""Import history from files; see docs/interchange.md."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interactions.imports import history
from interactions.imports.formats import FORMATS
from interactions.imports.history import Summary
from partnership.core.refresh import drain
from partnership.scoring.engine.rescoring import fill_in_trends

_SOME_REFUSED, _UNREADABLE = 3, 2


def _column_mapping(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not (equals and column and field):
        raise ArgumentTypeError(f"{text!r}: write COLUMN=FIELD, such as When=occurred_at or Plan=payload.plan")
    return column, field


class Command(BaseCommand):
    help = "Import history: JSON Lines of the interchange format (also gzipped), CSV, mbox and .eml."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=("auto", *FORMATS), default="auto")
        parser.add_argument(
            "--map", action="append", type=_column_mapping, default=[], metavar="COLUMN=FIELD", dest="columns",
            help="what a CSV column is; FIELD may be payload.KEY",
        )  # fmt: skip
        parser.add_argument(
            "--own", action="append", default=[], metavar="ADDRESS", help="a mail address or domain of our own"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--strict", action="store_true", help="import everything or, if a line is bad, nothing")
        parser.add_argument("--json", action="store_true", help="print the summary as one JSON object, last")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        at = timezone.now()
        try:
            summary = history.import_files(
                files,
                at=at,
                format=options["format"],
                columns=options["columns"],
                own=options["own"],
                dry_run=options["dry_run"],
                strict=options["strict"],
                progress=self.show_progress if self.stderr.isatty() else history.ignore_progress,
            )
        except history.UnreadableInputError as error:
            raise CommandError(str(error), returncode=_UNREADABLE) from error
        if summary.imported:
            # Also what an earlier import left that was killed; a worker does it when this one is.
            drain(lambda: fill_in_trends(at=at))
        self.report(summary, options)
        if summary.refused:
            sys.exit(_SOME_REFUSED)

    def show_progress(self, step: str, done: int) -> None:
        self.stderr.write(f"\r\x1b[K{step}: {done:,}", ending="")
        self.stderr.flush()

    def report(self, summary: Summary, options: dict[str, Any]) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", ending="")
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json()))
            return
        self.stdout.write(f"{summary.read:,} read in {summary.seconds:.1f} s")
        for word in ("created", "updated", "unchanged"):
            counts = ", ".join(f"{number:,} {type_}" for type_, number in sorted(getattr(summary, word).items()))
            self.stdout.write(f"{word}: {counts or 'nothing'}")
        if summary.times_without_offset:
            self.stdout.write(f"{summary.times_without_offset:,} times had no offset: taken as the firm's local time")
        if summary.refused:
            self.stdout.write(f"{summary.refused:,} refused, each with its reason in {summary.refusals_file}")
        if not summary.imported:
            why = "a dry run" if options["dry_run"] else "strict, and something was refused"
            self.stdout.write(f"Nothing was changed: this was {why}.")
