"""Say why a customer's score is what it is."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from partnership.scoring.explain.explanation import COMMITMENT, RECIPROCITY, Explanation, Line, explain
from partnership.scoring.explain.reports import customer_id_of, explained
from partnership.scoring.explain.score_changes import MOVING, Movement, movement
from partnership.scoring.explain.wording import PARTS_IN_WORDS
from partnership.scoring.management.commands.rescore import day
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm


class Command(BaseCommand):
    help = "Each rule's part in a customer's score, adding up to it. With --since: why it moved since that day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", metavar="REF")
        parser.add_argument("--as-of", type=day, metavar="DATE", help="use that whole local day")
        parser.add_argument("--since", type=day, metavar="DATE", help="say why it moved since the end of that day")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, customer: str, as_of: date | None, since: date | None, **options: Any) -> None:
        as_of = as_of or Firm.current().local_date(timezone.now())
        if since and since >= as_of:
            raise CommandError(f"--since {since} must be a day before {as_of}.")
        pk, rule_set = customer_id_of(customer), RuleSet.objects.active()
        found = explain(pk, as_of=as_of, rule_set=rule_set)
        moved = movement(pk, since=since, until=as_of, rule_set=rule_set) if since else None
        if options["json"]:
            self.stdout.write(json.dumps(explained(found, moved)))
            return
        for line in [*in_words(found), *(why_it_moved(moved) if moved else [])]:
            self.stdout.write(line)


def in_words(found: Explanation) -> list[str]:
    text = [f"{found.ref} as of {found.day}: {found.tier.name}, confidence {found.scores['confidence']:.2f}"]
    for score in (COMMITMENT, RECIPROCITY):
        text.append(f"\n{score} {found.scores[score]:.1f}, from a neutral {found.neutral[score]:.0f}")
        text += [
            f"  {line.contribution:+8.2f}  {line.name}: {line.count} counted, {line.points:g} points, "
            f"{line.decayed:.2f} left{without(line, score)}"
            for line in found.lines
            if line.feeds == score
        ]
    text.append(f"\npartnership {found.scores['partnership']:.1f} = √(reciprocity × commitment)")
    return [*text, f"loudness {found.scores['loudness']:.1f}, shown and never used"]


def without(line: Line, score: str) -> str:
    if not line.count or line.without is None:
        return ""
    return f"; without it {line.without[score]:.1f}, partnership {line.without['partnership']:.1f}"


def why_it_moved(moved: Movement) -> list[str]:
    text = [f"\nsince {moved.since}, in whole points:"]
    for score in MOVING:
        shown = moved.shown(score)
        parts = ", ".join(f"{PARTS_IN_WORDS[part]} {points:+d}" for part, points in shown.parts.items() if points)
        text.append(f"  {score} from {shown.start} to {shown.end}: {shown.moved:+d}{f' = {parts}' if parts else ''}")
    return text
