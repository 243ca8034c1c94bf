"""Explain what changed a score between two days, with one thing changed at a time.

    start         the score that stood on the first day: the last snapshot until then, with which a customer's head,
                  Health and the weekly summary compare too; without one, the rules and the history known at its end
    rule_change   the rules of the second day instead
    fading        the second day instead, without new interactions
    late          what had happened by the first day and was recorded later: after its end, or after the snapshot was
                  written, as when an imported or merged history got its snapshots
    corrected     what was edited, deleted, restored or moved to another customer since
    new_evidence  what happened since
    end           the same as explain_score() as of the second day

What was known then follows from recorded_at, and for rows changed since, from the history tables, which keep earlier
versions. Rows moved by a merge are corrections, dated like all others. Tags are today's on both days, as in all scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Q

from partnership.scoring.engine.formulas import SUMS
from partnership.scoring.engine.statement import INTERACTIONS, Row, compile_rules
from partnership.scoring.explain.explanation import COMMITMENT, RECIPROCITY, apportion, round_score
from partnership.scoring.models import RuleSet, ScoreSnapshot, Tier
from partnership.staff.models import Firm

CHANGE_PARTS = ("rule_change", "fading", "late", "corrected", "new_evidence")

EXPLAINED_SCORES = ("partnership", COMMITMENT, RECIPROCITY)

MILLIONTHS = 10**6

Scores = dict[str, int]  # by name, in millionths of a point: whole numbers add up exactly
_Known = dict[str, date | list[int] | list[datetime]]


@dataclass(frozen=True)
class ScoreChange:
    """Scores at the end of the days `since` and `until`, the rule sets active then, and the parts of the difference.

    `new_points`: what new evidence added to `known_sums`, by the key of the rule that counts it; decayed, in units.
    """

    since: date
    until: date
    start_rules: RuleSet
    end_rules: RuleSet
    start: Scores
    end: Scores
    start_tier: Tier
    end_tier: Tier
    parts: dict[str, Scores]
    known_sums: dict[str, int]
    new_points: dict[int, int]

    def round(self, score: str) -> "_RoundedChange":
        """Round one score's change to whole points, as the pages show it; the parts add up to the difference."""
        start, end = (round_score(scores[score] / MILLIONTHS) for scores in (self.start, self.end))
        whole = apportion([self.parts[part][score] / MILLIONTHS for part in CHANGE_PARTS], end - start)
        return _RoundedChange(start, end, dict(zip(CHANGE_PARTS, whole, strict=True)))


@dataclass(frozen=True)
class _RoundedChange:
    start: int
    end: int
    parts: dict[str, int]

    @property
    def difference(self) -> int:
        return self.end - self.start


def explain_score_change(customer_id: int, *, since: date, until: date, rule_set: RuleSet | None = None) -> ScoreChange:
    """Explain how scores changed between two days, ending at explain_score() as of `until`.

    KeyError when there is no such customer.
    """
    return explain_score_changes([customer_id], since=since, until=until, rule_set=rule_set)[customer_id]


def explain_score_changes(
    customer_ids: Sequence[int], *, since: date, until: date, rule_set: RuleSet | None = None
) -> dict[int, ScoreChange]:
    """Explain the changes of many customers by the same number of statements as of one; who is not there is left out.

    Customers who were scored under other rules take one statement more for each of these sets.
    """
    after = rule_set or RuleSet.objects.active()
    snapshots = ScoreSnapshot.objects.filter(customer__in=customer_ids, day__lte=since)
    stood = {one.customer_id: one for one in snapshots.order_by("customer_id", "-day").distinct("customer_id")}
    ended = Firm.current().end_of_day(since)
    before = _find_rule_sets(customer_ids, stood, after, ended=ended)
    moments = [_known_until(stood.get(pk), ended) for pk in customer_ids]
    known: _Known = {"since": since, "known_customers": list(customer_ids), "moments": moments}
    steps = [
        _fetch_scores(customer_ids, after, since, _KNOWN_THEN, known),
        _fetch_scores(customer_ids, after, until, _KNOWN_THEN, known),
        _fetch_scores(customer_ids, after, until, _WITH_LATE, known),
        _fetch_scores(customer_ids, after, until, _KNOWN_NOW, known, with_rules=True),
        _fetch_scores(customer_ids, after, until, INTERACTIONS, known, with_rules=True),
    ]
    first = dict(steps[0])
    for other in {one.pk: one for one in before.values() if one.pk != after.pk}.values():
        scored = [pk for pk in customer_ids if before[pk].pk == other.pk]
        first |= _fetch_scores(scored, other, since, _KNOWN_THEN, known)
    return {
        pk: _build_change(
            [step[pk] for step in (first, *steps)], stood.get(pk), before[pk], after, since=since, until=until
        )
        for pk in customer_ids
        if pk in first
    }


def _known_until(stood: ScoreSnapshot | None, ended: datetime) -> datetime:
    """Return the moment until which was known what the score rested on: the end of the day, or the snapshot's moment.

    What was recorded in the moment of the snapshot was known to it.
    """
    return max(ended, stood.recorded_at + timedelta.resolution) if stood and stood.recorded_at else ended


def _build_change(
    rows: list[Row], stood: ScoreSnapshot | None, before: RuleSet, after: RuleSet, *, since: date, until: date
) -> ScoreChange:
    """Build the change from the scores after each step."""
    scores = [{name: round(row[name] * MILLIONTHS) for name in EXPLAINED_SCORES} for row in rows]
    parts = {
        part: {name: then[name] - earlier[name] for name in EXPLAINED_SCORES}
        for part, (earlier, then) in zip(CHANGE_PARTS, pairwise(scores), strict=True)
    }
    start = scores[0]
    if stood:  # written when a score last moved by a point: what has faded until that day is fading too
        start = {name: round(getattr(stood, name) * MILLIONTHS) for name in EXPLAINED_SCORES}
        for name in EXPLAINED_SCORES:
            parts["fading"][name] += scores[0][name] - start[name]
    known, now = rows[-2:]
    added = {rule.pk: (now[f"d{n}"] or 0) - (known[f"d{n}"] or 0) for n, rule in enumerate(after.rules.all(), 1)}
    return ScoreChange(
        since=since,
        until=until,
        start_rules=before,
        end_rules=after,
        start=start,
        end=scores[-1],
        start_tier=_find_earned_tier(before, rows[0]),
        end_tier=_find_earned_tier(after, rows[-1]),
        parts=parts,
        known_sums={name: known[name] for name in SUMS},
        new_points={pk: units for pk, units in added.items() if units},
    )


def _find_rule_sets(
    customer_ids: Sequence[int], stood: Mapping[int, ScoreSnapshot], after: RuleSet, *, ended: datetime
) -> dict[int, RuleSet]:
    """Find the rule set of each snapshot, else the one active just before `ended`, else `after`."""
    of_snapshots = {pk: one.rule_set_id for pk, one in stood.items() if one.rule_set_id}
    others = set(of_snapshots.values()) - {after.pk}
    sets = {one.pk: one for one in RuleSet.objects.with_rows().filter(pk__in=others)} if others else {}
    sets[after.pk] = after
    without = [pk for pk in customer_ids if pk not in of_snapshots]
    active = (_find_active_rule_set(before=ended) if without else None) or after
    return {pk: sets[key] if (key := of_snapshots.get(pk)) else active for pk in customer_ids}


def _find_active_rule_set(*, before: datetime) -> RuleSet | None:
    active = RuleSet.objects.with_rows().filter(Q(retired_at=None) | Q(retired_at__gte=before), activated_at__lt=before)
    return active.order_by("-activated_at").first()


def _fetch_scores(
    customer_ids: Sequence[int], rule_set: RuleSet, day: date, history: str, known: _Known, *, with_rules: bool = False
) -> dict[int, Row]:
    """Score customers under these rules as of a day, from the history as it was known then; by customer."""
    statement = compile_rules(rule_set, day=day, customers=customer_ids, history=history)
    rules = [f"rule_sums.d{number}" for number in range(1, len(rule_set.rules.all()) + 1)] if with_rules else []
    columns = ", ".join([*_SCORE_COLUMNS, *(SUMS if with_rules else ()), *rules])
    joined = "LEFT JOIN rule_sums ON rule_sums.customer_id = tiered_scores.customer_id" if rules else ""
    rows = statement.fetch_rows(f"SELECT {columns} FROM tiered_scores {joined}", **known)
    return {row["customer_id"]: row for row in rows}


def _find_earned_tier(rule_set: RuleSet, row: Row) -> Tier:
    return next(tier for tier in rule_set.tiers.all() if tier.pk == row["earned_tier_id"])


_SCORE_COLUMNS = ("tiered_scores.customer_id", *EXPLAINED_SCORES, "earned_tier_id")

_COLUMNS = ", ".join(
    f"{{0}}.{name}"
    for name in (
        "customer_id", "occurred_on", "kind", "direction", "channel", "minutes", "amount", "currency", "payload",
    )
)  # fmt: skip

# Until which moment each customer's history was known.
_MOMENTS = "(SELECT unnest(%(known_customers)s::bigint[]) AS customer_id, unnest(%(moments)s::timestamptz[]) AS moment)"

_PRESENT = f"""SELECT {_COLUMNS.format("present")}, present.late
  FROM {_MOMENTS} known JOIN interactions_interaction present ON present.customer_id = known.customer_id
  WHERE occurred_on <= %(since)s"""

# Rows not changed since, and of all others the version that the first change since then kept. Served by the history
# table's indexes on customer_id and pgh_obj_id. A deletion undone since leaves no history row, only the deletion's own.
_KNOWN_THEN = f"""(
  {_PRESENT} AND recorded_at < known.moment
  AND NOT EXISTS (
    SELECT FROM interactions_interactionevent event
    WHERE event.pgh_obj_id = present.id AND event.pgh_created_at >= known.moment)
  AND NOT EXISTS (
    SELECT FROM interactions_deletion gone
    WHERE gone.interaction_id = present.id AND gone.deleted_at < known.moment AND gone.undone_at >= known.moment)
  UNION ALL
  SELECT {_COLUMNS.format("stood")}, stood.payload ? 'days_late' AS late
  FROM {_MOMENTS} known CROSS JOIN LATERAL (
    SELECT DISTINCT ON (pgh_obj_id) event.* FROM interactions_interactionevent event
    WHERE pgh_created_at >= known.moment AND pgh_obj_id IN (
      SELECT pgh_obj_id FROM interactions_interactionevent changed
      WHERE changed.customer_id = known.customer_id AND changed.pgh_created_at >= known.moment)
    ORDER BY pgh_obj_id, pgh_id
  ) stood
  WHERE stood.customer_id = known.customer_id AND recorded_at < known.moment AND occurred_on <= %(since)s
  AND NOT EXISTS (
    SELECT FROM interactions_deletion gone
    WHERE gone.interaction_id = stood.id AND gone.deleted_at < known.moment AND gone.undone_at >= known.moment)
)"""

_WITH_LATE = f"({_KNOWN_THEN} UNION ALL {_PRESENT} AND recorded_at >= known.moment)"

_KNOWN_NOW = f"({_PRESENT})"
