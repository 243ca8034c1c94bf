from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partnership.ops.backup import BackupError, backup


class Command(BaseCommand):
    help = "Write the database and the stored files into one new file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file to write, such as /backups/today.tar")

    def handle(self, *, file: str, **options: Any) -> None:
        if not file:
            raise CommandError("Name the file to write: make backup FILE=/backups/today.tar")
        try:
            size = backup(Path(file).resolve(), made_at=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {size:,} bytes. Protect it like the data itself; see docs/operations.md.")
