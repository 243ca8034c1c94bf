"""Predictors of a backtest: scores as of a past day, contact volume and RFM."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import connection

from interactions.models.kinds import SALES
from partnership.scoring.engine.matching import Parameters
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet
from partnership.scoring.trials.statistics import assign_fifths

SCORES = ("commitment", "reciprocity", "partnership", "loudness")
CONTACT_MEASURES = ("contact_volume", "last_contact", "money")


def measure_contact(day: date, customer_ids: Iterable[int], currency: str) -> dict[int, dict[str, float]]:
    """Measure contact until a day, by customer with a history: inbound rows, last day of one, money in `currency`."""
    parameters: Parameters = {"ids": list(customer_ids), "day": day, "sold": list(SALES), "currency": currency}
    with connection.cursor() as cursor:
        cursor.execute(_CONTACT, parameters)
        found = {
            pk: {"contact_volume": count, "last_contact": last.toordinal() if last else 0, "money": 0.0}
            for pk, count, last in cursor.fetchall()
        }
        cursor.execute(_SPENT, parameters)
        for pk, amount in cursor.fetchall():
            found[pk]["money"] = float(amount)
    return found


# Served by the index interactions_scoring alone.
_CONTACT = """
SELECT customer_id, count(*) FILTER (WHERE direction = 'inbound'), max(occurred_on) FILTER (WHERE direction = 'inbound')
FROM interactions_interaction WHERE customer_id = ANY(%(ids)s) AND occurred_on <= %(day)s
GROUP BY customer_id"""

# Served by the index interactions_value.
_SPENT = """
SELECT customer_id, sum(amount) FROM interactions_interaction
WHERE customer_id = ANY(%(ids)s) AND kind = ANY(%(sold)s::text[]) AND currency = %(currency)s
  AND amount IS NOT NULL AND occurred_on <= %(day)s
GROUP BY customer_id"""


def compute_scores_as_of(day: date, customer_ids: Iterable[int], rule_set: RuleSet) -> dict[int, dict[str, float]]:
    statement = compile_rules(rule_set, day=day, customers=list(customer_ids))
    rows = statement.fetch_rows(f"SELECT customer_id, {', '.join(SCORES)} FROM tiered_scores ORDER BY customer_id")
    return {row.pop("customer_id"): row for row in rows}


def compute_rfm(values: Mapping[str, Sequence[float]]) -> list[float]:
    """Add up recency, frequency and monetary value, each in fifths from 1 to 5: 3 to 15.

    The classical quintile score of database marketing (Hughes, Strategic Database Marketing, 1994): recency of the last
    inbound row, number of inbound rows, and income from purchases and renewals. Equal values share a fifth.
    """
    columns = [assign_fifths(values[name]) for name in ("last_contact", "contact_volume", "money")]
    return [float(sum(three)) for three in zip(*columns, strict=True)]
