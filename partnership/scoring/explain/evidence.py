"""Count what each rule counted by kind, and when last, to put reasons into words."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from partnership.scoring.engine.matching import Parameters, rule_condition
from partnership.scoring.explain.explanation import Explanation
from partnership.scoring.models import RuleSet


@dataclass
class Evidence:
    """The number of rows of each kind that a rule counted, and the day of the newest."""

    kinds: Counter[str] = field(default_factory=Counter)
    last_on: date | None = None


def count_evidence(explanations: Collection[Explanation]) -> dict[int, dict[int, Evidence]]:
    """Count evidence by customer and by the rule's primary key, under the conditions that score it.

    All explanations have one rule set and day; one statement serves all of them.
    """
    first = next(iter(explanations), None)
    if first is None:
        return {}
    return _count([found.customer_id for found in explanations], first.rule_set, until=first.day)


def count_new_evidence(
    customer_ids: Sequence[int], rule_set: RuleSet, *, since: date, until: date
) -> dict[int, dict[int, Evidence]]:
    """Count likewise what happened after `since`, by the end of `until`."""
    return _count(customer_ids, rule_set, until=until, since=since)


def _count(
    customer_ids: Sequence[int], rule_set: RuleSet, *, until: date, since: date = date.min
) -> dict[int, dict[int, Evidence]]:
    rules = list(rule_set.rules.all())
    counts = {pk: {rule.pk: Evidence() for rule in rules} for pk in customer_ids}
    if not rules:
        return counts
    parameters: Parameters = {"since": since, "day": until, "customers": list(customer_ids)}
    matches = [rule_condition(rule, number, parameters) for number, rule in enumerate(rules, 1)]
    each = "count(*) FILTER (WHERE {0}), max(occurred_on) FILTER (WHERE {0})"
    columns = ", ".join(each.format(match) for match in matches)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id, kind, {columns} {_COUNTED_ROWS}", parameters)
        for customer, kind, *found in cursor.fetchall():
            for rule, count, last_on in zip(rules, found[::2], found[1::2], strict=True):
                if count:
                    evidence = counts[customer][rule.pk]
                    evidence.kinds[kind] = count
                    evidence.last_on = max(filter(None, (evidence.last_on, last_on)))
    return counts


# Served by the index interactions_scoring, like the scores.
_COUNTED_ROWS = """FROM interactions_interaction
WHERE customer_id = ANY(%(customers)s) AND occurred_on > %(since)s AND occurred_on <= %(day)s
GROUP BY customer_id, kind"""
