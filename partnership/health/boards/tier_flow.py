"""Who moved between tiers, from the end of one day to the end of another."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.frame.period_comparison import days_of, first_kept, rank_now, rank_then, tier_or_none
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number
from partnership.health.frame.wording import format_day

Counts = dict[tuple[int | None, int | None], int]
"""Customers by rank then and now; None: no score yet."""


def flow(scope: Scope) -> Board:
    days = days_of(scope)
    title = _("Tier flow")
    said = {"since": format_day(days.since), "until": format_day(days.until)}
    text = _("From which tier to which, from %(since)s to %(until)s, by the last score kept by the end of each.") % said
    found = counts(scope)
    if not found:
        return Board(title, text, empty=_("Nobody is scored yet. Add customers; their scores follow by themselves."))
    if all(then is None for then, _now in found):
        return Board(title, text, empty=unknown(scope))
    return Board(title, text, sentences_of(scope, found), [matrix(scope, found)])


def counts(scope: Scope) -> Counts:
    ranked = scope.metrics().annotate(then=rank_then(scope), now=rank_now(scope))
    grouped = ranked.values("then", "now").annotate(customers=Count("pk")).order_by()
    return {(row["then"], row["now"]): row["customers"] for row in grouped}


def unknown(scope: Scope) -> str:
    """Why nothing can be said of that day."""
    first, since = first_kept(), format_day(days_of(scope).since)
    if first is None:
        return _("No score is kept of any day yet. Come back tomorrow.")
    said = {"since": since, "first": format_day(first)}
    return _("Nobody of these had a score on %(since)s: the first that is kept is of %(first)s. Choose a later day to"
             " begin from.") % said  # fmt: skip


def sentences_of(scope: Scope, found: Counts) -> list[Sentence]:
    known = [
        (then, now, count)
        for (then, now), count in found.items()
        if then is not None and now is not None and not {then, now} & scope.newcomers
    ]
    up = sum(count for then, now, count in known if now > then)
    down = sum(count for then, now, count in known if now < then)
    first = ngettext("%s customer rose to a higher tier", "%s customers rose to a higher tier", up) % f"{up:,}"
    second = ngettext("%s fell to a lower one.", "%s fell to a lower one.", down) % f"{down:,}"
    return [Sentence(f"{first}, {second}")]


def matrix(scope: Scope, found: Counts) -> Table:
    before = [*ranks(scope, {then for then, _now in found}), None]
    after = ranks(scope, {now for _then, now in found})
    if any(now is None for _then, now in found):
        after.append(None)
    heads = [_("Then ↓ now →"), *(tier_or_none(scope, rank) for rank in after)]
    rows = [
        [Cell(tier_or_none(scope, then)), *(cell(scope, then, now, found.get((then, now), 0)) for now in after)]
        for then in before
    ]
    return Table("flow", _("Customers by tier then and now"), heads, rows)


def ranks(scope: Scope, found: set[int | None]) -> list[int | None]:
    """Those in force, the highest first, then what only earlier rules knew."""
    known = [tier.rank for tier in reversed(scope.tiers)]
    return [*known, *sorted((rank for rank in found if rank is not None and rank not in known), reverse=True)]


def cell(scope: Scope, then: int | None, now: int | None, count: int) -> Cell:
    was, became = ("none" if rank is None else rank for rank in (then, now))
    url = scope.url("health_customers", was=was, became=became)
    return number(count, url, note="same" if then == now else "")
