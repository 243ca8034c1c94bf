"""Keeping the items of the Partnerships lane equal to what the factors find.

What changes a history appends a StaleFocus row in the same transaction; once the customer is rescored, their items are
refreshed. One refresher at a time: it is fast, and a second one could overwrite what it found. The few customers that
an act in Focus changed are refreshed at the end of its request as well, so that Focus then says what is true.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial

from django.db import OperationalError, connection, transaction

from customers.merging.resolution import lock_survivors
from interactions.actions.nudges import NUDGE_PERIOD
from partnership.core.locks import LockKey, lock_transaction
from partnership.core.refresh import refresh_chunks, refresh_claimed
from partnership.focus.lanes.factors import FACTORS, Parameters, evidence
from partnership.focus.models import FocusItem, Refreshed
from partnership.scoring.engine.rescoring import customer_chunks
from partnership.scoring.models import RuleSet, Score
from partnership.staff.models import Firm

BATCH = 1000
"""Stale customers of one transaction."""

_MOST_AT_ONCE = 50
"""Customers refreshed at the end of a request; more are left to the worker."""

_MOST_WAITED = "1s"
"""How long a request waits for another refresher."""

logger = logging.getLogger(__name__)

_changed: ContextVar[set[int] | None] = ContextVar("changed", default=None)


def mark_stale(customers: Collection[int]) -> None:
    """Have these customers' items refreshed, by the worker and at the end of an act in Focus under way."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO focus_stalefocus (customer_id) SELECT unnest(%s::bigint[])", [list(customers)])
    if (changed := _changed.get()) is not None:
        changed.update(customers)


@contextmanager
def refreshed_at_the_end(clock: Callable[[], datetime]) -> Iterator[None]:
    """Refresh the customers who are marked inside the block when it is left, unless they are many.

    Their scores may be those of before: the worker refreshes them again once they are rescored.
    """
    changed: set[int] = set()
    token = _changed.set(changed)
    try:
        yield
    finally:
        _changed.reset(token)
    if 0 < len(changed) <= _MOST_AT_ONCE:
        try:
            _refresh_now(changed, at=clock())
        except OperationalError as error:
            logger.info("The items of customers %s are left to the worker: %s", sorted(changed), error)


@transaction.atomic
def _refresh_now(customers: Collection[int], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_MOST_WAITED])
    lock_transaction(LockKey.FOCUS_REFRESH)
    refresh(customers, at=at)


def refresh_stale(*, at: datetime, batch: int = BATCH) -> int:
    """Refresh a batch of stale customers who are rescored; how many. None while somebody else is at it."""
    return refresh_claimed(CLAIM, partial(refresh, at=at), lock=LockKey.FOCUS_REFRESH, batch=batch)


def refresh_new_day(*, at: datetime) -> int:
    """Everybody, once the local day or the rules are new and everybody is scored by them; how many."""
    firm, rule_set = Firm.current(), RuleSet.objects.active()
    day = firm.local_date(at)
    scored = Score.objects.filter(customer__merged_into=None)
    if Refreshed.is_for(day, rule_set) or scored.exclude(day=day, rule_set=rule_set).exists():
        return 0
    return refresh_all(at=at)


def refresh_all(*, at: datetime) -> int:
    """Everybody, a chunk after the other; how many."""
    done = refresh_chunks(customer_chunks(), partial(refresh, at=at), lock=LockKey.FOCUS_REFRESH)
    day, rule_set = Firm.current().local_date(at), RuleSet.objects.active()
    Refreshed.objects.update_or_create(id=1, defaults={"day": day, "rule_set": rule_set})
    return done


def refresh(customers: Collection[int], *, at: datetime) -> None:
    """Make these customers' items what the factors find, in the transaction under way; what is done stays done."""
    firm = Firm.current()
    parameters: Parameters = {
        "customers": list(customers),
        "day": firm.local_date(at),
        "zone": firm.timezone,
        "nudge_ceiling": firm.nudge_ceiling,
        "nudge_days": NUDGE_PERIOD.days,
    }
    lock_survivors(customers)  # before their items, as in a merge
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, parameters)
        cursor.execute(_raised(RuleSet.objects.active(), parameters), parameters)
        cursor.execute(_CHOOSE, {**parameters, "at": at})
        for statement in (_DROP_OTHERS, _KEEP, "DROP TABLE chosen_focus", "DROP TABLE raised_focus"):
            cursor.execute(statement, parameters)
    mark_leads(customers)


def _raised(rule_set: RuleSet, parameters: Parameters) -> str:
    """Return the statement that puts all that the factors find into a temporary table."""
    days = evidence(rule_set, parameters)
    parts = [
        f"""SELECT '{factor.reason}' AS reason, {factor.weight}::float8 AS weight, {factor.head_start}::float8
  AS head_start, {"NULL" if factor.rest_days is None else factor.rest_days}::int AS rest_days, found.*
FROM ({factor.sql.replace("{evidence}", days)}) found"""
        for factor in FACTORS
    ]
    return f"CREATE TEMP TABLE raised_focus ON COMMIT DROP AS {' UNION ALL '.join(parts)}"


def mark_leads(customers: Collection[int]) -> None:
    """Mark the first item of each customer. Callers that changed an item's state hold the customer's items."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAD, {"customers": list(customers)})


def hold_items(customers: Collection[int]) -> None:
    """Lock these customers' items until commit, in the order of HOLD."""
    list(FocusItem.objects.select_for_update().filter(customer__in=customers).order_by("pk").values_list("pk"))


CLAIM = """
DELETE FROM focus_stalefocus WHERE customer_id IN (
  SELECT customer_id FROM focus_stalefocus stale
  WHERE NOT EXISTS (SELECT FROM scoring_stalescore score WHERE score.customer_id = stale.customer_id)
  GROUP BY customer_id ORDER BY min(id) LIMIT %(batch)s
) RETURNING customer_id"""

_HOLD = """
SELECT id FROM focus_focusitem WHERE customer_id = ANY(%(customers)s) AND state <> 'done' ORDER BY id FOR UPDATE"""

_IS_PROMISE = "raised.reason IN ('our_promise', 'their_promise')"

# Of each reason the strongest cause, of promises the earliest, as strong as any of them. A snoozed one is not woken by
# another while its own stands. What is done is not raised again by the same cause, or not before it has rested.
_CHOOSE = f"""
CREATE TEMP TABLE chosen_focus ON COMMIT DROP AS
SELECT raised.*, raised.head_start + raised.weight * raised.strength * coalesce(score.partnership, 0) / 100 AS place
FROM (SELECT DISTINCT ON (raised.customer_id, raised.reason) raised.customer_id, raised.reason, raised.cause,
  raised.since, raised.facts, raised.head_start, raised.weight,
  CASE WHEN {_IS_PROMISE} THEN max(raised.strength) OVER (PARTITION BY raised.customer_id, raised.reason)
    ELSE raised.strength END AS strength
FROM raised_focus raised
JOIN customers_customer customer ON customer.id = raised.customer_id AND customer.merged_into_id IS NULL
LEFT JOIN focus_focusitem snoozed ON snoozed.customer_id = raised.customer_id AND snoozed.reason = raised.reason
  AND snoozed.state = 'snoozed' AND snoozed.cause = raised.cause
WHERE NOT EXISTS (
  SELECT FROM focus_focusitem done
  WHERE done.customer_id = raised.customer_id AND done.reason = raised.reason AND done.cause = raised.cause
    AND done.state = 'done'
    AND (raised.rest_days IS NULL OR done.done_at > %(at)s::timestamptz - raised.rest_days * interval '1 day'))
ORDER BY raised.customer_id, raised.reason, snoozed.id NULLS LAST, CASE WHEN {_IS_PROMISE} THEN raised.since END,
  raised.strength DESC, raised.cause) raised
LEFT JOIN scoring_score score ON score.customer_id = raised.customer_id"""

_DROP_OTHERS = """
DELETE FROM focus_focusitem item WHERE customer_id = ANY(%(customers)s) AND state <> 'done' AND NOT EXISTS (
  SELECT FROM chosen_focus chosen WHERE chosen.customer_id = item.customer_id AND chosen.reason = item.reason)"""

_KEEP = """
INSERT INTO focus_focusitem AS item (customer_id, reason, cause, since, strength, facts, place, is_lead, state,
  snooze_reason, outcome)
SELECT customer_id, reason, cause, since, strength, facts, place, false, 'open', '', '' FROM chosen_focus
ORDER BY customer_id, reason
ON CONFLICT (customer_id, reason) WHERE state <> 'done' DO UPDATE SET
  cause = excluded.cause, since = excluded.since, strength = excluded.strength, facts = excluded.facts,
  place = excluded.place,
  state = CASE WHEN item.state <> 'snoozed' OR item.cause = excluded.cause THEN item.state
    WHEN item.taken_by_id IS NULL THEN 'open' ELSE 'taken' END,
  snoozed_until = CASE WHEN item.cause = excluded.cause THEN item.snoozed_until END,
  snooze_reason = CASE WHEN item.cause = excluded.cause THEN item.snooze_reason ELSE '' END
WHERE (item.cause, item.since, item.strength, item.facts, item.place)
  IS DISTINCT FROM (excluded.cause, excluded.since, excluded.strength, excluded.facts, excluded.place)"""

_LEAD = """
UPDATE focus_focusitem item SET is_lead = NOT is_lead
FROM (
  SELECT id, state IN ('open', 'taken') AND row_number() OVER (
    PARTITION BY customer_id, state IN ('open', 'taken') ORDER BY place DESC, reason) = 1 AS first
  FROM focus_focusitem WHERE customer_id = ANY(%(customers)s) AND state <> 'done'
) ranked
WHERE ranked.id = item.id AND item.is_lead <> ranked.first"""
