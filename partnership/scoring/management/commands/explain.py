"""Explain a customer's score."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from partnership.scoring.explain.explanation import COMMITMENT, RECIPROCITY, Explanation, Line, explain_score
from partnership.scoring.explain.reports import build_explanation_report
from partnership.scoring.explain.score_changes import EXPLAINED_SCORES, ScoreChange, explain_score_change
from partnership.scoring.explain.wording import CHANGE_PART_LABELS
from partnership.scoring.management.arguments import find_customer_id, parse_day
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm


class Command(BaseCommand):
    help = "Print each rule's part in a customer's score. With --since: what changed since that day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", metavar="REF")
        parser.add_argument("--as-of", type=parse_day, metavar="DATE", help="use that whole local day")
        parser.add_argument(
            "--since", type=parse_day, metavar="DATE", help="print what changed since the end of that day"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, customer: str, as_of: date | None, since: date | None, **options: object) -> None:
        as_of = as_of or Firm.current().local_date(timezone.now())
        if since and since >= as_of:
            raise CommandError(f"--since {since} must be a day before {as_of}.")
        pk, rule_set = find_customer_id(customer), RuleSet.objects.active()
        found = explain_score(pk, as_of=as_of, rule_set=rule_set)
        change = explain_score_change(pk, since=since, until=as_of, rule_set=rule_set) if since else None
        if options["json"]:
            self.stdout.write(json.dumps(build_explanation_report(found, change)))
            return
        for line in [*_format_explanation(found), *(_format_score_change(change) if change else [])]:
            self.stdout.write(line)


def _format_explanation(found: Explanation) -> list[str]:
    text = [f"{found.ref} as of {found.day}: {found.tier.name}, confidence {found.scores['confidence']:.2f}"]
    for score in (COMMITMENT, RECIPROCITY):
        text.append(f"\n{score} {found.scores[score]:.1f}, from a starting point of {found.neutral[score]:.0f}")
        text += [
            f"  {line.contribution:+8.2f}  {line.name}: {line.count} counted, {line.points:g} points, "
            f"{line.decayed:.2f} left{_format_without(line, score)}"
            for line in found.lines
            if line.feeds == score
        ]
    text.append(f"\npartnership {found.scores['partnership']:.1f} = √(reciprocity × commitment)")
    return [*text, f"loudness {found.scores['loudness']:.1f}, shown but never used"]


def _format_without(line: Line, score: str) -> str:
    if not line.count or line.scores_without is None:
        return ""
    return f"; without it {line.scores_without[score]:.1f}, partnership {line.scores_without['partnership']:.1f}"


def _format_score_change(change: ScoreChange) -> list[str]:
    text = [f"\nsince {change.since}, in whole points:"]
    for score in EXPLAINED_SCORES:
        shown = change.round(score)
        parts = ", ".join(f"{CHANGE_PART_LABELS[part]} {points:+d}" for part, points in shown.parts.items() if points)
        text.append(
            f"  {score} from {shown.start} to {shown.end}: {shown.difference:+d}{f' = {parts}' if parts else ''}"
        )
    return text
