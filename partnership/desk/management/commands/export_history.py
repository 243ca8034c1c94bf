"""Export history into a file; see docs/interchange.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interactions.imports.export import UnknownRefsError, export_history
from partnership.staff.audit_log import Kind, record


class Command(BaseCommand):
    help = "Export history in the interchange format; gzipped where FILE ends in .gz."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customer", nargs="+", action="extend", default=[], metavar="REF")
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, customer: list[str], **options: Any) -> None:
        try:
            done = export_history(file, customers=customer)
        except UnknownRefsError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be written ({error.strerror or error}): choose another place") from error
        rows = sum(done.written.values())
        facts = {"rows": rows, "customers": len(set(customer))} if customer else {"rows": rows}
        record(Kind.EXPORT, by=None, about=file.name, facts=facts)
        counts = ", ".join(f"{number:,} {type_}" for type_, number in done.written.items())
        self.stdout.write(f"{counts or 'nothing'} written to {file}")
        for ref in done.missing_files:
            self.stderr.write(f"The file of attachment {ref} is missing from storage: left out")
