"""Previews: all customers' scores under a rule set, compared with the active one. Writes nothing."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict

from customers.models import Customer
from partnership.scoring.engine.rescoring import customer_chunks
from partnership.scoring.engine.statement import Statement, compile_rules
from partnership.scoring.explain.differences import Reason, compare_contributions
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.tier_lineage import match_tiers
from partnership.scoring.trials.progress import Progress
from partnership.scoring.trials.tally import AVERAGED_SCORES, Change, Means, ScorePair, Tally, TierCount, TierMove


class Mover(TypedDict):
    """A customer's partnership and tier before and after; `customer` is the ref, empty when deleted since."""

    id: int
    customer: str
    before: float
    after: float
    tier_before: str
    tier_after: str


class MoverWithReasons(Mover):
    reasons: list[Reason]


class Preview(TypedDict):
    """The result of a preview. Tiers are earned tiers: pins and the margin are left out on both sides. Those of the
    active set have the names that the other gives them, as rules/tier_lineage.py matches them.

    `winners` and `losers` have the largest changes of partnership, tally.MAX_EXTREMES of each. `movers` are the first
    tally.MAX_MOVERS by key of the `changed_tier` customers who change tier.
    """

    ruleset: str
    compared_with: str
    as_of: str
    customers: int
    change: Change
    means: dict[str, Means]
    tiers: list[TierCount]
    moves: list[TierMove]
    changed_tier: int
    movers: list[Mover]
    winners: list[MoverWithReasons]
    losers: list[MoverWithReasons]


def preview_rule_set(rule_set: RuleSet, *, day: date, progress: Progress) -> Preview:
    """Preview a rule set on all customers as of `day`; only for today can stored scores be used."""
    active, tally = RuleSet.objects.active(), Tally()
    then = _name_former_tiers(active, rule_set)
    done, total = 0, Customer.objects.unmerged().count()
    for chunk in customer_chunks():
        tally.add(list(_score_pairs(chunk, active, rule_set, day, then)))
        done += len(chunk)
        progress(done, total)
    return _build_preview(tally, active, rule_set, day, then)


# By customer: AVERAGED_SCORES in their order, and the name of the earned tier.
_Scores = dict[int, tuple[tuple[float, ...], str]]


def _score_pairs(
    customer_ids: list[int], active: RuleSet, rule_set: RuleSet, day: date, then: dict[int, str]
) -> Iterator[ScorePair]:
    """Score customers under both sets: one statement, and a second for stored scores that are missing or outdated."""
    stored, fresh = _fetch_stored_and_fresh(
        compile_rules(rule_set, day=day, customers=customer_ids), active, rule_set, then
    )
    if missing := [pk for pk in fresh if pk not in stored]:
        stored |= _fetch_scores(compile_rules(active, day=day, customers=missing), then)
    for pk in sorted(fresh.keys() & stored.keys()):
        yield ScorePair(pk, *stored[pk], *fresh[pk])


def _fetch_stored_and_fresh(
    statement: Statement, active: RuleSet, rule_set: RuleSet, then: dict[int, str]
) -> tuple[_Scores, _Scores]:
    """Fetch current stored scores and freshly computed ones in one statement, and so of one moment."""
    stored: _Scores = {}
    fresh: _Scores = {}
    now = {tier.pk: tier.name for tier in rule_set.tiers.all()}
    for row in statement.fetch_rows(_FRESH_BESIDE_STORED, active=active.pk):
        fresh[row["customer_id"]] = tuple(row[name] for name in AVERAGED_SCORES), now[row["earned_tier_id"]]
        if row["was_tier"] is not None:
            stored[row["customer_id"]] = tuple(row[f"was_{name}"] for name in AVERAGED_SCORES), then[row["was_tier"]]
    return stored, fresh


def _fetch_scores(statement: Statement, names: dict[int, str]) -> _Scores:
    rows = statement.fetch_rows(f"SELECT customer_id, {', '.join(AVERAGED_SCORES)}, earned_tier_id FROM tiered_scores")
    return {
        row["customer_id"]: (tuple(row[name] for name in AVERAGED_SCORES), names[row["earned_tier_id"]]) for row in rows
    }


def _name_former_tiers(active: RuleSet, rule_set: RuleSet) -> dict[int, str]:
    """Name the active set's tiers as the other set calls them, so that a tier with another name is no move."""
    matches = {match.former.pk: match.latter or match.former for match in match_tiers(active, rule_set)}
    return {tier.pk: matches[tier.pk].name for tier in active.tiers.all()}


_FRESH_BESIDE_STORED = f"""
SELECT tiered_scores.customer_id,
  {", ".join(f"tiered_scores.{name}, score.{name} AS was_{name}" for name in AVERAGED_SCORES)},
  tiered_scores.earned_tier_id, score.earned_tier_id AS was_tier
FROM tiered_scores LEFT JOIN scoring_score score
  ON score.customer_id = tiered_scores.customer_id AND score.day = %(day)s AND score.rule_set_id = %(active)s
  AND NOT EXISTS (SELECT FROM scoring_stalescore stale WHERE stale.customer_id = score.customer_id)"""


def _build_preview(tally: Tally, active: RuleSet, rule_set: RuleSet, day: date, then: dict[int, str]) -> Preview:
    reasons = compare_contributions([pair.customer for pair in [*tally.winners, *tally.losers]], active, rule_set, day)
    refs = _list_refs([pair.customer for pair in [*tally.winners, *tally.losers, *tally.movers]])

    def reasoned(pairs: Sequence[ScorePair]) -> list[MoverWithReasons]:
        return [{**_build_mover(pair, refs), "reasons": reasons.get(pair.customer, [])} for pair in pairs]

    return {
        "ruleset": rule_set.name,
        "compared_with": active.name,
        "as_of": str(day),
        "customers": tally.customers,
        "change": tally.change(),
        "means": tally.means(),
        "tiers": tally.tiers([*then.values(), *(tier.name for tier in rule_set.tiers.all())]),
        "moves": tally.matrix(),
        "changed_tier": tally.changed_tier,
        "movers": [_build_mover(pair, refs) for pair in tally.movers],
        "winners": reasoned(tally.winners),
        "losers": reasoned(tally.losers),
    }


def _build_mover(pair: ScorePair, refs: dict[int, str]) -> Mover:
    return {
        "id": pair.customer,
        "customer": refs.get(pair.customer, ""),
        "before": pair.before[0],
        "after": pair.after[0],
        "tier_before": pair.tier_before,
        "tier_after": pair.tier_after,
    }


def _list_refs(customer_ids: Sequence[int]) -> dict[int, str]:
    return {customer.pk: customer.ref for customer in Customer.objects.filter(pk__in=customer_ids)}
