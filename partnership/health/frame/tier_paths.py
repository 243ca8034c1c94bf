"""Between which tiers customers moved from one day to another, and which of these moves other rules made."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from partnership.health.frame.period_comparison import days_of, tier_now, tier_then
from partnership.health.frame.scope import Scope
from partnership.health.frame.wording import format_day
from partnership.scoring.models import ScoreSnapshot
from partnership.scoring.rules.rule_changes import RuleChange
from partnership.scoring.rules.tier_lineage import TierLineage

# From the key of one tier to that of another; None: no score yet.
Move = tuple[int | None, int | None]


@dataclass(frozen=True)
class TierPath:
    """What these customers have in common: their tiers on the two days, and what each change of rules between made.

    `by_rules`: from the last tier under the rules before to the first under the new ones.
    """

    then: int | None
    now: int | None
    by_rules: tuple[Move, ...]
    customers: int

    def own(self) -> list[Move]:
        """Return the moves that their history made: before, between and after the changes of rules."""
        stops = [self.then, *(key for move in self.by_rules for key in move), self.now]
        return list(zip(stops[::2], stops[1::2], strict=True))

    def ruled(self, lineage: TierLineage) -> list[Move]:
        """Return the moves that other rules made to another tier; none where later rules took them back."""
        moved = [move for move in self.by_rules if _identity(lineage, move[0]) != _identity(lineage, move[1])]
        left, reached = (Counter(_identity(lineage, move[end]) for move in moved) for end in (0, 1))
        return moved if left != reached else []


def _identity(lineage: TierLineage, key: int | None) -> int | str | None:
    """Return the key of the tier in force that this one is; the name of one that is gone."""
    if key is None:
        return None
    return lineage.now[key].pk if key in lineage.now else lineage.names.get(key)


@dataclass(frozen=True)
class TierPaths:
    """`changes`: the changes of rules after the first day, until the second."""

    found: list[TierPath]
    changes: list[RuleChange]


def tier_paths(scope: Scope, known: list[RuleChange]) -> TierPaths:
    """Count customers by their path, with one statement; `known` are all changes of rules.

    It looks two snapshots up for each customer and change, and none where the rules were the same throughout.
    """
    days = days_of(scope)
    changes = [one for one in known if days.since < one.day <= days.until]
    metrics: QuerySet[Any] = scope.metrics().annotate(then=tier_then(scope), now=tier_now(scope))
    for place, change in enumerate(changes):
        until = changes[place + 1].day if place + 1 < len(changes) else None
        metrics = _with_change(metrics, place, change, until=until or days.until, last=until is None)
    stops = [f"{name}{place}" for place in range(len(changes)) for name in ("before", "after")]
    rows = metrics.values_list("then", "now", *stops).annotate(customers=Count("pk")).order_by()
    in_force = {tier.pk for tier in scope.tiers}
    return TierPaths([_path(in_force, *row) for row in rows], changes)


def _with_change(metrics: QuerySet[Any], place: int, change: RuleChange, *, until: date, last: bool) -> QuerySet[Any]:
    """Annotate the first tier under the new rules, and the last one before it where the rules were others."""
    stored = ScoreSnapshot.objects.filter(customer=OuterRef("customer_id"))
    within = {"day__gte": change.day, f"day__{'lte' if last else 'lt'}": until}
    first = stored.filter(rule_set=change.rule_set, **within).order_by("day")
    metrics = metrics.annotate(
        **{f"changed{place}": Subquery(first.values("day")[:1]), f"after{place}": Subquery(first.values("tier")[:1])}
    )
    standing = stored.filter(day__lt=OuterRef(f"changed{place}")).order_by("-day")
    others = Case(When(Q(rule_set=None) | Q(rule_set=change.rule_set), then=None), default=F("tier"))
    return metrics.annotate(**{f"before{place}": Subquery(standing.annotate(other=others).values("other")[:1])})


def _path(in_force: set[int], then: int | None, now: int | None, *rest: int | None) -> TierPath:
    *stops, customers = rest
    moves = [move for move in zip(stops[::2], stops[1::2], strict=True) if move[0] is not None]
    # For a moment after an activation, the metrics are still those under the rules before.
    if moves and moves[-1][1] in in_force and now not in in_force:
        moves.pop()
    return TierPath(then, now, tuple(moves), customers or 0)


def sum_by_rules(lineage: TierLineage, paths: TierPaths) -> Counter[Move]:
    """Count the moves that other rules made."""
    found: Counter[Move] = Counter()
    for path in paths.found:
        for move in path.ruled(lineage):
            found[move] += path.customers
    return found


def describe_rule_changes(changes: list[RuleChange]) -> str:
    """Say on which days the rules changed; empty where they did not."""
    told = _("Rules changed on %(day)s: %(name)s.")
    return " ".join(told % {"day": format_day(one.day), "name": one.name} for one in changes)
