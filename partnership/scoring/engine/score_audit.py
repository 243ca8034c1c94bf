"""An audit that computes a sample of stored scores again and compares them bit by bit."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import TypedDict

from django.db import connection

from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.engine.rescoring import CHUNK, SCORES
from partnership.scoring.engine.statement import Row, compile_rules
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.progress import Progress
from partnership.staff.models import Firm

SAMPLE_SIZE = 500  # customers checked by one audit, besides those whose scores differed in the last one
MAX_LISTED = 50

_QUIET_HOUR = 3  # local time of the firm; the nightly rescore has finished by then

_COMPARED_FIELDS = (*SUMS, *SCORES, "earned_tier_id")


class _ScoreDifference(TypedDict):
    """A stored score that is wrong; `fields` holds the stored and the right value by name, sums in units."""

    id: int
    customer: str
    day: str
    ruleset: str
    fields: dict[str, list[float | None]]


class Audit(TypedDict):
    """The result of an audit: `differing` of `checked` scores are wrong.

    `ids` are all customers with wrong scores, `customers` the first MAX_LISTED of them. Scores that changed during the
    audit are not checked.
    """

    checked: int
    everybody: bool
    differing: int
    ids: list[int]
    customers: list[_ScoreDifference]


def audit_scores(*, everybody: bool, progress: Progress) -> Audit:
    """Compare scores that are not stale, each as of the day and under the set it was stored for. Writes nothing."""
    chosen = list(_list_stored_scores(everybody=everybody, again=_list_customers_to_recheck()))
    found: Audit = {"checked": 0, "everybody": everybody, "differing": 0, "ids": [], "customers": []}
    done = 0
    for (rule_set_id, day), customers in _split_into_chunks(chosen):
        rule_set = RuleSet.objects.with_rows().get(pk=rule_set_id)
        checked, differing = _compare_scores(rule_set, day, customers)
        found["checked"] += checked
        found["differing"] += len(differing)
        found["ids"] += [one["id"] for one in differing]
        found["customers"] += differing[: MAX_LISTED - len(found["customers"])]
        done += len(customers)
        progress(done, len(chosen))
    return found


def find_failed_audit() -> Run | None:
    """Return the last audit when it found wrong scores."""
    last = _find_last_audit()
    return last if last is not None and last.result["differing"] else None


def is_audit_due(*, at: datetime) -> bool:
    """Say whether today's audit was not requested yet and the quiet hour has come, in the firm's time zone."""
    firm = Firm.current()
    today = firm.start_of_day(firm.local_date(at))
    asked = Run.objects.filter(kind=Run.Kind.AUDIT, by=None, asked_at__gte=today)
    return at.astimezone(firm.zone).hour >= _QUIET_HOUR and not asked.exists()


def _find_last_audit() -> Run | None:
    return Run.objects.filter(kind=Run.Kind.AUDIT, status=Run.Status.DONE).order_by("-finished_at", "-pk").first()


def _list_customers_to_recheck() -> list[int]:
    last = find_failed_audit()
    return list(last.result["ids"]) if last else []


_StoredScore = tuple[int, date, int]  # rule set, day, customer


def _list_stored_scores(*, everybody: bool, again: Sequence[int]) -> Iterator[_StoredScore]:
    with connection.cursor() as cursor:
        cursor.execute(_STORED_SCORES, {"again": list(again), "sample": None if everybody else SAMPLE_SIZE})
        yield from sorted(cursor.fetchall())


def _split_into_chunks(chosen: Sequence[_StoredScore]) -> Iterator[tuple[tuple[int, date], list[int]]]:
    """Yield customers with scores of one rule set and day, CHUNK at a time."""
    for alike, rows in groupby(chosen, key=lambda row: row[:2]):
        customers = [customer for *_, customer in rows]
        for start in range(0, len(customers), CHUNK):
            yield alike, customers[start : start + CHUNK]


def _compare_scores(rule_set: RuleSet, day: date, customers: Sequence[int]) -> tuple[int, list[_ScoreDifference]]:
    """Return the number of scores compared and those that differ, all in one statement and so one database snapshot."""
    statement = compile_rules(rule_set, day=day, customers=customers)
    rows = statement.fetch_rows(_FRESH_BESIDE_STORED, rule_set=rule_set.pk)
    differing: list[_ScoreDifference] = [
        {
            "id": row["customer_id"],
            "customer": row["ref"],
            "day": str(day),
            "ruleset": rule_set.name,
            "fields": {name: [row[f"stored_{name}"], row[name]] for name in _COMPARED_FIELDS if _differs(row, name)},
        }
        for row in rows
        if any(_differs(row, name) for name in _COMPARED_FIELDS)
    ]
    return len(rows), differing


def _differs(row: Row, name: str) -> bool:
    return bool(row[name] != row[f"stored_{name}"])


# A random sample, plus customers whose scores differed last time. Absorbed customers keep their last score.
_STORED_SCORES = """
WITH fresh AS (
  SELECT score.rule_set_id, score.day, score.customer_id FROM scoring_score score
  JOIN customers_customer customer ON customer.id = score.customer_id AND customer.merged_into_id IS NULL
  WHERE score.day IS NOT NULL AND NOT EXISTS (
    SELECT FROM scoring_stalescore stale WHERE stale.customer_id = score.customer_id)
), drawn AS (SELECT * FROM fresh ORDER BY random() LIMIT %(sample)s)
SELECT * FROM drawn UNION SELECT * FROM fresh WHERE customer_id = ANY(%(again)s)"""

_FRESH_BESIDE_STORED = f"""
SELECT tiered_scores.customer_id, customer.source || ':' || customer.external_id AS ref,
  {", ".join(f"tiered_scores.{name}, score.{name} AS stored_{name}" for name in _COMPARED_FIELDS)}
FROM tiered_scores JOIN customers_customer customer ON customer.id = tiered_scores.customer_id
JOIN scoring_score score
  ON score.customer_id = tiered_scores.customer_id AND score.day = %(day)s AND score.rule_set_id = %(rule_set)s
WHERE NOT EXISTS (SELECT FROM scoring_stalescore stale WHERE stale.customer_id = score.customer_id)
ORDER BY tiered_scores.customer_id"""
