from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnership.ops.backup import Refused, restore


class Command(BaseCommand):
    help = "Replace the database and the people's files by those of a backup. Partnership must be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file that `backup` made")

    def handle(self, *, file: str, **options: Any) -> None:
        if not file:
            raise CommandError("Name the backup: make restore FILE=/backups/today.tar")
        try:
            about = restore(Path(file).resolve())
        except Refused as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"Restored what was backed up on {about['made_at']} by Partnership {about['version']}.")
