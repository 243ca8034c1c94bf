"""Load the demo's story."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from partnership.demo.personas.roles import MAX_CUSTOMERS, MIN_CUSTOMERS
from partnership.demo.seeding import PASSWORD, SIGN_INS, NotEmptyError, seed


class Command(BaseCommand):
    help = "Fill an empty database with a business school's history, and three sign-ins with a known password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--customers", type=int, default=200, metavar="N", help=f"{MIN_CUSTOMERS} to {MAX_CUSTOMERS}"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another number, other people")

    def handle(self, *, customers: int, **options: Any) -> None:
        if not MIN_CUSTOMERS <= customers <= MAX_CUSTOMERS:
            raise CommandError(f"--customers takes a number from {MIN_CUSTOMERS} to {MAX_CUSTOMERS}.")
        try:
            seeded = seed(customers=customers, seed=options["seed"], at=timezone.now())
        except NotEmptyError:
            raise CommandError(
                "There are people in this database already, and the demo never mixes with them. "
                "Use an empty one (another VAR_DIR)."
            ) from None
        self.stdout.write(f"{seeded.customers:,} customers with {seeded.interactions:,} interactions.")
        self.stdout.write(f"Sign in as {', '.join(SIGN_INS)} with the password {PASSWORD}")
