"""Problems of a whole rule set: errors that would break an invariant whatever the history, and overlaps.

Errors of a single rule are found by its own validation (models/value_rules.py).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from interactions.models import Interaction
from partnership.core.fields import field_name
from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT, compute_scores
from partnership.scoring.engine.matching import Parameters, rule_condition
from partnership.scoring.models import RuleSet, ScoreSnapshot, Tier, ValueRule

_FADED_POINTS = 0.01  # a sum below this has faded (I4)
_MAX_DRIFT = 1.0  # points by which a faded history may leave a score away from neutral (I4)


@dataclass(frozen=True)
class Problem:
    """An error at a `field` of the rule, of the tier, or of the set when neither is given."""

    text: str
    field: str = ""
    rule: ValueRule | None = None
    tier: Tier | None = None


@dataclass(frozen=True)
class _Overlap:
    """Two rules that can count one interaction twice; `example` is the newest that they do, if any."""

    first: ValueRule
    second: ValueRule
    example: Interaction | None


def find_problems(rule_set: RuleSet, rules: Sequence[ValueRule], tiers: Sequence[Tier]) -> list[Problem]:
    """List what breaks I1 to I4 in a set; rules and tiers need not be saved."""
    return [
        *_check_each_rule(rules),
        *check_half_lives(rules),
        *check_shared_caps(rules),
        *check_constants(rule_set),
        *check_tiers(tiers),
    ]


def _check_each_rule(rules: Iterable[ValueRule]) -> Iterator[Problem]:
    """Run each rule's own validation, which a form does but a script may not have done (I1 to I3)."""
    for rule in rules:
        try:
            rule.clean()
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                yield from (Problem(text, field, rule) for text in texts)


def check_half_lives(rules: Iterable[ValueRule]) -> Iterator[Problem]:
    """Require one half-life for kept and missed promises: else silence would lower the score (I4)."""
    promises = [rule for rule in rules if rule.sum in (ValueRule.Sum.KEPT, ValueRule.Sum.MISSED)]
    for rule in promises[1:]:
        if rule.half_life != promises[0].half_life:
            yield Problem(
                _("Promises kept and missed must fade alike: give this rule the %(days)g days of “%(rule)s”.")
                % {"days": promises[0].half_life, "rule": promises[0].name},
                "half_life",
                rule,
            )


def check_shared_caps(rules: Iterable[ValueRule]) -> Iterator[Problem]:
    """Require rules that share a cap to be alike: else one event could displace another that lasts longer (I2)."""
    groups = defaultdict(list)
    for rule in rules:
        if rule.shared_cap:
            groups[rule.shared_cap].append(rule)
    names = {"sum": _("count toward the same"), "daily_cap": _("have the same cap"), "half_life": _("fade alike")}
    for cap, sharing in groups.items():
        for rule, (field, must) in product(sharing[1:], names.items()):
            if getattr(rule, field) != getattr(sharing[0], field):
                text = _("Rules that share the cap “%(cap)s” must %(must)s: compare “%(rule)s”.")
                yield Problem(text % {"cap": cap, "must": must, "rule": sharing[0].name}, field, rule)


def check_constants(rule_set: RuleSet) -> Iterator[Problem]:
    """Require that faded sums leave every score within a point of neutral (I4).

    Each formula is monotonic in each sum, so the corners are the worst cases; partnership is monotonic in two steps.
    """
    faded = int(_FADED_POINTS * UNITS_PER_POINT)
    corners = [dict(zip(SUMS, corner, strict=True)) for corner in product((0, faded), repeat=len(SUMS))]
    neutral, *others = compute_scores(rule_set, corners)
    fixes = {
        "commitment": _("raise the doubt κ, or the effort E½"),
        "reciprocity": _("raise the doubt λ"),
        "partnership": _("raise the doubts κ and λ, the effort E½ or the weight of promises α"),
        "loudness": _("raise the demand D½"),
    }
    for score, fix in fixes.items():
        drift = max(abs(one[score] - neutral[score]) for one in others)
        if drift > _MAX_DRIFT:
            text = _("A history that has almost faded would still move %(score)s by %(points).1f points: %(fix)s.")
            field = {"loudness": "demand_half", "reciprocity": "balance_doubt"}.get(score, "doubt")
            yield Problem(text % {"score": field_name(ScoreSnapshot, score), "points": drift, "fix": fix}, field)


def check_tiers(tiers: Sequence[Tier]) -> Iterator[Problem]:
    """Require a lowest tier without thresholds, thresholds that are numbers, and a response target that can be met."""
    ranked = sorted((tier for tier in tiers if not tier.for_newcomers), key=lambda tier: tier.rank)
    if not ranked:
        yield Problem(_("A rule set needs a lowest tier: add one without thresholds."))
    elif ranked[0].partnership or ranked[0].commitment or ranked[0].confidence:
        text = _("The lowest tier is for customers who reach no other: clear its thresholds.")
        yield Problem(text, "partnership", tier=ranked[0])
    for tier in tiers:
        for name in ("partnership", "commitment", "confidence"):
            # Scores cannot be compared with what is no number: rescoring would fail for all customers.
            if not 0 <= getattr(tier, name) < math.inf:
                yield Problem(_("Enter a number from 0 up; 0 is no threshold."), name, tier=tier)
        if tier.response_hours < 1:
            text = _(
                "With 0 business hours every answer is late the moment a customer writes: the promise to answer could "
                "never be kept. Enter 1 or more."
            )
            yield Problem(text, "response_hours", tier=tier)


def find_overlaps(rules: Sequence[ValueRule]) -> list[_Overlap]:
    """List pairs of rules toward one sum that may count an interaction twice, each with the newest example, if any.

    One statement per pair that shares a kind.
    """
    pairs = [(first, second) for first, second in combinations(rules, 2) if _may_overlap(first, second)]
    return [_Overlap(first, second, _find_example(first, second)) for first, second in pairs]


def _may_overlap(first: ValueRule, second: ValueRule) -> bool:
    if first.sum != second.sum or not set(first.kinds) & set(second.kinds):
        return False
    # A customer can have two tags; an interaction has one channel and one direction.
    if first.channels and second.channels and not set(first.channels) & set(second.channels):
        return False
    if first.direction and second.direction and first.direction != second.direction:
        return False
    return not (first.payload_key == second.payload_key and _exclude_each_other(first, second))


def _exclude_each_other(first: ValueRule, second: ValueRule) -> bool:
    """Say whether no payload can satisfy both rules, which look at the same key."""
    asked = {first.payload, second.payload}
    if ValueRule.Payload.LACKS in asked:
        return asked != {ValueRule.Payload.LACKS} and ValueRule.Payload.ANY not in asked
    return asked == {ValueRule.Payload.EQUALS} and first.payload_value != second.payload_value


def _find_example(first: ValueRule, second: ValueRule) -> Interaction | None:
    parameters: Parameters = {}
    both = " AND ".join(
        f"({rule_condition(rule, number, parameters)})" for number, rule in enumerate((first, second), 1)
    )
    with connection.cursor() as cursor:
        # Reads backwards in time along the index interactions_newest.
        cursor.execute(f"{_NEWEST_INTERACTIONS} WHERE {both} ORDER BY occurred_at DESC, id DESC LIMIT 1", parameters)
        found = cursor.fetchone()
    return Interaction.objects.select_related("customer").get(pk=found[0]) if found else None


_NEWEST_INTERACTIONS = (
    "SELECT id FROM (SELECT * FROM interactions_interaction ORDER BY occurred_at DESC, id DESC LIMIT 100000) latest"
)
