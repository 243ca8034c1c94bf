from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnership.ops.backup import BackupError, afterwards, restore


class Command(BaseCommand):
    requires_system_checks = []  # they connect to the database, which a restore that was killed may have moved
    help = "Replace the database and the stored files by those of a backup. Partnership must be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a file written by `backup`")

    def handle(self, *, file: str, **options: Any) -> None:
        if not file:
            raise CommandError("Name the backup: make restore FILE=/backups/today.tar")
        backup = Path(file).resolve()
        with afterwards.noted(backup):
            try:
                manifest = restore(backup)
            except BackupError as error:
                raise CommandError(f"Nothing was changed. {error}") from error
            made_at, version = manifest["made_at"], manifest["version"]
            self.stdout.write(f"Restored the backup of {made_at}, made by Partnership {version}.")
            afterwards.erase_again(backup, stdout=self.stdout)
