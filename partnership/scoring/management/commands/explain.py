"""Say why a customer's score is what it is."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnership.scoring.explaining import COMMITMENT, RECIPROCITY, Explanation, explain
from partnership.scoring.management.commands.rescore import day
from partnership.scoring.reports import as_dict, customer_id_of, line_dicts
from partnership.staff.models import Firm


class Command(BaseCommand):
    help = "Each rule's part in a customer's score, adding up to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", metavar="REF")
        parser.add_argument("--as-of", type=day, metavar="DATE", help="use that whole local day")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, customer: str, as_of: date | None, **options: Any) -> None:
        found = explain(customer_id_of(customer), as_of=as_of or Firm.current().local_date(timezone.now()))
        if options["json"]:
            head = {"as_of": str(found.day), "ruleset": found.rule_set.name, "neutral": found.neutral}
            self.stdout.write(json.dumps({**head, **as_dict(found), "lines": line_dicts(found)}))
            return
        for line in in_words(found):
            self.stdout.write(line)


def in_words(found: Explanation) -> list[str]:
    text = [f"{found.ref} as of {found.day}: {found.tier.name}, confidence {found.scores['confidence']:.2f}"]
    for score in (COMMITMENT, RECIPROCITY):
        text.append(f"\n{score} {found.scores[score]:.1f}, from a neutral {found.neutral[score]:.0f}")
        text += [
            f"  {line.contribution:+8.2f}  {line.name}: {line.count} counted, {line.points:g} points, "
            f"{line.decayed:.2f} left"
            for line in found.lines
            if line.feeds == score
        ]
    text.append(f"\npartnership {found.scores['partnership']:.1f} = √(reciprocity × commitment)")
    return [*text, f"loudness {found.scores['loudness']:.1f}, shown and never used"]
