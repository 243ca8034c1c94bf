"""Scoring everybody beside the bare grouped aggregate over the same rows.

The floor is the cheapest statement that still looks at what the rules look at: for every customer how many interactions
of which kind and direction there are, how many minutes they took and over which days they stretch.
"""

from django.db import connection
from django.utils import timezone

from bench.measure import Result, compare
from partnership.scoring.models import RuleSet
from partnership.scoring.rescoring import rescore_all
from partnership.scoring.statement import compile_rules

BARE = """
SELECT customer_id, kind, direction, count(*), sum(minutes), min(occurred_on), max(occurred_on)
FROM interactions_interaction WHERE occurred_on <= %(day)s
GROUP BY customer_id, kind, direction"""


def measure() -> list[Result]:
    now = timezone.now()
    day = now.date()
    capped, uncapped = RuleSet.objects.active(), RuleSet.objects.active()
    for rule in uncapped.rules.all():
        rule.daily_cap = None
    return [
        compare("score everybody, rules with daily caps", score(capped, day), bare(day), target=3),
        compare("score everybody, rules without caps", score(uncapped, day), bare(day), target=2),
        compare("rescore everybody and store it", lambda: rescore_all(at=now), bare(day), target=3),
    ]


def bare(day):
    return lambda: run(BARE, {"day": day})


def score(rule_set, day):
    statement = compile_rules(rule_set, day=day)
    return lambda: run(f"{statement.with_clause} SELECT * FROM standing", statement.parameters)


def run(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bench_rows AS {sql}", parameters)
        cursor.execute("DROP TABLE bench_rows")
