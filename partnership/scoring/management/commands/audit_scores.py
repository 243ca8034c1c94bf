"""Audit stored scores."""

import json
import sys
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnership.scoring.engine.score_audit import Audit, audit_scores
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.progress import ignore_progress

_EXIT_DIFFERING = 3


class Command(BaseCommand):
    help = f"Compare stored scores with a fresh calculation, bit by bit. Exits with {_EXIT_DIFFERING} when some differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="check all customers instead of a sample")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: object) -> None:
        began = timezone.now()
        found = audit_scores(everybody=bool(options["all"]), progress=ignore_progress)
        Run.objects.create(
            kind=Run.Kind.AUDIT,
            rule_set=RuleSet.objects.active(),
            status=Run.Status.DONE,
            settings={"all": options["all"]},
            done=found["checked"],
            total=found["checked"],
            result=found,
            asked_at=began,
            started_at=began,
            finished_at=timezone.now(),
        )
        for line in [json.dumps(found)] if options["json"] else _format_audit(found):
            self.stdout.write(line)
        if found["differing"]:
            sys.exit(_EXIT_DIFFERING)


def _format_audit(found: Audit) -> Iterator[str]:
    yield f"{found['checked']} scores compared, {found['differing']} differ."
    for one in found["customers"]:
        fields = ", ".join(f"{name} {stored}, should be {fresh}" for name, (stored, fresh) in one["fields"].items())
        yield f"{one['customer']} as of {one['day']} under {one['ruleset']}: {fields}"
    if found["differing"]:
        yield "manage.py rescore --all corrects them; find out what made them differ."
