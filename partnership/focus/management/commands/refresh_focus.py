"""Rebuild the Partnerships lane."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from partnership.focus.refreshing import refresh_all


class Command(BaseCommand):
    help = "Find the reasons of all customers again, after a change by hand. Otherwise it happens automatically."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"{refresh_all(at=timezone.now()):,} customers refreshed.")
