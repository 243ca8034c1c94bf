from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from interactions.personal_data.ledger import erase_again
from interactions.personal_data.worker import continue_erasures


class Command(BaseCommand):
    help = "Do the erasures again that a restored database does not know; see docs/operations.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", type=Path, help="a further list of erasures, such as that beside the backup")

    def handle(self, *, list: Path | None, **options: Any) -> None:
        number = erase_again(at=timezone.now(), more=list)
        continue_erasures(clock=timezone.now)
        if number:
            self.stdout.write(f"{number} erasures that are newer than the backup were done again")
