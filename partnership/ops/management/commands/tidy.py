from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnership.ops.backup import BackupError, tidy


class Command(BaseCommand):
    requires_system_checks = []  # they connect to the database, which a restore that was killed may have moved
    help = "Finish a restore and sweep backups that were interrupted. Every start does it by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--locked", action="store_true", help="the launcher has seen to it that nothing else runs")

    def handle(self, *, locked: bool, **options: Any) -> None:
        try:
            said = tidy(is_locked=locked)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for line in said:
            self.stdout.write(line)
