"""Count the dashboards' figures anew."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from partnership.health.rollup.refreshing import refresh_all


class Command(BaseCommand):
    help = "Count all figures of the dashboards anew. It happens by itself; this is for after a change by hand."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"{refresh_all(at=timezone.now()):,} customers counted.")
