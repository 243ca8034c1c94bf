"""Scoring everybody beside the bare grouped aggregate over the same rows.

The floor is the cheapest statement that still looks at what every rule looks at: for every customer, how many
interactions of which kind there are.
"""

from collections.abc import Callable
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from bench.measure import Result, compare
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet, ValueRule

BARE = """
SELECT customer_id, kind, count(*) FROM interactions_interaction WHERE occurred_on <= %(day)s
GROUP BY customer_id, kind"""


def measure() -> list[Result]:
    now = timezone.now()
    day = now.date()
    capped, uncapped = RuleSet.objects.active(), RuleSet.objects.active()
    for rule in uncapped.rules.all():
        rule.daily_cap = None
        rule.per = ValueRule.Per.EVENT
    return [
        compare("score everybody, rules with daily caps", score(capped, day), bare(day), target=3),
        compare("score everybody, rules without caps", score(uncapped, day), bare(day), target=2),
        compare("rescore everybody and store it", lambda: rescore_all(at=now), bare(day), target=3),
    ]


def bare(day: date) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE bench_rows ON COMMIT DROP AS {BARE}", {"day": day})

    return run


def score(rule_set: RuleSet, day: date) -> Callable[[], None]:
    def run() -> None:
        statement = compile_rules(rule_set, day=day)
        with transaction.atomic(), connection.cursor() as cursor:
            statement.execute(cursor, "SELECT * FROM tiered_scores", into="bench_rows")

    return run
