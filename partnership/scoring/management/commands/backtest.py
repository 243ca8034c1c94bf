"""Backtest a rule set: how well its scores as of a past day predicted an outcome."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from interactions.errors import ActionRefused
from partnership.scoring.management.arguments import find_rule_set, parse_day
from partnership.scoring.trials.backtest import Backtest, describe_verdict, run_backtest
from partnership.scoring.trials.outcomes import DEFAULT_HORIZON, OUTCOME_KINDS, Question, Request
from partnership.scoring.trials.progress import ignore_progress
from partnership.staff.models import Firm


class Command(BaseCommand):
    help = "Score all customers as of a past day, and measure how well the scores predicted an outcome."

    def add_arguments(self, parser: CommandParser) -> None:
        outcomes = "|".join(["attribute:NAME", *OUTCOME_KINDS])
        parser.add_argument(
            "--as-of", type=parse_day, metavar="DATE", required=True, help="scores as of that whole local day"
        )
        parser.add_argument("--outcome", metavar=outcomes, required=True, help="the outcome to predict")
        parser.add_argument(
            "--horizon",
            type=int,
            metavar="DAYS",
            help=f"days within which it must follow, unless an attribute ({DEFAULT_HORIZON})",
        )
        parser.add_argument(
            "--present", metavar="attribute:NAME", help="only customers whose date attribute is empty or after the day"
        )
        parser.add_argument("--ruleset", metavar="NAME", help="a draft or another set (the active one)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, as_of: date, outcome: str, ruleset: str | None, **options: Any) -> None:
        request: Request = {
            "as_of": as_of,
            "outcome": outcome,
            "horizon": options["horizon"],
            "present": options["present"],
        }
        rule_set = find_rule_set(ruleset)
        today = Firm.current().local_date(timezone.now())
        try:
            found = run_backtest(Question.parse(request), rule_set=rule_set, today=today, progress=ignore_progress)
        except ActionRefused as error:
            raise CommandError(str(error)) from error
        for line in (
            [json.dumps({**found, "verdict": describe_verdict(found)})] if options["json"] else _format_backtest(found)
        ):
            self.stdout.write(line)


def _format_backtest(found: Backtest) -> Iterator[str]:
    within = f" within {found['horizon']} days" if found["horizon"] else ""
    had = f"{found['positives']} of {found['n']} had {found['outcome']}{within}"
    yield f"{found['ruleset']}, as of {found['as_of']}: {had}"
    yield f"\n{'predictor':16} {'AUC':>6}  {'95% interval':15} lift of the top tenth"
    for name, one in found["predictors"].items():
        interval = "{:.3f} to {:.3f}".format(*one["ci"]) if one["ci"] else ""
        yield f"{name:16} {one['auc']:6.3f}  {interval:15} {one['lift_top_tenth']:.2f}"
    for reason, number in found["excluded"].items():
        yield f"{number} excluded: {reason.replace('_', ' ')}"
    yield f"\n{describe_verdict(found)}\n{found['method']}"
