"""Rebuild the Partnership lane."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from partnership.focus.refreshing import refresh_all


class Command(BaseCommand):
    help = "Look for reasons among all customers anew. It happens by itself; this is for after a change by hand."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{refresh_all(at=timezone.now()):,} customers looked at.")
