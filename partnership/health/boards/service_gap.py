"""Who gets most beyond, and most short of, their share of our service time by partnership."""

from typing import Any

from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.health.frame.scope import MetricsRow, Scope, first, subjects_of
from partnership.health.frame.tables import Cell, Head, Table, score_cell, time_cell, time_head
from partnership.health.frame.wording import hours, times

SHOWN = 10
LOUD = 50


def service_gap_table(scope: Scope, *, fair: float, mean: float, over: bool) -> Table:
    """List who gets most beyond their share of those below the mean, or most short of it of those above."""
    heads: list[str | Head] = [
        _("Customer"), _("Tier"), _("Partnership"), time_head(_("Service time")), time_head(_("Fair share")), _("Why"),
    ]  # fmt: skip
    title = _("Most over-served") if over else _("Most under-served")
    text = (
        _("Below average in partnership or without evidence of it, and the most service time beyond their fair share.")
        if over
        else _("Above average in partnership, and the most service time short of their fair share.")
    )
    if over and (newcomers := [tier.name for tier in scope.tiers if tier.for_newcomers]):
        text += " " + _("Customers in “%(tier)s” are left out.") % {"tier": newcomers[0]}
    served = gaps(scope, fair=fair, mean=mean, over=over)
    return Table(
        "over" if over else "under",
        title,
        heads,
        [_served_row(scope, one, over=over) for one in served],
        text,
        _("No customers."),
        subjects=subjects_of(scope, served),
        hint_head=_("Evidence") if over else "",
    )


def gaps(scope: Scope, *, fair: float, mean: float, over: bool) -> list[MetricsRow]:
    ordered = [tier for tier in scope.tiers if not tier.for_newcomers]
    ranked = _with_gap(scope.metrics_with_effort(), fair=fair).filter(tier__in=scope.tier_keys(*ordered))
    if over:
        low = Q(partnership__lt=mean) | Q(thin=True)
        chosen = ranked.filter(low, gap__gt=0).order_by("-gap", "customer_id")
    else:
        earned = scope.tier_keys(*ordered[1:] or ordered)
        idle = Customer.objects.exclude(lifecycle=Customer.Lifecycle.ACTIVE, do_not_contact=False).values("pk")
        able = ranked.filter(thin=False, partnership__gte=mean, gap__lt=0, tier__in=earned).exclude(customer__in=idle)
        chosen = able.order_by("gap", "customer_id")
    return first(chosen, SHOWN, shown=_with_gap(scope.metrics_with_effort(), fair=fair))


def _with_gap(found: QuerySet[Any], *, fair: float) -> QuerySet[Any]:
    # With thin evidence there is no part to speak of yet: partnership is the starting point.
    part = Case(When(thin=True, then=Value(0.0)), default=F("partnership") * Value(fair, FloatField()))
    return found.annotate(part=part, gap=F("effort") - part)


def _served_row(scope: Scope, one: MetricsRow, *, over: bool) -> list[Cell]:
    span = scope.span()
    timeline = f"{reverse('timeline', args=[one.customer_id])}?from={span.since}&to={span.until}"
    why = " · ".join(reasons(one, over=over))
    return [
        Cell(one.customer.name, one.customer.get_absolute_url()),
        Cell(scope.tier_name(one.tier_id)),
        score_cell(one.partnership, reverse("why", args=[one.customer_id]), thin=one.thin),
        time_cell(one.effort, timeline),
        time_cell(one.part),
        Cell(why),
    ]


def reasons(one: MetricsRow, *, over: bool) -> list[str]:
    found = []
    if over:
        found.append(_("%s beyond their fair share") % hours(one.gap))
        if one.asked:
            found.append(_("asked %s") % times(one.asked))
        if one.loudness >= LOUD:
            found.append(_("loudness %d") % round(one.loudness))
        if not one.worked:
            found.append(_("did not do their part"))
    else:
        found.append(_("%s short of their fair share") % hours(-one.gap))
        if one.worked:
            found.append(_("did their part: %s") % times(one.worked))
        if one.ours_missed:
            found.append(_("we missed a promise to them"))
        if not one.effort:
            found.append(_("no service time of ours"))
    return found
