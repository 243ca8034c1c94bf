"""Who moved between tiers since the period began."""

from typing import Any

from django.db.models import Count, F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.periods import PERIODS
from partnership.health.scope import Scope
from partnership.health.tables import Board, Cell, Sentence, Table, number


def flow(scope: Scope) -> Board:
    then = F(f"rank_then__{list(PERIODS).index(scope.period)}")
    grouped = scope.tallies().annotate(then=then).values("then", "rank").annotate(customers=Count("pk")).order_by()
    found = {(row["then"], row["rank"]): row["customers"] for row in grouped}
    title = _("Tier flow")
    text = _("From which tier to which, from %(since)s to %(until)s.") % {
        "since": scope.span(before=True).until.strftime("%-d %b %Y"), "until": scope.day.strftime("%-d %b %Y"),
    }  # fmt: skip
    if not found:
        return Board(title, text, empty=_("Nobody is scored yet. Add customers; their scores follow by themselves."))
    return Board(title, text, sentences_of(scope, found), [matrix(scope, found)])


def sentences_of(scope: Scope, found: dict[Any, int]) -> list[Sentence]:
    known = {pair: count for pair, count in found.items() if None not in pair and not set(pair) & scope.newcomers}
    up = sum(count for (then, now), count in known.items() if now > then)
    down = sum(count for (then, now), count in known.items() if now < then)
    first = ngettext("%s customer rose to a higher tier", "%s customers rose to a higher tier", up) % f"{up:,}"
    second = ngettext("%s fell to a lower one.", "%s fell to a lower one.", down) % f"{down:,}"
    return [Sentence(f"{first}, {second}")]


def matrix(scope: Scope, found: dict[Any, int]) -> Table:
    ranks = [tier.rank for tier in reversed(scope.tiers)]
    before = [*ranks, None]
    heads = [_("Then ↓ now →"), *(scope.tier_name(rank) for rank in ranks)]
    rows = [
        [
            Cell(_("not here yet") if then is None else scope.tier_name(then)),
            *(
                number(
                    found.get((then, now), 0),
                    scope.url("health_customers", was="none" if then is None else then, tier=now),
                    note="same" if then == now else "",
                )
                for now in ranks
            ),
        ]
        for then in before
    ]
    return Table("flow", _("Customers by tier then and now"), heads, rows)
