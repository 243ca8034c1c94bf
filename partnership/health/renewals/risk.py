"""Renewals, and the value at risk: the part whose partnership gives cause for worry. Defined here alone."""

from typing import Any, Protocol

from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from interactions.renewals import undecided_renewals
from partnership.health.frame.scope import Scope

FALL = 10  # points of partnership within the period


class RenewalRow(Protocol):
    """Metrics with what with_risk adds."""

    customer: Customer
    customer_id: int
    tier_id: int | None
    partnership: float
    thin: bool
    is_low: bool
    has_fallen: bool
    is_at_risk: bool
    fall: float
    recoveries_open: int
    ours_owed: int


def renewals(scope: Scope) -> QuerySet[Any]:
    """Return the metrics of customers whose renewal is undecided, past its day or to come."""
    return scope.metrics().filter(undecided_renewals("customer__"))


def with_risk(scope: Scope, metrics: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate metrics with `is_at_risk`, and with why."""
    return metrics.annotate(**_risks(scope)).annotate(is_at_risk=_flag(_ANY_RISK))


def with_hidden_risk(scope: Scope, metrics: QuerySet[Any]) -> QuerySet[Any]:
    """Do the same for sums, which read `is_at_risk` without selecting it."""
    return metrics.alias(**_risks(scope)).alias(is_at_risk=_flag(_ANY_RISK))


_ANY_RISK = Q(is_low=True) | Q(has_fallen=True) | Q(recoveries_open__gt=0) | Q(ours_owed__gt=0)


def _risks(scope: Scope) -> dict[str, Any]:
    """Return the reasons that are not fields of the metrics: evidence of little partnership, and a fall."""
    fall = Coalesce(F("partnership_then") - F("partnership"), Value(0.0), output_field=FloatField())
    return {
        "fall": fall,
        "is_low": _flag(Q(thin=False, tier__in=_keys_below(scope))),
        "has_fallen": _flag(Q(partnership_then__gte=F("partnership") + FALL)),
    }


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _keys_below(scope: Scope) -> list[int]:
    """Return the keys of the tiers below the lowest that has to be earned."""
    lowest = scope.lowest_earned
    below = (tier for tier in scope.tiers if lowest and tier.rank < lowest.rank and not tier.for_newcomers)
    return scope.tier_keys(*below)


def risk_sentence(scope: Scope) -> str:
    """Say what counts as at risk."""
    said = {"tier": scope.lowest_earned or "–", "fall": FALL, "period": scope.label}
    text = _(
        "A renewal is at risk if the score, with evidence, is below %(tier)s, if it fell by %(fall)d points or more"
        " in %(period)s, if a recovery is open, or if a promise of ours is past its date."
    )
    return text % said


def reasons(scope: Scope, one: RenewalRow) -> list[str]:
    found = []
    if one.is_low:
        found.append(_("below %s") % scope.lowest_earned)
    if one.has_fallen:
        points = round(one.fall)
        found.append(ngettext("fell by %d point", "fell by %d points", points) % points)
    if one.recoveries_open:
        found.append(_("recovery open"))
    if one.ours_owed:
        found.append(_("our promise is late"))
    return found
