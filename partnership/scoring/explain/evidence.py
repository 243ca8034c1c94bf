"""What each rule counted, kind by kind, and when last: what a reason needs to be said in words."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from partnership.scoring.engine.matching import Parameters, rule_condition
from partnership.scoring.explain.explanation import Explanation


@dataclass
class Evidence:
    """Rows of each kind that a rule counted, and the day of the newest."""

    kinds: Counter[str] = field(default_factory=Counter)
    last_on: date | None = None


def count_evidence(explanations: Collection[Explanation]) -> dict[int, dict[int, Evidence]]:
    """By customer, then by the rule's primary key. One statement for all, under the conditions that score them.

    The explanations are of one rule set and day.
    """
    some = next(iter(explanations), None)
    rules = list(some.rule_set.rules.all()) if some else []
    if some is None or not rules:
        return {found.customer_id: {} for found in explanations}
    parameters: Parameters = {"day": some.day, "customers": [found.customer_id for found in explanations]}
    matches = [rule_condition(rule, number, parameters) for number, rule in enumerate(rules, 1)]
    each = "count(*) FILTER (WHERE {0}), max(occurred_on) FILTER (WHERE {0})"
    columns = ", ".join(each.format(match) for match in matches)
    told: dict[int, dict[int, Evidence]] = {pk: {rule.pk: Evidence() for rule in rules} for pk in
                                            parameters["customers"]}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id, kind, {columns} {_COUNTED_ROWS}", parameters)
        for customer, kind, *found in cursor.fetchall():
            for rule, count, last_on in zip(rules, found[::2], found[1::2], strict=True):
                if count:
                    evidence = told[customer][rule.pk]
                    evidence.kinds[kind] = count
                    evidence.last_on = max(filter(None, (evidence.last_on, last_on)))
    return told


# Served by interactions_scoring, as the scores are.
_COUNTED_ROWS = """FROM interactions_interaction
WHERE customer_id = ANY(%(customers)s) AND occurred_on <= %(day)s
GROUP BY customer_id, kind"""
