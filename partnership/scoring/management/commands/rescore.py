"""Rescore customers, or say what their scores were as of a past day."""

import json
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnership.scoring.engine.rescoring import rescore, rescore_all
from partnership.scoring.explain.explanation import explain_scores
from partnership.scoring.explain.reports import build_score_report, find_customer_id, format_score_table
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm


def parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date: write it as 2026-03-31.") from None


class Command(BaseCommand):
    help = "Rescore everybody or some customers. With --as-of: print the scores of that whole local day, write nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--all", action="store_true", help="everybody (the default)")
        who.add_argument("--customer", nargs="+", metavar="REF", help="these customers")
        parser.add_argument("--as-of", type=parse_day, metavar="DATE", help="use that whole local day, write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, customer: list[str] | None, as_of: date | None, **options: Any) -> None:
        now = timezone.now()
        ids = None if customer is None else [find_customer_id(ref) for ref in customer]
        if as_of is None and ids is None:
            rescore_all(at=now)
        elif as_of is None and ids is not None:
            rescore(ids, at=now)
        rule_set = RuleSet.objects.active()
        scored_day = as_of or Firm.current().local_date(now)
        scores = explain_scores(ids, as_of=scored_day, rule_set=rule_set).values()
        if options["json"]:
            found = [build_score_report(one) for one in scores]
            self.stdout.write(json.dumps({"as_of": str(scored_day), "ruleset": rule_set.name, "scores": found}))
            return
        for line in format_score_table(scores):
            self.stdout.write(line)
