"""The attention board: whether our service time goes where partnership is."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.models import Kind
from partnership.health.boards.service_gap import service_gap_table
from partnership.health.frame.scope import Scope, total
from partnership.health.frame.tables import (
    Board,
    Cell,
    Head,
    Sentence,
    Table,
    number,
    percent_cell,
    percent_head,
    percents,
    time_cell,
    time_head,
    total_row,
)
from partnership.health.frame.wording import hours
from partnership.health.rollup.periods import PERIODS
from partnership.health.rollup.tier_sums import TierRow, by_tier
from partnership.scoring.models import Tier

_WORKING_DAY = 8 * 60  # minutes


@dataclass(frozen=True)
class Audit:
    """Minutes of service time of all customers, and partnership points of those with evidence, and both by tier.

    `shares`, `shares_before` and `earned`: each tier's part of the minutes, of those before and of the points, in whole
    percents that add up. Where there is little evidence, partnership is the starting point, which no customer earned.
    """

    tiers: list[TierRow]
    minutes: int
    minutes_before: int
    estimated: int
    delivered: int
    partnership: float
    mean: float
    shares: list[int]
    shares_before: list[int]
    earned: list[int]

    @property
    def fair(self) -> float:
        """Return the minutes for each point of partnership."""
        return self.minutes / self.partnership if self.partnership else 0


def audit_of(scope: Scope, *names: str) -> Audit:
    """Sum up our service time and partnership, and the metrics of `names` in the same read."""
    tiers = by_tier(
        scope,
        "minutes",
        "messages",
        "delivered",
        *names,
        effort=total(scope.effort()),
        before=total(scope.effort(before=True)),
        partnership=Sum("partnership", filter=Q(thin=False)),
        thin=Count("pk", filter=Q(thin=True)),
    )
    known = sum(row.customers - row.sums["thin"] for row in tiers)
    partnership = sum(row.sums["partnership"] for row in tiers)
    return Audit(
        tiers,
        minutes=sum(row.sums["effort"] for row in tiers),
        minutes_before=sum(row.sums["before"] for row in tiers),
        estimated=sum(row.sums["messages"] for row in tiers) * scope.firm.minutes_per_message,
        delivered=sum(row.sums["delivered"] for row in tiers),
        partnership=partnership,
        mean=partnership / known if known else 0,
        shares=percents([row.sums["effort"] for row in tiers]),
        shares_before=percents([row.sums["before"] for row in tiers]),
        earned=percents([row.sums["partnership"] for row in tiers]),
    )


def attention(scope: Scope) -> Board:
    audit = audit_of(scope)
    if not audit.minutes and not audit.minutes_before and not audit.delivered:
        return Board(
            _("Attention"),
            _about(scope, audit),
            empty=_("No time yet. It shows once calls and meetings have their minutes, or messages are sent."),
        )
    return Board(
        _("Attention"),
        _about(scope, audit),
        verdicts(scope, audit),
        [
            _tier_table(scope, audit),
            *(service_gap_table(scope, fair=audit.fair, mean=audit.mean, over=over) for over in (True, False)),
        ],
    )


def _about(scope: Scope, audit: Audit) -> str:
    spent = _("%(hours)s of service time in %(period)s, %(before)s in the period before. ") % {
        "hours": hours(audit.minutes), "period": scope.label, "before": hours(audit.minutes_before),
    }  # fmt: skip
    estimate = _("Of that, %(hours)s is an estimate: %(each)s minutes for each message that no time was entered for.")
    estimated = estimate % {"hours": hours(audit.estimated), "each": scope.firm.minutes_per_message}
    return f"{spent}{estimated} {delivery_rule(scope, audit.delivered)}"


def delivery_rule(scope: Scope, delivered: int) -> str:
    """Say which time customers pay for, and that it is not compared with partnership."""
    kinds = [str(Kind(kind).label) for kind in Kind.values if kind in scope.firm.delivery_kinds]
    if not kinds:
        return _("The firm’s settings name nothing that customers pay for: all time counts as service time.")
    return _(
        "Paid delivery is apart, %(hours)s: the time of these entries (%(kinds)s) for customers who bought, renewed or"
        " paid something in the 52 weeks before."
    ) % {"hours": hours(delivered), "kinds": get_text_list(kinds, _("and"))}


def verdicts(scope: Scope, audit: Audit) -> list[Sentence]:
    """Say how much of our time goes to customers below the first tier that has to be earned."""
    threshold = scope.lowest_earned
    if threshold is None:
        return []
    places = [place for place, row in enumerate(audit.tiers)
              if row.tier and row.tier.rank < threshold.rank and not row.tier.for_newcomers]  # fmt: skip
    below = [audit.tiers[place] for place in places]
    share, share_before, earned = (
        sum(shares[place] for place in places) for shares in (audit.shares, audit.shares_before, audit.earned)
    )
    text = _("%(share)s%% of our service time goes to customers ranked below %(tier)s") % {
        "share": share,
        "tier": threshold.name,
    }
    few = _heaviest(scope, [row.tier for row in below if row.tier])
    moved = _("It was %s%% in the period before.") % share_before if audit.minutes_before else ""
    url = below[0].scope.url("health_customers") if below else ""
    return [
        Sentence(
            f"{text}{f'; {few}' if few else ''}. {moved}",
            url,
            "bad" if share > earned else "",
        )
    ]


def _heaviest(scope: Scope, tiers: list[Tier]) -> str:
    """Say how few of them take a day a week, or how much the first three take."""
    weeks = PERIODS[scope.period]
    found = scope.metrics_with_effort().filter(tier__in=scope.tier_keys(*tiers)).order_by("-effort", "customer_id")
    minutes = [round(one) for one in found.values_list("effort", flat=True)[:50] if one]
    taken = 0
    for count, one in enumerate(minutes, 1):
        taken += one
        if taken >= _WORKING_DAY * weeks:
            told = ngettext("%s of these customers takes a day a week",
                            "%s of these customers take a day a week", count)  # fmt: skip
            return told % count
    first = minutes[:3]
    told = ngettext("%(n)s of these customers takes %(hours)s a week",
                    "%(n)s of these customers take %(hours)s a week", len(first))  # fmt: skip
    return told % {"n": len(first), "hours": hours(sum(first) / weeks)} if first else ""


def _tier_table(scope: Scope, audit: Audit) -> Table:
    heads: list[str | Head] = [_("Tier"), _("Customers"), _("With thin evidence"),
             *map(time_head, (_("Service time"), _("Estimated"), _("Delivery"))),
             *map(percent_head, (_("Share of service time"), _("Share of partnership"),
                                 _("Share before")))]  # fmt: skip
    return Table(
        "tiers",
        _("Our service time beside partnership, by tier"),
        heads,
        [_tier_row(scope, audit, place) for place in range(len(audit.tiers))],
        _(
            "Where the first bar is longer than the second, a tier gets more than its part. Partnership is that of "
            "customers with evidence: the others are at the starting point."
        ),
        total=_tier_total(scope, audit),
        lead=_("Share of service time"),
        pairs=True,
    )


def _tier_total(scope: Scope, audit: Audit) -> list[Cell]:
    def whole(shares: list[int]) -> Cell:
        return percent_cell(sum(shares), with_bar=False)

    estimated, delivered = audit.estimated, audit.delivered
    return total_row(
        number(sum(row.customers for row in audit.tiers), scope.url("health_customers")),
        number(sum(row.sums["thin"] for row in audit.tiers), scope.url("health_customers", evidence="thin")),
        time_cell(audit.minutes),
        time_cell(estimated, scope.url("health_rows", "messages") if estimated else ""),
        time_cell(delivered, scope.url("health_rows", "delivered") if delivered else ""),
        whole(audit.shares),
        whole(audit.earned),
        whole(audit.shares_before),
    )


def _tier_row(scope: Scope, audit: Audit, place: int) -> list[Cell]:
    row = audit.tiers[place]
    listed = row.url("health_customers")
    share, earned = audit.shares[place], audit.earned[place]
    estimated, delivered = row.sums["messages"] * scope.firm.minutes_per_message, row.sums["delivered"]
    return [
        Cell(row.name),
        number(row.customers, listed),
        number(row.sums["thin"], row.url("health_customers", evidence="thin")),
        time_cell(row.sums["effort"], listed if row.sums["effort"] else ""),
        time_cell(estimated, row.url("health_rows", "messages") if estimated else ""),
        time_cell(delivered, row.url("health_rows", "delivered") if delivered else ""),
        percent_cell(share),
        percent_cell(earned, note="earned"),
        percent_cell(audit.shares_before[place], with_bar=False),
    ]
