"""What a valid rule set probably does not mean: it can be activated, after a click.

Each caution names its row, says what follows, and what to do.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from django.db import connection
from django.utils.translation import gettext as _

from interactions.models import Kind
from partnership.core.fields import field_name
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.defaults import RULES
from partnership.scoring.rules.reach import Reach, compute_reach
from partnership.scoring.rules.validation import Problem

_THRESHOLDS = ("partnership", "commitment", "confidence")

# Counted, these would let purchases alone make a partner (P18).
_PRICED_KINDS = {Kind.PURCHASE, Kind.PAYMENT, Kind.RENEWAL}

# What the standard rules count: evidence, whatever the business.
_EVIDENCE_KINDS = sorted({kind for rule in RULES for kind in rule["kinds"]})


def find_cautions(rule_set: RuleSet, rules: Sequence[ValueRule], tiers: Sequence[Tier]) -> list[Problem]:
    """List what breaks no invariant, but makes tiers or rules pointless or contradicts the product's principles.

    Two statements.
    """
    ranked = sorted((tier for tier in tiers if not tier.for_newcomers), key=lambda tier: tier.rank)
    out_of_reach = list(_check_scores_in_reach(rule_set, ranked, compute_reach(rule_set, rules))) if rules else []
    return [
        *_check_whether_anything_counts(rules),
        *_check_priced_kinds(rules),
        *_check_uncounted_kinds(rules),
        *_check_newcomers(tiers),
        *out_of_reach,
        *_check_order(ranked),
        *_check_response_hours(ranked),
    ]


def _check_whether_anything_counts(rules: Sequence[ValueRule]) -> Iterator[Problem]:
    sums = {rule.sum for rule in rules}
    if not rules:
        yield Problem(
            _(
                "There is no rule, so nothing counts: every customer stays at the starting point and in the lowest "
                "tier or that of newcomers. Add rules, or begin from a preset."
            )
        )
    elif ValueRule.Sum.KEPT not in sums and ValueRule.Sum.EFFORT not in sums:
        yield Problem(
            _(
                "No rule counts promises kept or doing their part: nobody's commitment can rise above the starting "
                "point. Add a rule toward one of them."
            )
        )
    elif ValueRule.Sum.MISSED in sums and ValueRule.Sum.KEPT not in sums:
        yield Problem(
            _(
                "Promises missed count, and promises kept do not: who promises anything can only lose. Add a rule "
                "for promises kept."
            )
        )


def _check_priced_kinds(rules: Iterable[ValueRule]) -> Iterator[Problem]:
    text = _(
        "Loyalty can't be bought: rules that count purchases and payments let money alone make a partner. Take these "
        "kinds out, or count them toward demand."
    )
    for rule in rules:
        if rule.sum not in (ValueRule.Sum.DEMAND, ValueRule.Sum.GIVEN) and set(rule.kinds) & _PRICED_KINDS:
            yield Problem(text, "kinds", rule)


def _check_uncounted_kinds(rules: Sequence[ValueRule]) -> Iterator[Problem]:
    """Look for evidence among the newest entries that no rule counts."""
    counted = {kind for rule in rules for kind in rule.kinds}
    uncounted = [kind for kind in _EVIDENCE_KINDS if kind not in counted]
    if not rules or not uncounted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_KINDS, [uncounted])
        found = cursor.fetchall()
    if found:
        kinds = ", ".join(f"{Kind(kind).label} ({count})" for kind, count in found)
        text = _(
            "No rule counts these kinds of entries, though your customers' timelines have them: %(kinds)s. They change "
            "no score. Add them to a rule, or leave them out on purpose."
        )
        yield Problem(text % {"kinds": kinds})


# Reads backwards in time along the index interactions_newest.
_COUNT_KINDS = """
SELECT kind, count(*)
FROM (SELECT kind FROM interactions_interaction ORDER BY occurred_at DESC, id DESC LIMIT 100000) latest
WHERE kind = ANY(%s)
GROUP BY kind
ORDER BY count(*) DESC, kind
"""


def _check_newcomers(tiers: Sequence[Tier]) -> Iterator[Problem]:
    if not any(tier.for_newcomers for tier in tiers):
        yield Problem(
            _(
                "No tier is for newcomers: customers have the lowest tier from their first day, before there is any "
                "evidence. Mark one tier as for newcomers."
            )
        )


def _check_scores_in_reach(rule_set: RuleSet, ranked: Sequence[Tier], reach: Reach) -> Iterator[Problem]:
    if rule_set.thin_below > reach.confidence:
        text = _(
            "The least confidence is %(asked)g, and these rules give at most %(most)s: the evidence stays thin for "
            "everybody, and nobody earns a tier. Lower the least confidence or C½, or let more count."
        )
        yield Problem(text % {"asked": rule_set.thin_below, "most": _round_down(reach.confidence, 2)}, "thin_below")
    for tier in ranked:
        yield from _check_reach(rule_set, tier, reach)


def _check_reach(rule_set: RuleSet, tier: Tier, reach: Reach) -> Iterator[Problem]:
    for name in _THRESHOLDS:
        asked, most = getattr(tier, name), getattr(reach, name)
        values = {
            "score": field_name(Tier, name),
            "asked": asked,
            "most": _round_down(most, 2 if name == "confidence" else 1),
            "margin": rule_set.margin,
        }
        if asked > most:
            text = _(
                "No customer can reach this tier: %(score)s %(asked)g, and these rules give at most %(most)s. Lower "
                "the threshold, or let more count."
            )
            yield Problem(text % values, name, tier=tier)
        elif asked and name != "confidence" and asked + rule_set.margin > most:
            text = _(
                "No customer can rise to this tier: %(score)s %(asked)g, passed by %(margin)g points before a tier"
                " changes, and these rules give at most %(most)s. Lower the threshold or the points before a tier"
                " changes."
            )
            yield Problem(text % values, name, tier=tier)


def _check_order(ranked: Sequence[Tier]) -> Iterator[Problem]:
    """Compare each tier with those above it: who reaches several has the highest."""
    hidden = set()
    for lower, higher in combinations(ranked, 2):
        if lower.rank not in hidden and all(getattr(higher, name) <= getattr(lower, name) for name in _THRESHOLDS):
            hidden.add(lower.rank)
            yield _hidden_tier(lower, higher, is_lowest=lower is ranked[0])
    for lower, higher in pairwise(ranked):
        for name in _THRESHOLDS:
            if getattr(higher, name) < getattr(lower, name) and lower.rank not in hidden:
                text = _(
                    "It asks for less than “%(lower)s” below it: %(score)s %(asked)g, not %(before)g. Customers can "
                    "have the higher tier without what the lower one asks for. Enter at least %(before)g, or change "
                    "the order of the tiers."
                )
                values = {"score": field_name(Tier, name), "asked": getattr(higher, name)}
                yield Problem(text % {"lower": lower, "before": getattr(lower, name), **values}, name, tier=higher)


def _hidden_tier(lower: Tier, higher: Tier, *, is_lowest: bool) -> Problem:
    if is_lowest:
        text = _(
            "Only customers with thin evidence have this tier: “%(higher)s” above it has no thresholds either. Give "
            "“%(higher)s” a threshold, or delete it."
        )
    else:
        text = _(
            "No customer has this tier: who reaches it reaches “%(higher)s” above it too, which asks for no more. Raise"
            " the thresholds of “%(higher)s”, change the order, or delete one of them."
        )
    return Problem(text % {"higher": higher}, "partnership", tier=lower)


def _check_response_hours(ranked: Sequence[Tier]) -> Iterator[Problem]:
    for lower, higher in pairwise(ranked):
        if higher.response_hours > lower.response_hours:
            text = _(
                "Customers of this tier wait longer for an answer (%(hours)s business hours) than those of “%(lower)s” "
                "below it (%(before)s), though they earned more. Enter at most %(before)s, or give “%(lower)s” more."
            )
            values = {"hours": higher.response_hours, "before": lower.response_hours, "lower": lower}
            yield Problem(text % values, "response_hours", tier=higher)


def _round_down(value: float, digits: int) -> str:
    """Return a highest score so that what is shown is reached."""
    return f"{math.floor(value * 10**digits) / 10**digits:.{digits}f}"
