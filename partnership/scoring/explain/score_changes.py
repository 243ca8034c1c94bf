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

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Q

from partnership.scoring.engine.statement import INTERACTIONS, Row, compile_rules
from partnership.scoring.explain.explanation import COMMITMENT, RECIPROCITY, apportion, round_score
from partnership.scoring.models import RuleSet, ScoreSnapshot, Tier
from partnership.staff.models import Firm

CHANGE_PARTS = ("rule_change", "fading", "late", "corrected", "new_evidence")

EXPLAINED_SCORES = ("partnership", COMMITMENT, RECIPROCITY)

MILLIONTHS = 10**6

Scores = dict[str, int]  # by name, in millionths of a point: whole numbers add up exactly
_Known = dict[str, date | datetime | int]


@dataclass(frozen=True)
class ScoreChange:
    """Scores at the end of the days `since` and `until`, the rule sets active then, and the parts of the difference."""

    since: date
    until: date
    start_rules: RuleSet
    end_rules: RuleSet
    start: Scores
    end: Scores
    start_tier: Tier
    end_tier: Tier
    parts: dict[str, Scores]

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
    after = rule_set or RuleSet.objects.active()
    snapshots = ScoreSnapshot.objects.filter(customer=customer_id, day__lte=since)
    stood = snapshots.order_by("-day").first()
    ended = Firm.current().end_of_day(since)
    # What was recorded in the moment of the snapshot was known to it.
    moment = max(ended, stood.recorded_at + timedelta.resolution) if stood and stood.recorded_at else ended
    before = _find_rule_set(stood, before=ended) or after
    known: _Known = {"since": since, "moment": moment, "customer": customer_id}
    steps = [
        (before, since, _KNOWN_THEN),
        (after, since, _KNOWN_THEN),
        (after, until, _KNOWN_THEN),
        (after, until, _WITH_LATE),
        (after, until, _KNOWN_NOW),
        (after, until, INTERACTIONS),
    ]
    rows = [_fetch_scores(customer_id, *step, known) for step in steps]
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
    )


def _find_rule_set(stood: ScoreSnapshot | None, *, before: datetime) -> RuleSet | None:
    """Return the rule set of the snapshot, else the one active just `before`; None when there was none yet."""
    sets = RuleSet.objects.with_rows()
    if stood and stood.rule_set_id:
        return sets.get(pk=stood.rule_set_id)
    active = sets.filter(Q(retired_at=None) | Q(retired_at__gte=before), activated_at__lt=before)
    return active.order_by("-activated_at").first()


def _fetch_scores(customer_id: int, rule_set: RuleSet, day: date, history: str, known: _Known) -> Row:
    statement = compile_rules(rule_set, day=day, customers=[customer_id], history=history)
    for row in statement.fetch_rows(_SELECT_SCORES, **known):
        return row
    raise KeyError(customer_id)


def _find_earned_tier(rule_set: RuleSet, row: Row) -> Tier:
    return next(tier for tier in rule_set.tiers.all() if tier.pk == row["earned_tier_id"])


_SELECT_SCORES = f"SELECT {', '.join(EXPLAINED_SCORES)}, earned_tier_id FROM tiered_scores"

_COLUMNS = "customer_id, occurred_on, kind, direction, channel, minutes, amount, currency, payload"

_PRESENT = f"""SELECT {_COLUMNS}, late FROM interactions_interaction present
  WHERE customer_id = %(customer)s AND occurred_on <= %(since)s"""

# Rows not changed since, and of all others the version that the first change since then kept. Served by the history
# table's indexes on customer_id and pgh_obj_id. A deletion undone since leaves no history row, only the deletion's own.
_KNOWN_THEN = f"""(
  {_PRESENT} AND recorded_at < %(moment)s
  AND NOT EXISTS (
    SELECT FROM interactions_interactionevent event
    WHERE event.pgh_obj_id = present.id AND event.pgh_created_at >= %(moment)s)
  AND NOT EXISTS (
    SELECT FROM interactions_deletion gone
    WHERE gone.interaction_id = present.id AND gone.deleted_at < %(moment)s AND gone.undone_at >= %(moment)s)
  UNION ALL
  SELECT {_COLUMNS}, payload ? 'days_late' AS late FROM (
    SELECT DISTINCT ON (pgh_obj_id) event.* FROM interactions_interactionevent event
    WHERE pgh_created_at >= %(moment)s AND pgh_obj_id IN (
      SELECT pgh_obj_id FROM interactions_interactionevent
      WHERE customer_id = %(customer)s AND pgh_created_at >= %(moment)s)
    ORDER BY pgh_obj_id, pgh_id
  ) stood
  WHERE customer_id = %(customer)s AND recorded_at < %(moment)s AND occurred_on <= %(since)s
  AND NOT EXISTS (
    SELECT FROM interactions_deletion gone
    WHERE gone.interaction_id = stood.id AND gone.deleted_at < %(moment)s AND gone.undone_at >= %(moment)s)
)"""

_WITH_LATE = f"({_KNOWN_THEN} UNION ALL {_PRESENT} AND recorded_at >= %(moment)s)"

_KNOWN_NOW = f"({_PRESENT})"
