"""What a backtest predicts by: scores as of a past day, and what a firm without scores would look at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import connection

from interactions.models.kinds import SOLD
from partnership.scoring.engine.matching import Parameters
from partnership.scoring.engine.statement import compile_rules
from partnership.scoring.models import RuleSet
from partnership.scoring.trials.statistics import assign_fifths

SCORES = ("commitment", "reciprocity", "partnership", "loudness")
CONTACT_MEASURES = ("contact_volume", "last_contact", "money")


def measure_contact(day: date, customer_ids: Iterable[int], currency: str) -> dict[int, dict[str, float]]:
    """By customer with any history until then: inbound rows, the last one's day, money in the firm's currency."""
    parameters: Parameters = {"ids": list(customer_ids), "day": day, "sold": list(SOLD), "currency": currency}
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


# Served by interactions_scoring alone.
_CONTACT = """
SELECT customer_id, count(*) FILTER (WHERE direction = 'inbound'), max(occurred_on) FILTER (WHERE direction = 'inbound')
FROM interactions_interaction WHERE customer_id = ANY(%(ids)s) AND occurred_on <= %(day)s
GROUP BY customer_id"""

# Served by interactions_value.
_SPENT = """
SELECT customer_id, sum(amount) FROM interactions_interaction
WHERE customer_id = ANY(%(ids)s) AND kind = ANY(%(sold)s::text[]) AND currency = %(currency)s
  AND amount IS NOT NULL AND occurred_on <= %(day)s
GROUP BY customer_id"""


def compute_scores_as_of(day: date, customer_ids: Iterable[int], rule_set: RuleSet) -> dict[int, dict[str, float]]:
    statement = compile_rules(rule_set, day=day, customers=list(customer_ids))
    rows = statement.rows(f"SELECT customer_id, {', '.join(SCORES)} FROM standing ORDER BY customer_id")
    return {row.pop("customer_id"): row for row in rows}


def compute_rfm(values: Mapping[str, Sequence[float]]) -> list[float]:
    """Recency, frequency and monetary value, each in fifths from 1 to 5, added up: 3 to 15.

    The classical quintile score of database marketing (Hughes, Strategic Database Marketing, 1994): recency of the last
    inbound row, number of inbound rows, and what purchases and renewals brought. Equal values share a fifth.
    """
    columns = [assign_fifths(values[name]) for name in ("last_contact", "contact_volume", "money")]
    return [float(sum(three)) for three in zip(*columns, strict=True)]
