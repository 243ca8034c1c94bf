from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from partnership.ops.backup import BackupError, restore


class Command(BaseCommand):
    help = "Replace the database and the stored files by those of a backup. Partnership must be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file written by `backup`")

    def handle(self, *, file: str, **options: Any) -> None:
        if not file:
            raise CommandError("Name the backup: make restore FILE=/backups/today.tar")
        try:
            manifest = restore(Path(file).resolve())
        except BackupError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"Restored the backup of {manifest['made_at']}, made by Partnership {manifest['version']}.")
        # Of the desk, called by name: this package knows no models.
        beside = Path(file).resolve().with_name("erasures.jsonl")
        call_command("erasures_after_restore", list=beside, stdout=self.stdout)
