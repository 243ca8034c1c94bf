"""Fill the database for benchmarks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from customers.models import Customer
from partnership.demo.load_generator import SOURCE, generate_load
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all


class Command(BaseCommand):
    help = "Fill the database with made-up interactions, for benchmarks. Never use it beside real customers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=50_000, metavar="N")
        parser.add_argument("--interactions", type=int, default=5_000_000, metavar="M")

    def handle(self, *, customers: int, interactions: int, **options: Any) -> None:
        if customers < 1 or interactions < 1:
            raise CommandError("--customers and --interactions take numbers from 1.")
        if Customer.objects.exists():
            what = "a load" if Customer.objects.filter(source=SOURCE).exists() else "customers"
            raise CommandError(f"This database already holds {what}: use an empty one (another VAR_DIR).")
        now = timezone.now()
        generate_load(customers=customers, interactions=interactions, at=now, progress=self.show_progress)
        rescored = rescore_all(at=now)
        refresh_all(at=now)
        self.stdout.write(f"{interactions:,} interactions of {rescored:,} customers, scored.")

    def show_progress(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,} interactions", ending="")
