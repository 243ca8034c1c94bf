"""What a rule set would make of everybody today, beside what the active one makes of them. Writes nothing."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict

from customers.models import Customer
from partnership.scoring.engine.rescoring import customer_chunks
from partnership.scoring.engine.statement import Statement, compile_rules
from partnership.scoring.explain.differences import Reason, reasons_of
from partnership.scoring.models import RuleSet
from partnership.scoring.trials.progress import Progress
from partnership.scoring.trials.tally import MEANS, Change, Means, Move, Pair, Tally, TierCount


class Mover(TypedDict):
    """`customer` is the ref, empty for one deleted meanwhile; partnership and the tier's name, before and after."""

    id: int
    customer: str
    before: float
    after: float
    tier_before: str
    tier_after: str


class Reasoned(Mover):
    reasons: list[Reason]


class Preview(TypedDict):
    """Tiers are earned ones: pins and the margin against flapping are left out on both sides.

    `winners` and `losers` of partnership: the biggest first, tally.BIGGEST of each. `movers` are the first
    tally.MOST_MOVERS by key of those who change tier, `changed_tier` in all.
    """

    ruleset: str
    compared_with: str
    as_of: str
    customers: int
    change: Change
    means: dict[str, Means]
    tiers: list[TierCount]
    moves: list[Move]
    changed_tier: int
    movers: list[Mover]
    winners: list[Reasoned]
    losers: list[Reasoned]


def preview(rule_set: RuleSet, *, day: date, progress: Progress) -> Preview:
    """Everybody who stands, as of `day`: today, for stored scores to be of use."""
    active, tally = RuleSet.objects.active(), Tally()
    done, total = 0, Customer.objects.unmerged().count()
    for chunk in customer_chunks():
        tally.add(list(pairs_of(chunk, active, rule_set, day)))
        done += len(chunk)
        progress(done, total)
    return told(tally, active, rule_set, day)


Found = dict[int, tuple[tuple[float, ...], str]]
"""By customer: MEANS in their order, and the name of the earned tier."""


def pairs_of(customer_ids: list[int], active: RuleSet, rule_set: RuleSet, day: date) -> Iterator[Pair]:
    """One statement, and another for those whose stored score is stale, of another day or of another set."""
    stored, fresh = beside_stored(compile_rules(rule_set, day=day, customers=customer_ids), active, rule_set)
    if missing := [pk for pk in fresh if pk not in stored]:
        stored |= computed(compile_rules(active, day=day, customers=missing), names_of(active))
    for pk in sorted(fresh.keys() & stored.keys()):
        yield Pair(pk, *stored[pk], *fresh[pk])


def beside_stored(statement: Statement, active: RuleSet, rule_set: RuleSet) -> tuple[Found, Found]:
    """Stored scores that are up to date, and the statement's, of one moment."""
    stored: Found = {}
    fresh: Found = {}
    then, now = names_of(active), names_of(rule_set)
    for row in statement.rows(BESIDE_STORED, active=active.pk):
        fresh[row["customer_id"]] = tuple(row[name] for name in MEANS), now[row["earned_tier_id"]]
        if row["was_tier"] is not None:
            stored[row["customer_id"]] = tuple(row[f"was_{name}"] for name in MEANS), then[row["was_tier"]]
    return stored, fresh


def computed(statement: Statement, names: dict[int, str]) -> Found:
    rows = statement.rows(f"SELECT customer_id, {', '.join(MEANS)}, earned_tier_id FROM standing")
    return {row["customer_id"]: (tuple(row[name] for name in MEANS), names[row["earned_tier_id"]]) for row in rows}


def names_of(rule_set: RuleSet) -> dict[int, str]:
    return {tier.pk: tier.name for tier in rule_set.tiers.all()}


BESIDE_STORED = f"""
SELECT standing.customer_id, {", ".join(f"standing.{name}, score.{name} AS was_{name}" for name in MEANS)},
  standing.earned_tier_id, score.earned_tier_id AS was_tier
FROM standing LEFT JOIN scoring_score score
  ON score.customer_id = standing.customer_id AND score.day = %(day)s AND score.rule_set_id = %(active)s
  AND NOT EXISTS (SELECT FROM scoring_stalescore stale WHERE stale.customer_id = score.customer_id)"""


def told(tally: Tally, active: RuleSet, rule_set: RuleSet, day: date) -> Preview:
    reasons = reasons_of([pair.customer for pair in [*tally.winners, *tally.losers]], active, rule_set, day)
    refs = refs_of([pair.customer for pair in [*tally.winners, *tally.losers, *tally.movers]])

    def reasoned(pairs: Sequence[Pair]) -> list[Reasoned]:
        return [{**mover(pair, refs), "reasons": reasons.get(pair.customer, [])} for pair in pairs]

    return {
        "ruleset": rule_set.name,
        "compared_with": active.name,
        "as_of": str(day),
        "customers": tally.customers,
        "change": tally.change(),
        "means": tally.means(),
        "tiers": tally.tiers([tier.name for one in (active, rule_set) for tier in one.tiers.all()]),
        "moves": tally.matrix(),
        "changed_tier": tally.changed_tier,
        "movers": [mover(pair, refs) for pair in tally.movers],
        "winners": reasoned(tally.winners),
        "losers": reasoned(tally.losers),
    }


def mover(pair: Pair, refs: dict[int, str]) -> Mover:
    return {
        "id": pair.customer,
        "customer": refs.get(pair.customer, ""),
        "before": pair.before[0],
        "after": pair.after[0],
        "tier_before": pair.tier_before,
        "tier_after": pair.tier_after,
    }


def refs_of(customer_ids: Sequence[int]) -> dict[int, str]:
    return {customer.pk: customer.ref for customer in Customer.objects.filter(pk__in=customer_ids)}
