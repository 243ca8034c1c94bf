"""Rescore customers, or print their scores as of a past day."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from partnership.scoring.engine.rescoring import rescore, rescore_all
from partnership.scoring.explain.explanation import Explanation, explain_scores
from partnership.scoring.explain.reports import build_score_report
from partnership.scoring.management.arguments import find_customer_id, parse_day
from partnership.scoring.models import RuleSet
from partnership.staff.models import Firm


class Command(BaseCommand):
    help = "Rescore all or some customers. With --as-of: print the scores of that whole local day and write nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--all", action="store_true", help="all customers (the default)")
        who.add_argument("--customer", nargs="+", metavar="REF", help="these customers")
        parser.add_argument(
            "--as-of", type=parse_day, metavar="DATE", help="use that whole local day and write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, customer: list[str] | None, as_of: date | None, **options: object) -> None:
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
        for line in _format_scores(scores):
            self.stdout.write(line)


def _format_scores(found: Iterable[Explanation]) -> Iterator[str]:
    yield f"{'partnership':>11} {'commitment':>10} {'reciprocity':>11} {'confidence':>10}  {'tier':26} customer"
    for one in found:
        scores = one.scores
        yield (
            f"{scores['partnership']:11.1f} {scores['commitment']:10.1f} {scores['reciprocity']:11.1f} "
            f"{scores['confidence']:10.2f}  {one.tier.name:26} {one.ref}"
        )
